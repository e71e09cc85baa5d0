"""Everything that a text refers to must exist."""

import re

import pytest

from sessions.documents import parse_document
from sessions.documents.stage_shapes import EARLIER_SECTIONS, SECTIONS
from sessions.library.references import (
    RESERVED_IDS,
    SITE_IDS,
    Known,
    condition_faults,
    lost_task_faults,
    page_address,
    picture_exists,
    reference_faults,
    task_reference_faults,
)
from tests.conftest import ROOT
from tests.factories import KEY_FACTS, make_stage_text, make_text

RISKS = parse_document(make_text(title="Risks", body="## Pain\n\nIt may hurt."))
HOME = parse_document(make_text(title="Home", body="## Stages\n\nSeven."))
LINES_BEFORE_BODY = 5
OR_ADDED = "Correct its name, or let whoever runs the site add it."


def found_in(text, name="checklist", pages=()):
    document = parse_document(text)
    known = Known(
        pages={"risks": RISKS, "home": HOME, name: document, **dict(pages)},
        claims=frozenset({"knee-pain"}),
        sources=frozenset({"R1"}),
    )
    return [
        (fault.line, fault.message) for fault in reference_faults(name, document, known)
    ]


def found_in_body(body, **options):
    """The faults of a body, with its own first line as line 1."""
    found = found_in(make_text(body=body), **options)
    return [(line - LINES_BEFORE_BODY, message) for line, message in found]


@pytest.mark.parametrize(
    ("name", "address"),
    [("home", "/"), ("risks", "/risks/"), ("stages/recovery", "/stages/recovery/")],
)
def test_address_of_a_page(name, address):
    assert page_address(name) == address


@pytest.mark.parametrize(
    "body",
    [
        "[a](/risks/)",
        "[a](/risks/#pain)",
        "[a](/)",
        "[a](/#stages)",
        "[a](/checklist/)",
        "[a](#b)\n\n## B",
        "[a](/checklist/#b)\n\n## B",
        "[a](tel:911)",
        "::: claim knee-pain\n:::",
        "::: picture fat-site\na\n\nb\n:::",
    ],
)
def test_reference_to_something_that_exists_has_no_fault(body):
    assert found_in_body(body) == []


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("a\n\n[b](/gone/)", 3, 'There is no page at "/gone/". Correct the link.'),
        ("[a](/risks)", 1, 'There is no page at "/risks". Correct the link.'),
        ("[a](/home/)", 1, 'There is no page at "/home/". Correct the link.'),
        ("[a](/gone/#b)", 1, 'There is no page at "/gone/". Correct the link.'),
        ("[a](/risks/#gone)", 1, '"/risks/" has no section "#gone". Correct the link.'),
        ("a\n\n- [b](#gone)", 3, '"" has no section "#gone". Correct the link.'),
        (
            "a\n\n::: claim gone\n:::",
            3,
            f'There is no claim "gone" in claims.yaml. {OR_ADDED}',
        ),
        (
            "::: picture gone\na\n\nb\n:::",
            1,
            'There is no drawing "static/img/gone.svg".',
        ),
        (
            ":::: only cells=fat\n::: claim gone\n:::\n::::",
            2,
            f'There is no claim "gone" in claims.yaml. {OR_ADDED}',
        ),
    ],
)
def test_reference_to_something_missing_is_a_fault_at_its_line(body, line, message):
    assert found_in_body(body) == [(line, message)]


def test_unknown_source_is_a_fault():
    assert found_in(make_text(sources="sources: [R1, R9]")) == [
        (1, f'"R9" is not in sources.yaml. {OR_ADDED}')
    ]


def test_every_fault_is_reported():
    body = "[a](/gone/) [b](/lost/)\n\n::: claim gone\n:::"

    assert len(found_in_body(body)) == 3


def test_anchor_is_searched_in_the_text_that_is_checked():
    old = parse_document(make_text(body="## Old\n\na"))
    new = parse_document(make_text(body="[a](#new) [b](/a/#new)\n\n## New\n\na"))
    known = Known(pages={"a": old}, claims=frozenset(), sources=frozenset())

    assert list(reference_faults("a", new, known)) == []


def test_new_page_may_link_to_itself():
    document = parse_document(make_text(body="[a](#b)\n\n## B\n\nc"))
    known = Known(pages={}, claims=frozenset(), sources=frozenset())

    assert list(reference_faults("new", document, known)) == []


def test_stage_must_be_the_one_its_file_is_named_for():
    text = make_stage_text("recovery")

    assert found_in(text, name="stages/recovery") == []
    assert found_in(text, name="stages/harvesting") == [
        (
            1,
            'This page is "stages/harvesting" but says stage: recovery. '
            "Make them the same.",
        )
    ]
    assert found_in(text, name="risks")[0][1].startswith(
        'This page is "risks" but says'
    )


def test_page_in_the_folder_of_stages_must_name_its_stage():
    assert found_in(make_text(), name="stages/recovery") == [
        (1, "A page under stages/ needs a line stage: with its kind.")
    ]


