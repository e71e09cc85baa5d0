"""Records every change of the clinic's details, with old and new value and who did it.

The details are all fields of the clinic's form and of its areas, its opening times and
its closed dates. All are compared before and after a change, so nothing that changes
them needs to say what it changed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.contrib.auth.models import User
from django.db.models import Field, Model
from django.utils.text import capfirst

from sessions.models import Area, Clinic, DetailChange
from sessions.models.locks import one_writer
from sessions.wordings.live_columns import copy_live_texts

THE_CLINIC = "The clinic"

_is_recording: ContextVar[bool] = ContextVar("is_recording", default=False)


class Detail(NamedTuple):
    """Which detail it is. Rows of one kind differ in `key`, their primary key."""

    subject: str
    field: str
    key: int


@contextmanager
def recorded_details(user: User | None) -> Iterator[None]:
    """A transaction that records which details were changed within it.

    Inside another one it adds nothing: the outer one records all.
    """
    if _is_recording.get():
        yield
        return
    token = _is_recording.set(True)
    try:
        with one_writer():
            copy_live_texts()  # What a schedule changed is nobody's change now.
            before = _details()
            yield
            _record(before, _details(), user)
    finally:
        _is_recording.reset(token)


def subject_of(row: Clinic | Area) -> str:
    """What the changes of this row are recorded under. The slug of an area is fixed."""
    return f"Area {row.slug}" if isinstance(row, Area) else THE_CLINIC


def _record(
    before: dict[Detail, str], after: dict[Detail, str], user: User | None
) -> None:
    DetailChange.objects.bulk_create(
        DetailChange(
            user=user,
            kind=_kind(detail, before, after),
            subject=detail.subject,
            field=detail.field,
            old=before.get(detail, ""),
            new=after.get(detail, ""),
        )
        for detail in before | after
        if before.get(detail, "") != after.get(detail, "")
    )


def _kind(
    detail: Detail, before: dict[Detail, str], after: dict[Detail, str]
) -> DetailChange.Kind:
    if detail not in before:
        return DetailChange.Kind.ADDED
    return DetailChange.Kind.CHANGED if detail in after else DetailChange.Kind.REMOVED


def _details() -> dict[Detail, str]:
    """All details as they are stored now."""
    lists = ("opening_times", "closed_dates", "areas_offered")
    clinic = Clinic.objects.prefetch_related(*lists).get(pk=1)
    details = dict(_fields_of(clinic))
    for span in clinic.opening_times.all():
        details[Detail(THE_CLINIC, "Opening time", span.pk)] = str(span)
    for day in clinic.closed_dates.all():
        details[Detail(THE_CLINIC, "Closed date", day.pk)] = str(day)
    # By their slugs, which neither a new name nor another order changes.
    offered = sorted(area.slug for area in clinic.areas_offered.all())
    details[Detail(THE_CLINIC, "Areas offered", 0)] = ", ".join(offered)
    for area in Area.objects.all():
        details |= _fields_of(area)
    return details


def _fields_of(row: Clinic | Area) -> Iterator[tuple[Detail, str]]:
    for field in row._meta.concrete_fields:
        if field.editable and not field.primary_key:
            name = capfirst(str(field.verbose_name))
            yield Detail(subject_of(row), name, row.pk), _shown(row, field)


def _shown(row: Model, field: Field) -> str:
    """The value as staff read it in the form."""
    value = field.value_from_object(row)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if field.choices:
        value = dict(field.flatchoices).get(value, value)
    return "" if value is None else str(value)
