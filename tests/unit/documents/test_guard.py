"""Nothing is lost between a text and its page: each sign is shown, or is a fault."""

import json
import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.documents import DocumentError, parse_document
from sessions.documents.guard import read_whole, source_faults
from sessions.documents.register import read_register
from sessions.documents.shown import read_shown
from tests.conftest import CORPORA, ROOT
from tests.factories import make_text
from tests.unit.documents.test_parser_survives import BODIES, OFTEN

FRONT_MATTER = "---\ntitle: A page\nsummary: What it is.\n---\n"
BEFORE = FRONT_MATTER.count("\n")
REST = "\n\nThese words follow, and are right.\n"


def found_in(body):
    """(line, message) of each fault of a body, its own first line being line 1."""
    text = FRONT_MATTER + body + REST
    return [(fault.line - BEFORE, fault.message) for fault in source_faults(text)]


def shown_in(body):
    """The words that a body shows, each link followed by its address."""
    return " ".join(read_shown(parse_document(FRONT_MATTER + body)).text.split())


# Each body, and the line of its fault, or the lines.
STARS = {
    "Take 2*500 mg early and 1*500 mg late.": 1,
    "Take 2*500 mg and\n1*500 mg.": (1, 2),
    "A 3*4*5 cm lump.": 1,
    "Take 2 *500 mg early and 1* 500 mg late.": 1,
    "Weight*height*2 is the dose.": 1,
    "Dose (2+3)*(4+5)*(6+7).": 1,
    "Take *2*500 mg.": 1,
    "Take 200*mg* now.": 1,
    "Take 2**500 mg and 3**500 mg.": 1,
    "Give 5*2, or 6*3, ml.": 1,
    "- Take 2*500 mg and 1*500 mg.": 1,
    "| a | b |\n|---|---|\n| 2*5*1 | c |": 3,
    "Rest ½*2 and ¼*2 hours.": 1,
    "At 12`30` N.": 1,
}
MORE_THAN = {
    "> 101 °F": 1,
    ">101 °F": 1,
    "Call if your fever is\n> 101 °F": 2,
    "> 3 weeks": 1,
    "> half a tablet": 1,
    "> **5** mg": 1,
    "> = 38 °C": 1,
    ">= 38 °C": 1,
    "> $200": 1,
    "> -5 °C": 1,
    "> .5 ml": 1,
    "> ½ tablet": 1,
    "> (5 mg)": 1,
    "- > 5 days": 1,
    "1. > 5 days": 1,
    "> Quoted words.\n> > 5 mg": 2,
    "> - 5 mg": 1,
    ">": 1,
}
LISTS_OF_ONE = {
    "+ 5 mg": 1,
    "+ ice": 1,
    "- a\n\n+ b": 3,
    "- 5 °C is too cold.": 1,
    "Keep it at\n- 5 °C.": 2,
    "- ½ a tablet": 1,
    "- ±5 mg": 1,
    "- >5 mg": 1,
    "- <5 mg": 1,
    "- $5": 1,
    "* Not for children.": 1,
    "Aspirin*\n\n* Ask first.": 3,
    "- a\n-\n- b": 2,
    "1. a\n2.\n3. b": 2,
    "Words\n-": (1, 2),
    "Words\n--": (1, 2),
}
TABLES = {
    "| Choice | What |\n|---|---|\n| Rest | Call | or ring 911 |": 3,
    "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 | 5 |": 4,
    "| a |\n|---|\n| 1 | 2 |": 3,
    "a | b\n--|--\n1 | 2 | 3": 3,
    "| a | b |\n|---|---|\n| a | b | a |\n| a | b |": 3,
    "| a | b |\n|---|---|\n| `1 | 2` | 3 |": 3,
    "| a | b |\n|---|---|\n| 1 | 2 | **3** |": 3,
    "| a | b |\n|---|---|\n| 1 | 2 | 3 | 4 | 5 |": 3,
    "|a|b|\n|:-:|--:|\n|1|2| |4|": 3,
    "| a | b |\n|---|---|\n| [x|y](/risks/) | 2 |": 3,
    "::: only cells=fat\n| a |\n|---|\n| 1 | 2 |\n:::": 4,
    "| a | b |\n|---|\n| 1 | 2 |": (1, 2, 3),
    "| a | b |\n|---|---|\n| 1 | 2 |\nCall 911 now.": 4,
    "| a | b |": 1,
}
DEFINITIONS = {
    "[x]: y": 1,
    "[Note]: take-two": 1,
    "[1]: /risks/": 1,
    "[a]: /b 'c d'": 1,
    "[a]: /b\n  'c d'": (1, 2),
    "[a]:\n/b": (1, 2),
    "[see][a]\n\n[a]: /risks/": (1, 3),
    "[a]\n\n[a]: /risks/": 3,
    "[a][]\n\n[a]: /risks/": 3,
    "[a]: </risks/>": 1,
    "[^1]: Ask.": 1,
    "- [a]: b": 1,
    "Words.\n\n[a]: b\n\nWords.": 3,
    "[a]: b\n[c]: d": (1, 2),
}
LINKS = {
    '[a](/risks/ "Read this")': 1,
    "[a](/risks/ 'Read this')": 1,
    "[a](/risks/ (Read this))": 1,
    '[a](</risks/> "Read")': 1,
    '[a](/risks/\n"Read")': 2,
    'Say [a](/risks/ "1") and [b](/risks/ "2").': 1,
    "## See [a](/risks/)\n\nb": 1,
    "## Ring [911](tel:911)\n\nb": 1,
    "[a] (/risks/)": 1,
    "[a](/risks/": 1,
    "[a](/ris ks/)": 1,
    "(/risks/)[a]": 1,
    "[a][b]": 1,
    "[a] (tel:911)": 1,
    "[a] (#b)": 1,
    "a[^1]": 1,
    "[a]{.quoted %b%}": 1,
}
FENCES = {
    "```\nAll below is code.\n\n## Get help\n\nWords.": 1,
    "~~~\nAll below is code.": 1,
    "```take two\nwords\n```": 1,
    "~~~ take two\nwords\n~~~": 1,
    "```5\nwords\n```": 1,
    "````\nwords\n```": 1,
    "```\nwords\n~~~": 1,
    "- ```\n  words\n\nMore": 1,
    "> ```\n> words\n\nMore": 1,
    "    Take two.": 1,
    "\tTake two.": 1,
    "Words.\n\n    # Words\n\n    - Words": 3,
    "- a\n\n      b": 3,
}
NUMBERS = {
    "1. a\n1. b\n1. c": (2, 3),
    "1. a\n3. b": 2,
    "2. a\n1. b": 2,
    "1. a\n\n1. b": 3,
    "1) a\n1) b": 2,
    "01. a\n02. b": (1, 2),
    "1. a\n   1. b\n   1. c\n2. d": 3,
    "9. a\n10. b\n10. c": 3,
    "0. a\n2. b": 2,
    "> 1. Rest\n> 3. Go": 2,
    "::: steps\n3. a\n4. b\n:::": (2, 3),
    "::: steps\n1. a\n1. b\n:::": 3,
    "::: only cells=fat\n1. a\n5. b\n:::": 3,
}
NO_HEADING = {
    "##Heading": 1,
    "###Heading": 1,
    "#Heading": 1,
    "##5 ways": 1,
    "##**Heading**": 1,
    "Words.\n##Heading": 2,
    "- ##Heading": 1,
    "##\u00a0Heading": 1,
    "Words\n    ## Heading": 2,
    "Rest for 3 days.\n---\nWords": 1,
    "Rest\nfor 3 days.\n-----": 1,
    "## Room #5 #\n\nb": 1,
    "## Room ###\n\nb": 1,
    "####### Heading": 1,
    "##\tHeading": 1,
    "> ##Heading": 1,
}
NO_BOLD = {
    "**Call.**If not, wait.": 1,
    "wait **here, and there.": 1,
    "**wait **here.": 1,
    "** wait** here": 1,
    "**Call": 1,
    "a\nb **c\nd": 2,
    "__Call": 1,
    "wait__ here": 1,
    "~~not this~~": 1,
    "==this==": 1,
    "wait *here, and there": 1,
    "wait _here, and there": 1,
    "_Call now.": 1,
    "wait here_ and": 1,
    "`this": 1,
    "this`": 1,
    "- **a\n- b": 1,
    "| a | b |\n|---|---|\n| **c | d |": 3,
    "## **a\n\nb": 1,
    "**“Call”**he": 1,
    "::: more **Why**\na\n:::": 1,
    "::: more Why [a](/b/)\na\n:::": 1,
    "::: more Ask &amp; go\na\n:::": 1,
}
NO_LIST = {
    "-One\n-Two": (1, 2),
    "-**One**": 1,
    "•\tOne\n•\tTwo": (1, 2),
    "• One": 1,
    "·  One": 1,
    "▪ One": 1,
    "‣One": 1,
    "- • One": 1,
    "*One\n*Two": (1, 2),
    "– One\n– Two": (1, 2),
    "— One\n\n— Two": (1, 3),
    "− One\n− Two": (1, 2),
    "+One": 1,
    "1.Call": 1,
    "1)Call": 1,
    "Ask:\n2. Rest\n3. Go": (2, 3),
    "Ask\n    - Rest": 2,
    "[ ] Ask": 1,
    "[] Ask": 1,
    "-[ ] Ask": 1,
    "- [] Ask": 1,
    "- [x]Ask": 1,
    "- [_] Ask": 1,
}
NO_BLOCK = {
    ":: warning\nWords\n::": (1, 3),
    ": warning": 1,
    ":warning": 1,
    "::warning::": 1,
    "：：： warning": 1,
    "Words\n    ::: warning": 2,
    "| a |": 1,
    "a | b\n---|---|---\n1 | 2": 2,
    "a\n\n-- | --\n1 | 2": 3,
    "====": 1,
    "![a](/b.png": 1,
    "&amp;nbsp;": 1,
    "5&nbspmg": 1,
    "&lt5 mg": 1,
    "&copy 2027": 1,
    "Words\n    > Words": 2,
}
SPACES = {
    "-\u00a0One": 1,
    "- a\n-\u00a0b": 2,
    "1.\u00a0Call": 1,
    "*\u202fOne": 1,
    "##\u2003Heading": 1,
    "-\u3000One": 1,
    "-\tOne": 1,
    "1.\tOne": 1,
    "Drug\tDose": 1,
    "| a\t| b |\n|---|---|\n| c | d |": 1,
    "Words.\n\tMore": 2,
    "- a\n\n\tb": 3,
}
LETTERS = {
    "Take \ufffd two.": 1,
    "donâ€™t": 1,
    "cafÃ©": 1,
    "a\u200bb": 1,
    "a\u202eb": 1,
    "\ue000 One": 1,
    "&zwj;": 1,
    "&#0;": 1,
    "a\n\na&#8203;b": 3,
    "don?t": 1,
    "```\n\ufffd\n```": 2,
}
KINDS = {
    name.lower(): kind
    for name, kind in list(globals().items())
    if name.isupper() and isinstance(kind, dict)
}
CASES = [
    pytest.param(body, line, id=f"{kind}: {body}")
    for kind, bodies in KINDS.items()
    for body, line in bodies.items()
]


