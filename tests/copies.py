"""A site takes seconds to make: it is made once, and each test gets a copy."""

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

Said = TypeVar("Said")


def put_copy(make: Callable[[Path], Said], folder: Path) -> Said:
    """Fills `folder` with what `make` makes in one; gives what `make` said then."""
    first, said = _made(make)
    shutil.copytree(first.name, folder, dirs_exist_ok=True)
    return said


@cache
def _made(make: Callable[[Path], Said]) -> tuple[TemporaryDirectory[str], Said]:
    """The folder goes when the tests end."""
    folder = TemporaryDirectory()
    return folder, make(Path(folder.name))
