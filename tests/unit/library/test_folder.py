"""The content folder: what is read, and which faults are reported."""

import pytest

from sessions.documents import DocumentError
from sessions.library.folder import read_library
from sessions.library.texts import digest, read_text
from tests.factories import RULES, make_text

SOURCE = """R1:
  title: A study
  publisher: A journal
  url: https://example.org/a-study
  date: June 2021
  year: "2021"
  read: whole
"""
CLAIM = """knee-pain:
  topic: Knees
  claim: Some people had less pain.
  certainty: Weak
  who: Adults
  number: 100
  how_long: A year
  result: Less pain.
  does_not_tell: It does not tell you if it lasts.
  sources: [R1]
  checked: 2026-11-20
"""


@pytest.fixture
def folder(tmp_path):
    """A content folder with one page and a register, all in order."""
    content = tmp_path / "content"
    (content / "en" / "learn").mkdir(parents=True)
    (content / "en" / "risks.md").write_text(make_text(title="Risks"))
    (content / "sources.yaml").write_text(SOURCE)
    (content / "claims.yaml").write_text(CLAIM)
    return content


def faults(folder):
    """The faults as a writer is shown them, without the path of the folder."""
    return [
        str(fault).removeprefix(f"{folder}/") for fault in read_library(folder).faults
    ]


def refusal(path, folder):
    with pytest.raises(DocumentError) as caught:
        read_text(path, folder)
    (fault,) = caught.value.faults
    return fault.line, fault.message


# --- one file ----------------------------------------------------------------


def test_text_is_read_as_it_is(folder):
    path = folder / "a.md"
    path.write_bytes("Café – “so”.\n".encode())

    assert read_text(path, folder) == "Café – “so”.\n"


def test_bom_and_crlf_are_removed(folder):
    path = folder / "a.md"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")

    assert read_text(path, folder) == "one\ntwo\nthree\n"


def test_empty_file_is_an_empty_text(folder):
    path = folder / "a.md"
    path.write_bytes(b"")

    assert read_text(path, folder) == ""


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"a" * 5_000_000, 1, "The file is larger than 400,000 bytes"),
        (b"a" * 400_001, 1, "The file is larger than 400,000 bytes"),
        (b"one\ntwo\nthr\x00ee\n", 3, "This line holds a NUL byte"),
        ("one\ntwo\ncafé\n".encode("latin-1"), 3, "This line is not UTF-8"),
        ("one\r\ncafé\r\n".encode("latin-1"), 2, "This line is not UTF-8"),
        ("one\n".encode("utf-16"), 1, "This line is not UTF-8"),
        (b"one\n\xed\xa0\x80\n", 2, "This line is not UTF-8"),
        (b"one\nca\xc3", 2, "This line is not UTF-8"),
    ],
    ids=[
        "5 MB", "a byte too many", "NUL", "Latin-1", "Latin-1 CRLF", "UTF-16",
        "surrogate", "cut short",
    ],
)  # fmt: skip
def test_file_that_is_not_plain_text_is_refused_by_line(folder, data, line, words):
    path = folder / "a.md"
    path.write_bytes(data)

    found_line, message = refusal(path, folder)

    assert found_line == line
    assert message.startswith(words)


def test_largest_file_is_read(folder):
    path = folder / "a.md"
    path.write_bytes(b"a" * 400_000)

    assert len(read_text(path, folder)) == 400_000


def test_missing_file_is_refused(folder):
    line, message = refusal(folder / "gone.md", folder)

    assert (line, message) == (
        1,
        "The file cannot be opened: No such file or directory. Put it back.",
    )


def test_folder_named_like_a_file_is_refused(folder):
    (folder / "en" / "odd.md").mkdir()

    assert refusal(folder / "en" / "odd.md", folder)[1].startswith(
        "This is not a plain"
    )


