"""What can be wrong with a text, said so that the writer can mend it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong: the line (from 1), what is wrong and how to mend it."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"

    def at(self, name: str) -> str:
        """The fault as `name:line: message`, the form editors make clickable."""
        return f"{name}:{self.line}: {self.message}"


class DocumentError(Exception):
    """A text that cannot become a Document. Holds every fault, in line order."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


FaultSink = Callable[[int, str], None]
