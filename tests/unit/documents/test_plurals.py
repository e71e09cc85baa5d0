"""A number with its noun is written by plurals.count, and by nothing else."""

import ast
import re
from pathlib import Path

import pytest

from sessions.documents.plurals import count

SESSIONS = Path(__file__).resolve().parents[3] / "sessions"
# Here the number is always more than one.
ALWAYS_MANY = {
    "desk/offer.py": "len(pages)",  # printed only for some of several pages
    "documents/front_matter.py": "len(given)",  # more than are allowed
    "documents/parser.py": "len(text)",  # far more than are allowed
    "documents/rules_file.py": "len(lines)",  # far more than are allowed
    "documents/synonyms.py": "len(lines)",  # far more than are allowed
}


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 copies"), (1, "1 copy"), (2, "2 copies"), (1000, "1000 copies")],
)
def test_only_one_is_singular(number, words):
    assert count(number, "copy", "copies") == words


def formatted_without_count(source: str) -> list[str]:
    """The expressions in f-strings that form a plural without `count`.

    They are `{len(x)} pages`, and whatever makes an "s" depend on a number.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        for part, after in zip(node.values, [*node.values[1:], None], strict=True):
            if not isinstance(part, ast.FormattedValue):
                continue
            value = ast.unparse(part.value)
            word = after.value if isinstance(after, ast.Constant) else ""
            is_length = re.fullmatch(r"len\(.*\)( - 1)?", value)
            if is_length and re.match(r" (?!of\b)(\w+ )?\w+s\b", word):
                found.append(value)
            if re.search(r"'\w{0,2}s( \w+)?' (\*|if .*\d else)", value):
                found.append(value)
    return found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('f"{len(rows)} pages are overdue"', ["len(rows)"]),
        ('f"{len(rows)} of them"', []),
        ("f\"{n} page{'s' * (n > 1)}\"", ["'s' * (n > 1)"]),
        ("f\"{n} page{'s were' if n > 1 else ' was'}\"",
         ["'s were' if n > 1 else ' was'"]),
        ("f\"{count(n, 'page', 'pages')} are overdue\"", []),
    ],
)  # fmt: skip
def test_plural_without_count_is_found(source, found):
    assert formatted_without_count(source) == found


def test_every_plural_is_made_by_count():
    without_count = {
        str(file.relative_to(SESSIONS)): found
        for file in SESSIONS.rglob("*.py")
        if (found := formatted_without_count(file.read_text(encoding="utf-8")))
    }

    assert without_count == {name: [value] for name, value in ALWAYS_MANY.items()}
