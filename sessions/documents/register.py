"""The register of outcome claims and of the sources they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from sessions.documents.faults import DocumentError, Fault
from sessions.documents.front_matter import (
    Day,
    Line,
    Model,
    Names,
    Strict,
    check,
)
from sessions.documents.help_card import unsafe_message, unsafe_sentences
from sessions.documents.rules import Withdrawn
from sessions.documents.stray_marks import plain_marks
from sessions.documents.yaml_lines import Lines
from sessions.documents.yaml_losses import read_data

Certainty = Literal["Strong", "Some", "Weak", "Not known", "Fact"]
Read = Literal["whole", "most", "abstract", "part", "record"]
NOT_STATED = "Not stated"

# The widths of the columns that models.older_tables fills.
Line60 = Annotated[Line, Field(max_length=60)]
Line80 = Annotated[Line, Field(max_length=80)]
Line100 = Annotated[Line, Field(max_length=100)]
Line200 = Annotated[Line, Field(max_length=200)]
Line300 = Annotated[Line, Field(max_length=300)]
Line500 = Annotated[Line, Field(max_length=500)]
LONGEST_NAME = {"sources.yaml": 50, "claims.yaml": 80}


class Source(Strict):
    """A publication. `read` says how much of it the authors of this guide read.

    `year` is "undated" where the publication gives none.
    """

    title: Line300
    publisher: Line200
    url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$", max_length=500)]
    date: Line80
    year: Annotated[str, Field(pattern=r"^(\d{4}(-\d{4})?|undated)$")]
    read: Read


class Claim(Strict):
    """A finding about an outcome: in whom, with what certainty, from which sources.

    `checked` is the day on which its sources were last read, and `read` how much of
    them; it is None in registers of older versions. `replaces` names claims that are
    in the register no more: where a text names one, this claim is shown.
    """

    topic: Line60
    claim: Line300
    certainty: Certainty
    who: Line300
    number: Line100
    how_long: Line100
    result: Line500
    does_not_tell: Line500
    sources: Annotated[Names, Field(min_length=1)]
    replaces: Names = ()
    checked: Day
    read: Read | None = None

    @property
    def is_fact(self) -> bool:
        """Whether it is on record, such as an approval, and not found by a study."""
        return self.certainty == "Fact"

    @property
    def is_unknown(self) -> bool:
        """Whether it says that nobody knows. Then there is nothing to be sure of."""
        return self.certainty == "Not known"

    @property
    def study(self) -> str:
        """Who was studied, how many and for how long. NOT_STATED parts are left out."""
        parts = (self.who, self.number, self.how_long)
        return "; ".join(part.rstrip(".") for part in parts if part != NOT_STATED)

    @property
    def words(self) -> dict[str, str]:
        """The fields of the claim that sheets print. NOT_STATED fields are left out."""
        names = ["claim", "who", "number", "how_long", "result", "does_not_tell"]
        if not self.is_fact and not self.is_unknown:
            names.insert(1, "certainty")
        texts = {name: getattr(self, name) for name in names}
        return {name: text for name, text in texts.items() if text != NOT_STATED}


@dataclass(frozen=True)
class Register:
    """Claims and sources by their names."""

    sources: dict[str, Source]
    claims: dict[str, Claim]

    @property
    def claim_names(self) -> frozenset[str]:
        """Every name that a text may use, those that were replaced included."""
        return frozenset(self.claims) | replaced(self.claims).keys()


def replaced(claims: Mapping[str, Claim]) -> dict[str, str]:
    """The name of the claim that now stands for each replaced name."""
    return {old: name for name, claim in claims.items() for old in claim.replaces}


def read_register(
    *, sources: str, claims: str, withdrawn: tuple[Withdrawn, ...] = ()
) -> tuple[Register, list[tuple[str, Fault]]]:
    """The register from two YAML texts, and the faults as (file name, fault).

    A claim with a sentence of `withdrawn` has a fault.
    """
    faults: list[tuple[str, Fault]] = []
    source_entries, source_lines = _read(Source, sources, "sources.yaml", faults)
    claim_entries, lines = _read(Claim, claims, "claims.yaml", faults)
    if not source_entries and faults:
        return Register(source_entries, claim_entries), faults
    for name, claim in claim_entries.items():
        for field, words in claim.words.items():
            line = lines.get((name, field), 1)
            if message := plain_marks(words):
                faults.append(("claims.yaml", Fault(line, message)))
            for found in unsafe_sentences(words, withdrawn):
                faults.append(("claims.yaml", Fault(line, unsafe_message(*found))))
        for index, source in enumerate(claim.sources):
            if (source,) not in source_lines:
                line = lines.get((name, "sources", index), lines.get((name,), 1))
                message = (
                    f'"{source}" is not in sources.yaml. Add it, or correct its name.'
                )
                faults.append(("claims.yaml", Fault(line, message)))
    return Register(source_entries, claim_entries), faults


def _read(
    model: type[Model], text: str, file_name: str, faults: list[tuple[str, Fault]]
) -> tuple[dict[str, Model], Lines]:
    entries: dict[str, Model] = {}
    duplicates: list[Fault] = []
    try:
        data, lines = read_data(text, duplicates)
    except DocumentError as error:
        faults.extend((file_name, fault) for fault in error.faults)
        return {}, {}
    faults.extend((file_name, fault) for fault in duplicates)
    if not isinstance(data, dict):
        faults.append((file_name, Fault(1, "Write `name:` and its keys under it.")))
        return {}, lines
    entry_lines: dict[str | int, Lines] = {}
    for path, line in lines.items():
        if path:
            entry_lines.setdefault(path[0], {})[path[1:]] = line
    for name, value in data.items():
        found: list[Fault] = []
        entry = check(model, value, entry_lines[name], found)
        if len(name) > LONGEST_NAME[file_name]:
            most = LONGEST_NAME[file_name]
            message = f'The name "{name}" is too long. Use {most} characters at most.'
            found.append(Fault(lines.get((name,), 1), message))
        faults.extend((file_name, fault) for fault in found)
        if entry is not None:
            entries[name] = entry
    return entries, lines
