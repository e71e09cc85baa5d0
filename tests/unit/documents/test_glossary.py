"""Glossary terms are explained at their first use, and only there."""

import pytest

from sessions.documents import blocks as b
from sessions.documents import parse_document
from sessions.documents.glossary import (
    by_title,
    explain,
    explain_blocks,
    read_glossary,
)
from tests.factories import make_text

GLOSSARY = read_glossary(
    parse_document(
        make_text(
            body="## Sedation\n\nMedicine that makes you sleepy.\n\n"
            "## Tendon\n\nA strong cord.\n\nAlso called: sinew, cord.\n"
        )
    )
)
SEDATION, TENDON = GLOSSARY.terms["sedation"], GLOSSARY.terms["tendon"]


def parse(body):
    return parse_document(make_text(body=body))


def explained_in(document):
    """The words that are explained, in the order in which they are drawn."""
    return [
        inline.text
        for block in document.walk()
        for run in block.runs()
        for inline in b.walk_inlines(run)
        if isinstance(inline, b.Explained)
    ]


def explained(body):
    document, _ = explain(parse(body), GLOSSARY)
    return explained_in(document)


def test_only_the_first_use_is_explained():
    document, terms = explain(parse("Sedation, then sedation and tendons."), GLOSSARY)

    assert document.introduction[0].inlines == (
        b.Text(""),
        b.Explained(SEDATION, "Sedation"),
        b.Text(", then sedation and "),
        b.Explained(TENDON, "tendon"),
        b.Text("s."),
    )
    assert list(terms) == ["sedation", "tendon"]


def test_plain_text_stays_the_same():
    body = "Your *sinew* and [a **strong** sedation](/words/#sedation).\n\n- A cord."
    before = parse(body)

    after, _ = explain(before, GLOSSARY)

    texts = [
        [b.plain_text(run) for block in document.walk() for run in block.runs()]
        for document in (before, after)
    ]
    assert texts[0] == texts[1]


def test_original_document_is_unchanged():
    document = parse("Sedation.")

    explain(document, GLOSSARY)

    assert document == parse("Sedation.")


def test_terms_seen_earlier_on_the_page_are_not_explained_again():
    _, seen = explain(parse("Sedation."), GLOSSARY)

    blocks, terms = explain_blocks(
        parse("Sedation and a cord.").introduction, GLOSSARY, seen
    )

    inlines = blocks[0].inlines
    assert [i.text for i in inlines if isinstance(i, b.Explained)] == ["cord"]
    assert list(seen) == ["sedation"]
    assert list(terms) == ["sedation", "tendon"]


def test_first_link_to_a_term_is_explained_and_the_next_stays_a_link():
    body = "[Made *sleepy*](/words/#sedation) and [again](/words/#sedation)."
    document, _ = explain(parse(body), GLOSSARY)

    first, _, second, _ = document.introduction[0].inlines
    assert first == b.Explained(SEDATION, "Made sleepy")
    assert isinstance(second, b.Link)


def test_words_of_a_link_to_another_page_are_not_explained():
    assert explained("[sedation](/risks/)") == []


@pytest.mark.parametrize(
    "body",
    [
        "**sedation**",
        "*sedation*",
        "[sedation]{.quoted}",
        "- sedation",
        "1. First.\n2. sedation",
        "> sedation",
        "::: do\n- sedation\n:::",
        "::: more Why\nsedation\n:::",
        "::: only cells=fat\nsedation\n:::",
        "::: urgent\n- sedation\n:::",
        "| Name | Other |\n|---|---|\n| First | sedation |",
        "- [ ] Ask. {#ask}\n\n  About sedation.",
        "## A section\n\nsedation",
    ],
)
def test_terms_are_explained_wherever_text_stands(body):
    assert explained(body) == ["sedation"]


@pytest.mark.parametrize(
    "body",
    [
        "### sedation",
        "`sedation`",
        "```\nsedation\n```",
        "## sedation\n\nNothing.",
        "| sedation | Other |\n|---|---|\n| First | Second |",
        "| Name | Other |\n|---|---|\n| sedation | Second |",
        "- [ ] Ask about sedation. {#ask}",
        "::: odds 25 in 100\nAbout 25 out of 100 have sedation.\n:::",
        "::: picture hip\nsedation\n\nWhat it shows.\n:::",
        "Presedation.",
    ],
)
def test_terms_are_not_explained_in_headings_labels_and_code(body):
    assert explained(body) == []