@pytest.mark.parametrize(("body", "line"), CASES)
def test_what_would_be_lost_or_misread_is_a_fault_at_its_line(body, line):
    found = found_in(body)

    wanted = line if isinstance(line, tuple) else (line,)
    assert tuple(sorted({at for at, _ in found})) == wanted, found
    assert all(re.search(r"[.?]$", message) for _, message in found)


@pytest.mark.parametrize("kind", KINDS)
def test_ten_or_more_cases_of_each_kind(kind):
    assert len(KINDS[kind]) >= 10


RIGHT = {
    "2 * 500 mg": "2 * 500 mg",
    r"2\*500 and 1\*500": "2*500 and 1*500",
    "2×500 mg, 2 x 500 mg": "2×500 mg, 2 x 500 mg",
    "Aspirin* and tea*.": "Aspirin* and tea*.",
    "Aspirin*\n*Not for children.": "Aspirin* *Not for children.",
    "In 2027 **5 of 6** people": "In 2027 5 of 6 people",
    "*Take* **two** and ***four***.": "Take two and four.",
    "_Take_ __two__.": "Take two.",
    "**F**ace, **A**rms": "Face, Arms",
    "**Hip**(left) *x*(y)": "Hip(left) x(y)",
    "(**Hip**) “*x*”—**y**": "(Hip) “x”—y",
    r"\> 101 °F": "> 101 °F",
    "More than (>) 5": "More than (>) 5",
    "5 < 6 > 4": "5 < 6 > 4",
    "a -> b => c <- d": "a -> b => c <- d",
    "> “Ask first,” he said.\n> they say.": "“Ask first,” he said. they say.",
    "> **Ask** first.": "Ask first.",
    "- 2 days\n- 5 days": "2 days 5 days",
    "- One": "One",
    "* a\n* b": "a b",
    "-5 °C": "-5 °C",
    r"\- 5 °C": "- 5 °C",
    "+44 1 23, +5": "+44 1 23, +5",
    "1. a\n2. b\n3. c": "1 a 2 b 3 c",
    "3) a\n4) b": "3 a 4 b",
    "9. a\n10. b": "9 a 10 b",
    "1. a\n   - b\n2. c": "1 a b 2 c",
    "2026. A year": "2026 A year",
    r"2026\. A year": "2026. A year",
    "| a | b |\n|---|:-:|\n| 1 \\| 2 | `3` |": "a b 1 | 2 3",
    "| a | b |\n|---|---|\n| 1 |": "a b 1",
    "a | b\n-- | --\n1 | 2": "a b 1 2",
    "either | or": "either | or",
    "| a |\n|---|\nb": "a b",
    "[a](/risks/) b": "a/risks/ b",
    "[a **b**](/risks/#c-d).": "a b/risks/#c-d.",
    "[a](</risks/>)": "a/risks/",
    "<tel:911>": "tel:911tel:911",
    r"\[x]: y": "[x]: y",
    "see [1] and [a]": "see [1] and [a]",
    "(see [a](tel:911))": "(see atel:911)",
    "[no risk]{.quoted}": "no risk",
    "```\n# a\n**b**\n```": "# a **b**",
    "~~~\na\n~~~": "a",
    "`**a**` and `` b ` c ``": "**a** and b ` c",
    "## A *b* {#c}\n\nd": "A b d",
    "## A ##\n\nb": "A b",
    "## Room #5\n\nb": "Room #5 b",
    "#5 on the list": "#5 on the list",
    "a\n\n---\n\n***\n\n_ _ _\n\nb": "a b",
    "a  \nb\\\nc\nd": "a b c d",
    r"C:\dir and\or 5\6 \\ \a": r"C:\dir and\or 5\6 \ \a",
    r"\*\*a\*\* \`b\` \~~": "**a** `b` ~~",
    r"\##a": "##a",
    "&amp; &lt;5 &eacute; &#53; AT&T R&D": "& <5 é 5 AT&T R&D",
    "38&nbsp;°C, 5\u00a0mg": "38 °C, 5 mg",
    "hy\u00adphen": "hy\u00adphen",
    "- [ ] Ask *me*. {#a}\n\n  5 more.": "Ask me. 5 more.",
    "- [ ] Ask. {#a day=-7..-1}": "Ask.",
    "::: more Why 2 & 3?\na\n:::": "Why 2 & 3? a",
    ":::: only cells=fat\n::: warning\n5 mg\n:::\n::::": "5 mg",
    "::: odds 25 in 100\n25 of 100.\n:::": "25 of 100.",
    "::: steps\n1. a\n2. b\n:::": "1 a 2 b",
    "Name: ________": "Name: ________",
    "3_4 and a_b_c": "3_4 and a_b_c",
    "– ever – so": "– ever – so",
    "± ≥ ½ % $ € £ @ ^ ~ = + / ' \" ; ?": "± ≥ ½ % $ € £ @ ^ ~ = + / ' \" ; ?",
}  # fmt: skip


