"""The checks of a document: which findings a text gets, and which of them block."""

import pytest

from sessions.documents import parse_document
from sessions.documents.quality import (
    BLOCKING,
    Check,
    longest_sentences,
    review,
)
from sessions.documents.quality import forbidden_in as forbidden_by
from tests.factories import make_text, shipped_rules

RULES = shipped_rules()


def forbidden_in(text):
    return forbidden_by(text, RULES)


def findings(text, check, name=""):
    return review(parse_document(text), name, RULES).of(check)


def messages(text, check, name=""):
    return [finding.message for finding in findings(text, check, name)]


def phrases_in(body, name=""):
    """The forbidden phrases an editor is shown for a page with this body."""
    found = messages(make_text(body=body), Check.FORBIDDEN, name)
    return [message.split('"')[1] for message in found]


# --- forbidden phrases -------------------------------------------------------


@pytest.mark.parametrize("phrase", RULES.phrases)
def test_forbidden_phrase_is_found(phrase):
    found = phrases_in(f"We say {phrase.rstrip('*')} here.")

    assert phrase in found


@pytest.mark.parametrize(
    "disguise",
    [
        str.upper,
        str.title,
        lambda words: f"“{words}”",
        lambda words: f"({words}).",
        lambda words: words.replace("-", "\u2011"),
        lambda words: words.replace("-", "–"),
        lambda words: words.replace(" ", "\u00a0"),
        lambda words: words.replace(" ", "\n"),
        lambda words: words.replace(" ", "  \n"),
        lambda words: words[:2] + "\u200b" + words[2:],
        lambda words: words[:2] + "\u00ad" + words[2:],
        lambda words: f"**{words[:2]}**{words[2:]}",
        lambda words: f"***{words[:2]}***{words[2:]}",
        lambda words: f"[{words}](/risks/)",
        lambda words: f"`{words}`",
    ],
    ids=[
        "capitals", "title", "curly quotes", "brackets", "non-breaking hyphen", "dash",
        "non-breaking space", "line break", "hard line break", "zero-width space",
        "soft hyphen", "strong", "strong and emphasis", "link", "code",
    ],
)  # fmt: skip
def test_disguise_hides_no_forbidden_phrase(disguise):
    lines = [f"We say {disguise(phrase.rstrip('*'))} here." for phrase in RULES.phrases]

    found = phrases_in("\n\n".join(lines))

    assert set(RULES.phrases) - set(found) == set()


@pytest.mark.parametrize("words", ["ｎｏ ｒｉｓｋ", "no\u2003risk", "𝐧𝐨 𝐫𝐢𝐬𝐤"])
def test_letters_of_another_shape_hide_nothing(words):
    assert forbidden_in(words) == ["no risk"]


def test_minus_sign_is_no_other_word():
    assert forbidden_in("risk\u2212free") == ["risk-free"]


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        ("guaranteed", "guarantee*"),
        ("guarantees", "guarantee*"),
        ("miraculously a miracle-cell", "miracle*"),
        ("our success stories", "success stor*"),
        ("rejuvenating", "rejuvenat*"),
    ],
)
def test_stem_finds_every_ending(words, phrase):
    assert forbidden_in(words) == [phrase]


@pytest.mark.parametrize(
    "words",
    [
        "The team procures it.",
        "It is obscured.",
        "There are no risks that we know of.",
        "They work in a miner procedure room.",
        "This has some risk.",
        "It is not cure-all.",
        "We cure nothing.",
    ],
)
def test_phrase_inside_other_words_is_not_found(words):
    assert forbidden_in(words) == []


@pytest.mark.parametrize(
    "body",
    [
        "::: warning\nno risk\n:::",
        "::: odds 1 in 4\nno risk\n:::",
        "::: picture hip\nno risk\n\nA hip.\n:::",
        "::: picture hip\nA hip.\n\nno risk\n:::",
        "::: more no risk\nWords.\n:::",
        ":::: only cells=fat\n::: urgent\n- no risk\n:::\n::::",
        "- [ ] Ask. {#ask}\n\n  no risk",
        "|a|\n|-|\n|no risk|",
        "|no risk|\n|-|\n|a|",
        "> no risk",
        "## no risk",
        "### no risk",
        "    no risk",
    ],
)
def test_forbidden_phrase_is_found_in_every_place_a_patient_reads(body):
    assert phrases_in(body) == ["no risk"]


