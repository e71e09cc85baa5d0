"""Words that mean the same to who searches, by language, from synonyms.yaml."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from sessions.documents.faults import DocumentError, Fault
from sessions.documents.front_matter import Line, Names, Strict, check, line_of
from sessions.documents.yaml_lines import Lines
from sessions.documents.yaml_losses import read_data

Line100 = Annotated[Line, Field(max_length=100)]
Phrases = tuple[Line100, ...]
MOST_ENTRIES = 10_000
"""All of them are held in the memory of every worker process."""


class Broader(Strict):
    """A search for one of `narrow` also finds `to`, and not the other way round."""

    narrow: Annotated[Names, Field(alias="from", min_length=1)]
    to: Line100


class Symptom(Strict):
    """Words of a search that mean lines of the help card.

    All words of one phrase of `phrases` are among those that were typed, in any order,
    and none of `harmless`.
    """

    sign: Annotated[Names, Field(min_length=1)]
    phrases: Annotated[Phrases, Field(alias="any", min_length=1)]
    harmless: Annotated[Phrases, Field(alias="not")] = ()


class Synonyms(Strict):
    """The synonyms of one language.

    The first phrase of a group is the guide's own term. `little` words decide nothing
    by themselves.
    """

    groups: tuple[Annotated[Phrases, Field(min_length=2)], ...] = ()
    kinds: tuple[Broader, ...] = ()
    little: Phrases = ()
    symptoms: tuple[Symptom, ...] = ()


def read_synonyms(text: str) -> tuple[dict[str, Synonyms], Lines, list[Fault]]:
    """The synonyms of each language, the line of every key, and every fault."""
    faults: list[Fault] = []
    try:
        data, lines = read_data(text, faults)
    except DocumentError as error:
        return {}, {}, list(error.faults)
    if len(lines) > MOST_ENTRIES:
        message = f"This file has {len(lines)} entries. Use {MOST_ENTRIES} at most."
        return {}, lines, [Fault(1, message)]
    if not isinstance(data, dict):
        return {}, lines, [Fault(1, "Write the code of a language, such as `en:`.")]
    found: dict[str, Synonyms] = {}
    for language, entry in data.items():
        inner = {p[1:]: line for p, line in lines.items() if p[:1] == (language,)}
        synonyms = check(Synonyms, entry, inner, faults)
        if synonyms is not None:
            found[language] = synonyms
            faults += _faults(synonyms, inner)
    return found, lines, sorted(set(faults))


def _faults(synonyms: Synonyms, lines: Lines) -> Iterator[Fault]:
    for keys, phrases in _lists(synonyms):
        seen: set[str] = set()
        for index, phrase in enumerate(phrases):
            line = line_of((*keys, index), lines)
            if phrase != phrase.lower():
                yield Fault(line, f'Write "{phrase}" in small letters.')
            if phrase in seen:
                yield Fault(line, f'"{phrase}" is in this list already. Take one out.')
            seen.add(phrase)


def _lists(
    synonyms: Synonyms,
) -> Iterator[tuple[tuple[str | int, ...], tuple[str, ...]]]:
    """Every list of phrases, by its keys."""
    yield ("little",), synonyms.little
    for index, group in enumerate(synonyms.groups):
        yield ("groups", index), group
    for index, kind in enumerate(synonyms.kinds):
        yield ("kinds", index, "from"), kind.narrow
        yield ("kinds", index, "to"), (kind.to,)
    for index, symptom in enumerate(synonyms.symptoms):
        yield ("symptoms", index, "any"), symptom.phrases
        yield ("symptoms", index, "not"), symptom.harmless
