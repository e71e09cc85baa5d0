"""The clinical rules that texts are checked against, as content/rules.yaml holds them.

To add a section to that file, add a field to `Rules`, and merge the field in
`rules_file._merged`.
"""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import (
    PydanticCustomError,
    SchemaError,
    SchemaValidator,
    core_schema,
)

from sessions.documents.front_matter import Condition, Line, Strict
from sessions.documents.phrases import ANY_LETTERS, folded, says
from sessions.documents.spelling import Spelling
from sessions.documents.word_patterns import WordLists, fault_of


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


def _words_pattern(value: str) -> str:
    if message := fault_of(value):
        raise PydanticCustomError("word_pattern", "{fault}", {"fault": message})
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
Patterns = Annotated[
    tuple[Annotated[Line, AfterValidator(_words_pattern)], ...], Listed, Filled
]
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
    matches the regular expression `pattern`. With `unfolded`, words in a fold, or for
    some readers alone, do not count.
    """

    tells: Line
    pages: Annotated[Words, Filled]
    unfolded: bool = False
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


class SignLine(Strict):
    """A line that the help card must have, by its permanent id.

    It stands in its tier or in a more urgent one, is shown to all readers of `when`,
    and has every phrase of `says`.
    """

    id: Line  # noqa: A003
    tier: Literal["emergency", "department", "urgent", "routine"]
    when: Condition = Condition()
    says: Phrases


class HelpCard(Strict):
    """What the help card of each page in `pages` must have.

    `never` lists words that no line has, unless it can wait: they would turn a sign
    into a comfort.
    """

    pages: Annotated[Words, Filled]
    never: Annotated[tuple[Phrase, ...], Listed] = ()
    lines: Annotated[tuple[SignLine, ...], Listed, Filled]


class Withdrawn(Strict):
    """A sentence that was withdrawn because it is not safe.

    `because` says why, for staff. A live text that has it is shown under the help card.
    """

    because: Line
    pattern: Annotated[str, Field(max_length=300), AfterValidator(_pattern)]

    def is_in(self, text: str) -> bool:
        """Whether a folded text (see `phrases.folded`) has such a sentence."""
        return _matcher(self.pattern).isinstance_python(text)


class Kind(Strict):
    """A kind of sentence that no text may have, such as an order about a medicine.

    `finds` says what it is, and `mend` what to write instead. Each other key that
    holds a list names lists: of `word_lists`, or of `exceptions` for `not_near` and
    each `unless_`. A sentence is of this kind if it has a phrase of `looks_for`, with
    one of `near` at most `within` words before or after it, or one of `followed_by`
    after it, and one of `only_with` anywhere. With `answers`, it answers a question
    that has one of these near one of `near`, a sentence or two before. A list that is
    left out asks for nothing. With `reads_on`, a line is also read together with what
    stands above it, and "it" together with the sentence before.

    The phrase passes inside one of `unless_part_of`, right after one of
    `unless_right_after`, and in a question that one of `unless_asked_by` begins. Where
    the sentence has none of `but_never_with`, it also passes after one of
    `unless_after` in the same clause, and with one of `unless_with` anywhere.
    """

    finds: Line
    mend: Line
    looks_for: Annotated[Words, Filled]
    near: Words = ()
    not_near: Words = ()
    followed_by: Words = ()
    within: Annotated[int, Number, Field(ge=0, le=15)] = 6
    reads_on: bool = False
    only_with: Words = ()
    answers: Words = ()
    unless_part_of: Words = ()
    unless_right_after: Words = ()
    unless_asked_by: Words = ()
    unless_after: Words = ()
    unless_with: Words = ()
    but_never_with: Words = ()

    @model_validator(mode="after")
    def _has_one_neighbour(self) -> "Kind":
        if self.near and self.followed_by:
            message = "Write `near:` or `followed_by:`, and not both"
            raise PydanticCustomError("neighbours", message)
        return self


LISTS_THAT_FIND = (
    "looks_for",
    "near",
    "followed_by",
    "only_with",
    "answers",
    "but_never_with",
)
LISTS_THAT_EXCUSE = (
    "not_near",
    "unless_part_of",
    "unless_right_after",
    "unless_asked_by",
    "unless_after",
    "unless_with",
)


class SpellingRules(Strict):
    """The lists whose names are found in spite of a typing mistake.

    `ordinary` are words that look like such a name and are none.
    """

    names_in: Words = ()
    ordinary: Words = ()


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
    phrase, and the short forms that need no explanation. The kinds name lists of
    `word_lists` and of `exceptions`.
    """

    phrases: Phrases
    approval: Approval
    kinds: Annotated[tuple[Kind, ...], Listed, Filled]
    word_lists: dict[str, Patterns]
    exceptions: dict[str, Patterns]
    spelling: SpellingRules = SpellingRules()
    may_quote: Words
    statements: Annotated[tuple[Statement, ...], Listed, Filled]
    help_card: HelpCard
    withdrawn: Annotated[tuple[Withdrawn, ...], Listed, Filled]
    limits: Limits
    everyday: Words

    @cached_property
    def lists(self) -> dict[str, WordLists]:
        """Each list that a kind may name, ready to be searched for."""
        lists = {**self.word_lists, **self.exceptions}
        return {name: WordLists({name: phrases}) for name, phrases in lists.items()}

    @cached_property
    def spelt(self) -> Spelling:
        """What reads a name that is spelt wrong as the name that is meant."""
        lists = (self.word_lists.get(name, ()) for name in self.spelling.names_in)
        return Spelling(chain.from_iterable(lists), self.spelling.ordinary)

    @cached_property
    def looked_for(self) -> WordLists:
        """What the kinds look for first, as one search."""
        names = sorted({name for kind in self.kinds for name in kind.looks_for})
        return WordLists({name: self.word_lists[name] for name in names})


FOLDER = "/*"


def is_among(name: str, pages: Sequence[str]) -> bool:
    """Whether `pages` lists the page `name`. `learn/*` lists every page of a folder."""
    return any(
        name.startswith(page[:-1]) if page.endswith(FOLDER) else name == page
        for page in pages
    )
