"""The languages of the guide: the first, and later ones for printed sheets."""

from django.conf.locale import LANG_INFO

FIRST = "en"
"""The language the guide is written in: every page has it."""


def language_fault(code: str) -> str:
    """Why this code is not a language the guide can have; empty if it is one."""
    known = LANG_INFO.get(code)
    if known is None or "name_local" not in known:
        return (
            "The name of this folder is not the code of a known language. Use a code "
            "such as es, pl or pt-br."
        )
    if known["bidi"]:
        return "Sheets cannot be printed from right to left yet. Remove this folder."
    return ""


def language_name(code: str) -> str:
    """The name of the language in that language: `Español`."""
    name = str(LANG_INFO[code]["name_local"])
    return name[:1].upper() + name[1:]