@pytest.mark.parametrize("body", RIGHT)
def test_what_is_right_is_shown_without_a_fault(body):
    assert found_in(body) == []
    assert shown_in(body) == RIGHT[body]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            "Take 2*500 mg early and 1*500 mg late.",
            '"*500 mg early and 1*" would be lost on the page. Write \\* for the sign '
            "itself, or say it in words.",
        ),
        (
            "| a | b |\n|---|---|\n| 1 | 2 | or ring 911 |",
            '"or ring 911" would be lost on the page. This row has more cells than the '
            "first row of its table. Take one out; for a | in a cell write \\|.",
        ),
        (
            "| a | b |\n|---|---|\n| 2*5*1 | c |",
            '"*5*" would be lost on the page. Write \\* for the sign itself, or say it '
            "in words.",
        ),
        (
            '[a](/risks/ "Read 2")',
            '""Read 2"" would be lost on the page. A link has no title. Write these '
            "words in the text.",
        ),
        (
            "```take two\nwords\n```",
            '"take two" would be lost on the page. Words behind ``` are left out. Put '
            "them below it.",
        ),
        (
            "## See [a](/risks/)\n\nb",
            '"/risks/" would be lost on the page. A ## heading holds no link. Put the '
            "link in the text below it.",
        ),
        (
            "[a]{.quoted %b%}",
            '"{.quoted %b%}" would be lost on the page. Write the mark as '
            "[words]{.quoted}.",
        ),
        (
            "1. a\n1. b",
            '"1" would be lost on the page. A list counts up by one from its first '
            "number. Number its lines so.",
        ),
        (
            "[x]: y",
            '"x]: y" would be lost on the page. A line that begins with [words]: is no '
            "text. Write \\[ for the bracket; write a link as [words](/risks/).",
        ),
        (
            "```\nAll",
            "Everything below is drawn as code, headings too: this ``` never ends. Put "
            "a line ``` where it does, or take it away.",
        ),
        (
            "##Heading",
            'Patients would see "##" here. A heading begins with ## and a space. For '
            "the sign itself write \\#.",
        ),
    ],
)
def test_the_fault_says_what_is_lost_and_how_to_mend_it(body, message):
    assert [said for _, said in found_in(body)] == [message]


