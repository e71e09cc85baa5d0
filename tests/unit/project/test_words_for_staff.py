"""What staff read never sends them to a file or a command (ADR 30).

A message that names one also says who can do it: whoever runs the site.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

NAMED = re.compile(r"load_content|manage\.py|\.yaml\b|\.md\b|content folder|content/")
WHO = re.compile(r"whoever (runs|looks after)|on the server", re.IGNORECASE)
TEMPLATES = [
    path
    for folder in ("admin", "staff", "people", "desk", "registration")
    for path in sorted((ROOT / "templates" / folder).rglob("*.html"))
]
# Their messages are shown on staff's screens. Faults of files alone are elsewhere.
MODULES = [
    *sorted((ROOT / "sessions/staff").glob("*.py")),
    *sorted((ROOT / "sessions/desk").rglob("*.py")),
    *sorted((ROOT / "sessions/people").rglob("*.py")),
    *(
        ROOT / "sessions" / name
        for name in (
            "documents/blocks.py",
            "documents/containers.py",
            "documents/guard.py",
            "documents/inlines.py",
            "documents/letters.py",
            "documents/parser.py",
            "documents/quality.py",
            "documents/shapes.py",
            "documents/stray_marks.py",
            "documents/taken_signs.py",
            "documents/yaml_losses.py",
            "library/references.py",
            "models/clinic.py",
            "models/pages.py",
            "models/wordings.py",
            "wordings/drafts.py",
            "wordings/judging.py",
            "wordings/rules.py",
            "wordings/step_rules.py",
            "wordings/steps.py",
        )
    ),
]


def sends_away(texts: list[str]) -> list[str]:
    """The texts that name a file or a command, and not who can change or run it."""
    return [text for text in texts if NAMED.search(text) and not WHO.search(text)]


def words_of(template: Path) -> list[str]:
    """The paragraphs of a template, without its comments and tags."""
    text = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", template.read_text())
    return [re.sub(r"<[^>]*>", "", line) for line in text.splitlines()]


def messages_of(module: Path) -> list[str]:
    """The strings of a module that are sentences. Docstrings are left out."""
    nodes = list(ast.walk(ast.parse(module.read_text())))
    skipped = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    found = []
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            parts = [part for part in node.values if isinstance(part, ast.Constant)]
            found.append(" ".join(str(part.value) for part in parts))
            skipped |= {id(part) for part in parts}
        elif isinstance(node, ast.Constant) and id(node) not in skipped:
            found.append(str(node.value))
    return [text for text in found if len(text.split()) > 2]


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Change it in content/en/risks.md.", True),
        ("Mend it, then run load_content.", True),
        ("Whoever runs the site can add it to sources.yaml.", False),
        ("Edit the wording.", False),
    ],
)
def test_message_that_sends_to_a_file_is_found(text, is_found):
    assert bool(sends_away([text])) is is_found


@pytest.mark.parametrize(
    "template", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_no_screen_sends_staff_to_a_file_or_a_command(template):
    assert sends_away(words_of(template)) == []


@pytest.mark.parametrize(
    "module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_no_message_sends_staff_to_a_file_or_a_command(module):
    assert sends_away(messages_of(module)) == []
