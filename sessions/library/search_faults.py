"""The faults of common questions and synonyms against pages, signs and rules."""

from collections.abc import Iterator, Mapping

from sessions.documents import Fault
from sessions.documents.common_questions import (
    CommonQuestion,
    Keyed,
    grade_message,
    rule_messages,
)
from sessions.documents.front_matter import line_of
from sessions.documents.rules import Rules
from sessions.library.folder import ContentFile, FileFault, Library
from sessions.library.languages import FIRST
from sessions.library.references import (
    HELP,
    SHIPPED_AREAS,
    Known,
    link_fault,
    sign_ids,
    unknown_values,
)
from sessions.library.search_words import Questions
from sessions.library.shipped import Origin


def search_faults(
    library: Library, pages: Mapping[str, ContentFile], known: Known
) -> Iterator[FileFault]:
    """The faults of the questions in the language of `known`, and of its synonyms.

    A place or a line of the card that only a clinic's own page lacks is no fault: a
    search then leads to the page, or leaves the line out.
    """
    questions = library.search.questions.get(known.language)
    if questions is not None:
        place = questions.place
        for line, message in _question_faults(questions, pages, known):
            yield FileFault(place.path, Fault(line, message), place.root)
        if not _may_be_left_out(questions, library):
            for line, message in _rule_faults(questions, known):
                yield FileFault(place.path, Fault(line, message), place.root)
    yield from _synonym_faults(library, pages, known)


def fitting_questions(
    library: Library, language: str, rules: Rules | None
) -> list[CommonQuestion]:
    """The questions to be shown. What ships and a clinic's own rules forbid is not."""
    questions = library.search.questions.get(language)
    if questions is None:
        return []
    found = list(questions.file.questions)
    if rules is None or language != FIRST or not _may_be_left_out(questions, library):
        return found
    return [one for one in found if not any(rule_messages(one, rules))]


def _may_be_left_out(questions: Questions, library: Library) -> bool:
    return questions.place.origin is Origin.SHIPPED and library.has_own_rules


Lined = Iterator[tuple[int, str]]


def _question_faults(
    questions: Questions, pages: Mapping[str, ContentFile], known: Known
) -> Lined:
    root = questions.place.root
    areas = known.areas
    if areas is not None and questions.place.origin is Origin.SHIPPED:
        areas = tuple({*areas, *SHIPPED_AREAS})
    for at, question in questions.file.numbered():
        found = [
            *_leads_faults(question, pages, known, root),
            *_sign_faults(question.sign, pages, root),
            *(
                ((key,), told)
                for key, told in unknown_values(question.condition, areas)
            ),
        ]
        for keys, message in found:
            yield questions.file.line(at, *keys), message


def _leads_faults(
    question: CommonQuestion,
    pages: Mapping[str, ContentFile],
    known: Known,
    root: str,
) -> Iterator[Keyed]:
    if not question.leads:
        return
    path, _, anchor = question.leads.partition("#")
    page = pages.get(known.addresses.get(path, ""))
    if not path.startswith("/"):
        yield ("leads",), "Write the address of a page, such as /risks/#get-help."
        return
    is_other_folder = page is not None and page.root != root
    href = path if is_other_folder else question.leads
    if message := link_fault(href, known):
        yield ("leads",), message


def _sign_faults(
    signs: tuple[str, ...], pages: Mapping[str, ContentFile], root: str
) -> Iterator[Keyed]:
    help_page = pages.get(HELP)
    if help_page is None or help_page.root != root:
        return
    ids = sign_ids(help_page.document)
    for sign in signs:
        if sign not in ids:
            yield (
                ("sign",),
                f'No line of the help card has the id "{sign}". Correct it.',
            )


def _rule_faults(questions: Questions, known: Known) -> Lined:
    """Faults of words, which are checked in English only."""
    rules = known.rules
    if rules is None or known.language != FIRST:
        return
    for at, question in questions.file.numbered():
        for keys, message in rule_messages(question, rules):
            yield questions.file.line(at, *keys), message
    if message := grade_message(questions.file.questions, rules):
        yield 1, f"All answers together: {message}"


def _synonym_faults(
    library: Library, pages: Mapping[str, ContentFile], known: Known
) -> Iterator[FileFault]:
    place = library.search.synonyms_at
    synonyms = library.search.synonyms.get(known.language)
    if place is None or synonyms is None:
        return
    for index, symptom in enumerate(synonyms.symptoms):
        for keys, message in _sign_faults(symptom.sign, pages, place.root):
            at = (known.language, "symptoms", index, *keys)
            line = line_of(at, library.search.synonym_lines)
            yield FileFault(place.path, Fault(line, message), place.root)
