"""Paper: how many pages come out, and that every word is on them."""

import re
import subprocess
from collections import Counter

import pikepdf
import pytest

from tests.conftest import need_program

LETTER = (612, 792)


def print_pdf(page, address: str, path) -> list[str]:
    """The words of each page of the PDF that the browser prints."""
    need_program("pdftotext")
    page.goto(address)
    page.evaluate(
        "document.querySelectorAll('img').forEach(i => { i.loading = 'eager' })"
    )
    page.wait_for_load_state("networkidle")
    page.pdf(path=path, prefer_css_page_size=True)
    done = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("\f")[:-1]


def letters(text: str) -> str:
    """Letters and figures alone: line breaks and hyphens differ on paper."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def word_counts(text: str) -> Counter[str]:
    """How often each word stands there; columns may be read in any order."""
    return Counter(re.findall(r"[a-z0-9]+", text.lower()))


@pytest.mark.parametrize(
    ("path", "most"), [("/checklist/print/", 12), ("/risks/print/", 34)]
)
@pytest.mark.parametrize("answers", ["", "?area=hand&cells=fat"])
def test_sheet_has_every_word_and_numbers_its_pages(
    site, page, tmp_path, path, most, answers
):
    pdf = tmp_path / "sheet.pdf"

    pages = print_pdf(page, f"{site.url}{path}{answers}", pdf)

    assert 2 <= len(pages) <= most
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
    page.emulate_media(media="print")
    lost = word_counts(page.locator("main").inner_text()) - word_counts("".join(pages))
    assert not lost, lost


@pytest.mark.parametrize("path", ["/checklist/print/", "/risks/print/"])
def test_nothing_on_paper_is_cut_at_the_edge(site, page, tmp_path, path):
    pdf = tmp_path / "sheet.pdf"
    print_pdf(page, f"{site.url}{path}?area=hand&cells=fat", pdf)

    done = subprocess.run(
        ["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True
    )

    boxes = re.findall(
        r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.]+)" yMax="([\d.]+)"',
        done.stdout,
    )
    assert len(boxes) > 300
    for left, top, right, bottom in boxes:
        assert float(left) > 20 and float(right) < LETTER[0] - 20
        assert float(top) > 20 and float(bottom) < LETTER[1] - 15
    with pikepdf.open(pdf) as document:
        size = document.pages[0].mediabox
        assert (round(float(size[2])), round(float(size[3]))) == LETTER


def test_no_task_is_split_over_two_pages(site, page, tmp_path):
    pages = print_pdf(page, f"{site.url}/checklist/print/", tmp_path / "sheet.pdf")

    sheets = [letters(text) for text in pages]
    tasks = [letters(text) for text in page.locator(".task").all_inner_texts()]
    split = [task for task in tasks if not any(task in sheet for sheet in sheets)]
    assert len(tasks) > 20
    assert not split, split[:3]


def test_words_on_paper_are_14_points(site, page):
    page.goto(f"{site.url}/checklist/print/")
    page.emulate_media(media="print")

    size = page.locator(".task__details p").first.evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize) * 72 / 96"
    )

    assert size == pytest.approx(14, abs=0.01)


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
