"""YAML as plain text values, with the line of every key."""

import re
from typing import Any

import yaml

from sessions.documents.faults import DocumentError, Fault

# Characters that PyYAML refuses, and those that only PyYAML reads as line ends.
UNPRINTABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
UNPRINTABLE_FAULT = "This holds a control character. Type it again."
MAX_YAML_DEPTH = 10
# Base loaders read every value as text. The one in C is ten times as fast.
Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Lines = dict[tuple[str | int, ...], int]


def read_yaml(
    source: str, faults: list[Fault], first_line: int = 1
) -> tuple[Any, Lines]:
    """YAML as plain text values, and the line of every key.

    What YAML itself takes out, such as a note, is not found here: see `yaml_losses`.
    Duplicate keys are added to `faults`. Raises DocumentError for YAML that cannot be
    read at all, and for an alias.
    """
    if found := list(UNPRINTABLE.finditer(source)):
        lines_before = (source.count("\n", 0, match.start()) for match in found)
        raise DocumentError(
            Fault(first_line + before, UNPRINTABLE_FAULT) for before in lines_before
        )
    try:
        _check_events(source, first_line, Loader)
    except DocumentError:
        # The loader in Python names the line more exactly, so its error comes first.
        _check_events(source, first_line, yaml.BaseLoader)
        raise
    loader = Loader(source)
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


def _check_events(source: str, first_line: int, loader: Any) -> None:
    """Refuses aliases and deep nesting, which make building the tree slow or fail."""
    depth = line = 0
    try:
        for event in yaml.parse(source, loader):
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
                message = f'The key "{name}" is used twice. Keep one of them.'
                faults.append(Fault(line, message))
            seen.add(name)
            lines[(*path, name)] = line
            _map_lines(value, (*path, name), first_line, lines, faults)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*path, index)] = value.start_mark.line + first_line
            _map_lines(value, (*path, index), first_line, lines, faults)
