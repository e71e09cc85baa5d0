"""Letters that are damaged, or that nobody sees, are faults at their line."""

import pytest

from sessions.documents.letters import letter_faults, lost_letters
from tests.conftest import ROOT

UNSEEN = {
    "zero-width space": "\u200b",
    "zero-width joiner": "\u200d",
    "zero-width non-joiner": "\u200c",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "invisible times": "\u2062",
    "grapheme joiner": "\u034f",
    "variation selector": "\ufe00",
    "tag": "\U000e0041",
    "Hangul filler": "\u3164",
    "empty Braille": "\u2800",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "interlinear mark": "\ufff9",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "Arabic letter mark": "\u061c",
    "embedding": "\u202a",
    "override": "\u202e",
    "isolate": "\u2066",
    "end of isolate": "\u2069",
    "private use": "\ue000",
    "Wingdings bullet": "\uf0b7",
    "private plane": "\U000f0000",
    "noncharacter": "\ufdd0",
    "noncharacter at the end": "\U0001fffe",
}
DAMAGED = [
    "a \ufffd b", "donâ€™t", "â€œquietâ€\x9d", "5 â€“ 6", "wait â€¦", "cafÃ©", "Ãœber",
    "SÃ£o", "101 Â°F", "Â½ hour", "5Â\u00a0mg", "voilÃ\u00a0", "Â£20", "20 â‚¬",
    "â‰¥ 5", "ï»¿Take", "ï¿½", "ðŸ˜€", "cÅ“ur", "don‚Äôt", "caf√©", "101 ¬∞F",
    "caf├®", "donÔÇÖt", "5 â†’ 6", "âœ“ Do",
    "â€¢ One", "â—\x8f One", "âˆ’5", "Ð´Ð°", "ÎµÎº", "Ã¢â‚¬â„¢", "&#xFFFD;", "&#0;",
]  # fmt: skip
RIGHT = [
    "", "Plain words.", "don’t “worry” – ever — so…", "café, Über, São, Ähre, Ångström",
    "IRMÃ” e IRMÃ…", "“Ä” – Ä–Ö", "CAFÉ” À…", "pâ” â’ â…",
    "Spaß” heißt…", "101 °F, ½, £20, €20",
    "√2 ≈ 1.41 ≥ 1 ¬ ±5 µg", "5\u00a0mg, 5\u202fmg", "hy\u00adphen", "ﬁne",
    "👨\u200d👩\u200d👧 ❤\ufe0f 1\ufe0f\u20e3", "می\u200cخواهم", "क्\u200dष",
    "العربية ٣", "Ελληνικά, Русский, 日本語", "┌─┐ ├─┤",
    "&eacute; &nbsp; &lt; &amp; AT&T",
]  # fmt: skip


def lines(text, **options):
    return [fault.line for fault in letter_faults(text, **options)]


@pytest.mark.parametrize("letter", UNSEEN.values(), ids=UNSEEN)
def test_an_unseen_letter_is_a_fault(letter):
    assert lines(f"Words.\nTake{letter}n.\nMore.") == [2]
    assert lines(f"a &#{ord(letter)}; b") == [1]


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_letter_is_a_fault(text):
    assert lines(f"Words.\n{text}\n") == [2]


@pytest.mark.parametrize("text", RIGHT)
def test_a_right_letter_is_no_fault(text):
    assert lines(text) == []


def test_the_fault_names_the_letter_and_says_what_to_do():
    [unseen] = letter_faults("a\u200bb", first_line=7)
    [damaged] = letter_faults("cafÃ©")

    assert str(unseen) == (
        "line 7: This line holds U+200B, which nobody sees. Delete it, or type the "
        "words around it again."
    )
    assert damaged.message.startswith('"Ã©" is a letter that was damaged. Type it')


@pytest.mark.parametrize("text", ["don?t", "caf?s are open", "the caf?s"])
def test_a_question_mark_in_a_word_is_a_fault(text):
    assert [fault.line for fault in lost_letters(f"\n{text}")] == [2]


@pytest.mark.parametrize("text", ["Now? Or later?", "who?)", "5?6", "(a?)"])
def test_a_question_mark_behind_a_word_is_no_fault(text):
    assert list(lost_letters(text)) == []


def test_what_ships_holds_no_such_letter():
    for path in (ROOT / "content").rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        assert [*letter_faults(text)] == [], path


@pytest.mark.parametrize("words", ["5\u00ad0 mg", "5&shy;0 mg", "the 5\u00adth day"])
def test_a_soft_hyphen_beside_a_number_is_a_fault(words):
    assert lines(f"Words.\nTake {words}.") == [2]
