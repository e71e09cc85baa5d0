"""The form of scorecards up to version 0.2.0: one scorer, and a reason for every item.

A clinic's folder may still hold such a file (ADR 25).
"""

from typing import Annotated, Any

from pydantic import Field

from sessions.documents.front_matter import Day, Line, Strict


class OlderItem(Strict):
    """One item on one page: the score, the reason, and the part of the page."""

    score: Line
    reason: Line
    place: str = ""


class OlderScorecard(Strict):
    """One instrument's scores of pages."""

    instrument: Line
    rated_by: Line
    rated_on: Day
    items: dict[str, Line]
    pages: Annotated[dict[str, dict[str, OlderItem]], Field(min_length=1)]

    def in_form_of_today(self) -> dict[str, Any]:
        """The values for a `Scorecard`, with the only scorer as "one"."""
        subjects = {
            page: {
                "one": {
                    "scores": {name: item.score for name, item in items.items()},
                    "reasons": {name: item.reason for name, item in items.items()},
                }
            }
            for page, items in self.pages.items()
        }
        return {**self.model_dump(exclude={"pages"}), "subjects": subjects}
