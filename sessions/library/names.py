"""What a file in a content folder may be called: a page's name is its address."""

import os
import re
from fnmatch import fnmatchcase

from django.urls.converters import SlugConverter
from django.utils.text import slugify

from sessions.documents.front_matter import STAGE_KINDS
from sessions.library.references import HOME

TEXT_PAGES = (
    "risks",
    "get-help",
    "words",
    "privacy",
    "accessibility",
    "about",
    "options",
    "questions",
    "money-and-approval",
    "helping-someone",
    "visit",
    "diary",
)
"""The pages that are their text and no more, at the address `/NAME/`."""
# Each folder of pages, and what sessions.urls lets follow it in an address.
FOLDERS = {
    "stages": "|".join(STAGE_KINDS),
    "learn": SlugConverter.regex,
    "after": SlugConverter.regex,
}
PAGE_NAME = re.compile(
    "|".join(
        (
            *map(re.escape, (HOME, "checklist", *TEXT_PAGES)),
            *(f"{folder}/(?:{names})" for folder, names in FOLDERS.items()),
        )
    )
)
PAGE_ENDING = ".md"
# What browsers, editors and systems that hide endings make of it.
LIKE_A_PAGE = re.compile(r"\.(?:md|mdown|mdwn|mkdn?|markdown)(?![^\W_])", re.IGNORECASE)
# Files and folders that systems, editors and programs leave behind, in lower case.
LEFTOVERS = (
    ".*",
    "~$*",
    "*~",
    "#*#",
    "*.bak",
    "*.crdownload",
    "*.orig",
    "*.part",
    "*.rej",
    "*.sw[a-z]",
    "*.temp",
    "*.tmp",
    "$recycle.bin",
    "@eadir",
    "__macosx",
    "desktop.ini",
    "ehthumbs.db",
    "icon\r",
    "lost+found",
    "system volume information",
    "thumbs.db",
)


def is_leftover(name: str) -> bool:
    """Whether a file or folder is hidden, or no person's work: nobody reads it."""
    return any(fnmatchcase(name.lower(), pattern) for pattern in LEFTOVERS)


def is_misspelt_page(path: str) -> bool:
    """Whether somebody meant a page, and its ending keeps it from being one."""
    file_name = path.rpartition("/")[2]
    return not path.endswith(PAGE_ENDING) and bool(LIKE_A_PAGE.search(file_name))


def ending_fault(path: str) -> str:
    """How to rename a misspelt page."""
    file_name = path.rpartition("/")[2]
    name = slug(LIKE_A_PAGE.split(file_name)[0]) or "page"
    return f'The name of a page ends in ".md". Call this file "{name}.md".'


def name_fault(name: str) -> str:
    """Why a page cannot have this name, and what to call it; empty where it can."""
    if PAGE_NAME.fullmatch(name):
        return ""
    *folders, last = name.split("/")
    better = "/".join([*folders, slug(last)])
    if better != name and PAGE_NAME.fullmatch(better):
        return (
            "The name of a page is its address: it can hold the letters a to z, "
            f'digits, "-" and "_". Call this file "{better}.md".'
        )
    if folders == ["stages"]:
        kinds = ", ".join(STAGE_KINDS)
        return f"There is no such stage. Call this file by one of these: {kinds}."
    return (
        "There is no address for a page of this name. A page of your own stands in "
        f'learn/ or after/: call this file "learn/{slug(last) or "page"}.md".'
    )


def slug(words: str) -> str:
    """Words as a part of an address: `Café (1)` as `cafe-1`."""
    return slugify(re.sub(r"\W+", "-", words))


def printable(path: str) -> str:
    """A path as it can be shown and kept in UTF-8, on one line.

    Bytes that are not UTF-8, control characters and line ends are written as escapes.
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode()
        for sign in text
    )