FACTS = """key_facts:
  time: One.
  meet: Two.
  numbing: Three.
  drive: Four.
  home:
    - {when: {cells: fat}, text: Five.}
    - text: Six."""


@pytest.mark.parametrize(
    "front",
    [
        {"title": "no risk"},
        {"facts": FACTS.replace("Five", "no risk")},
        {"facts": FACTS.replace("Six", "no risk")},
    ],
)  # fmt: skip
def test_forbidden_phrase_is_found_in_the_front_matter(front):
    assert len(messages(make_text(**front), Check.FORBIDDEN)) == 1


def test_forbidden_phrase_is_found_at_its_line():
    (found,) = findings(make_text(body="Words.\n\nno risk"), Check.FORBIDDEN)

    assert found.line == 8


@pytest.mark.parametrize("page", ["risks", "questions", "learn/what-are-stem-cells"])
def test_phrase_quoted_as_a_warning_passes(page):
    assert phrases_in("Beware of “[no risk]{.quoted}”.", page) == []


def test_quoting_one_phrase_does_not_excuse_another():
    assert phrases_in("[no risk]{.quoted} and painless", "risks") == ["painless"]


@pytest.mark.parametrize("page", ["stages/recovery", "home", "checklist"])
def test_phrase_is_not_quoted_on_pages_that_do_not_warn(page):
    assert phrases_in("[no risk]{.quoted}", page) == ["no risk"]


def test_other_mark_does_not_excuse_a_phrase():
    assert phrases_in("[no risk]{.not-outcome}", "risks") == ["no risk"]


@pytest.mark.parametrize(
    "words",
    [
        "It is FDA-approved.",
        "It is FDA approved.",
        "It is approved by the FDA.",
        "Our clinic is FDA‑approved.",
        "It is not new. It is FDA-approved.",
    ],
)
def test_approval_without_a_limit_is_refused(words):
    (found,) = messages(make_text(body=words), Check.FORBIDDEN)

    assert "Say what the FDA has approved it for, or that it has not" in found


@pytest.mark.parametrize(
    "words",
    [
        "It is not FDA-approved for joints.",
        "It isn't FDA-approved.",
        "It isn’t FDA-approved.",
        "No shot is FDA-approved for a joint.",
        "None is approved by the FDA.",
        "It is FDA-approved for some blood problems.",
        "Ryoncil is FDA-approved for very sick children.",
        "Is it FDA-approved?",
        "Ask whether it is FDA-approved.",
        "The FDA has approved one product like it, for some blood problems.",
    ],
)
def test_approval_with_its_limit_passes(words):
    assert messages(make_text(body=words), Check.FORBIDDEN) == []


# --- grade and sentences -----------------------------------------------------


@pytest.mark.parametrize(("count", "found"), [(20, 0), (21, 1)])
def test_sentence_may_have_20_words(count, found):
    body = "Words.\n\n" + " ".join(["word"] * count) + ".\n"

    assert len(findings(make_text(body=body), Check.LONG_SENTENCE)) == found


def test_long_sentence_is_shown_with_its_length_and_line():
    body = "Words.\n\n" + " ".join(["word"] * 21) + ".\n"

    (found,) = findings(make_text(body=body), Check.LONG_SENTENCE)

    assert found.line == 8
    assert found.message.startswith('This sentence has 21 words: "word word')


def test_list_items_are_sentences_of_their_own():
    body = "\n".join(["- " + " ".join(["word"] * 11)] * 3)

    assert findings(make_text(body=body), Check.LONG_SENTENCE) == ()


def test_hard_text_has_a_finding_with_its_grade():
    body = "Immediate rehabilitation necessitates multidisciplinary consultation."

    (found,) = messages(make_text(body=body), Check.GRADE)

    assert "the goal is 6.0 or lower" in found


def test_easy_text_has_no_finding_on_its_grade():
    assert messages(make_text(body="You may eat. You may rest."), Check.GRADE) == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("The skin is cleaned.", 1),
        ("The cut was quickly made.", 1),
        ("We clean it.", 0),
    ],
)
def test_passive_asks_who_does_it(words, found):
    assert len(messages(make_text(body=words), Check.PASSIVE)) == found


# --- what must be said -------------------------------------------------------


def unsaid(text, name):
    return messages(text, Check.STATEMENT, name)


