"""The names that content files may have: a page's name is its address."""

import os
import re
from fnmatch import fnmatchcase

from django.urls.converters import SlugConverter
from django.utils.text import slugify

from sessions.documents.front_matter import STAGE_KINDS
from sessions.library.languages import FIRST
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
"""The pages at `/NAME/` that show their text and nothing else."""
# Each folder of pages, and the pattern that sessions.urls accepts after it.
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
# Endings that browsers, editors, and systems that hide endings give a page instead.
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
    """Whether a file or folder is hidden, or was left behind by a program."""
    return any(fnmatchcase(name.lower(), pattern) for pattern in LEFTOVERS)


def is_misspelt_page(path: str) -> bool:
    """Whether a file seems to be a page, but its name does not end in .md."""
    file_name = path.rpartition("/")[2]
    return not path.endswith(PAGE_ENDING) and bool(LIKE_A_PAGE.search(file_name))


def ending_fault(path: str) -> str:
    """The fault of a misspelt page, with the name to give it."""
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


def pages_fault(name: str) -> str:
    """Why a rule cannot name these pages; empty where it can.

    `name` is the name of one page, or all of a folder: `stages/*`.
    """
    folder, slash, rest = name.partition("/")
    if PAGE_NAME.fullmatch(name) or (folder in FOLDERS and slash + rest == "/*"):
        return ""
    return (
        f'There can be no page "{name}". Write the name of its file under {FIRST}/ '
        f'without "{PAGE_ENDING}", such as risks, or all of a folder, such as learn/*.'
    )


def slug(words: str) -> str:
    """Text as one segment of an address: `Café (1)` as `cafe-1`."""
    return slugify(re.sub(r"\W+", "-", words))


def printable(path: str) -> str:
    """A path that can be printed on one line and stored in UTF-8.

    Bytes that are not UTF-8, control characters and line ends become escapes.
    """
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode() for c in text
    )
