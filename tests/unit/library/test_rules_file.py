"""rules.yaml in a single folder, and a clinic's file beside the shipped file."""

from itertools import takewhile
from textwrap import dedent

import pytest

from sessions.documents.rules import Rules
from sessions.library.faults import REQUIRED_PAGES, library_faults
from sessions.library.folder import RULES, read_library
from sessions.library.names import pages_fault
from sessions.library.shipped import VERSIONS
from sessions.library.texts import digest
from tests import factories
from tests.factories import make_text, shipped_rules

SHIPS = factories.RULES.read_text()
OLDER = SHIPS.replace("  - painless\n", "")
MISSING = "rules.yaml:1: This file is missing, and no text is checked without it."


@pytest.fixture
def shipped(tmp_path):
    """A shipped folder whose rules have changed once."""
    folder = tmp_path / "shipped"
    (folder / "en").mkdir(parents=True)
    (folder / "en" / "risks.md").write_text(make_text())
    for name in ("claims.yaml", "sources.yaml"):
        (folder / name).write_text("{}\n")
    (folder / RULES).write_text(SHIPS)
    lines = (f"{digest(text)}  {RULES}\n" for text in (OLDER, SHIPS))
    (folder / VERSIONS).write_text("".join(lines))
    return folder


@pytest.fixture
def clinic(tmp_path):
    folder = tmp_path / "clinic"
    folder.mkdir()
    return folder


def faults(folder, shipped=None):
    """The faults of the rules, after the names of both folders."""
    found = library_faults(read_library(folder, shipped))
    return [str(fault) for fault in found if fault.path == RULES]


def test_single_folder_has_the_rules_of_its_file(shipped):
    library = read_library(shipped)

    assert library.rules == shipped_rules() and not library.has_own_rules


@pytest.mark.parametrize("own", [None, SHIPS, OLDER, SHIPS.replace("\n", "\r\n")])
def test_clinic_that_changed_nothing_has_the_shipped_rules(clinic, shipped, own):
    if own is not None:
        (clinic / RULES).write_text(own, newline="")

    library = read_library(clinic, shipped)

    assert library.rules == shipped_rules()
    assert not library.has_own_rules and library.faults == ()


@pytest.mark.parametrize(
    "own",
    [
        "phrases: [bargain]\n",
        SHIPS.replace("phrases:\n", "phrases:\n  - bargain\n"),
        OLDER.replace("phrases:\n", "phrases:\n  - bargain\n"),
    ],
    ids=["additions alone", "a full copy", "a copy of an older version"],
)
def test_clinic_has_its_own_rules_beside_the_shipped_ones(clinic, shipped, own):
    (clinic / RULES).write_text(own)

    library = read_library(clinic, shipped)

    assert library.rules.phrases == (*shipped_rules().phrases, "bargain")
    assert library.has_own_rules
    # Staff are not asked to choose between the files: both are in force.
    assert library.changed == ()


def test_less_strict_rule_of_a_clinic_is_refused_in_its_file(clinic, shipped):
    (clinic / RULES).write_text("limits:\n  reading_grade: 9\n")

    (fault,) = faults(clinic, shipped)

    assert fault.startswith(f'{clinic}/rules.yaml:2: "reading_grade: 9.0" is less')
    assert read_library(clinic, shipped).rules is None


def test_shipped_rules_that_are_broken_are_named_there(clinic, shipped):
    (clinic / RULES).write_text("phrases: [bargain]\n")
    (shipped / RULES).write_text("phrases: [a]\n")

    found = faults(clinic, shipped)

    assert found and all(f.startswith(f"{shipped}/rules.yaml:1: ") for f in found)


def test_rules_of_a_single_folder_need_every_section(clinic, shipped):
    (shipped / RULES).write_text("phrases: [bargain]\n")

    assert f'{shipped}/rules.yaml:1: "limits" is missing.' in "".join(faults(shipped))


@pytest.mark.parametrize("own", ["", "phrases: [bargain]\n"])
def test_missing_file_is_named_where_it_ought_to_be(clinic, shipped, own):
    (shipped / RULES).unlink()
    if own:
        (clinic / RULES).write_text(own)

    library = read_library(clinic, shipped)
    found = map(str, library_faults(library))

    assert any(fault.startswith(f"{shipped}/{MISSING}") for fault in found)


def test_last_rules_stay_where_their_file_is_gone(shipped):
    (shipped / RULES).unlink()

    found = library_faults(read_library(shipped), last_rules=shipped_rules())

    assert not [fault for fault in found if fault.path == RULES]


