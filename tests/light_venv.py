"""A quick `python3 -m venv`: its packages are links to those of this environment.

    python tests/light_venv.py FOLDER

Its programs have the same paths as in a real one. Its pip installs nothing, and fails
if a requirements file is missing.
"""

import sys
import sysconfig
import venv
from pathlib import Path

PROGRAMS = {
    "gunicorn": """#!{python}
import sys
from gunicorn.app.wsgiapp import run
sys.exit(run())
""",
    "pip": """#!/bin/sh
set -eu
[ "$1 $2" = "install --require-hashes" ] && shift 2
for word; do [ "$word" = -r ] || [ -s "$word" ]; done
""",
}


def make(folder: Path) -> None:
    venv.create(folder, symlinks=True)
    place = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", place))
    for found in Path(sysconfig.get_path("purelib")).iterdir():
        (packages / found.name).symlink_to(found)
    for name, text in PROGRAMS.items():
        program = folder / "bin" / name
        program.write_text(text.format(python=folder / "bin" / "python"))
        program.chmod(0o755)


if __name__ == "__main__":
    make(Path(sys.argv[1]).absolute())
