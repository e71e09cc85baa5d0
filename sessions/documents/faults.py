"""Faults of a text: the line, what is wrong, and how to correct it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One fault. `line` counts from 1; `message` ends with how to correct it."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"

    def at(self, name: str) -> str:
        """The fault as `name:line: message`, which editors and terminals link."""
        return f"{name}:{self.line}: {self.message}"


class DocumentError(Exception):
    """A text that cannot become a Document. Holds every fault, in line order."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


FaultSink = Callable[[int, str], None]
"""Takes the line and the message of a fault, and collects them."""
