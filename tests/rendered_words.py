"""Counts the words that a rendered page shows before a reader opens anything."""

from lxml import html

LEFT_OUT = (
    "nav, form, .stage-list, .link-cards, script, template, [popover]",
    ".help-bar, .help-card, .care-card, .table__label, .not-needed, .clinic-statements",
    ".kept, .kept-status, [data-offline], .progress, .your-day, .own-questions",
    ".diary-entries, .visit, [aria-labelledby=my-sheet], [data-without-script]",
    "details > :not(summary)",
    "[aria-labelledby=first-aid]",
)
"""Menus, forms and pop-ups; help bar and card, first aid; what the device keeps, and
its sheets; what a page says without scripts; what a fold holds."""


def first_layer_words(source: str, section: str = "") -> int:
    """The words of `main`, or of the section with this anchor."""
    (main,) = html.document_fromstring(source).cssselect("main")
    for selector in LEFT_OUT:
        for element in main.cssselect(selector):
            if element.getparent() is not None:
                element.drop_tree()
    if section:
        found = main.cssselect(f"[aria-labelledby={section}]")
        return sum(len(_text(part).split()) for part in found)
    return len(_text(main).split())


INLINE = {"a", "abbr", "button", "code", "em", "span", "strong"}


def _text(element: html.HtmlElement) -> str:
    """The text, with a space between blocks and none within a word."""
    apart = "" if element.tag in INLINE else " "
    inner = "".join(
        (_text(child) if isinstance(child.tag, str) else "") + (child.tail or "")
        for child in element
    )
    return f"{apart}{element.text or ''}{inner}{apart}"