@pytest.mark.parametrize("spoil", ["link", "folder", "bytes"])
def test_file_that_cannot_be_read_is_no_missing_one(clinic, shipped, spoil):
    (shipped / RULES).unlink()
    if spoil == "link":
        (shipped / RULES).symlink_to(clinic / "nowhere")
    elif spoil == "folder":
        (shipped / RULES).mkdir()
    else:
        (shipped / RULES).write_bytes(b"phrases:\n\xff")

    (fault,) = faults(shipped)

    assert fault.startswith(f"{shipped}/rules.yaml:") and MISSING not in fault


@pytest.mark.parametrize(
    "name",
    [
        "Rules.yaml", "rules.yml", "rules.yaml.txt", "rules (1).yaml", "rules.yaml ",
        "clinical_rules.YAML", "rules-2.yaml.yaml",
    ],
)  # fmt: skip
def test_rules_under_a_name_that_is_not_read_are_refused(clinic, shipped, name):
    (clinic / name).write_text("phrases: [bargain]\n")

    (fault,) = map(str, read_library(clinic, shipped).faults)

    assert fault == (
        f"{clinic}/{name}:1: Nobody would read these rules. Call this file rules.yaml."
    )


@pytest.mark.parametrize("folder", ["en", "content", "en/learn"])
def test_rules_in_another_place_are_refused(clinic, shipped, folder):
    (clinic / folder).mkdir(parents=True)
    (clinic / folder / RULES).write_text("phrases: [bargain]\n")

    (fault,) = map(str, read_library(clinic, shipped).faults)

    assert fault == (
        f"{clinic}/{folder}/rules.yaml:1: Nobody would read these rules. Move it to "
        f"{clinic}/rules.yaml."
    )


def test_rules_set_aside_and_other_names_are_passed_over(clinic, shipped):
    (clinic / "_old").mkdir()
    for name in ("_old/rules.yaml", "overruled.yaml.md.bak", "rules-of-thumb.pdf"):
        (clinic / name).write_text("phrases: [bargain]\n")

    assert not read_library(clinic, shipped).faults


def test_rule_for_a_page_that_cannot_be_is_refused_by_line(clinic, shipped):
    (clinic / RULES).write_text(
        "statements:\n  - tells: what it costs\n    words: [costs]\n"
        "    pages: [home, prices]\n"
    )

    (fault,) = faults(clinic, shipped)

    assert f'{clinic}/rules.yaml:4: There can be no page "prices".' in fault


@pytest.mark.parametrize(
    ("name", "can_be"),
    [
        ("home", True),
        ("learn/what-we-do", True),
        ("stages/*", True),
        ("*", False),
        ("home*", False),
        ("home/*", False),
        ("stages/", False),
        ("stages/rest", False),
        ("/risks/", False),
        ("risks.md", False),
    ],
)
def test_pages_that_a_rule_can_name(name, can_be):
    assert (not pages_fault(name)) is can_be


def test_meaning_is_as_long_as_the_rules_allow(clinic, shipped):
    words = make_text(body="## Bone\n\nOne two three four five six.")
    (clinic / "en").mkdir()
    (clinic / "en" / "words.md").write_text(words)
    (clinic / RULES).write_text("limits: {meaning_words: 5}\n")
    library = read_library(clinic, shipped)

    # Faults of missing pages would be reported in place of this one.
    found = library_faults(library, kept=frozenset(REQUIRED_PAGES))

    assert [str(fault) for fault in found] == [
        f"{clinic}/en/words.md:8: A meaning has 5 words at most. Shorten it."
    ]


def test_example_of_the_readme_adds_to_the_shipped_rules(clinic, shipped):
    readme = (factories.RULES.parent / "README.md").read_text()
    lines = readme.partition("with your additions alone:\n\n")[2].splitlines()
    example = "\n".join(takewhile(lambda line: line.startswith("    "), lines))
    (clinic / RULES).write_text(dedent(example))

    rules = read_library(clinic, shipped).rules

    assert rules is not None
    assert rules.phrases[-1] == "a bargain"
    assert rules.statements[-1].tells == "what the visit costs"
    assert rules.limits.sentence_words == 18


def test_readme_tells_of_every_section():
    readme = (factories.RULES.parent / "README.md").read_text()

    for section in Rules.model_fields:
        assert f"| `{section}` | " in readme
