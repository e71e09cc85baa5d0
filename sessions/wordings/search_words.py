"""Stores the common questions and the synonyms, which a search is answered with."""

from typing import Any

from sessions.documents.plurals import count
from sessions.documents.rules import Rules
from sessions.library.folder import Library
from sessions.library.search_faults import fitting_questions
from sessions.library.search_words import QUESTIONS, SYNONYMS
from sessions.models import CommonQuestion, Synonyms
from sessions.wordings.page_files import Loaded


def load_search_words(library: Library, rules: Rules | None) -> Loaded:
    """Makes the rows equal to the files. Without a file there are no rows."""
    found = {
        language: fitting_questions(library, language, rules)
        for language in library.search.questions
    }
    rows = [
        CommonQuestion(
            language=language,
            name=question.id,
            position=position,
            data=question.model_dump(mode="json"),
        )
        for language, questions in found.items()
        for position, question in enumerate(questions)
    ]
    synonyms = [
        Synonyms(language=language, data=entry.model_dump(mode="json", by_alias=True))
        for language, entry in library.search.synonyms.items()
    ]
    changed = [_store_questions(rows), _store_synonyms(synonyms)]
    outcome = "published" if any(changed) else "unchanged"
    there = sum(len(q.file.questions) for q in library.search.questions.values())
    note = count(len(rows), "question", "questions")
    if left := there - len(rows):
        note += f"; {count(left, 'is', 'are')} left out, by the clinic's rules"
    return Loaded(f"{QUESTIONS}, {SYNONYMS}", outcome, note)


def _store_questions(rows: list[CommonQuestion]) -> bool:
    """Returns whether any row changed. All are written anew then: order is data."""
    fields = ("language", "name", "position", "data")
    before = list(CommonQuestion.objects.order_by().values(*fields))
    after = [{field: getattr(row, field) for field in fields} for row in rows]

    def key(row: dict[str, Any]) -> tuple[str, int]:
        return row["language"], row["position"]

    if sorted(before, key=key) == sorted(after, key=key):
        return False
    CommonQuestion.objects.all().delete()
    CommonQuestion.objects.bulk_create(rows)
    return True


def _store_synonyms(rows: list[Synonyms]) -> bool:
    before = dict(Synonyms.objects.values_list("language", "data"))
    if before == {row.language: row.data for row in rows}:
        return False
    Synonyms.objects.all().delete()
    Synonyms.objects.bulk_create(rows)
    return True
