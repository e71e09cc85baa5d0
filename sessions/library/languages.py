"""The languages of the guide: the first, and later ones that sheets are printed in."""

from django.conf.locale import LANG_INFO

FIRST = "en"
"""The language the guide is written in: every page has it."""


def language_fault(code: str) -> str:
    """Why there can be no language of this name; empty where there can be."""
    known = LANG_INFO.get(code)
    if known is None or "name_local" not in known:
        return (
            "This folder is called after no language that is known here. Name it by "
            "the language's code, such as es, pl or pt-br."
        )
    if known["bidi"]:
        return "Sheets cannot be set from right to left yet. Take the folder away."
    return ""


def language_name(code: str) -> str:
    """The language as its own speakers call it: `Español`."""
    name = str(LANG_INFO[code]["name_local"])
    return name[:1].upper() + name[1:]
