"""The clinic's form: numbers and times as people type or paste them, and its areas."""

from collections.abc import Callable, Iterable
from datetime import time
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError

from sessions.library.clinic_texts import area_page
from sessions.models import Area, Wording
from sessions.models.telephones import (
    TelephoneFault,
    tidy_emergency_number,
    tidy_telephone,
)
from sessions.staff.patient_words import PatientWordsForm
from sessions.staff.typed_times import TimeFault, read_time

# Longer than what is stored: spaces and words that are pasted with a number go away.
MAX_TYPED = 100
MAX_ADDRESS = 1000
NO_NAME_YET = (
    "None of these has a name that patients read yet, so they would have nothing to "
    "choose. Publish the name of one first."
)

T = TypeVar("T")


def _read(read: Callable[[str], T], typed: str) -> T:
    """What `read` makes of it. Its fault is a message for who typed it."""
    if len(typed) > MAX_TYPED:
        raise ValidationError(f"Write at most {MAX_TYPED} characters.", code="invalid")
    try:
        return read(typed)
    except (TelephoneFault, TimeFault) as fault:
        raise ValidationError(str(fault), code="invalid") from None


class TelephoneField(forms.CharField):
    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        return _read(tidy_telephone, typed) if typed else ""


class EmergencyNumberField(forms.CharField):
    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        return _read(tidy_emergency_number, typed) if typed else ""


class TimeOfDayField(forms.TimeField):
    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str) and value.strip():
            return _read(read_time, value)
        return super().to_python(value)


class ClinicForm(PatientWordsForm):
    """Takes no areas of which none has a name that patients read."""

    def clean(self) -> dict[str, Any] | None:
        typed = super().clean()
        areas = self.cleaned_data.get("areas_offered")
        if areas and "areas_offered" in self.changed_data and not _has_live_name(areas):
            self.add_error("areas_offered", NO_NAME_YET)
        return typed


def _has_live_name(areas: Iterable[Area]) -> bool:
    """Whether patients can choose one of them: its name is published."""
    names = [area_page(area.slug) for area in areas]
    live = Wording.objects.live().filter(page__name__in=names)
    return live.filter(state=Wording.State.PUBLISHED).exists()
