"""Rows that a search is answered with."""

from typing import Any

from sessions.documents.common_questions import CommonQuestion as Shape
from sessions.documents.synonyms import Synonyms as SynonymsShape
from sessions.models import CommonQuestion, Synonyms


def question(name: str = "drive", **fields: Any) -> Shape:
    """A question that is valid; with a sign it has no answer."""
    ask = fields.pop("ask", "Can I drive home?")
    also = fields.pop("also", ["driving", "take the car", "behind the wheel"])
    if "sign" not in fields:
        fields = {"answer": "After sedation, no.", "leads": "/risks/", **fields}
    return Shape.model_validate({"id": name, "ask": ask, "also": also, **fields})


def store_questions(*questions: Shape) -> None:
    """Makes the rows of these questions, in this order."""
    for position, one in enumerate(questions):
        CommonQuestion.objects.create(
            language="en",
            name=one.id,
            position=position,
            data=one.model_dump(mode="json"),
        )


def store_synonyms(**fields: Any) -> None:
    synonyms = SynonymsShape.model_validate(fields)
    data = synonyms.model_dump(mode="json", by_alias=True)
    Synonyms.objects.create(language="en", data=data)
