"""The gettext catalogs that translate sheets: their fixed text and the clinic's."""

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

PO_NAME = "sheets.po"
"""The PO file that translators fill in, one for each language."""
MO_NAME = "django.mo"
"""The MO file, compiled from the PO file without its unsafe translations."""
POT_FILE = Path(__file__).parents[1] / "locale" / "django.pot"
HEADER = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
# Placeholders and HTML tags: a translation must keep them as they are.
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]*>|[<>]")
DATE_FORMATS = ("j F Y", "l j F Y")
SAMPLE_DAYS = (date(2027, 1, 7), date(2027, 1, 8), date(2027, 2, 7), date(2028, 1, 7))


class CatalogRefused(Exception):
    """A PO file with faults. The message has one line, `file:line: …`, for each."""

    def __init__(self, file: Path, faults: Iterable[Fault]):
        super().__init__("\n".join(fault.at(str(file)) for fault in faults))


def usable_language(code: str) -> str:
    """This language, or FIRST where its catalog cannot be read or is unsafe.

    `update_catalog` writes no unsafe catalog; people and other programs may.
    """
    return code if _is_catalog_safe(code) else FIRST


def untranslated(code: str, own: Iterable[str]) -> tuple[str, ...]:
    """The msgids, in English, that have no safe translation in this language.

    The msgids are those of sessions/locale/django.pot and `own`: text of the clinic
    and of the register, which comes from the database.
    """
    known = _translations(code) if _is_catalog_safe(code) else {}
    wanted = dict.fromkeys((*_comments_by_msgid(), *own))
    return tuple(w for w in wanted if not _is_safe_translation(w, known.get(w, "")))


def update_catalog(code: str, own: Iterable[str]) -> tuple[Path, list[str]]:
    """Adds missing msgids to a language's PO file, and compiles its MO file.

    Existing translations stay. Returns the PO file, and the msgids that have no safe
    translation yet: the MO file does not hold them.

    Raises OSError if a file cannot be read or written, UnicodeError or LookupError if
    the PO file has a wrong or unknown encoding, and CatalogRefused if it has syntax
    errors. The PO file is changed only if it can be read and written.
    """
    file = _folder(code) / PO_NAME
    catalog = _read_catalog(file) if file.exists() else polib.POFile()
    catalog.encoding, catalog.wrapwidth = "utf-8", 0
    catalog.metadata |= {"Language": to_locale(code), **HEADER}
    entries = _entries(catalog)
    comments = _comments_by_msgid()
    wanted = [*dict.fromkeys((*comments, *own))]
    for msgid in wanted:
        if msgid not in entries:
            entries[msgid] = polib.POEntry(msgid=msgid, comment=comments.get(msgid, ""))
            catalog.append(entries[msgid])
    compiled = polib.POFile()
    compiled.metadata = {"Language": to_locale(code), **HEADER}
    for msgid in wanted:
        entry = entries[msgid]
        if not entry.fuzzy and _is_safe_translation(msgid, entry.msgstr):
            compiled.append(polib.POEntry(msgid=msgid, msgstr=entry.msgstr))
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, catalog.save)
    _replace(file.with_name(MO_NAME), compiled.save_as_mofile)
    clear_catalog_caches()
    translated = {entry.msgid for entry in compiled}
    return file, [msgid for msgid in wanted if msgid not in translated]


def clear_catalog_caches() -> None:
    """Clears the caches of this module, so that catalogs are read from disk again."""
    _comments_by_msgid.cache_clear()
    _translations.cache_clear()
    _is_catalog_safe.cache_clear()


def _read_catalog(file: Path) -> polib.POFile:
    text = file.read_text(encoding=polib.detect_encoding(str(file)))
    if faults := po_faults(text):
        raise CatalogRefused(file, faults)
    return polib.pofile(str(file))


def _replace(file: Path, save: Callable[[str], None]) -> None:
    """Saves to a temporary file, then renames it: the file is replaced whole or not."""
    temporary = file.with_name(f"{file.name}.new")
    save(str(temporary))
    os.replace(temporary, file)


def _folder(code: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / to_locale(code) / "LC_MESSAGES"


def _entries(catalog: Iterable[polib.POEntry]) -> dict[str, polib.POEntry]:
    """The entries by msgid, without those that are obsolete, plural or in a context."""
    found: dict[str, polib.POEntry] = {}
    for entry in catalog:
        if not (entry.obsolete or entry.msgctxt or entry.msgid_plural):
            found.setdefault(entry.msgid, entry)
    return found


# Django also caches catalogs for as long as a process runs: restart to use new ones.
@lru_cache(maxsize=1)
def _comments_by_msgid() -> dict[str, str]:
    """The msgids of sessions/locale/django.pot, with their comments for translators."""
    return {entry.msgid: entry.comment for entry in polib.pofile(str(POT_FILE))}


@lru_cache(maxsize=64)
def _translations(code: str) -> dict[str, str]:
    """The translations in a language's MO file, by msgid.

    polib may raise almost any exception for a damaged file.
    """
    file = _folder(code) / MO_NAME
    catalog = polib.mofile(str(file)) if file.is_file() else ()
    return {msgid: entry.msgstr for msgid, entry in _entries(catalog).items()}


@lru_cache(maxsize=64)
def _is_catalog_safe(code: str) -> bool:
    """Whether Django and polib can read the catalog, and no translation is unsafe."""
    try:
        with override(code):
            gettext("January")
        found = _translations(code).items()
        unsafe = [msgid for msgid, t in found if not _is_safe_translation(msgid, t)]
    except Exception:
        # A damaged file makes Django and polib raise almost any exception.
        logger.exception("The catalog of %s cannot be read.", code)
        return False
    if unsafe:
        message = "The catalog of %s would break sheets. Run update_catalog %s."
        logger.error(message, code, code)
    return not unsafe


def _is_safe_translation(msgid: str, translation: str) -> bool:
    """Whether this translation can replace the msgid without breaking a sheet."""
    if msgid in DATE_FORMATS:
        return _is_full_date_format(translation)
    wanted, found = (sorted(PLACEHOLDER.findall(t)) for t in (msgid, translation))
    if not translation.strip() or found != wanted:
        return False
    # A new quote could end an HTML attribute; a new %, { or } could break formatting.
    kinds = {placeholder[0] for placeholder in wanted}
    unsafe = {'"'} | ({"%"} if "%" in kinds else set())
    unsafe |= {"{", "}"} if "{" in kinds else set()
    before, after = (set(PLACEHOLDER.sub("", t)) for t in (msgid, translation))
    return not unsafe & (after - before)


def _is_full_date_format(format_: str) -> bool:
    """Whether this is a valid date format, and shows day, month and year."""
    try:
        formatted = {format_date(day, format_) for day in SAMPLE_DAYS}
    except (TypeError, ValueError):
        return False
    return len(formatted) == len(SAMPLE_DAYS)
