"""What stands round a document: who checked it, and what it rests on."""

from typing import Any

from django import template

from sessions.snapshot import LivePage

register = template.Library()


@register.inclusion_tag("components/governance_line.html")
def governance_line(page: LivePage, reading: Any) -> dict[str, Any]:
    """Who checked this wording, when, and when it is due again."""
    is_overdue = page.review_due is not None and page.review_due < reading.today
    return {"page": page, "is_overdue": is_overdue}


@register.inclusion_tag("components/source_list.html")
def source_list(page: LivePage, reading: Any) -> dict[str, Any]:
    """The sources a page rests on, with years; the only links that leave the site."""
    names = page.document.front_matter.sources if page.document else ()
    known = reading.snapshot.sources
    return {"sources": [known[name] for name in names if name in known]}