@pytest.mark.parametrize(
    ("name", "there"),
    [("fat-site", True), ("gone", False)],
)
def test_drawing_is_searched_among_the_static_files(name, there):
    assert picture_exists(name) is there


# --- conditions that no reader meets --------------------------------------------------


def condition_faults_in(text, areas=("joint", "hand")):
    document = parse_document(text)
    known = Known(
        pages={"a": document}, claims=frozenset(), sources=frozenset(), areas=areas
    )
    found = reference_faults("a", document, known)
    return [(fault.line, fault.message) for fault in found]


@pytest.mark.parametrize(
    "arguments",
    [
        "cells=fat,bone-marrow,prepared",
        "area=hand",
        "area=joint country=us,uk,eu,other",
    ],
)
def test_known_values_have_no_fault(arguments):
    assert condition_faults_in(make_text(body=f"::: only {arguments}\na\n:::")) == []


NO_AREA = 'There is no area "foot". '
ADD_IT = "let an Administrator add it in admin first."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            "cells=bone",
            'There is no cell source "bone". Use one of: bone-marrow, fat, prepared.',
        ),
        ("area=foot", f"{NO_AREA}Use one of: joint, hand. Or {ADD_IT}"),
        (
            "area=hand,foot cells=fat",
            f"{NO_AREA}Use one of: joint, hand. Or {ADD_IT}",
        ),
        ("country=fr", 'There is no country "fr". Use one of: us, uk, eu, other.'),
    ],
)
def test_unknown_value_is_a_fault_at_its_line(arguments, message):
    body = f"a\n\n::: only {arguments}\nb\n:::"

    assert condition_faults_in(make_text(body=body)) == [
        (LINES_BEFORE_BODY + 3, message)
    ]


def test_unknown_value_in_a_block_within_a_block_is_a_fault():
    body = ":::: more Why\n::: only area=foot\na\n:::\n::::"

    [(line, message)] = condition_faults_in(make_text(body=body))

    assert line == LINES_BEFORE_BODY + 2 and message.startswith(NO_AREA)


@pytest.mark.parametrize("areas", [("foot",), None])
def test_area_is_known_if_staff_added_it_or_there_is_no_database(areas):
    text = make_text(body="::: only area=foot\na\n:::")

    assert condition_faults_in(text, areas) == []


def test_every_area_is_unknown_where_there_is_none():
    text = make_text(body="::: only area=foot\na\n:::")

    [(_, message)] = condition_faults_in(text, areas=())

    assert message == f"{NO_AREA}There is none at all: {ADD_IT}"


def test_unknown_values_in_the_front_matter_are_faults_at_their_lines():
    text = make_stage_text("recovery").replace(
        KEY_FACTS,
        "applies:\n  cells: [fat, bone]\nkey_facts:\n  time: An hour.\n"
        "  meet: A nurse.\n  numbing: No.\n  drive: No.\n  home:\n"
        "    - {when: {area: hand}, text: No.}\n    - {when: {area: foot}, text: Yes.}",
    )
    lines = text.splitlines()
    document = parse_document(text)

    found = list(condition_faults(document, ("joint", "hand")))

    assert [(lines[f.line - 1].strip(), f.message.split(".")[0]) for f in found] == [
        ("applies:", 'There is no cell source "bone"'),
        ("- {when: {area: foot}, text: Yes.}", 'There is no area "foot"'),
    ]


def test_task_id_of_another_page_is_refused():
    """Ticks are stored by id alone, so one tick would show on both pages."""
    questions = parse_document(make_text(body="- [ ] Ask. {#ask-price}"))
    body = "- [ ] Plan. {#plan}\n- [ ] Ask. {#ask-price}"

    found = found_in_body(body, pages={"questions": questions}.items())

    assert found == [
        (2, 'The task id "ask-price" is on "questions" too. Give this task its own.')
    ]


@pytest.mark.parametrize("name", ["procedure-day", "own-questions", "constructor"])
def test_reserved_task_id_is_refused_by_line(name):
    message = (
        f'The task id "{name}" is reserved for the site itself. Give this task its own.'
    )

    assert found_in_body(f"a\n\n- [ ] Rest. {{#{name} day=0}}") == [(3, message)]


@pytest.mark.parametrize(
    ("anchor", "heading"),
    [("task-rest", "Task: rest"), ("note-rest", "Other {#note-rest}")],
)
def test_task_that_has_the_anchor_of_a_section_is_refused_by_line(anchor, heading):
    message = (
        f'The task id "rest" makes "#{anchor}", the anchor of a section. Give this '
        "task its own."
    )

    assert found_in_body(f"- [ ] Rest. {{#rest}}\n\n## {heading}\n\na") == [
        (1, message)
    ]


def test_ids_in_templates_cannot_be_ids_of_tasks():
    texts = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    kept = re.findall(r'data-note="([^"{]*)"', "".join(texts))
    anchors = re.findall(r'\bid="((?:task|note)-[^"{]*)"', "".join(texts))

    assert set(kept) == {"own-questions"} <= set(RESERVED_IDS)
    assert anchors == []


# --- anchors of headings and ids of the site ---

