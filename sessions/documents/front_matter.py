"""The lines between `---` at the top of a text: what they may hold."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

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


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, str) and value else value


def _blank_is_none(value: Any) -> Any:
    return None if value == "" else value


Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_many)]
Line = Annotated[str, Field(min_length=1)]


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
    on: date
    next: date


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
    data, lines = read_yaml(source, first_line=2)
    faults: list[Fault] = []
    front_matter = check(FrontMatter, data, lines, faults)
    if front_matter is None:
        raise DocumentError(faults)
    if front_matter.stage is not None:
        if front_matter.stage not in STAGE_KINDS:
            faults.append(
                Fault(
                    lines.get(("stage",), 1),
                    f'There is no stage "{front_matter.stage}". Use one of: '
                    + ", ".join(STAGE_KINDS)
                    + ".",
                )
            )
        if front_matter.key_facts is None:
            message = (
                "A stage needs key_facts: with time, meet, numbing, drive and home."
            )
            faults.append(Fault(1, message))
    if faults:
        raise DocumentError(faults)
    return front_matter


Lines = dict[tuple[str | int, ...], int]
Model = TypeVar("Model", bound=BaseModel)


def read_yaml(source: str, first_line: int = 1) -> tuple[Any, Lines]:
    """YAML as plain text values, and the line of every key.

    Raises DocumentError for YAML that cannot be read, a duplicate key or an alias.
    """
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", source):
        raise DocumentError([Fault(first_line, "It holds a control character.")])
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(source)):
            message = "YAML aliases (*name) are not used here. Write the value out."
            raise DocumentError([Fault(first_line, message)])
        loader = yaml.BaseLoader(source)
        try:
            node = loader.get_single_node()
            if node is None:
                return {}, {}
            lines: Lines = {}
            faults: list[Fault] = []
            _map_lines(node, (), first_line, lines, faults)
            if faults:
                raise DocumentError(faults)
            return loader.construct_document(node), lines
        finally:
            loader.dispose()
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = first_line + (mark.line if mark else 0)
        problem = getattr(error, "problem", None) or "it is nested too deeply"
        message = f"This is not valid YAML: {problem}. Write each key as `key: value`."
        raise DocumentError([Fault(line, message)]) from error


def _map_lines(
    node: yaml.Node,
    path: tuple[str | int, ...],
    first_line: int,
    lines: Lines,
    faults: list[Fault],
) -> None:
    lines.setdefault(path, node.start_mark.line + first_line)
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
