"""The list of every text that ever shipped in content/: `make shipped` writes it.

A file of a clinic whose text is in this list was not changed by the clinic. So a text
is never removed from the list. Texts are added from the git history and from content/.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from sessions.library.shipped import VERSIONS
from sessions.library.texts import digest, text_of

ROOT = Path(__file__).parents[1]
CONTENT = ROOT / "content"
# The files that load_content reads.
IS_READ = re.compile(r".+/.+\.md|.+\.yaml")
Version = tuple[str, str]
"""The path of a file in the folder, and the digest of its text."""


def listed() -> set[Version]:
    lines = (CONTENT / VERSIONS).read_text().splitlines()
    return {(path, found) for found, path in (line.split("  ") for line in lines)}


def of_today() -> set[Version]:
    """Every file as it is now."""
    files = (path for path in CONTENT.rglob("*") if path.is_file())
    names = ((path.relative_to(CONTENT).as_posix(), path) for path in files)
    return {
        (name, digest(text_of(path.read_bytes())))
        for name, path in names
        if IS_READ.fullmatch(name)
    }


def of_history(root: Path = ROOT) -> set[Version]:
    """Every file in any commit; nothing if there is no git history."""
    return {
        (path, digest(text_of(_git(root, "cat-file", "blob", blob))))
        for path, blob in _blobs(root)
        if IS_READ.fullmatch(path)
    }


def _blobs(root: Path) -> set[tuple[str, str]]:
    """The path and the object name of each blob that was ever in the folder."""
    if not (root / ".git").exists():
        return set()
    return set(_changes(_git(root, *LOG).decode().split("\0")))


# Prints each change as `:modes blob blob kind`, NUL, path, NUL. -m includes merges.
LOG = (
    "log", "--format=", "--raw", "-z", "-m", "--no-renames", "--no-abbrev", "HEAD",
    "--", "content",
)  # fmt: skip


def _changes(fields: list[str]) -> Iterator[tuple[str, str]]:
    for change, path in zip(fields[::2], fields[1::2], strict=False):
        _, _, _, blob, kind = change.split()
        if kind != "D":
            yield path.removeprefix("content/"), blob


def _git(root: Path, *words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=root, check=True, capture_output=True)
    return done.stdout


def main() -> None:
    there = listed() if (CONTENT / VERSIONS).exists() else set()
    every = sorted(there | of_history() | of_today())
    lines = (f"{found}  {path}\n" for path, found in every)
    (CONTENT / VERSIONS).write_text("".join(lines))
    print(f"{len(every)} texts, {len(every) - len(there)} of them new.")


if __name__ == "__main__":
    main()