NOT_APPROVED = "not FDA-approved"
NO_CHANGE = "some people feel no change"
CHOICES = "other choices, including waiting"
MEDICINES = "not to stop a medicine unless the doctor who prescribes it agrees"
AGREES = "unless the doctor who prescribes it agrees"
INSTRUCTIONS = "their own clinic's instructions"


@pytest.mark.parametrize(
    ("page", "statement", "said"),
    [
        ("stages/consultation", NOT_APPROVED, "It is not FDA-approved for joints."),
        ("risks", NOT_APPROVED, "The FDA has not yet approved it."),
        ("home", NOT_APPROVED, "Not FDA‑approved."),
        ("stages/follow-up", NO_CHANGE, "Some people feel no change."),
        ("risks", NO_CHANGE, "For now some people notice no benefit."),
        ("stages/consultation", CHOICES, "You may wait."),
        ("risks", CHOICES, "Waiting is a choice."),
        ("stages/preparation", MEDICINES, f"Do not stop a medicine {AGREES}."),
        ("checklist", MEDICINES, f"So do not stop or change medicines now {AGREES}."),
        ("checklist", MEDICINES, f"Do not start or stop your own medicine {AGREES}."),
        ("stages/recovery", INSTRUCTIONS, "Follow your own care team’s instructions."),
        ("stages/injection", INSTRUCTIONS, "Follow your own team's written advice."),
        ("stages/injection", INSTRUCTIONS, "Follow your clinic’s instructions."),
    ],
)
def test_missing_statement_is_a_finding(page, statement, said):
    before = unsaid(make_text(body="Words."), page)
    after = unsaid(make_text(body=f"Words. {said}"), page)

    assert any(statement in message for message in before)
    assert not any(statement in message for message in after)


def test_statement_is_not_required_on_other_pages():
    assert unsaid(make_text(body="Words."), "privacy") == []


@pytest.mark.parametrize(
    ("page", "statement", "close"),
    [
        ("risks", NOT_APPROVED, "It is not new. It is approved for blood problems."),
        ("stages/preparation", MEDICINES, "Do not stop eating."),
        ("stages/preparation", MEDICINES, "Do not stop any medicine."),
        ("checklist", MEDICINES, f"Do not stop. A medicine helps {AGREES}."),
        ("checklist", MEDICINES, "Do not stop a medicine unless your team agrees."),
        ("stages/recovery", INSTRUCTIONS, "Follow your own plan."),
    ],
)
def test_words_that_only_come_close_do_not_count(page, statement, close):
    found = unsaid(make_text(body=close), page)

    assert any(statement in message for message in found)


# --- blocking and advisory ---------------------------------------------------


@pytest.mark.parametrize("check", list(Check))
def test_what_blocks_publishing_and_what_only_advises(check):
    blocking = {Check.FAULT, Check.FORBIDDEN, Check.GAP, Check.STATEMENT}

    assert (check in BLOCKING) == (check in blocking)


def test_findings_come_in_line_order_and_know_if_they_block():
    body = " ".join(["word"] * 21) + ".\n\npainless"

    found = review(parse_document(make_text(body=body)), "", RULES).findings

    assert [(finding.check, finding.is_blocking) for finding in found] == [
        (Check.LONG_SENTENCE, False),
        (Check.FORBIDDEN, True),
    ]


# --- words that nothing explains ----------------------------------------------


@pytest.mark.parametrize(
    ("body", "known", "found"),
    [
        ("An MRI.", ["PRP"], ["MRI"]),
        ("An MRI. Two MRIs.", ["PRP"], ["MRI"]),
        ("An MRI.", ["mri"], []),
        ("A CMC brace.", ["CMC joint"], []),
        ("A scan (MRI), then an MRI.", ["PRP"], []),
        ("An MRI (a scan).", ["PRP"], []),
        ("In the US and the UK.", ["PRP"], []),
        ("FDA-approved.", ["PRP"], ["FDA"]),
        ("An MRI.", [], []),
    ],
)
def test_short_form_that_nothing_explains_is_reported_once(body, known, found):
    report = review(parse_document(make_text(body=body)), "", RULES, known)

    told = [finding.message for finding in report.of(Check.UNDEFINED)]
    assert [message.split('"')[1] for message in told] == found


def test_longest_sentences_come_longest_first():
    body = "One two three four five.\n\nOne two three four five six seven."

    found = longest_sentences(parse_document(make_text(body=body)), 2)

    assert found == [
        (7, 8, "One two three four five six seven."),
        (5, 6, "One two three four five."),
    ]
