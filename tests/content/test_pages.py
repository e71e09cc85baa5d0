"""The real content: it parses, is easy to read, promises nothing, and is complete."""

import json
import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

from sessions.documents import blocks as b
from sessions.documents.document import URGENCIES
from sessions.documents.kinds import kinds_in
from sessions.documents.quality import (
    Check,
    readability_of,
    reading_runs,
    review,
    text_findings,
)
from sessions.documents.readability import measure, split_sentences, words_in
from sessions.library.faults import REQUIRED_PAGES
from sessions.library.references import condition_faults
from tests.conftest import ROOT
from tests.factories import shipped_rules

COVERAGE = json.loads((Path(__file__).parent / "coverage.json").read_text())
NUMBER = r"(?:\d[\d,.]*|\b(?:two|three|four|five|six|seven|eight|nine|ten|half)\b)"
OUTCOME = re.compile(
    rf"{NUMBER}.*\b(?:people|out of)\b|\b(?:people|out of)\b.*{NUMBER}|\d ?%"
    rf"|{NUMBER} in (?:\d[\d,]*|ten|a hundred|a thousand)\b",
    re.IGNORECASE,
)


def names(path: str = "en") -> list[str]:
    root = Path(settings.CONTENT_DIR) / path
    return sorted(
        p.relative_to(root).with_suffix("").as_posix() for p in root.rglob("*.md")
    )


@pytest.fixture
def document(library, request):
    return next(f for f in library.files if f.name == request.param).document


every_page = pytest.mark.parametrize("document", names(), indirect=True)


def test_no_file_has_a_fault_and_every_required_page_exists(library):
    assert not library.faults
    assert {file.name for file in library.files} >= set(REQUIRED_PAGES)


@every_page
def test_page_reads_at_grade_six_or_lower(document):
    assert readability_of(document).grade <= 6.0


@every_page
def test_no_sentence_is_longer_than_twenty_words(document):
    assert not review(document, "", shipped_rules()).of(Check.LONG_SENTENCE)


@pytest.mark.parametrize("name", names())
def test_page_has_no_blocking_finding(library, name):
    document = next(f for f in library.files if f.name == name).document

    blocking = [
        f for f in review(document, name, shipped_rules()).findings if f.is_blocking
    ]

    assert not blocking, blocking


def test_no_claim_orders_or_doses_a_medicine(library):
    """A claim may say how many people got better, as it names its study."""
    rules = shipped_rules()
    found = [
        (name, one.message)
        for name, claim in library.register.claims.items()
        for text in (claim.claim, claim.result, claim.does_not_tell)
        for one in kinds_in(text, rules)
        if one.kind.near == ("medicines",) or one.kind.followed_by == ("medicines",)
    ]

    assert not found


def test_no_sentence_of_the_site_itself_is_refused():
    catalog = polib.pofile(str(ROOT / "sessions" / "locale" / "django.pot"))

    found = {
        entry.msgid: messages
        for entry in catalog
        if (messages := text_findings(entry.msgid, shipped_rules()))
    }

    assert len(catalog) > 150 and not found


@every_page
def test_most_sentences_are_active(document):
    sentences = [s for run, _ in reading_runs(document) for s in split_sentences(run)]

    passive = review(document, "", shipped_rules()).of(Check.PASSIVE)

    assert len(passive) <= len(sentences) / 10


@every_page
def test_no_page_claims_a_check_that_nobody_made(document):
    assert document.front_matter.reviewed is None


@pytest.mark.parametrize("path", ["en", "claims.yaml", "rules.yaml", "sources.yaml"])
def test_no_note_to_writers_is_left_in(path):
    root = Path(settings.CONTENT_DIR) / path
    files = root.rglob("*.md") if root.is_dir() else [root]

    for file in files:
        text = file.read_text().lower()
        assert not re.search(
            r"unverified|clinician must confirm|\btodo\b|\blorem\b", text
        )


@every_page
def test_values_of_conditions_exist(document):
    assert not list(condition_faults(document, ["joint", "hand"]))


@every_page
def test_numbers_about_people_are_claims_or_marked(document):
    """A number about outcomes is in a claim or in odds, with certainty and source."""
    unmarked = [
        sentence
        for block in document.walk()
        if not isinstance(block, b.Odds)
        for run in block.runs()
        for sentence in split_sentences(b.plain_text(run, ("not-outcome",)))
        if OUTCOME.search(sentence)
    ]

    assert not unmarked, unmarked[:5]


def test_care_cards_are_on_the_help_page_alone(library):
    for file in library.files:
        cards = [x for x in file.document.walk() if isinstance(x, b.CareCard)]
        kinds = [card.urgency for card in cards]

        expected = list(URGENCIES) if file.name == "get-help" else []
        assert kinds == expected, file.name


def test_sections_of_risks_are_in_their_order(library):
    document = next(f for f in library.files if f.name == "risks").document
    order = [
        "get better",
        "get worse",
        "can go wrong",
        "more risk",
        "not known",
        "more",
    ]

    titles = [section.title.lower() for section in document.sections]

    assert len(titles) == len(order)
    for title, part in zip(titles, order, strict=True):
        assert part in title


