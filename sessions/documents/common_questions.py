"""The common questions of one language: how people ask, and what the guide answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from sessions.documents.faults import DocumentError, Fault
from sessions.documents.front_matter import (
    CONDITION_KEYS,
    Condition,
    Line,
    Names,
    Strict,
    check,
    line_of,
)
from sessions.documents.letters import lost_letters
from sessions.documents.phrases import folded
from sessions.documents.plurals import count
from sessions.documents.quality import text_findings
from sessions.documents.readability import measure, split_sentences, words_in
from sessions.documents.rules import Rules
from sessions.documents.stray_marks import plain_marks
from sessions.documents.yaml_lines import Lines
from sessions.documents.yaml_losses import read_data

LONGEST_ASK = 12
LONGEST_ANSWER = 40
MOST_SENTENCES = 4
LEAST_WORDINGS = 3
ROOM = 3
"""How many grades one answer may lie above the goal: a few long words decide it."""
HARD = (
    "The reading grade is {grade}; the goal is {goal} or lower. Use shorter sentences "
    "and more common words."
)
SHOWN = ("ask", "answer")
"""The fields that patients read."""

QuestionName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
]
Line200 = Annotated[Line, Field(max_length=200)]


class CommonQuestion(Strict):
    """One question. It has an answer and the place it leads to, or else signs.

    `also` are other words for it: they are searched, and nobody is shown them. `sign`
    are ids of lines of the help card, which are the answer. `clinic` is the key of what
    the clinic itself answers.
    """

    id: QuestionName  # noqa: A003
    ask: Line200
    also: tuple[Line200, ...]
    answer: str = ""
    leads: str = ""
    area: Names = ()
    cells: Names = ()
    country: Names = ()
    clinic: str = ""
    sign: Names = ()

    @property
    def condition(self) -> Condition:
        """Which readers it is for."""
        return Condition(**{key: getattr(self, key) for key in CONDITION_KEYS})

    @property
    def wordings(self) -> tuple[str, ...]:
        return (self.ask, *self.also)


@dataclass(frozen=True)
class QuestionFile:
    """The questions of a file in their order, and the line of every key of it."""

    questions: tuple[CommonQuestion, ...]
    lines: Lines
    places: tuple[int, ...]
    """For each question, where it stands among the entries of the file."""

    def numbered(self) -> Iterator[tuple[int, CommonQuestion]]:
        yield from zip(self.places, self.questions, strict=True)

    def line(self, place: int, *keys: str | int) -> int:
        return line_of((place, *keys), self.lines)


def read_common_questions(text: str) -> tuple[QuestionFile, list[Fault]]:
    """The questions that are valid by themselves, and every fault."""
    faults: list[Fault] = []
    try:
        data, lines = read_data(text, faults)
    except DocumentError as error:
        return QuestionFile((), {}, ()), list(error.faults)
    faults += lost_letters(text)
    if not isinstance(data, list):
        faults.append(Fault(1, "Write a list: each question begins with `- id: …`."))
        return QuestionFile((), lines, ()), faults
    valid = list(_valid(data, lines, faults))
    file = QuestionFile(
        tuple(question for _, question in valid), lines, tuple(p for p, _ in valid)
    )
    faults += _repeated_ids(file)
    for place, question in valid:
        for keys, message in _messages(question):
            faults.append(Fault(file.line(place, *keys), message))
    return file, sorted(set(faults))


def _valid(
    data: list[Any], lines: Lines, faults: list[Fault]
) -> Iterator[tuple[int, CommonQuestion]]:
    for place, entry in enumerate(data):
        inner = {path[1:]: line for path, line in lines.items() if path[:1] == (place,)}
        question = check(CommonQuestion, entry, inner, faults)
        if question is not None:
            yield place, question


def _repeated_ids(file: QuestionFile) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for place, question in file.numbered():
        line = file.line(place, "id")
        if question.id in seen:
            message = (
                f'The id "{question.id}" is on line {seen[question.id]} too. Give each '
                "question its own."
            )
            yield Fault(line, message)
        seen.setdefault(question.id, line)


Keyed = tuple[tuple[str | int, ...], str]
"""The keys of what has a fault, and the message."""


def _messages(question: CommonQuestion) -> Iterator[Keyed]:
    """What is wrong with a question, without rules and other files."""
    words = len(words_in(question.ask))
    if words > LONGEST_ASK:
        yield ("ask",), f'"ask" has {words} words. Use {LONGEST_ASK} at most.'
    if question.sign:
        for key in ("answer", "leads", "clinic"):
            if getattr(question, key):
                message = (
                    f'The line of the help card is the answer. Take "{key}" out, or '
                    '"sign".'
                )
                yield (key,), message
    else:
        yield from _answer_messages(question)
    yield from _wording_messages(question)
    for key in SHOWN:
        if message := plain_marks(getattr(question, key)):
            yield (key,), message


def _answer_messages(question: CommonQuestion) -> Iterator[Keyed]:
    for key in ("answer", "leads"):
        if not getattr(question, key):
            yield (key,), f'"{key}" is missing. Write it, or "sign:" in its place.'
    words = len(words_in(question.answer))
    if words > LONGEST_ANSWER:
        message = f"The answer has {words} words. Use {LONGEST_ANSWER} at most."
        yield ("answer",), message
    sentences = len(split_sentences(question.answer))
    if sentences > MOST_SENTENCES:
        message = f"The answer has {sentences} sentences. Use {MOST_SENTENCES} at most."
        yield ("answer",), message


def _wording_messages(question: CommonQuestion) -> Iterator[Keyed]:
    if len(question.also) < LEAST_WORDINGS:
        there = count(len(question.also), "other wording", "other wordings")
        message = f'"also" has {there}. Write {LEAST_WORDINGS} at least.'
        yield ("also",), message
    seen = {folded(question.ask)}
    for index, wording in enumerate(question.also):
        if folded(wording) in seen:
            yield ("also", index), f'"{wording}" is there already. Take one out.'
        seen.add(folded(wording))


def rule_messages(question: CommonQuestion, rules: Rules) -> Iterator[Keyed]:
    """What the rules do not let patients read, and what is too hard to read."""
    for key in SHOWN:
        text = getattr(question, key)
        yield from (((key,), message) for message in text_findings(text, rules))
        for sentence in split_sentences(text):
            words, most = len(words_in(sentence)), rules.limits.sentence_words
            if words > most:
                yield (key,), f"A sentence has {words} words; {most} is the most."
    for sentence in split_sentences(question.answer):
        for withdrawn in rules.withdrawn:
            if withdrawn.is_in(folded(sentence)):
                yield ("answer",), f'"{sentence}" is not safe. {withdrawn.because}'
    grade, goal = measure([question.answer]).grade, rules.limits.reading_grade + ROOM
    if grade > goal:
        yield ("answer",), HARD.format(grade=grade, goal=goal)


def grade_message(questions: Iterable[CommonQuestion], rules: Rules) -> str:
    """What is wrong with the reading grade of all answers together; else empty."""
    grade = measure(question.answer for question in questions).grade
    goal = rules.limits.reading_grade
    return HARD.format(grade=grade, goal=goal) if grade > goal else ""
