"""Catalogs: the fixed words of sheets, and those of the clinic, in later languages."""

import logging
import os
import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

import polib
from django.conf import settings
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, override, to_locale

from sessions.documents import Fault
from sessions.library.languages import FIRST
from sessions.library.po_lines import po_faults

logger = logging.getLogger(__name__)

TO_TRANSLATE = "sheets.po"
"""What translators fill in, for each language."""
CATALOG = "django.mo"
"""What Django reads: made from that, without what would break a sheet."""
ALL_WORDS = Path(__file__).parents[1] / "locale" / "django.pot"
HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
# What is filled in, and HTML: the same in every language.
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]*>|[<>]")
DATE_FORMATS = ("j F Y", "l j F Y")
SOME_DAYS = (date(2027, 1, 7), date(2027, 1, 8), date(2027, 2, 7), date(2028, 1, 7))


class CatalogRefused(Exception):
    """A file for translators with faults, each by file and line."""

    def __init__(self, file: Path, faults: Iterable[Fault]):
        super().__init__("\n".join(fault.at(str(file)) for fault in faults))


def spoken_in(code: str) -> str:
    """The language itself; the first where its catalog cannot be read, or is unsafe.

    `update_catalog` makes none that is unsafe; a hand or another program may.
    """
    return code if _is_safe(code) else FIRST


def untranslated(code: str, own: Iterable[str]) -> tuple[str, ...]:
    """The words of sheets that are not in a language yet, as they stand in English.

    Which words there are, sessions/locale/django.pot says; `own` are those it cannot
    know. A translation that would break a sheet does not count.
    """
    known = _translations(code) if _is_safe(code) else {}
    wanted = dict.fromkeys((*_all_words(), *own))
    return tuple(w for w in wanted if not _stands_for(w, known.get(w, "")))


def update_catalog(code: str, own: Iterable[str]) -> tuple[Path, list[str]]:
    """Adds the words that a language's catalog lacks, and makes what the site reads.

    Returns the file to translate, and the words in it that cannot be used yet: those
    stay out of what the site reads. What is translated stays.

    Raises OSError for a file that cannot be read or written, UnicodeError or
    LookupError for one in an encoding that is wrong or unknown, and CatalogRefused for
    one that is written wrongly. Then nothing is written over.
    """
    file = _folder(code) / TO_TRANSLATE
    catalog = _read_catalog(file) if file.exists() else polib.POFile()
    catalog.encoding, catalog.wrapwidth = "utf-8", 0
    catalog.metadata |= {"Language": to_locale(code), **HEADER}
    entries = _entries(catalog)
    comments = _all_words()
    wanted = [*dict.fromkeys((*comments, *own))]
    for words in wanted:
        if words not in entries:
            entries[words] = polib.POEntry(msgid=words, comment=comments.get(words, ""))
            catalog.append(entries[words])
    made = polib.POFile()
    made.metadata = {"Language": to_locale(code), **HEADER}
    for words in wanted:
        entry = entries[words]
        if not entry.fuzzy and _stands_for(words, entry.msgstr):
            made.append(polib.POEntry(msgid=words, msgstr=entry.msgstr))
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, catalog.save)
    _replace(file.with_name(CATALOG), made.save_as_mofile)
    forget_catalogs()
    there = {entry.msgid for entry in made}
    return file, [words for words in wanted if words not in there]


def forget_catalogs() -> None:
    """Reads the catalogs anew when they are asked for next."""
    _all_words.cache_clear()
    _translations.cache_clear()
    _is_safe.cache_clear()


def _read_catalog(file: Path) -> polib.POFile:
    text = file.read_text(encoding=polib.detect_encoding(str(file)))
    if faults := po_faults(text):
        raise CatalogRefused(file, faults)
    return polib.pofile(str(file))


def _replace(file: Path, save: Callable[[str], None]) -> None:
    """Saves to a file beside it first: it is replaced whole, or not at all."""
    beside = file.with_name(f"{file.name}.new")
    save(str(beside))
    os.replace(beside, file)


def _folder(code: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / to_locale(code) / "LC_MESSAGES"


def _entries(catalog: Iterable[polib.POEntry]) -> dict[str, polib.POEntry]:
    """The plain entries by their words: none of old days, in a context, or plural."""
    found: dict[str, polib.POEntry] = {}
    for entry in catalog:
        if not (entry.obsolete or entry.msgctxt or entry.msgid_plural):
            found.setdefault(entry.msgid, entry)
    return found


# Django reads a catalog once, too: a new one is taken in at the next start.
@lru_cache(maxsize=1)
def _all_words() -> dict[str, str]:
    """The words that stand in the code, with what translators should know of them."""
    return {entry.msgid: entry.comment for entry in polib.pofile(str(ALL_WORDS))}


@lru_cache(maxsize=64)
def _translations(code: str) -> dict[str, str]:
    """What the language's catalog holds. Raises what a spoilt one makes polib raise."""
    file = _folder(code) / CATALOG
    catalog = polib.mofile(str(file)) if file.is_file() else ()
    return {words: entry.msgstr for words, entry in _entries(catalog).items()}


@lru_cache(maxsize=64)
def _is_safe(code: str) -> bool:
    try:
        with override(code):
            gettext("January")
        spoilt = [w for w, t in _translations(code).items() if not _stands_for(w, t)]
    except Exception:
        # A spoilt file makes Django and polib raise almost anything.
        logger.exception("The catalog of %s cannot be read.", code)
        return False
    if spoilt:
        logger.error("The catalog of %s would break sheets. Make it anew.", code)
    return not spoilt


def _stands_for(words: str, translation: str) -> bool:
    """Whether a translation can be put where these words stand, and break nothing."""
    if words in DATE_FORMATS:
        return _tells_days_apart(translation)
    places, own = (sorted(PLACE.findall(text)) for text in (words, translation))
    if not translation.strip() or own != places:
        return False
    # A quote could end an attribute; a sign beside a place, spoil the filling in.
    kinds = {place[0] for place in places}
    spoiling = {'"'} | ({"%"} if "%" in kinds else set())
    spoiling |= {"{", "}"} if "{" in kinds else set()
    before, after = (set(PLACE.sub("", text)) for text in (words, translation))
    return not spoiling & (after - before)


def _tells_days_apart(format_: str) -> bool:
    """Whether a date format can be used, and says day, month and year."""
    try:
        said = {format_date(day, format_) for day in SOME_DAYS}
    except (TypeError, ValueError):
        return False
    return len(said) == len(SOME_DAYS)
