"""The languages of the guide: the first, and later ones that sheets are printed in."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import polib
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import to_locale

FIRST = "en"
"""The language the guide is written in: every page has it."""
TO_TRANSLATE = "sheets.po"
"""What translators fill in, for each language."""
CATALOG = "django.mo"
"""What Django reads: made from that, without what would break a sheet."""
ALL_WORDS = Path(__file__).parent / "locale" / "django.pot"
# What is filled in, and HTML: the same in every language.
PLACE = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]*>|[<>]")


def language_fault(code: str) -> str:
    """Why there can be no language of this name; empty where there can be."""
    known = LANG_INFO.get(code)
    if known is None or "name_local" not in known:
        return (
            "This folder is called after no language that is known here. Name it by "
            "the language's code, such as es, pl or pt-br."
        )
    if known["bidi"]:
        return "Sheets can not be set from right to left yet. Take the folder away."
    return ""


def language_name(code: str) -> str:
    """The language as its own speakers call it: `Español`."""
    name = str(LANG_INFO[code]["name_local"])
    return name[:1].upper() + name[1:]


def untranslated(code: str, own: Iterable[str]) -> tuple[str, ...]:
    """The words of sheets that are not in a language yet, as they stand in English.

    Which words there are, sessions/locale/django.pot says; `own` are those it can not
    know. A translation that changed HTML, or a place to fill in, does not count.
    """
    known = _translations(code)
    wanted = dict.fromkeys((*_all_words(), *own))
    return tuple(w for w in wanted if not _stands_for(w, known.get(w, "")))


def update_catalog(code: str, own: Iterable[str]) -> tuple[Path, list[str]]:
    """Adds the words that a language's catalog lacks, and makes what the site reads.

    Returns the file to translate, and the words in it that can not be used yet: those
    stay out of what the site reads. What is translated stays.

    Raises OSError for a file that can not be read or written, UnicodeDecodeError for
    one in another encoding.
    """
    file = _folder(code) / TO_TRANSLATE
    catalog = polib.pofile(str(file)) if file.exists() else _new_catalog(code)
    wanted = dict.fromkeys((*_all_words(), *own))
    there = {entry.msgid for entry in catalog}
    catalog.extend(polib.POEntry(msgid=w) for w in wanted if w not in there)
    known = {entry.msgid: entry.msgstr for entry in catalog.translated_entries()}
    missing = [w for w in wanted if not _stands_for(w, known.get(w, ""))]
    file.parent.mkdir(parents=True, exist_ok=True)
    catalog.save(str(file))
    for entry in [entry for entry in catalog if entry.msgid in missing]:
        catalog.remove(entry)
    catalog.save_as_mofile(str(file.with_name(CATALOG)))
    forget_catalogs()
    return file, missing


def _new_catalog(code: str) -> polib.POFile:
    catalog = polib.POFile(wrapwidth=0)
    catalog.metadata = {
        "Language": to_locale(code),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return catalog


def _folder(code: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / to_locale(code) / "LC_MESSAGES"


# Django reads a catalog once, too: a new one is taken in at the next start.
@lru_cache(maxsize=1)
def _all_words() -> tuple[str, ...]:
    return tuple(entry.msgid for entry in polib.pofile(str(ALL_WORDS)))


@lru_cache(maxsize=64)
def _translations(code: str) -> dict[str, str]:
    file = _folder(code) / CATALOG
    try:
        catalog = polib.mofile(str(file)) if file.is_file() else ()
    except (OSError, ValueError):
        catalog = ()
    return {entry.msgid: entry.msgstr for entry in catalog}


def _stands_for(words: str, translation: str) -> bool:
    """Whether a translation can be put where these words stand, and break nothing."""
    places, own = (sorted(PLACE.findall(text)) for text in (words, translation))
    has_new_quote = '"' in translation and '"' not in words
    return translation != "" and own == places and not has_new_quote


def forget_catalogs() -> None:
    """Reads the catalogs anew when they are asked for next."""
    _all_words.cache_clear()
    _translations.cache_clear()
