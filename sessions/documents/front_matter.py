"""Front matter: the YAML between `---` lines at the top of a text, and its schema."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from sessions.documents.faults import DocumentError, Fault
from sessions.documents.yaml_lines import Lines, read_yaml

STAGE_KINDS = (
    "consultation",
    "preparation",
    "harvesting",
    "injection",
    "monitoring",
    "recovery",
    "follow-up",
)
CONDITION_KEYS = ("cells", "area", "country")
COUNTRIES = ("us", "uk", "eu", "other")


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) and value else value


def _blank_is_none(value: Any) -> Any:
    return None if value == "" else value


def _check_date_format(value: Any) -> Any:
    """Only YYYY-MM-DD. Pydantic alone reads "86400" as a Unix time, 2 January 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise PydanticCustomError("date_form", "not a date")
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Day = Annotated[date, BeforeValidator(_check_date_format)]


class Strict(BaseModel):
    """Unknown keys are faults: a misspelt key must never be silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Facts = Mapping[str, str | frozenset[str]]
"""What is known of a reader, by the keys of conditions.

A fact is a value, or a set of values of which one is true for this reader. Where a key
is missing or empty, any value may be true.
"""


class Condition(Strict):
    """Which readers something is for. An empty field means everyone."""

    cells: Names = ()
    area: Names = ()
    country: Names = ()

    def applies(self, facts: Facts) -> bool | None:
        """Whether the condition holds; None where that depends on an unknown fact."""
        verdicts = [
            _is_among(facts.get(key), wanted)
            for key in CONDITION_KEYS
            if (wanted := getattr(self, key))
        ]
        if False in verdicts:
            return False
        return None if None in verdicts else True

    def items(self) -> tuple[tuple[str, str], ...]:
        """(key, value) pairs, such as ("cells", "fat")."""
        return tuple(
            (key, value) for key in CONDITION_KEYS for value in getattr(self, key)
        )


def _is_among(fact: str | frozenset[str] | None, wanted: Names) -> bool | None:
    if not fact:
        return None
    possible = {fact} if isinstance(fact, str) else fact
    fitting = possible.intersection(wanted)
    if fitting == possible:
        return True
    return None if fitting else False


class FactVariant(Strict):
    """One answer to a key fact, and the readers it is true for."""

    when: Condition = Condition()
    text: Line


def _fact_variants(value: Any) -> Any:
    return [{"text": value}] if isinstance(value, str) and value else value


Fact = Annotated[
    tuple[FactVariant, ...], BeforeValidator(_fact_variants), Field(min_length=1)
]


class KeyFacts(Strict):
    """What a reader wants to know first about a stage. A fact may be left out."""

    time: Fact = ()
    meet: Fact = ()
    numbing: Fact = ()
    drive: Fact = ()
    home: Fact = ()


class Reviewed(Strict):
    """A clinician's check of this text. `by` is a role, never a name."""

    by: Line
    on: Day
    next: Day


class FrontMatter(Strict):
    """The values of the front matter of one text."""

    title: Line
    summary: Line
    message: str = ""
    stage: str | None = None
    applies: Condition = Condition()
    key_facts: Annotated[KeyFacts | None, BeforeValidator(_blank_is_none)] = None
    position: int = 0
    sources: Names = ()
    reviewed: Annotated[Reviewed | None, BeforeValidator(_blank_is_none)] = None


def split_front_matter(text: str) -> tuple[str, str, int]:
    """(front matter, body, number of the body's first line).

    Raises DocumentError when there is no front matter or it never ends.
    """
    lines = text.split("\n")
    if not text.strip():
        raise DocumentError([Fault(1, "The text is empty. Begin with a --- line.")])
    if lines[0].rstrip() != "---":
        message = (
            "There is no front matter. Begin the text with a line ---, then title: and "
            "summary:, then another line ---."
        )
        raise DocumentError([Fault(1, message)])
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return (
                "\n".join(lines[1:number]),
                "\n".join(lines[number + 1 :]),
                number + 2,
            )
    message = "The front matter never ends. Put a line --- after its last key."
    raise DocumentError([Fault(1, message)])


def read_front_matter(source: str) -> FrontMatter:
    """The front matter alone; see `read_with_lines`."""
    return read_with_lines(source)[0]


def read_with_lines(source: str) -> tuple[FrontMatter, Lines]:
    """The front matter, validated, and the line of each of its keys.

    Faults count the opening --- as line 1.

    Every YAML value is read as text (`no` stays "no", not False), then validated.
    Raises DocumentError with every fault found.
    """
    faults: list[Fault] = []
    data, lines = read_yaml(source, faults, first_line=2)
    front_matter = check(FrontMatter, data, lines, faults)
    stage = data.get("stage") if isinstance(data, dict) else None
    if isinstance(stage, str) and stage not in STAGE_KINDS:
        message = f'There is no stage "{stage}". Use one of: {", ".join(STAGE_KINDS)}.'
        faults.append(Fault(lines[("stage",)], message))
    if faults or front_matter is None:
        raise DocumentError(faults)
    return front_matter, lines


Model = TypeVar("Model", bound=BaseModel)


def check(
    model: type[Model], data: Any, lines: Lines, faults: list[Fault]
) -> Model | None:
    """`data` as `model`; None if it is not valid, with a fault for each error."""
    if not isinstance(data, dict):
        faults.append(Fault(lines.get((), 1), "Write `key: value` lines here."))
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors():
            path = tuple(detail["loc"])
            faults.append(Fault(line_of(path, lines), _explain(detail, path)))
        return None


def line_of(path: tuple[str | int, ...], lines: Lines) -> int:
    """The line of a key, or of the nearest key around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _explain(detail: Any, path: tuple[str | int, ...]) -> str:
    key = ".".join(map(str, path))
    given = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return f'"{key}" is not a known key. Check its spelling.'
        case "missing":
            return f'"{key}" is missing. Add a line "{path[-1]}: …".'
        case "string_too_short" | "too_short":
            return f'"{key}" is empty. Write its value after the colon.'
        case "string_too_long":
            most = detail["ctx"]["max_length"]
            return f'"{key}" is {len(given)} characters long. Use {most} at most.'
        case kind if kind.startswith("date"):
            return f'"{key}: {given}" is not a date. Write it like 2027-01-31.'
        case "model_type":
            return f'"{key}" needs keys of its own. Write `key: value` lines under it.'
        case "string_type":
            return f'"{key}" is not plain text. Put quotation marks around all of it.'
        case "int_parsing" | "int_from_float":
            return f'"{key}: {given}" is not a whole number. Write it like 20.'
        case "greater_than_equal":
            return f'"{key}: {given}" is too low. Take {detail["ctx"]["ge"]} at least.'
        case "less_than_equal":
            return f'"{key}: {given}" is too high. Take {detail["ctx"]["le"]} at most.'
        case "literal_error" | "enum":
            return f'"{key}: {given}" is not a known value. {detail["msg"]}.'
        case _:
            return f'"{key}" is not valid: {detail["msg"]}.'
