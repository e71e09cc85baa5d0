"""Texts of the clinic: any plain words, in the format of a page, and back again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.documents import parse_document
from sessions.library.clinic_texts import (
    APPROVAL,
    area_introduction,
    area_page,
    area_text,
    clinic_text_faults,
    first_text,
    is_clinic_text,
    shown_on,
    statement_text,
    statement_words,
)

# What people write, with every mark that Markdown knows; no control characters.
CHARACTERS = st.characters(
    exclude_categories=("Cc", "Cn", "Cs", "Zl", "Zp", "Cf", "Co"),
    exclude_characters="{}",
)
WORDS = st.one_of(
    st.text(CHARACTERS, min_size=1),
    st.lists(
        st.sampled_from(
            ["1. First", "- item", "# no", "*not*", "_a_ b", "&amp;", "<b>", "2*5",
             "[a](/risks/)", "[x] y", "::: warning", "> 101", "| a |", "a  b",
             "\\", "`", "---", "===", "1) x", "100 % safe?", "", "    four", "~~~"]
        ),
        min_size=1,
    ).map("\n".join),
).filter(lambda words: words.strip())  # fmt: skip


def tidy(words: str) -> str:
    """The words as patients saw them in a template: runs of white space are one."""
    return " ".join(words.split())


@given(WORDS)
def test_any_words_of_a_statement_are_read_as_they_were_typed(words):
    document = parse_document(statement_text(APPROVAL, words))

    assert tidy(statement_words(document)) == tidy(words)
    assert list(clinic_text_faults(APPROVAL, document)) == []


# Programs paste these as ends of lines, or hide them: patients saw none of them.
PASTED = ["\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1d", "\t", "\r\n"]
HIDDEN = ["\x01", "\x7f", "\x9f", "\ufffe"]


@pytest.mark.parametrize("between", [*PASTED, *HIDDEN])
def test_characters_that_no_text_may_hold_keep_no_text_from_being_read(between):
    words, read = f"One{between}hand", "One" + " " * (between in PASTED) + "hand"

    area = parse_document(area_text(words, f"{words} {between}"))
    statement = parse_document(statement_text(APPROVAL, f"{words}{between} \n\nEnd"))

    assert (area.title, area_introduction(area)) == (read, "")
    assert tidy(statement_words(statement)) == f"{read} End"
    assert "\\" not in statement_words(statement)


def test_introduction_of_white_space_alone_is_none():
    assert area_introduction(parse_document(area_text("Hand", "  "))) == ""


def test_braces_become_brackets():
    document = parse_document(statement_text(APPROVAL, "[a]{.b} {c}"))

    assert statement_words(document) == "[a](.b) (c)"


def test_lines_and_paragraphs_of_a_statement_stay():
    words = "We are paid.\r\nNobody else is.\r\n\r\nAsk us."

    document = parse_document(statement_text(APPROVAL, words))

    assert statement_words(document) == "We are paid.\nNobody else is.\n\nAsk us."


def test_common_words_are_not_escaped():
    words = 'It is "not approved" (a trial, NCT 0123). Ask: who pays? 100 % of it.'

    assert words in statement_text(APPROVAL, words)


@given(st.text(CHARACTERS, min_size=1, max_size=60), st.text(CHARACTERS, max_size=200))
def test_any_name_and_introduction_of_an_area_are_read_as_they_were_typed(name, line):
    if not name.strip():
        return
    document = parse_document(area_text(name, line.strip()))

    assert document.title == name.strip()
    expected = "" if line.strip() == name.strip() else line.strip()
    assert area_introduction(document) == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("## A heading\n\nWords.", "no headings"),
        ("- A list.", "plain sentences"),
        ("Read [risks](/risks/).", "plain sentences"),
        ("It is **good**.", "plain sentences"),
        ("::: warning\nWords.\n:::", "plain sentences"),
        ("", "or withdraw it"),
        ("word " * 400, "1500 at most"),
    ],
)
def test_statement_holds_plain_sentences_alone(body, message):
    document = parse_document(f"---\ntitle: A\nsummary: B\n---\n\n{body}\n")

    assert message in " ".join(
        f.message for f in clinic_text_faults(APPROVAL, document)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (area_text("n" * 61, "Line."), "The name has 61 characters"),
        (area_text("Hand", "i" * 201), "The introduction has 201 characters"),
        (area_text("Hand", "Line.") + "\nMore.", "a title and a summary alone"),
        (area_text("Hand", "Line.") + "\n## More\n\nWords.", "a title and a summary"),
    ],
)
def test_area_holds_a_name_and_one_line_alone(text, message):
    (fault,) = clinic_text_faults(area_page("hand"), parse_document(text))

    assert message in fault.message


def test_page_of_the_guide_is_none_of_them():
    document = parse_document(
        "---\ntitle: A\nsummary: B\n---\n\n## Heading\n\n- Item.\n"
    )

    assert not is_clinic_text("risks") and shown_on("risks") == "risks"
    assert list(clinic_text_faults("risks", document)) == []
    assert first_text("risks") == ""


def test_each_leads_to_the_page_that_shows_it():
    assert shown_on(APPROVAL) == "money-and-approval"
    assert shown_on(area_page("hand")) == "home"


def test_first_draft_of_a_statement_says_where_its_words_go():
    document = parse_document(first_text(APPROVAL))

    assert document.title == "Is it approved"
    (fault,) = clinic_text_faults(APPROVAL, document)
    assert "Write the statement below" in fault.message