# --- front matter ---


def front_matter_faults(lines):
    text = f"---\ntitle: A page\nsummary: What it is.\n{lines}\n---\nWords.\n"
    return [(fault.line, fault.message) for fault in source_faults(text)]


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ("message: Ring #5", 4, 'YAML takes "#5" for a note'),
        ("# A note", 4, "for a note"),
        ("message: !now Ring", 4, 'YAML takes "!now" out'),
        ("message: &now Ring", 4, 'YAML takes "&now" out'),
        ('message: "his\\nor her"', 4, "The backslash"),
        ("message: Ring **now**", 4, 'Patients would see "**" here. No mark is known'),
        ("message: Ring *now*", 4, 'Patients would see "*now*"'),
        ("message: See [risks](/risks/)", 4, 'Patients would see "]("'),
        ("message: Bread &amp; tea", 4, 'Patients would see "&amp;"'),
        ("message: 'Take 2\\*5'", 4, "Patients would see"),
        ("message: donâ€™t", 4, "damaged"),
        ("sources: []\nposition: 012", 5, '"position: 012" is read as 12.'),
        ("position: 1_0", 4, '"position: 1_0" is read as 10.'),
        (
            "reviewed:\n  by: Surgeon\n  on: 2027-01-31\n  next: 2026-01-31",
            7,
            "The next check, 2026-01-31, is not after the last one, 2027-01-31.",
        ),
        ("reviewed: {by: Nurse, on: 2027-01-31, next: 2027-01-31}", 4, "next check"),
    ],
)
def test_what_front_matter_would_lose_or_show_is_a_fault(lines, line, words):
    [(at, message)] = front_matter_faults(lines)

    assert at == line
    assert words in message