def test_link_to_a_file_outside_is_refused(folder, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text("secret")
    link = folder / "en" / "a.md"
    link.symlink_to(secret)

    assert refusal(link, folder)[1].startswith("This is a link to another place")


def test_file_in_a_linked_folder_is_refused(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text("secret")
    (folder / "en" / "linked").symlink_to(outside)

    line, message = refusal(folder / "en" / "linked" / "a.md", folder)

    assert message.startswith("This is a link to another place")


def test_content_folder_may_itself_be_reached_by_a_link(folder, tmp_path):
    link = tmp_path / "current"
    link.symlink_to(folder)

    assert read_library(link).faults == ()
    assert [file.name for file in read_library(link).files] == ["risks"]


# --- the folder --------------------------------------------------------------


def test_page_name_is_its_path_without_language_and_ending(folder):
    (folder / "en" / "learn" / "cells.md").write_text(make_text(title="Cells"))

    library = read_library(folder)

    assert [(file.name, file.path, file.document.title) for file in library.files] == [
        ("learn/cells", "en/learn/cells.md", "Cells"),
        ("risks", "en/risks.md", "Risks"),
    ]
    assert library.faults == ()


def test_only_pages_are_read(folder):
    (folder / "README.md").write_text("For writers.")
    (folder / "en" / "notes.txt").write_text("For writers.")

    assert [file.name for file in read_library(folder).files] == ["risks"]


def test_same_text_has_the_same_digest_whatever_the_line_ends(folder):
    path = folder / "en" / "risks.md"
    before = read_library(folder).files[0].digest
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    same = read_library(folder).files[0].digest
    path.write_text(make_text(title="Risk"))
    after = read_library(folder).files[0].digest

    assert before == same == digest(make_text(title="Risks"))
    assert after != before


def test_every_fault_of_every_file_is_reported_with_its_name_and_line(folder):
    (folder / "en" / "a.md").write_text(make_text(body="<b>\n\n::: do"))
    (folder / "en" / "learn" / "b.md").write_text("")

    assert [fault.split(": ")[0] for fault in faults(folder)] == [
        "en/a.md:6",
        "en/a.md:8",
        "en/a.md:8",
        "en/learn/b.md:1",
    ]


def test_file_with_a_fault_does_not_keep_others_from_being_read(folder):
    (folder / "en" / "a.md").write_bytes(b"\x00")

    assert [file.name for file in read_library(folder).files] == ["risks"]


def test_linked_page_is_a_fault_and_not_read(folder, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text(make_text())
    (folder / "en" / "a.md").symlink_to(secret)

    assert [file.name for file in read_library(folder).files] == ["risks"]
    assert [fault.split(". ")[0] for fault in faults(folder)] == [
        "en/a.md:1: This is a link to another place"
    ]


def test_linked_folder_is_a_fault_and_not_read(folder, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.md").write_text(make_text())
    (folder / "en" / "linked").symlink_to(outside)

    assert [file.name for file in read_library(folder).files] == ["risks"]
    assert [fault.split(". ")[0] for fault in faults(folder)] == [
        "en/linked:1: This is a link to another place"
    ]


@pytest.mark.parametrize("name", ["claims.yaml", "sources.yaml"])
def test_linked_register_is_a_fault_and_not_read(folder, tmp_path, name):
    (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)

    assert f"{name}:1: This is a link to another place. Put the file itself here." in (
        faults(folder)
    )


def test_missing_folder_is_reported_as_faults(tmp_path):
    library = read_library(tmp_path / "nowhere")

    assert library.files == ()
    assert [str(fault).split(": ")[0] for fault in library.faults] == [
        f"{tmp_path}/nowhere/en:1",
        f"{tmp_path}/nowhere/sources.yaml:1",
        f"{tmp_path}/nowhere/claims.yaml:1",
    ]


def test_folder_without_pages_is_a_fault(folder):
    (folder / "en" / "risks.md").unlink()

    assert faults(folder) == [
        "en:1: There are no pages here. Is the content folder in its place?"
    ]


# --- the register ------------------------------------------------------------


def test_register_is_read(folder):
    register = read_library(folder).register

    assert register.sources["R1"].year == "2021"
    assert register.claims["knee-pain"].sources == ("R1",)
    assert register.claims["knee-pain"].number == "100"
    assert register.claims["knee-pain"].read is None


def test_claim_of_a_clinic_with_a_withdrawn_sentence_is_not_loaded(folder):
    unsafe = CLAIM.replace("Less pain.", "Call if it feels too tight.")
    (folder / "claims.yaml").write_text(unsafe)

    library = read_library(folder, shipped=RULES.parent)

    (fault,) = map(str, library.faults)
    assert 'claims.yaml:8: "Call if it feels too tight." is not safe.' in fault


def test_claim_says_how_much_of_its_sources_was_read_and_what_it_replaces(folder):
    more = "  read: abstract\n  replaces: [pain-in-the-knee]\n"
    (folder / "claims.yaml").write_text(CLAIM + more)

    register = read_library(folder).register

    assert register.claims["knee-pain"].read == "abstract"
    assert register.claim_names == {"knee-pain", "pain-in-the-knee"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[R1]", "[R1, R9]", 'claims.yaml:11: "R9" is not in sources.yaml'),
        ("[R1]", "\n  - R1\n  - R9", 'claims.yaml:13: "R9" is not in sources.yaml'),
        ("[R1]", "[]", 'claims.yaml:11: "sources" is empty'),
        ("Weak", "Sure", 'claims.yaml:5: "certainty: Sure" is not a known value'),
        ("checked:", "read: twice\n  checked:",
         'claims.yaml:12: "read: twice" is not a known value'),
        ("2026-11-20", "soon", 'claims.yaml:12: "checked: soon" is not a date'),
        ("2026-11-20", "86400", 'claims.yaml:12: "checked: 86400" is not a date'),
        ("  topic: Knees\n", "", 'claims.yaml:2: "topic" is missing'),
        ("topic: Knees", "topic:", 'claims.yaml:3: "topic" is empty'),
        ("topic:", "topics: a\n  topic:", 'claims.yaml:3: "topics" is not a known key'),
        ("topic:", "topic: a\n  topic:", 'claims.yaml:4: The key "topic" is used'),
        ("topic: Knees", "topic: *a", "claims.yaml:3: YAML aliases (*name) are not"),
        ("topic: Knees", "topic: [a", "claims.yaml:4: This is not valid YAML"),
        ("topic: Knees", "topic: a\x07", "claims.yaml:3: This holds a control"),
        ("Knees", "a" * 61, 'claims.yaml:3: "topic" is 61 characters long. Use 60'),
        ("knee-pain:", f"{'a' * 81}:", 'claims.yaml:2: The name "aaa'),
    ],
)  # fmt: skip
def test_claim_fault_is_named_at_its_line(folder, old, new, expected):
    (folder / "claims.yaml").write_text("# Claims\n" + CLAIM.replace(old, new, 1))

    (found,) = faults(folder)

    assert found.startswith(expected)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("https:", "javascript:", 'sources.yaml:4: "url" is not valid'),
        ("/a-study", "/a study", 'sources.yaml:4: "url" is not valid'),
        ('"2021"', "about 2021", 'sources.yaml:6: "year" is not valid'),
        ("whole", "all", 'sources.yaml:7: "read: all" is not a known value'),
        ("R1:", "R1: a\nR1:", 'sources.yaml:2: The key "R1" is used twice'),
        ("/a-study", f"/{'a' * 500}", 'sources.yaml:4: "url" is 52'),
    ],
)
def test_source_fault_is_named_at_its_line(folder, old, new, expected):
    (folder / "sources.yaml").write_text(SOURCE.replace(old, new, 1))

    (found,) = faults(folder)

    assert found.startswith(expected)


@pytest.mark.parametrize("year", ["2021", "2019-2021", "undated"])
def test_year_of_a_source(folder, year):
    (folder / "sources.yaml").write_text(SOURCE.replace("2021", year))

    assert faults(folder) == []


def test_unreadable_sources_do_not_make_claims_faulty(folder):
    (folder / "sources.yaml").write_text(SOURCE + "\n[")

    (found,) = faults(folder)

    assert found.startswith("sources.yaml:9: This is not valid YAML")


def test_faults_of_both_registers_are_reported_at_once(folder):
    (folder / "sources.yaml").write_text(SOURCE + "R2:\n  title: A\n")
    (folder / "claims.yaml").write_text(
        CLAIM.replace("Weak", "Sure") + "other: words\n"
    )

    found = faults(folder)

    assert {fault.split(":")[0] for fault in found} == {"sources.yaml", "claims.yaml"}
    assert "claims.yaml:12: Write `key: value` lines here." in found
    assert 'sources.yaml:8: "url" is missing. Add a line "url: …".' in found


@pytest.mark.parametrize("name", ["claims.yaml", "sources.yaml"])
def test_register_that_is_a_list_is_a_fault(folder, name):
    (folder / name).write_text("- a\n")

    assert f"{name}:1: Write `name:` and its keys under it." in faults(folder)


def test_page_whose_name_is_too_long_for_the_database_is_a_fault(folder):
    (folder / "en" / "learn" / f"{'a' * 95}.md").write_text(make_text())

    (found,) = faults(folder)

    assert found.endswith(":1: This name is too long. Use 100 characters at most.")
