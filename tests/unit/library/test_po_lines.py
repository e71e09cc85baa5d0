"""PO files: their syntax errors, by line."""

import polib
import pytest

from sessions.library.catalogs import POT_FILE
from sessions.library.po_lines import po_faults
from tests.second_language import write_catalog

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
AFTER_HEADER = 5


@pytest.mark.parametrize(
    ("entry", "line", "message"),
    [
        ('msgid "a"\nmsgstr "Llame al 555-0199', 1, "The closing quote is missing"),
        ('msgid "a\nmsgstr "b"', 0, "The closing quote is missing"),
        ('msgid "a"\nmsgstr ""\n"b', 2, "The closing quote is missing"),
        ('msgid "a"\nmsgstr "', 1, "The closing quote is missing"),
        (r'msgid "a"' + "\n" + r'msgstr "b\"', 1, "The closing quote is missing"),
        ('msgid "a"\nmsgstr "cafÃ©"', 1, '"Ã©" is a letter that'),
        ('msgid "a"\nmsgstr "b\u200bc"', 1, "This line holds U+200B"),
        ('msgid "a"\nmsgstr b', 1, "The text is not in quotes"),
        ('msgid "a"\nmsgstr b"', 1, "The text is not in quotes"),
        ('msgid "a"\nmsgstr', 1, "The text is not in quotes"),
        ("msgid \"a\"\nmsgstr 'b'", 1, "The text is not in quotes"),
        ("msgid \"a\"\nmsgstr “b”", 1, "The text is not in quotes"),
        ('msgid "a"\nmsgstr "b" c', 1, "There is more after the closing quote"),
        ('msgid "a"\nmsgstr "b""c"', 1, "There is more after the closing quote"),
        ('msgid "a"\nmsgstr "b "c" d"', 1, "There is more after the closing quote"),
        ('msgid "a"\nmsgstr "b\\q"', 1, r"\q is not a known escape"),
        ('msgid "a"\nmsgstr "\\\\\\x"', 1, r"\x is not a known escape"),
        ('msgid "a"', 0, "This entry has no msgstr"),
        ('msgid "a"\n\nmsgid "b"\nmsgstr ""', 0, "This entry has no msgstr"),
        ('msgctxt "c"\nmsgid "a"\n\nmsgctxt "d"\nmsgid "a"\nmsgstr ""', 0,
         "This entry has no msgstr"),
        ('msgctxt "c"', 0, "This entry has no msgid"),
        ('msgid "a"\nmsgstr "b"\nmsgstr "c"', 2, "This entry has a msgstr already"),
        ('msgid "a"\nmsgstr "b"\nWords.', 2, "This line begins neither with a keyword"),
        ('msgid "a"\nMsgstr "b"\nmsgstr "c"', 1, "This line begins neither with"),
    ],
)  # fmt: skip
def test_fault_is_named_at_its_line(entry, line, message):
    (fault,) = po_faults(HEADER + entry)

    assert fault.line == AFTER_HEADER + line
    assert fault.message.startswith(message)


@pytest.mark.parametrize("keyword", ["msgstr", "msgstr[0]", "msgid_plural"])
def test_translation_without_msgid_is_a_fault(keyword):
    (fault,) = po_faults(f'msgctxt "c"\n{keyword} "b"\n\n{HEADER}')

    message = f"There is no msgid before this {keyword}. Write it."
    assert (fault.line, fault.message) == (2, message)


def test_text_before_any_entry_is_a_fault():
    (fault,) = po_faults('# A comment.\n"a"\n' + HEADER)

    assert (fault.line, fault.message[:26]) == (2, "This text belongs to no ms")


def test_every_fault_of_a_file_is_reported():
    text = HEADER + 'msgid "a"\nmsgstr "b\n\nmsgid "c"\nmsgstr d\n\nmsgid "e"\n'

    assert [fault.line for fault in po_faults(text)] == [6, 9, 11]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\ufeff" + HEADER,
        HEADER.replace("\n", "\r\n"),
        HEADER + '  msgid   "a"\n\tmsgstr\t"b"  ',
        HEADER + 'msgid ""\n"a"\n\n"b"\nmsgstr ""\n# in between\n"c"',
        HEADER + r'msgid "\"\\\n\r\t\v\b\f"' + "\n" + r'msgstr "\\\""',
        HEADER + 'msgctxt "c"\nmsgid "a"\nmsgstr ""\n\nmsgid "a"\nmsgstr ""',
        HEADER + 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\nmsgstr[1] "d"',
        HEADER + '#, fuzzy\n#| msgid "old\nmsgid "a"\nmsgstr "b"',
        HEADER + '#~ msgid "a\n#~ msgstr b',
    ],
)
def test_file_without_fault(text):
    assert po_faults(text) == []


def test_what_polib_writes_has_no_fault(tmp_path):
    file = write_catalog(tmp_path, more=['"Quoted" and \\ at an end\\', "a\tb\nc"])

    assert po_faults(file.read_text()) == []
    assert po_faults(POT_FILE.read_text()) == []
    assert len(polib.pofile(str(file))) > 100
