"""The clinical rules that texts are checked against, as content/rules.yaml holds them.

Another kind of rule is another section: a field of `Rules`, and its line in
`rules_file._together`.
"""

import re
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sessions.documents.front_matter import Line, Strict
from sessions.documents.phrases import ANY_LETTERS, folded, says


def _phrase(value: str) -> str:
    core = folded(value).strip(ANY_LETTERS)
    if not core.strip():
        raise PydanticCustomError("phrase", "There is no word in it")
    if ANY_LETTERS in core or core != core.strip():
        message = "Write * at its beginning or end alone, and no space beside it"
        raise PydanticCustomError("phrase", message)
    return value


def _pattern(value: str) -> str:
    try:
        fits_nothing = value and re.compile(value).search("")
    except (re.error, OverflowError, RecursionError) as error:
        message = "This is no regular expression: {error}. Mend it, or use plain words"
        raise PydanticCustomError("pattern", message, {"error": str(error)}) from error
    if fits_nothing:
        message = "It fits a text without a word. Write what must be said"
        raise PydanticCustomError("pattern", message)
    return value


def _listed(value: Any) -> Any:
    if not isinstance(value, list | tuple):
        message = 'Write each entry on a line of its own, with "- " before it'
        raise PydanticCustomError("list", message)
    return value


def _number(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", value):
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
    """A sentence that says one of `says` also says one of `limited_by`."""

    says: Phrases
    limited_by: Phrases


class Statement(Strict):
    """Something that pages must tell patients, and the words that tell it: any one.

    `pattern` is a regular expression, for what plain words cannot say.
    """

    tells: Line
    pages: Annotated[Words, Filled]
    words: Annotated[tuple[Phrase, ...], Listed] = ()
    pattern: Annotated[str, Field(max_length=300), AfterValidator(_pattern)] = ""

    @model_validator(mode="after")
    def _has_words(self) -> "Statement":
        if not self.words and not self.pattern:
            raise PydanticCustomError("untold", "Say under words: which words tell it")
        return self

    def is_told_in(self, text: str) -> bool:
        """Whether a folded text tells it."""
        if self.pattern and re.search(self.pattern, text, re.IGNORECASE):
            return True
        return any(says(text, phrase) for phrase in self.words)


class Limits(Strict):
    """Numbers that a text keeps to; benefit is a percentage of benefit and harm."""

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
    """All rules in force. `may_quote` and `everyday` are what a rule lets pass."""

    phrases: Phrases
    approval: Approval
    may_quote: Words
    statements: Annotated[tuple[Statement, ...], Listed, Filled]
    limits: Limits
    everyday: Words


FOLDER = "/*"


def is_among(name: str, pages: Sequence[str]) -> bool:
    """Whether a list of pages names this one; `learn/*` is all of a folder."""
    return any(
        name.startswith(page[:-1]) if page.endswith(FOLDER) else name == page
        for page in pages
    )
