"""A made-up second language: English with an accent on every vowel.

No English word is left in it, so a test can prove that all of a sheet was translated.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import polib
import yaml
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import override

from sessions.documents.front_matter import split_front_matter
from sessions.documents.parser import slugify
from sessions.documents.phrases import plainly
from sessions.library.catalogs import POT_FILE

# A left-to-right language that Django knows. The words are made up.
LANGUAGE = "eo"

ACCENTS = str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")
WORD = re.compile(r"[^\W\d_]{3,}")
PLAIN_VOWEL = re.compile("[aeiou]", re.IGNORECASE)
ACCENTED_VOWEL = re.compile("[áéíóú]", re.IGNORECASE)

# Syntax that must stay as it is: placeholders, braces, HTML tags and entities.
FOR_PROGRAMS = (
    r"%%|%\(\w+\)[-+ #0]*\d*(?:\.\d+)?[a-zA-Z]|\{[^{}]*\}"
    r"|</?[a-zA-Z][^<>]*>|&(?:#?\w+);"
)
LINK_TARGET = r"\]\([^()]*\)"
ESCAPE_IN_QUOTES = r"\\(?:x\w{2}|u\w{4}|U\w{8}|.)"
# Letters of Django's date formats one by one, or written out after a backslash.
DATE_FORMAT = re.compile(
    r"(?:[a-zA-Z]|jS)(?:(?:\\.|[\s,.:/-])+(?:[a-zA-Z]|jS))+(?:\\.|[\s,.:/-])*"
)

SECTION = re.compile(r"## +(?P<words>.*?)(?P<anchor> +\{#[a-z0-9-]+\})?\s*")
MORE = re.compile(r"(?P<opening>:{3,} *more +)(?P<summary>.*)")
SUFFIX = " ĵ"
FRONT_MATTER_WORDS = ("title", "summary", "message")


def accented(text: str) -> str:
    """The text in the second language; placeholders and markup stay the same."""
    return text if DATE_FORMAT.fullmatch(text) else _accented_words(text)


def english_words(text: str) -> list[str]:
    """The words of three letters or more that `accented` did not translate.

    Words without any of the five vowels, such as "why", are the same in both languages.
    """
    return [
        word
        for word in WORD.findall(plainly(text))
        if PLAIN_VOWEL.search(word) and not ACCENTED_VOWEL.search(word)
    ]


def write_pages(content: Path, language: str = LANGUAGE) -> None:
    """Writes every English page of the folder in the second language too."""
    for page in sorted((content / "en").rglob("*.md")):
        translated = content / language / page.relative_to(content / "en")
        translated.parent.mkdir(parents=True, exist_ok=True)
        text = page.read_text(encoding="utf-8")
        # Entries of words.md are found by their headings. On other pages a heading gets
        # a suffix, so that a test sees it if its anchor is lost.
        is_apart = page.name != "words.md"
        translated.write_text(_accented_page(text, is_apart), encoding="utf-8")


def write_catalog(
    content: Path,
    language: str = LANGUAGE,
    more: Iterable[str] = (),
    template: Path = POT_FILE,
) -> Path:
    """Writes the catalog of fixed words as .po and .mo; returns the path of the .po.

    It has the entries of the template, the texts in `more`, months and weekdays.
    """
    catalog = polib.POFile()
    catalog.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    catalog.extend(_translated(e) for e in polib.pofile(str(template)))
    known = {entry.msgid for entry in catalog if entry.msgctxt is None}
    texts = dict.fromkeys(filter(None, [*more, *_names_of_days()]))
    catalog.extend(
        polib.POEntry(msgid=text, msgstr=accented(text))
        for text in texts
        if text not in known
    )
    path = content / "locale" / language / "LC_MESSAGES" / "sheets.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.save(str(path))
    catalog.save_as_mofile(str(path.with_name("django.mo")))
    return path


def _accented_words(text: str, *kept: str) -> str:
    """The text with accents, except in FOR_PROGRAMS and in the patterns `kept`."""
    pattern = "|".join((*kept, FOR_PROGRAMS))
    result, start = "", 0
    for match in re.finditer(pattern, text):
        result += text[start : match.start()].translate(ACCENTS) + match[0]
        start = match.end()
    return result + text[start:].translate(ACCENTS)


def _accented_page(text: str, is_apart: bool) -> str:
    """A page with its front matter and its body accented, line for line."""
    header, body, _ = split_front_matter(text)
    start = text.index("\n") + 1
    end = len(text) - len(body)
    after_header = text[start + len(header) : end]
    lines = _accented_lines(body, is_apart)
    return text[:start] + _accented_header(header) + after_header + "\n".join(lines)


def _accented_lines(body: str, is_apart: bool) -> Iterator[str]:
    """The lines of the body. The ids in a block `tasks` stay."""
    is_id = False
    for line in body.split("\n"):
        if line.startswith(":::"):
            is_id = line.lstrip(": ") == "tasks"
        yield line if is_id else _accented_line(line, is_apart)


def _accented_header(header: str) -> str:
    """The front matter with accents on its values; its layout and quotes stay."""
    loader = yaml.BaseLoader(header)
    root = loader.get_single_node()
    assert isinstance(root, yaml.MappingNode)
    for node in sorted(_words_of(root), key=lambda n: -n.start_mark.index):
        start, end = node.start_mark.index, node.end_mark.index
        kept = (ESCAPE_IN_QUOTES,) if node.style == '"' else ()
        words = _accented_words(header[start:end], *kept)
        header = header[:start] + words + header[end:]
    return header


def _words_of(root: yaml.MappingNode) -> Iterator[yaml.ScalarNode]:
    """The values of the front matter that a patient reads."""
    values = {key.value: value for key, value in root.value}
    yield from (values[key] for key in FRONT_MATTER_WORDS if key in values)
    facts = values["key_facts"].value if "key_facts" in values else ()
    for _, fact in facts:
        if isinstance(fact, yaml.ScalarNode):
            yield fact
        else:
            variants = (pair for variant in fact.value for pair in variant.value)
            yield from (value for key, value in variants if key.value == "text")


def _accented_line(line: str, is_apart: bool) -> str:
    """A line of the body. A section keeps the anchor of its English heading.

    `is_apart`: a suffix makes sure that the translated heading gives another anchor.
    """
    if section := SECTION.fullmatch(line):
        words = section["words"]
        anchor = section["anchor"] or f" {{#{slugify(words)}}}"
        end = SUFFIX if is_apart else ""
        return f"## {_accented_words(words, LINK_TARGET)}{end}{anchor}"
    if more := MORE.fullmatch(line):
        return more["opening"] + _accented_words(more["summary"])
    return line if line.startswith(":::") else _accented_words(line, LINK_TARGET)


def _translated(entry: polib.POEntry) -> polib.POEntry:
    """An entry of the template with its translation, plural and context."""
    flags = [flag for flag in entry.flags if flag != "fuzzy"]
    made = polib.POEntry(msgid=entry.msgid, msgctxt=entry.msgctxt, flags=flags)
    if entry.msgid_plural:
        made.msgid_plural = entry.msgid_plural
        forms = (entry.msgid, entry.msgid_plural)
        made.msgstr_plural = {n: accented(form) for n, form in enumerate(forms)}
    else:
        made.msgstr = accented(entry.msgid)
    return made


def _names_of_days() -> list[str]:
    """The months and weekdays, as Django's own catalogs know them."""
    with override(None):
        return [str(name) for name in (*MONTHS.values(), *WEEKDAYS.values())]
