"""Paper: every sheet as a browser prints it and as a PDF, measured."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from urllib.parse import parse_qsl
from urllib.request import urlopen

import pytest
from django.test import override_settings

from sessions.documents import Document
from sessions.documents import blocks as b
from sessions.models import Clinic
from sessions.models.sheets import GUIDE
from sessions.paper.page_setup import SIZES
from sessions.pdf.client import PrintJob, make_pdf
from tests.addresses import ANSWERS
from tests.cases import soak_only
from tests.conftest import need_program
from tests.paper import PrintedSheet, faults_of, letters, run
from tests.sites import PUBLIC_URL

PAPERS = ("letter", "a4")
DEPTHS = ("", "short/")
AREAS, CELLS = ("", "joint", "hand"), ("", "bone-marrow", "fat", "prepared")
ALL_ANSWERS = [f"?area={area}&cells={cells}" for area, cells in product(AREAS, CELLS)]
OTHERS = (
    "stages/recovery",
    "stages/harvesting",
    "risks",
    "options",
    "questions",
    "visit",
    "helping-someone",
    "diary",
)
# Pairwise: any two values of different parameters occur together at least once.
PAIRS = [
    (
        kind,
        [*SIZES][(i + 2 * j) % 3],
        PAPERS[(i // 2 + j) % 2],
        DEPTHS[(i + j // 2) % 2],
        AREAS[(i + j) % 3],
        cells,
    )
    for i, kind in enumerate(OTHERS)
    for j, cells in enumerate(CELLS)
]


class Sheets:
    """The sheets of the running site, and the words that each must hold."""

    def __init__(self, site, library) -> None:
        self.url = site.url
        self.documents = {file.name: file.document for file in library.files}

    def get(self, path: str) -> str:
        with urlopen(self.url + path, timeout=20) as response:
            return response.read().decode()

    def words(self, kind: str, depth: str, answers: str) -> str:
        """All that a sheet must say: each word of its page, or of the short layer."""
        given = dict(parse_qsl(answers.removeprefix("?")))
        facts = {"area": "", "cells": "", "country": Clinic().country, **given}
        document = self.documents[kind]
        if kind == "stages/harvesting" and given.get("cells") == "prepared":
            document = document.narrowed("cells", "prepared")
        else:
            document = document.tailored(facts)
        if kind in ("visit", "diary"):  # The rest of these pages works on a screen.
            document = replace(document, sections=())
        return " ".join(_words(document, is_short=bool(depth)))


def _words(document: Document, *, is_short: bool) -> Iterator[str]:
    yield document.title

    def inside(blocks: b.Blocks) -> Iterator[str]:
        for block in blocks:
            if isinstance(block, b.More) and is_short:
                continue
            lines = [block.caption] if isinstance(block, b.Picture) else block.runs()
            yield from map(b.plain_text, lines)
            if not (isinstance(block, b.Task) and is_short):
                yield from inside(block.parts())

    yield from inside(document.introduction)
    for section in document.sections:
        yield section.title
        yield from inside(section.blocks)


@pytest.fixture(scope="module")
def sheets(site, library):
    """The sheets, while PDFs are drawn with the static files of the running site."""
    with override_settings(STATIC_ROOT=site.var_dir / "static"):
        yield Sheets(site, library)


def print_pdf(page, address: str, path) -> list[str]:
    """The words of each page of the PDF that the browser prints."""
    need_program("pdftotext")
    page.goto(address)
    page.evaluate(
        "document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })"
    )
    page.wait_for_load_state("networkidle")
    page.pdf(path=path, prefer_css_page_size=True, tagged=True)
    return run("pdftotext", "-layout", path, "-").split("\f")[:-1]


def check(sheets, page, kind, size, paper, depth, answers, folder: Path) -> list[str]:
    """What is wrong with a sheet as Chromium prints it, and as WeasyPrint does."""
    need_program("zbarimg")
    path = f"/{kind}/print/{depth}{answers or '?'}&size={size}&paper={paper}"
    source = sheets.get(path)
    words = "" if kind == GUIDE else sheets.words(kind, depth, answers)
    page.goto(f"{sheets.url}{path}")  # Nothing on a sheet loads late.
    page.pdf(path=folder / "browser.pdf", prefer_css_page_size=True, tagged=True)
    *_, job = make_pdf([source])
    assert isinstance(job, PrintJob)
    (folder / "pdf.pdf").write_bytes(job.pdf)
    return [
        f"{name} {path}: {fault}"
        for name in ("browser.pdf", "pdf.pdf")
        for fault in faults_of(
            PrintedSheet(folder / name),
            source,
            size=size,
            paper=paper,
            words=words,
            public_url=PUBLIC_URL,
        )
    ]


@pytest.mark.parametrize(
    ("size", "paper"),
    [
        (14, "letter"), (18, "a4"), (24, "letter"),
        soak_only(14, "a4"), soak_only(18, "letter"), soak_only(24, "a4"),
    ],
)  # fmt: skip
def test_checklist_is_right_for_all_answers(
    sheets, page, tmp_path, size, paper, how_many
):
    faults = [
        fault
        for answers in how_many(ANSWERS, ALL_ANSWERS)
        for depth in how_many(DEPTHS[:1], DEPTHS)
        for fault in check(
            sheets, page, "checklist", size, paper, depth, answers, tmp_path
        )
    ]
    assert faults == []


@pytest.mark.parametrize(
    ("kind", "size", "paper", "depth", "area", "cells"),
    [*PAIRS, ("checklist", 14, "letter", "short/", "hand", "fat")],
)
def test_sheet_is_right(sheets, page, tmp_path, kind, size, paper, depth, area, cells):
    answers = f"?area={area}&cells={cells}"

    faults = check(sheets, page, kind, size, paper, depth, answers, tmp_path)

    assert faults == []


def test_any_two_choices_are_printed_together():
    choices = (OTHERS, SIZES, PAPERS, DEPTHS, AREAS, CELLS)
    wanted = {
        (i, one, j, other)
        for (i, some), (j, others) in combinations(enumerate(choices), 2)
        for one, other in product(some, others)
    }
    printed = {
        (i, one, j, other)
        for row in PAIRS
        for (i, one), (j, other) in combinations(enumerate(row), 2)
    }
    assert wanted - printed == set()


@pytest.mark.sheets
@pytest.mark.exhaustive
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", [*OTHERS, GUIDE])
def test_sheet_is_right_in_every_way(sheets, page, tmp_path, kind, size):
    faults = [
        fault
        for paper, depth, answers in product(PAPERS, DEPTHS, ANSWERS)
        for fault in check(sheets, page, kind, size, paper, depth, answers, tmp_path)
    ]
    assert faults == []


@pytest.mark.parametrize("path", ["/", "/stages/recovery/", "/get-help/", "/words/"])
def test_ordinary_page_prints_whole_with_its_folded_parts(site, page, tmp_path, path):
    pages = print_pdf(page, f"{site.url}{path}?area=hand&cells=fat", tmp_path / "p.pdf")

    printed = letters("".join(pages))
    page.evaluate("document.querySelectorAll('.more').forEach(d => { d.open = true })")
    blocks = page.locator("main .section p, main .section li").all_inner_texts()
    missing = [b for b in blocks if letters(b.split("\n")[0]) not in printed]
    assert not missing, missing[:5]


def test_print_button_appears_only_with_scripts(site, open_context):
    for scripts in (True, False):
        page = open_context(390, java_script_enabled=scripts).new_page()
        page.goto(f"{site.url}/checklist/print/")

        assert page.locator("[data-print-button]").is_visible() == scripts


def test_policy_lets_a_sheet_keep_its_page_rules(site, page):
    refused = []
    page.on("console", lambda message: refused.append(message.text))

    for _ in range(2):  # The second time the browser has it, and gets a 304.
        page.goto(f"{site.url}/checklist/print/?size=24&paper=a4")

        rules = page.evaluate("document.styleSheets[1].cssRules.length")
        assert rules == 2 and not re.search("Security", " ".join(refused))


def test_size_and_paper_are_chosen_on_the_sheet(site, page):
    page.goto(f"{site.url}/checklist/print/?area=hand&cells=fat")
    for text in ("Giant (24 point)", "A4", "Short"):
        page.get_by_role("link", name=text, exact=True).click()

    assert page.url.endswith(
        "/checklist/print/short/?area=hand&cells=fat&size=24&paper=a4"
    )
    chosen = page.locator(".sheet-tools strong").all_inner_texts()
    assert chosen == ["Giant (24 point)", "A4", "Short"]
    size = page.locator(".task__words").first.evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize) * 72 / 96"
    )
    assert size == pytest.approx(24, abs=0.01)
