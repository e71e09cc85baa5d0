"""The lines between `---` at the top of a text: what they may hold."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

import yaml
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
MAX_YAML_DEPTH = 10
# What PyYAML refuses, and what it takes for the end of a line where no editor does.
UNPRINTABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
UNPRINTABLE_FAULT = "This holds a control character. Type it again."


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) and value else value


def _blank_is_none(value: Any) -> Any:
    return None if value == "" else value


def _written_as_a_day(value: Any) -> Any:
    """Pydantic alone would take "86400" for the second day of 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise PydanticCustomError("date_form", "not a date")
    return value


Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Day = Annotated[date, BeforeValidator(_written_as_a_day)]


class Strict(BaseModel):
    """Unknown keys are faults: a typing slip must never be silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Strict):
    """For which readers something is meant. An empty field means everyone."""

    cells: Names = ()
    area: Names = ()
    country: Names = ()

    def applies(self, facts: Mapping[str, str]) -> bool | None:
        """True, False, or None where a fact it depends on is not known."""
        verdicts = [
            (facts[key] in wanted) if facts.get(key) else None
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


class FactVariant(Strict):
    """One answer to a key fact, for the readers it is true of."""

    when: Condition = Condition()
    text: Line


def _fact_variants(value: Any) -> Any:
    return [{"text": value}] if isinstance(value, str) and value else value


Fact = Annotated[
    tuple[FactVariant, ...], BeforeValidator(_fact_variants), Field(min_length=1)
]


class KeyFacts(Strict):
    """What a reader wants to know first about a stage."""

    time: Fact
    meet: Fact
    numbing: Fact
    drive: Fact
    home: Fact


class Reviewed(Strict):
    """A clinician's check of this very text: a role, never a name."""

    by: Line
    on: Day
    next: Day


class FrontMatter(Strict):
    """Everything a text says about itself."""

    title: Line
    summary: Line
    stage: str | None = None
    applies: Condition = Condition()
    key_facts: KeyFacts | None = None
    sources: Names = ()
    reviewed: Annotated[Reviewed | None, BeforeValidator(_blank_is_none)] = None


def split_front_matter(text: str) -> tuple[str, str, int]:
    """(front matter, body, line of the body's first line).

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
    """The checked front matter. Lines in faults count the opening --- as line 1.

    All values are read as text (no YAML guessing: `no` stays "no"), then checked.
    Raises DocumentError with every fault found.
    """
    faults: list[Fault] = []
    data, lines = read_yaml(source, faults, first_line=2)
    front_matter = check(FrontMatter, data, lines, faults)
    if isinstance(data, dict) and isinstance(data.get("stage"), str):
        if data["stage"] not in STAGE_KINDS:
            message = (
                f'There is no stage "{data["stage"]}". Use one of: '
                f"{', '.join(STAGE_KINDS)}."
            )
            faults.append(Fault(lines[("stage",)], message))
        if "key_facts" not in data:
            message = (
                "A stage needs key_facts: with time, meet, numbing, drive and home."
            )
            faults.append(Fault(1, message))
    if faults or front_matter is None:
        raise DocumentError(faults)
    return front_matter


Lines = dict[tuple[str | int, ...], int]
Model = TypeVar("Model", bound=BaseModel)


def read_yaml(
    source: str, faults: list[Fault], first_line: int = 1
) -> tuple[Any, Lines]:
    """YAML as plain text values, and the line of every key.

    Duplicate keys are added to `faults`. Raises DocumentError for YAML that cannot be
    read at all, and for an alias.
    """
    if found := list(UNPRINTABLE.finditer(source)):
        lines_before = (source.count("\n", 0, match.start()) for match in found)
        raise DocumentError(
            Fault(first_line + before, UNPRINTABLE_FAULT) for before in lines_before
        )
    _check_events(source, first_line)
    loader = yaml.BaseLoader(source)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}, {}
        lines: Lines = {}
        _map_lines(node, (), first_line, lines, faults)
        return loader.construct_document(node), lines
    except yaml.YAMLError as error:
        raise _not_yaml(error, first_line) from error
    finally:
        loader.dispose()


def _check_events(source: str, first_line: int) -> None:
    """Refuses what would keep PyYAML busy, or break it, before a tree is built."""
    depth = line = 0
    try:
        for event in yaml.parse(source):
            assert event.start_mark is not None
            line = event.start_mark.line
            if isinstance(event, yaml.AliasEvent):
                message = "YAML aliases (*name) are not used here. Write the value out."
                raise DocumentError([Fault(first_line + line, message)])
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_YAML_DEPTH:
                message = "This YAML is nested too deeply. Write it flatter."
                raise DocumentError([Fault(first_line + line, message)])
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise _not_yaml(error, first_line, line) from error


def _not_yaml(error: Exception, first_line: int, line: int = 0) -> DocumentError:
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        line = mark.line
    problem = getattr(error, "problem", None) or "a number in it is too large"
    message = f"This is not valid YAML: {problem}. Write each key as `key: value`."
    return DocumentError([Fault(first_line + line, message)])


def _map_lines(
    node: yaml.Node,
    path: tuple[str | int, ...],
    first_line: int,
    lines: Lines,
    faults: list[Fault],
) -> None:
    lines.setdefault(path, node.start_mark.line + first_line)
    if isinstance(node, yaml.ScalarNode) and UNPRINTABLE.search(node.value):
        faults.append(Fault(lines[path], UNPRINTABLE_FAULT))
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            line = key.start_mark.line + first_line
            if name in seen:
                message = f'The key "{name}" stands twice. Keep one of them.'
                faults.append(Fault(line, message))
            seen.add(name)
            lines[(*path, name)] = line
            _map_lines(value, (*path, name), first_line, lines, faults)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*path, index)] = value.start_mark.line + first_line
            _map_lines(value, (*path, index), first_line, lines, faults)


def check(
    model: type[Model], data: Any, lines: Lines, faults: list[Fault]
) -> Model | None:
    """`data` as `model`, or None with a fault for each thing that is wrong."""
    if not isinstance(data, dict):
        faults.append(Fault(lines.get((), 1), "Write `key: value` lines here."))
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors():
            path = tuple(detail["loc"])
            faults.append(Fault(_line_of(path, lines), _explain(detail, path)))
        return None


def _line_of(path: tuple[str | int, ...], lines: Lines) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _explain(detail: Any, path: tuple[str | int, ...]) -> str:
    key = ".".join(map(str, path))
    given = detail["input"]
    match detail["type"]:
        case "extra_forbidden":
            return f'"{key}" is not a key that is used here. Check its spelling.'
        case "missing":
            return f'"{key}" is missing. Add a line "{path[-1]}: …".'
        case "string_too_short" | "too_short":
            return f'"{key}" is empty. Write its value after the colon.'
        case kind if kind.startswith("date"):
            return f'"{key}: {given}" is not a date. Write it like 2027-01-31.'
        case "literal_error" | "enum":
            return f'"{key}: {given}" is not known. {detail["msg"]}.'
        case _:
            return f'"{key}" is not right: {detail["msg"]}.'
