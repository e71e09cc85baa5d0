"""Reads what searches are answered with: the common questions and the synonyms."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sessions.documents import DocumentError, Fault
from sessions.documents.common_questions import QuestionFile, read_common_questions
from sessions.documents.synonyms import Synonyms, read_synonyms
from sessions.documents.yaml_lines import Lines
from sessions.library.languages import language_fault
from sessions.library.shipped import Overlay, Place
from sessions.library.texts import read_text

QUESTIONS = "common-questions.yaml"
"""The file in the folder of each language."""
SYNONYMS = "synonyms.yaml"


@dataclass(frozen=True)
class Questions:
    """The questions of one language, and the file that they stand in."""

    place: Place
    file: QuestionFile


@dataclass(frozen=True)
class SearchWords:
    """The questions and synonyms by language. A file that is not there has none."""

    questions: Mapping[str, Questions] = field(default_factory=dict)
    synonyms: Mapping[str, Synonyms] = field(default_factory=dict)
    synonyms_at: Place | None = None
    synonym_lines: Lines = field(default_factory=dict)


Faults = list[tuple[Place, Fault]]


def read_search_words(files: Overlay) -> tuple[SearchWords, Faults]:
    """What the files hold, and every fault of a file by itself."""
    faults: Faults = []
    questions = {}
    for path, place in files.places.items():
        language, _, name = path.partition("/")
        if name != QUESTIONS or language_fault(language):
            continue
        if (text := _text(place, faults)) is not None:
            file, found = read_common_questions(text)
            questions[language] = Questions(place, file)
            faults += [(place, fault) for fault in found]
    at = files.places.get(SYNONYMS)
    text = _text(at, faults) if at else None
    if at is None or text is None:
        return SearchWords(questions), faults
    synonyms, lines, found = read_synonyms(text)
    faults += [(at, fault) for fault in found]
    return SearchWords(questions, synonyms, at, lines), faults


def _text(place: Place, faults: Faults) -> str | None:
    try:
        return read_text(place.file, place.folder)
    except DocumentError as error:
        faults += [(place, fault) for fault in error.faults]
        return None
