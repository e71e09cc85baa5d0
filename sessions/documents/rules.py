"""The clinical rules that texts are checked against, as content/rules.yaml holds them.

To add a section to that file, add a field to `Rules`, and merge the field in
`rules_file._merged`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import (
    PydanticCustomError,
    SchemaError,
    SchemaValidator,
    core_schema,
)

from sessions.documents.front_matter import Line, Strict
from sessions.documents.phrases import ANY_LETTERS, folded, says


def _phrase(value: str) -> str:
    core = folded(value).strip(ANY_LETTERS)
    if not core.strip():
        raise PydanticCustomError("phrase", "Write at least one word")
    if ANY_LETTERS in core or core != core.strip():
        message = "Write * at its beginning or end alone, and no space beside it"
        raise PydanticCustomError("phrase", message)
    return value


@lru_cache(maxsize=256)
def _matcher(pattern: str) -> SchemaValidator:
    """What says whether a text fits the pattern, in capitals or not.

    It is pydantic's engine, not `re`: no pattern makes it try a text again and again.
    """
    return SchemaValidator(core_schema.str_schema(pattern=f"(?i){pattern}"))


def _pattern(value: str) -> str:
    if "{" in value:
        message = "Counts, such as {2}, are too slow. Use ?, + or *, or plain words"
        raise PydanticCustomError("pattern", message)
    try:
        fits_nothing = value and _matcher(value).isinstance_python("")
    except SchemaError as error:
        message = "This is no regular expression: {error}. Mend it, or use plain words"
        told = str(error).splitlines()[-1].strip().removeprefix("error: ").rstrip(".")
        raise PydanticCustomError("pattern", message, {"error": told}) from error
    if fits_nothing:
        message = "It matches an empty text. Write what must be said"
        raise PydanticCustomError("pattern", message)
    return value


def _listed(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        message = 'Write each entry on a line of its own, with "- " before it'
        raise PydanticCustomError("list", message)
    return value


def _number(value: Any) -> Any:
    number = r"(0|[1-9][0-9]{0,2})(\.[0-9]+)?"
    if isinstance(value, str) and not re.fullmatch(number, value):
        raise PydanticCustomError("number", "Write a number, such as 20")
    return value


Listed = BeforeValidator(_listed)
Filled = Field(min_length=1)
Phrase = Annotated[Line, AfterValidator(_phrase)]
Phrases = Annotated[tuple[Phrase, ...], Listed, Filled]
Words = Annotated[tuple[Line, ...], Listed]
Number = BeforeValidator(_number)
WordCount = Annotated[int, Number, Field(ge=5, le=60)]
Percent = Annotated[int, Number, Field(ge=0, le=100)]


class Approval(Strict):
    """A sentence with a phrase of `says` must have a phrase of `limited_by` too."""

    says: Phrases
    limited_by: Phrases


class Statement(Strict):
    """Something that the text of each page in `pages` must tell patients.

    `tells` describes it. A text tells it if the text contains any phrase of `words`, or
    matches the regular expression `pattern`.
    """

    tells: Line
    pages: Annotated[Words, Filled]
    words: Annotated[tuple[Phrase, ...], Listed] = ()
    pattern: Annotated[str, Field(max_length=300), AfterValidator(_pattern)] = ""

    @model_validator(mode="after")
    def _has_words(self) -> "Statement":
        if not self.words and not self.pattern:
            raise PydanticCustomError("untold", "Add a line `words:` or `pattern:`")
        return self

    def is_told_in(self, text: str) -> bool:
        """Whether a folded text (see `phrases.folded`) tells patients this."""
        if self.pattern and _matcher(self.pattern).isinstance_python(text):
            return True
        return any(says(text, phrase) for phrase in self.words)


class Limits(Strict):
    """The numbers that the checks of a text compare with.

    `least_benefit` and `most_benefit` are percentages: the share of words about benefit
    among the words about benefit and harm.
    """

    reading_grade: Annotated[float, Number, Field(ge=1, le=20)]
    sentence_words: WordCount
    meaning_words: WordCount
    least_benefit: Percent
    most_benefit: Percent

    @model_validator(mode="after")
    def _leaves_room(self) -> "Limits":
        if self.least_benefit > self.most_benefit:
            message = "least_benefit is more than most_benefit. Write the smaller first"
            raise PydanticCustomError("room", message)
        return self


class Rules(Strict):
    """All sections of the clinical rules.

    `may_quote` and `everyday` are exceptions: the pages that may quote a forbidden
    phrase, and the short forms that need no explanation.
    """

    phrases: Phrases
    approval: Approval
    may_quote: Words
    statements: Annotated[tuple[Statement, ...], Listed, Filled]
    limits: Limits
    everyday: Words


FOLDER = "/*"


def is_among(name: str, pages: Sequence[str]) -> bool:
    """Whether `pages` lists the page `name`. `learn/*` lists every page of a folder."""
    return any(
        name.startswith(page[:-1]) if page.endswith(FOLDER) else name == page
        for page in pages
    )
