"""The project's own documents keep their word."""

import re

import pytest

from tests.conftest import ROOT
from tests.project_documents import (
    anchors,
    code_words,
    documents,
    documents_of_today,
    leads_to,
    links,
)

PATH = re.compile(
    r"(?:\.ci|content|deploy|requirements|sessions|static|stemguide|templates|tests)"
    r"/[\w./-]*"
)


def test_the_documents_are_found():
    assert {
        "README.md", "CHANGELOG.md", "BENCHMARKS.md", "content/README.md",
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
    folder = ROOT / "stemguide/docs/decisions"
    pages = {path.name for path in folder.glob("0*.md")}

    assert set(links("stemguide/docs/decisions/README.md")) == pages