def test_details_that_a_short_sheet_leaves_out_explain_nothing():
    body = "- [ ] Ask. {#ask}\n\n  About sedation.\n\nMore sedation."
    document, _ = explain(parse(body).without_more(), GLOSSARY)

    assert [type(block) for block in document.introduction][-1] is b.Paragraph
    assert b.Explained(SEDATION, "sedation") in document.introduction[-1].inlines


def test_help_cards_come_at_the_end_of_their_section():
    cards = parse("Sedation in the cards.").introduction
    body = "## Get help {#get-help}\n\nA cord.\n\n## After\n\nSedation and a cord."
    document, terms = explain(parse(body).with_help("card", cards), GLOSSARY)

    help_section, after = document.sections
    drawn = [*help_section.blocks, *help_section.help_cards, *after.blocks]
    found = [
        [i.text for i in block.inlines if isinstance(i, b.Explained)] for block in drawn
    ]
    assert found == [["cord"], ["Sedation"], []]
    assert list(terms) == ["tendon", "sedation"]


def test_version_of_a_task_is_the_same_explained_or_not():
    document = parse("- [ ] Ask. {#ask}\n\n  About sedation.")

    after, _ = explain(document, GLOSSARY)

    assert after != document
    assert after.tasks()[0].version == document.tasks()[0].version


def test_terms_are_listed_by_title():
    _, terms = explain(parse("A tendon and sedation."), GLOSSARY)

    assert by_title(terms) == [SEDATION, TENDON]


def test_without_a_glossary_page_nothing_is_explained():
    document = parse("Sedation.")

    assert explain(document, read_glossary(None)) == (document, {})


ROOMS = read_glossary(
    parse_document(
        make_text(
            body="## Operating room\n\nThe room of surgery.\n\nAlso called: OR.\n\n"
            "## Ultrasound\n\nPictures by sound.\n\nAlso called: US, US scan, A-scan.\n"
            "\n## World Health Organization\n\nAn agency.\n\nAlso called: WHO.\n\n"
            "## Stem cell\n\nA cell that can become others.\n"
        )
    )
)


def rooms_explained(body):
    return explained_in(explain(parse(body), ROOMS)[0])


@pytest.mark.parametrize(
    "body",
    [
        "Call us or ring 911.",
        "Ask who told us so.",
        "Us, Or, Who?",
        "USed for rORs and ORal.",
        "A us scan.",
    ],
)
def test_a_form_in_capitals_is_not_found_in_small_letters(body):
    assert rooms_explained(body) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("The OR is cold.", ["OR"]),
        ("Two ORs.", ["OR"]),
        ("A US, or an ultrasound.", ["US"]),
        ("A US Scan or us.", ["US Scan"]),
        ("The WHO says who.", ["WHO"]),
        ("An a-scan; an OPERATING room.", ["a-scan", "OPERATING room"]),
    ],
)
def test_a_form_in_capitals_is_found_in_capitals(body, words):
    assert rooms_explained(body) == words


@pytest.mark.parametrize(
    "used",
    [
        "stem\u00a0cell",
        "stem\u202fcell",
        "stem  cell",
        "stem\ncell",
        "Stem&nbsp;cell",
        "ste\u00adm cell",
        "stem\u00ad cell",
        "s\u00adt\u00ade\u00adm\u00a0ce\u00adll",
        "op\u00ader\u00adat\u00ading\u00a0room",
        "O\u00adR",
        "A\u2011scan",
        "A\u2010scan",
    ],
)
def test_unusual_spaces_and_hyphens_do_not_hide_a_term(used):
    shown = used.replace("&nbsp;", "\u00a0").replace("\n", " ")

    assert rooms_explained(f"It is {used}s here.") == [shown]
    assert rooms_explained(f"It is {used} here. Then stem cell.")[0] == shown


@pytest.mark.parametrize(
    "body", ["sys\u00adtem cell", "stem cell\u00adlike", "st em cell"]
)
def test_part_of_a_longer_word_is_no_term(body):
    assert rooms_explained(body) == []
