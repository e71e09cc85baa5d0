"""Reads the clinical rules, and merges a clinic's file with the shipped rules.

A clinic can add rules and make limits stricter. It can never remove or loosen a rule.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sessions.documents.faults import DocumentError, Fault
from sessions.documents.front_matter import check
from sessions.documents.phrases import folded
from sessions.documents.rules import (
    LISTS_THAT_EXCUSE,
    LISTS_THAT_FIND,
    Approval,
    Rules,
)
from sessions.documents.yaml_lines import Lines
from sessions.documents.yaml_losses import read_data

Keys = tuple[str, ...]
EXEMPTIONS = (("approval", "limited_by"), ("may_quote",), ("everyday",))
"""The lists of exceptions to a rule: a clinic may not add entries to them, nor to the
lists in `exceptions`."""
LISTS_OF_WORDS = (("phrases",), ("approval", "says"), *EXEMPTIONS)
GROUPS = ("word_lists", "exceptions")
"""The sections that hold lists by name."""
MOST_ENTRIES = 3000
"""Each is asked of every text that staff save."""
LEAST = ("least_benefit",)
"""The limits that are minimums. All other limits are maximums."""


def read_rules(
    text: str,
    shipped: Rules | None = None,
    page_fault: Callable[[str], str] = lambda _: "",
) -> tuple[Rules | None, list[Fault]]:
    """(rules, no faults), or (None, every fault in line order).

    Without `shipped`, the text must hold every section. With `shipped`, the text is a
    clinic's file: it may leave sections out, and the rules returned are those of both
    files. `page_fault` returns what is wrong with the name of a page, or "".
    """
    faults: list[Fault] = []
    try:
        data, lines = read_data(text, faults)
    except DocumentError as error:
        return None, list(error.faults)
    if len(lines) > MOST_ENTRIES:
        message = f"This file has {len(lines)} entries. Use {MOST_ENTRIES} at most."
        return None, [Fault(1, message)]
    if not isinstance(data, dict):
        return None, [Fault(1, "Write the name of a section, and its rules.")]
    faults += _repeated(data, lines)
    rules = check(Rules, _with_defaults(data, shipped), lines, faults)
    if rules is not None:
        faults += _unknown_pages(rules, page_fault, lines)
        faults += _unknown_lists(rules, lines)
        if shipped is not None:
            faults += _less_strict(rules, shipped, lines)
            rules = _merged(shipped, rules)
    return (None if faults else rules), sorted(set(faults))


def _with_defaults(data: dict[str, Any], shipped: Rules | None) -> dict[str, Any]:
    """The data of a file, with the shipped values for the keys that it leaves out."""
    filled: dict[str, Any] = shipped.model_dump(mode="json") if shipped else {}
    for key, value in data.items():
        ships = filled.get(key)
        if isinstance(value, dict) and isinstance(ships, dict):
            filled[key] = {**ships, **value}
        else:
            filled[key] = value
    return filled


def _repeated(data: dict[str, Any], lines: Lines) -> Iterator[Fault]:
    """A fault for each entry that is twice in one list. Case makes no difference."""
    for keys in (*LISTS_OF_WORDS, *_named_lists(data)):
        entries = _at(data, keys)
        if isinstance(entries, list):
            yield from _duplicates(entries, keys, lines)
    for section, name in (("statements", "tells"), ("kinds", "finds")):
        entries = _at(data, (section,))
        if isinstance(entries, list):
            names = [_at(entry, (name,)) for entry in entries]
            yield from _duplicates(names, (section,), lines)


def _named_lists(data: Any) -> Iterator[Keys]:
    """The keys of each list in the sections that hold lists by name."""
    for group in GROUPS:
        lists = _at(data, (group,))
        yield from (
            (group, name) for name in (lists if isinstance(lists, dict) else ())
        )


def _duplicates(entries: list[Any], keys: Keys, lines: Lines) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if isinstance(entry, str) and (words := folded(entry)):
            line = lines[(*keys, index)]
            if words in seen:
                message = f'"{entry}" stands on line {seen[words]} too. Keep one.'
                yield Fault(line, message)
            seen.setdefault(words, line)


def _at(data: Any, keys: Keys) -> Any:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _unknown_pages(
    rules: Rules, page_fault: Callable[[str], str], lines: Lines
) -> Iterator[Fault]:
    """A fault for each page name in the rules that no page can have."""
    named: list[tuple[tuple[str | int, ...], tuple[str, ...]]] = [
        (("may_quote",), rules.may_quote),
        *(
            (("statements", index, "pages"), statement.pages)
            for index, statement in enumerate(rules.statements)
        ),
        (("help_card", "pages"), rules.help_card.pages),
    ]
    for keys, pages in named:
        for index, page in enumerate(pages):
            if message := page_fault(page):
                yield Fault(lines.get((*keys, index), 1), message)


def _unknown_lists(rules: Rules, lines: Lines) -> Iterator[Fault]:
    """A fault for each list that a kind names and no section holds."""
    for name in rules.word_lists.keys() & rules.exceptions.keys():
        message = f'"{name}" is in word_lists too. Give one another name.'
        line = lines.get(("exceptions", name)) or lines.get(("word_lists", name), 1)
        yield Fault(line, message)
    sections = {name: ("word_lists", rules.word_lists) for name in LISTS_THAT_FIND}
    sections |= {name: ("exceptions", rules.exceptions) for name in LISTS_THAT_EXCUSE}
    for index, kind in enumerate(rules.kinds):
        for key, (section, lists) in sections.items():
            for place, name in enumerate(getattr(kind, key)):
                if name not in lists:
                    message = f'There is no list "{name}" in {section}. Check its name.'
                    line = lines.get(("kinds", index, key, place), 1)
                    yield Fault(line, message)


def _less_strict(rules: Rules, shipped: Rules, lines: Lines) -> Iterator[Fault]:
    """A fault for each part of a clinic's file that would loosen a shipped rule.

    That is a new exception, a limit that is less strict, or a statement or kind that
    was changed.
    """
    own, ships = rules.model_dump(), shipped.model_dump()
    excepted = [("exceptions", name) for name in shipped.exceptions]
    for keys in (*EXEMPTIONS, *excepted):
        known = set(map(folded, _at(ships, keys)))
        for index, entry in enumerate(_at(own, keys)):
            if folded(entry) not in known:
                message = (
                    f'"{entry}" would let more pass than the rules that ship. A clinic '
                    "adds rules and takes none away. Take this entry out."
                )
                yield Fault(lines[(*keys, index)], message)
    for name, limit in own["limits"].items():
        least = ships["limits"][name]
        if limit < least if name in LEAST else limit > least:
            message = (
                f'"{name}: {limit}" is less strict than the shipped {least}. Write '
                f"{least} or a stricter number, or take this line out."
            )
            yield Fault(lines["limits", name], message)
    yield from _changed(rules, shipped, lines)


def _changed(rules: Rules, shipped: Rules, lines: Lines) -> Iterator[Fault]:
    """A fault for each shipped statement or kind that stands otherwise in the rules."""
    known_statements = {folded(one.tells): one for one in shipped.statements}
    for index, statement in enumerate(rules.statements):
        if known_statements.get(folded(statement.tells), statement) != statement:
            message = (
                f'"{statement.tells}" ships with other pages or words, which stay. '
                "Take this rule out, or say in another way what it tells."
            )
            yield Fault(lines["statements", index], message)
    for section in ("help_card", "withdrawn", "spelling"):
        if getattr(rules, section) != getattr(shipped, section):
            message = f'The section "{section}" stays as it ships. Take it out.'
            yield Fault(lines[section,], message)
    known_kinds = {folded(one.finds): one for one in shipped.kinds}
    for index, kind in enumerate(rules.kinds):
        if known_kinds.get(folded(kind.finds), kind) != kind:
            message = (
                f'"{kind.finds}" ships with other lists, which stay. Take this kind '
                "out, or say in another way what it finds."
            )
            yield Fault(lines["kinds", index], message)


def _merged(shipped: Rules, own: Rules) -> Rules:
    """The rules of both files. Shipped entries come first.

    Exceptions and limits are those of `own`, which `_less_strict` has checked.
    """
    return Rules(
        phrases=_all_of(shipped.phrases, own.phrases),
        approval=Approval(
            says=_all_of(shipped.approval.says, own.approval.says),
            limited_by=own.approval.limited_by,
        ),
        kinds=(
            *shipped.kinds,
            *(one for one in own.kinds if one not in shipped.kinds),
        ),
        word_lists={
            name: _all_of(shipped.word_lists.get(name, ()), phrases)
            for name, phrases in own.word_lists.items()
        },
        exceptions=own.exceptions,
        spelling=shipped.spelling,
        may_quote=own.may_quote,
        statements=(
            *shipped.statements,
            *(one for one in own.statements if one not in shipped.statements),
        ),
        help_card=shipped.help_card,
        withdrawn=shipped.withdrawn,
        limits=own.limits,
        everyday=own.everyday,
    )


def _all_of(shipped: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
    known = set(map(folded, shipped))
    return (*shipped, *(entry for entry in own if folded(entry) not in known))
