"""Measures StemGuide: `make bench`, or one part: `python -m tests.bench pages`.

It starts its own sites (gunicorn, two workers, SQLite, the real content) on free ports,
in a temporary folder. Every measurement ends by itself.
"""

import argparse
import os
import tempfile
from pathlib import Path

import django

from tests.bench.report import print_machine

PARTS = ("pages", "growth", "search", "paper")


def measure(parts: list[str], folder: Path, seconds: int) -> None:
    from tests.bench import growth, load, pages, paper, searching
    from tests.sites import set_up

    if {"pages", "growth"} & set(parts):
        load.need_wrk()
    print_machine()
    set_up(folder)
    every = (pages, growth, searching, paper)
    for name, part in zip(PARTS, every, strict=True):
        if name in parts:
            part.measure(folder, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all when none"
    )
    parser.add_argument(
        "--seconds", type=int, default=5, help="how long each load lasts; 5"
    )
    options = parser.parse_args()
    parts = options.parts or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STEMGUIDE_VAR_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "stemguide.settings.tryout"
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        measure(parts, Path(folder), options.seconds)


if __name__ == "__main__":
    main()