@pytest.mark.parametrize(
    "lines",
    [
        "message: Take 2*5 or 3 * 4, at 5 % & more; ring 911!",
        'message: "Room #5"',
        "message: no\nposition: 12",
        "reviewed: {by: Nurse, on: 2027-01-31, next: 2027-02-01}",
        "applies: {cells: [fat]}",
    ],
)
def test_right_front_matter_has_no_fault(lines):
    assert front_matter_faults(lines) == []


def test_faults_of_letters_and_yaml_are_told_with_those_of_the_parser():
    text = "---\ntitle: Room #5\n---\ncafÃ© <b>\n"

    with pytest.raises(DocumentError) as caught:
        read_whole(text)

    assert [fault.line for fault in caught.value.faults] == [2, 2, 4, 4]


def test_a_text_that_was_accepted_once_can_still_be_parsed():
    document = parse_document(FRONT_MATTER + "Take 2*500 mg and 1*500 mg.\n")

    assert "2500 mg and 1500" in read_shown(document).text.replace("\n", "")


def test_line_ends_and_bom_change_nothing():
    text = "\ufeff" + make_text(body="**a**\n\n1. b\n2. c\n").replace("\n", "\r\n")

    assert source_faults(text) == ()


@pytest.mark.parametrize("words", ["**Call** first.", "Take \\\\* two", "A &lt; b"])
def test_a_mark_in_a_claim_is_a_fault(words):
    sources, claims = (
        (ROOT / "content" / name).read_text(encoding="utf-8")
        for name in ("sources.yaml", "claims.yaml")
    )
    at = next(n for n, line in enumerate(claims.split("\n")) if "  result:" in line)
    lines = claims.split("\n")
    lines[at] = f'  result: "{words}"'

    _, faults = read_register(sources=sources, claims="\n".join(lines))

    assert [fault.line for _, fault in faults] == [at + 1]