IDS = re.compile(r'\b(?:id|box_id)="([^"]+)"')
WITH_SECTIONS = ("blocks", "components", "forms", "guide", "paper")
MADE_IDS = {
    "{{ section.slug }}",  # of the headings themselves
    "{{ block.id }}",  # of a folded question
    "{{ part.anchor }}",  # of a part of the whole guide: the name of its page
    "task-{{ block.id }}",  # compared with headings by another check
    "sign-{{ block.id }}",  # of a line of the help card
    "topic-{{ forloop.counter }}",
    "instrument-{{ forloop.counter }}",
    "{{ box_id }}",  # given by the template that includes it
    "{{ box.auto_id }}_error",  # No anchor holds an underscore.
    "{{ field.auto_id }}_error",
    "{{ field.auto_id }}_helptext",
    "{{ field.auto_id }}_hint",
}


def ids_of_templates():
    folder = ROOT / "templates"
    files = [folder / "base.html", folder / "error.html"]
    files += [
        path for name in WITH_SECTIONS for path in (folder / name).rglob("*.html")
    ]
    return {found for path in files for found in IDS.findall(path.read_text())}


def test_every_id_of_a_template_is_known():
    ids = ids_of_templates()

    assert {one for one in ids if "{" in one} == MADE_IDS
    assert {one for one in ids if "{" not in one} == SITE_IDS


def test_a_heading_that_takes_the_id_of_a_sign_is_a_fault():
    card = "::: emergency\n- **Bleeding.** {#bleeding}\n:::"
    pages = {"get-help": parse_document(make_text(body=card))}

    found = found_in_body("## A {#sign-bleeding}\n\na\n\n## Sign\n\nb", pages=pages)

    assert [line for line, _ in found] == [1]


@pytest.mark.parametrize("slug", [*sorted(SITE_IDS), "topic-1", "instrument-12"])
def test_a_heading_that_takes_an_id_of_the_site_is_a_fault(slug):
    found = found_in_body(f"Words.\n\n## Call {{#{slug}}}\n\nWords.")

    assert found == [
        (
            3,
            f'"#{slug}" is a place of the site itself. Give this heading an anchor of '
            f"its own: Call {{#our-{slug}}}.",
        )
    ]


@pytest.mark.parametrize(
    "title", ["Help", "Contents", "Stages", "Search", "This clinic"]
)
def test_a_heading_without_an_anchor_can_take_an_id_of_the_site(title):
    assert [line for line, _ in found_in_body(f"## {title}\n\nWords.")] == [1]


@pytest.mark.parametrize("slug", ["our-help", "topic", "topic-one", "word-of-warning"])
def test_a_heading_of_another_anchor_is_no_fault(slug):
    assert found_in_body(f"## Call {{#{slug}}}\n\nWords.") == []


def test_a_heading_that_takes_the_id_of_a_meaning_is_a_fault():
    words = parse_document(make_text(body="## Of warning\n\nA meaning."))

    found = found_in_body("## Word of warning\n\nWords.", pages={"words": words})

    assert [line for line, _ in found] == [1]


# --- lines of the checklist --------------------------------------------------


def lines_known(**pages):
    documents = {
        name: parse_document(make_text(body=body)) for name, body in pages.items()
    }
    return Known(pages=documents, claims=frozenset(), sources=frozenset())


def test_id_without_a_line_of_the_checklist_is_told_at_its_line():
    known = lines_known(
        checklist="- [ ] Ask. {#ask}", a="::: tasks\n- ask\n- gone\n:::"
    )

    (fault,) = task_reference_faults(known.pages["a"], known)

    assert fault.line - LINES_BEFORE_BODY == 3
    assert fault.message.startswith('No line of the checklist has the id "gone".')


def test_every_id_is_without_a_line_where_there_is_no_checklist():
    known = lines_known(a="::: tasks\n- ask\n:::")

    assert len(list(task_reference_faults(known.pages["a"], known))) == 1


def test_checklist_that_loses_a_line_names_the_page_that_shows_it():
    known = lines_known(
        checklist="- [ ] Ask. {#ask}", a="::: tasks\n- ask\n- gone\n:::"
    )

    (fault,) = lost_task_faults(known.pages["checklist"], known)

    assert fault.message == (
        'The page "a" shows the line "gone", which is not here. Keep the ids of lines.'
    )


def test_a_question_that_takes_an_id_of_the_site_is_a_fault():
    text = make_stage_text(sections=SECTIONS).replace(
        "people ask\n", "people ask\n\n### Help\n\nWords.\n\n### Who?\n"
    )
    (fault,) = found_in(text, name="stages/recovery")

    assert fault[1] == '"#help" is a place of the site itself. Use other words.'


@pytest.mark.parametrize(
    ("sections", "is_there"), [(SECTIONS, True), (EARLIER_SECTIONS, False)]
)
def test_a_link_may_lead_to_a_folded_question(sections, is_there):
    text = make_stage_text(sections=sections).replace(
        "people ask\n", "people ask\n\n### Who is it?\n"
    )
    pages = {"stages/recovery": parse_document(text)}

    found = found_in_body("[a](/stages/recovery/#who-is-it)", pages=pages)

    assert (found == []) == is_there