def test_risks_link_to_a_page_for_each_cause(library):
    document = next(f for f in library.files if f.name == "risks").document
    links = {href for _, href in document.links()}

    for cause in ("marrow", "fat", "injection", "cells", "medicines"):
        assert f"/learn/risks-of-{cause}/" in links
    assert {"/learn/what-the-studies-say/", "/money-and-approval/"} <= links


def test_facts_box_is_one_short_table_with_how_sure_in_each_row(library):
    document = next(f for f in library.files if f.name == "risks").document
    (table,) = (x for x in document.walk() if isinstance(x, b.Table))
    rows = [[b.plain_text(cell) for cell in row] for row in table.rows]

    assert 6 <= len(rows) <= 10
    words = r"(?:Fairly sure|Some idea|Weak)(?:, borrowed)?|No count"
    assert all(re.fullmatch(words, row[-1]) for row in rows), rows
    for _, count, how_sure in rows:
        assert count.startswith("Not known") == (how_sure == "No count"), count
    assert not [row for row in rows if "points" in " ".join(row)]


def test_glossary_is_sorted_short_and_large_enough(library):
    document = next(f for f in library.files if f.name == "words").document
    titles = [section.title for section in document.sections]

    assert len(titles) >= 55
    assert titles == sorted(titles, key=str.lower)
    for section in document.sections:
        meaning = section.blocks[0]
        assert isinstance(meaning, b.Paragraph)
        assert len(words_in(b.plain_text(meaning.inlines))) <= 20, section.title


def test_every_task_starts_with_a_verb_and_says_why(library):
    document = next(f for f in library.files if f.name == "checklist").document
    tasks = document.tasks()

    assert len(tasks) >= 20
    for task in tasks:
        first = b.plain_text(task.inlines).split()[0]
        assert first[0].isupper() and first.lower() not in ("i", "the", "you", "your")
        assert task.details, task.id


def test_checklist_never_orders_a_medicine(library):
    document = next(f for f in library.files if f.name == "checklist").document

    for run, _ in reading_runs(document):
        assert not re.search(r"\b(?:stop|skip|hold) (?:taking|your)\b", run.lower()), (
            run
        )


def test_each_area_and_each_cell_source_has_words_of_its_own(library):
    conditions = {
        pair
        for file in library.files
        for block in file.document.walk()
        if isinstance(block, b.Only)
        for pair in block.condition.items()
    }

    wanted = {
        ("area", "joint"),
        ("area", "hand"),
        ("cells", "bone-marrow"),
        ("cells", "fat"),
        ("cells", "prepared"),
    }
    assert wanted <= conditions


def test_at_least_six_pictures_are_used(library):
    used = {
        block.name
        for file in library.files
        for block in file.document.walk()
        if isinstance(block, b.Picture)
    }

    assert len(used) >= 6


def test_claims_are_plain_honest_and_sourced(library):
    claims = library.register.claims

    assert len(claims) >= 25
    assert {c.certainty for c in claims.values()} >= {
        "Fact",
        "Strong",
        "Some",
        "Weak",
        "Not known",
    }
    for name, claim in claims.items():
        assert claim.read in {library.register.sources[n].read for n in claim.sources}
        texts = (claim.claim, claim.who, claim.result, claim.does_not_tell)
        assert measure(texts).grade <= 6.0, name
        for sentence in (s for text in texts for s in split_sentences(text)):
            assert len(words_in(sentence)) <= 20, (name, sentence)


def test_chances_in_claims_have_one_base_and_one_name_for_an_injection(library):
    found = [
        (name, words)
        for name, claim in library.register.claims.items()
        for words in claim.words.values()
        if re.search(r"\b1 in \d|%|\btimes as\b|\bshots?\b|\bdraws?\b", words)
    ]

    assert not found


@pytest.mark.parametrize(
    ("sentence", "is_outcome"),
    [
        ("About 1 in 4 had pain.", True),
        ("Pain came in 25 % of knees.", True),
        ("Of 100 people, some felt better.", True),
        ("Three out of the group had pain.", True),
        ("People over 55 often have it.", True),
        ("Half of all people feel better.", True),
        ("Wait 2 to 3 days.", False),
        ("Some people feel no change.", False),
        ("Bring 2 sheets in the morning.", False),
    ],
)
def test_outcome_numbers_are_recognised(sentence, is_outcome):
    assert bool(OUTCOME.search(sentence)) == is_outcome


# --- coverage of the two articles that the guide is based on, claim by claim ---


def test_every_claim_of_both_articles_is_in_coverage_json():
    wanted = {f"S{n}" for n in range(1, 62)} | {f"H{n}" for n in range(1, 56)}

    assert set(COVERAGE) == wanted


@pytest.mark.parametrize("claim", [c for c in COVERAGE if "dropped" not in COVERAGE[c]])
def test_claim_of_an_article_is_on_the_page_that_coverage_json_names(claim):
    place = COVERAGE[claim]
    root = Path(settings.CONTENT_DIR)
    yaml = place["page"].endswith(".yaml")
    file = root / place["page"] if yaml else root / "en" / f"{place['page']}.md"

    words = " ".join(file.read_text().split())

    assert " ".join(place["words"].split()) in words
    assert len(place["words"].split()) >= 3
