"""The file of synonyms: what it holds, and what it may not."""

import pytest

from sessions.documents.synonyms import Synonyms, read_synonyms

TEXT = """en:
  groups:
    - [blood thinner, eliquis, warfarin]
  kinds:
    - {from: [knee, hip], to: joint}
  little: [the, a]
  symptoms:
    - sign: bleeding
      any: [blood everywhere]
      not: [thinner]
"""


def test_synonyms_are_read_by_language():
    found, _, faults = read_synonyms(TEXT)

    assert faults == []
    english = found["en"]
    assert english.groups == (("blood thinner", "eliquis", "warfarin"),)
    assert (english.kinds[0].narrow, english.kinds[0].to) == (("knee", "hip"), "joint")
    assert english.little == ("the", "a")
    symptom = english.symptoms[0]
    assert (symptom.sign, symptom.phrases) == (("bleeding",), ("blood everywhere",))
    assert symptom.harmless == ("thinner",)


def test_stored_synonyms_are_read_again():
    english = read_synonyms(TEXT)[0]["en"]

    stored = english.model_dump(mode="json", by_alias=True)

    assert Synonyms.model_validate(stored) == english


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("little", "lesser", 6, '"lesser" is not a known key'),
        ("eliquis", "Eliquis", 3, 'Write "Eliquis" in small letters'),
        ("warfarin", "eliquis", 3, '"eliquis" is in this list already'),
        (", eliquis, warfarin", "", 3, "is empty"),
        ("from: [knee, hip]", "from: []", 5, "is empty"),
        ("sign: bleeding", "sign: []", 8, "is empty"),
        ("en:", "- a\n#", 1, "Write the code of a language"),
        ("[the, a]", "[the, *a]", 6, "YAML aliases"),
    ],
)
def test_fault_is_named_by_its_line(old, new, line, words):
    assert old in TEXT
    text = "- a\n" if new.startswith("- a") else TEXT.replace(old, new, 1)

    faults = read_synonyms(text)[2]

    assert any(f.line == line and words in f.message for f in faults), faults