# --- everything ---


def letters(text):
    return "".join(filter(str.isalnum, text))


def letters_of_source(body):
    """The letters of a text without those of the marks that the page takes away."""
    body = re.sub(r"(?m)^[\s>]*:{3,}(?!:|\s*more\b).*$", "", body)
    body = re.sub(r":{3,}\s*more\b", "", body)
    return letters(unescape(re.sub(r"\{[#.][^{}]*\}", "", body)))


def assert_whole_or_faults(body):
    """Asserts that what has no fault shows every letter of the source in its order."""
    try:
        document = read_whole(FRONT_MATTER + body)
    except DocumentError as error:
        assert error.faults
        return False
    plain = body.replace("\r\n", "\n").replace("\r", "\n")
    assert letters(read_shown(document).text) == letters_of_source(plain)
    return True


@pytest.mark.thorough
@OFTEN
@given(BODIES)
def test_any_text_is_shown_whole_or_has_faults(body):
    assert_whole_or_faults(body)


WORDS = st.from_regex("[0-9A-Za-zÀÁÇ-ÓÕÖØ-öø-ÿ]{1,8}", fullmatch=True)


@pytest.mark.thorough
@OFTEN
@given(st.lists(WORDS, min_size=1, max_size=30), st.sampled_from([" ", "\n", ", "]))
def test_plain_words_are_shown_as_they_are(words, between):
    body = between.join(["A", *words])

    assert source_faults(FRONT_MATTER + body) == ()
    assert shown_in(body) == " ".join(body.split())


@pytest.mark.thorough
@OFTEN
@given(
    st.lists(WORDS, min_size=1, max_size=6),
    st.sampled_from(["*{}* a", "**{}** a", "- {}", "> A {}", "## {}", "[{}](/risks/)"]),
)
def test_marked_words_are_shown_as_they_are(words, mark):
    body = mark.format("A " + " ".join(words))

    assert source_faults(FRONT_MATTER + body) == ()
    assert letters(shown_in(body)) == letters(body)


def test_examples_of_commonmark_are_shown_whole_or_have_faults():
    path = CORPORA / "commonmark-0.31.2.json"
    if not path.is_file():
        pytest.skip("the CommonMark examples are not here: shared/corpora/" + path.name)
    examples = json.loads(path.read_text(encoding="utf-8"))

    whole = [
        example["example"]
        for example in examples
        if "`f&ouml;" not in example["markdown"]  # An entity in code is shown as typed.
        if assert_whole_or_faults(example["markdown"])
    ]

    assert len(whole) > 200


def test_everything_that_ships_is_whole():
    for path in sorted((ROOT / "content" / "en").rglob("*.md")):
        read_whole(path.read_text(encoding="utf-8"))
