"""Links, tables and versions in the project's documents are right."""

import re

import pytest
from django.conf import settings

from tests.conftest import ROOT
from tests.project_documents import (
    anchors,
    code_words,
    documents,
    documents_of_today,
    leads_to,
    links,
)

DECISIONS = ROOT / "stemguide/docs/decisions"
CODE = ("sessions", "stemguide", "static", "templates", "tests")
PICTURES = ROOT / "stemguide/docs/pictures"
DJANGOS_OWN = {"management", "migrations", "templatetags"}
PATH = re.compile(
    r"(?:\.ci|content|deploy|requirements|sessions|static|stemguide|templates|tests)"
    r"/[\w./-]*"
)


def test_the_documents_are_found():
    assert {
        "README.md", "CHANGELOG.md", "BENCHMARKS.md", "CONTRIBUTING.md", "SECURITY.md",
        "content/README.md",
        "deploy/README.md", "deploy/several-machines.md",
        "stemguide/docs/developing.md", "stemguide/docs/printing.md",
        "stemguide/docs/decisions/README.md",
    } <= set(documents())  # fmt: skip


@pytest.mark.parametrize("document", documents())
def test_every_link_leads_to_a_file_and_an_anchor_that_exist(document):
    for target in links(document):
        file, anchor = leads_to(document, target)
        assert file.is_relative_to(ROOT) and file.exists(), target
        if anchor:
            assert anchor in anchors(str(file.relative_to(ROOT))), target


@pytest.mark.parametrize("document", documents_of_today())
def test_every_path_of_the_project_that_is_named_exists(document):
    named = [word for word in code_words(document) if PATH.fullmatch(word)]

    gone = [path for path in named if not any(ROOT.glob(path.replace("NAME", "*")))]

    assert gone == []


def test_every_setting_of_the_environment_is_listed():
    text = (ROOT / "deploy/README.md").read_text()
    source = (ROOT / "stemguide/env.py").read_text()

    names = set(re.findall(r'env\.\w+\("(\w+)"', source))

    assert names and [name for name in names if f"| `{name}` |" not in text] == []


def test_every_decision_is_listed():
    pages = {path.name for path in DECISIONS.glob("0*.md")}

    assert set(links("stemguide/docs/decisions/README.md")) == pages


def test_every_decision_that_code_names_exists():
    code = [path for name in CODE for path in (ROOT / name).rglob("*.*")]
    texts = [
        path.read_text() for path in code if path.suffix in (".py", ".js", ".html")
    ]
    named = {number for text in texts for number in re.findall(r"ADR (\d+)", text)}

    pages = {f"{int(number):04}": number for number in named}

    assert pages
    assert [pages[n] for n in pages if not any(DECISIONS.glob(f"{n}-*.md"))] == []


# --- the README ---


def test_the_readme_is_short():
    assert len((ROOT / "README.md").read_text().splitlines()) <= 100


def test_every_package_is_in_the_table_of_rooms():
    text = (ROOT / "README.md").read_text()
    packages = {path.parent.name for path in ROOT.glob("sessions/*/__init__.py")}

    rooms = re.findall(r"^\| `sessions/(\w+)/` \|", text, re.MULTILINE)

    assert sorted(rooms) == sorted(packages - DJANGOS_OWN)


def test_the_readme_shows_every_picture_and_they_are_small():
    shown = {leads_to("README.md", path)[0] for path in links("README.md")}

    assert shown >= set(PICTURES.iterdir()) != set()
    assert sum(path.stat().st_size for path in PICTURES.iterdir()) < 150_000


def test_the_newest_version_is_told_first_with_its_day():
    text = (ROOT / "CHANGELOG.md").read_text()

    versions = re.findall(r"^## (.*)$", text, re.MULTILINE)
    if versions[0] == "Not released yet":
        versions.pop(0)

    assert re.fullmatch(rf"{settings.APP_VERSION} \(\d{{4}}-\d\d-\d\d\)", versions[0])
