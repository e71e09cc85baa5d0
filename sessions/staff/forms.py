"""Forms for the steps of a wording, and for comparing two wordings."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django import forms
from django.utils import timezone

from sessions.documents.quality import Finding
from sessions.library.languages import FIRST
from sessions.models import Clinic, Wording
from sessions.wordings import all_findings, findings_of, time_refusal
from sessions.wordings.approval_rules import (
    NO_ROLE,
    ROLES,
    due_refusal,
    latest_due,
    role_refusal,
)
from sessions.wordings.notes import reason_refusal, words_refusal

REASON_LENGTH = 300
OTHER_ROLE = "other"
NO_START = "Say from which day and time."
READ_ENGLISH = "The checks read English: have somebody read it who speaks the language."


FOR_COLLEAGUES = "For colleagues. It stays in the history."


class OpenedRevision(forms.IntegerField):
    """The revision of the wording that a screen was opened with."""

    widget = forms.HiddenInput
    default_error_messages = dict.fromkeys(
        ("required", "invalid"),
        "This came without the version that it was made on. Nothing was saved. Load "
        "the page again.",
    )


class StepForm(forms.Form):
    """Sends back the revision of the wording that the screen was opened with."""

    opened_revision = OpenedRevision()

    def __init__(self, data: Any = None, *, wording: Wording):
        initial = {"opened_revision": wording.revision}
        super().__init__(data, initial=initial, label_suffix="")
        self.wording = wording

    @cached_property
    def findings(self) -> list[Finding]:
        """The findings for the wording, computed once for the whole screen."""
        return findings_of(self.wording)

    def say_what_is_not_checked(self, name: str) -> None:
        """Where the text is not in English, says so under a field for patients."""
        if self.wording.page.language != FIRST:
            field = self.fields[name]
            field.help_text = f"{field.help_text} {READ_ENGLISH}"

    def keep_for_colleagues(self, *names: str) -> None:
        """Says that patients do not read these fields of this text."""
        for name in names:
            self.fields[name].help_text = FOR_COLLEAGUES


class ChangesForm(StepForm):
    comment = forms.CharField(
        label="What should change?",
        help_text="Whoever mends it reads this with the text. It stays in the history.",
        error_messages={"required": "Say what should change."},
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ApproveForm(StepForm):
    reviewer_role = forms.ChoiceField(
        label="Checked by",
        choices=[
            ("", "Choose your role"),
            *((role, role) for role in ROLES),
            (OTHER_ROLE, "Another role"),
        ],
        help_text="Your role, as patients read it on the page.",
        error_messages={
            "required": NO_ROLE,
            "invalid_choice": "Choose a role from the list.",
        },
    )
    other_role = forms.CharField(
        label="Another role",
        required=False,
        max_length=80,
        help_text='If you chose "Another role". Write neither names nor titles.',
    )
    review_due = forms.DateField(
        label="Next check due",
        help_text="Patients read this day too, and are told when it has passed.",
        error_messages={
            "required": "Say by which day it must be checked again.",
            "invalid": "Write a day like 2027-01-31.",
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    comment = forms.CharField(
        label="Comment (optional)",
        required=False,
        help_text=FOR_COLLEAGUES,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, wording: Wording):
        super().__init__(data, wording=wording)
        today = Clinic.objects.get(pk=1).today()
        if wording.page.is_area_text:
            self.keep_for_colleagues("reviewer_role", "review_due")
        days = self.fields["review_due"].widget.attrs
        days["min"] = (today + timedelta(days=1)).isoformat()
        days["max"] = latest_due(today).isoformat()

    def clean_review_due(self) -> date:
        due: date = self.cleaned_data["review_due"]
        if message := due_refusal(due, Clinic.objects.get(pk=1).today()):
            raise forms.ValidationError(message)
        return due

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        other = typed.pop("other_role", "").strip()
        if typed.get("reviewer_role") == OTHER_ROLE:
            typed["reviewer_role"] = other
            message = role_refusal(other) or words_refusal(self.wording.page, other)
            if message:
                self.add_error("other_role", message)
        return typed


class StartField(forms.DateTimeField):
    """From when patients read a wording, in the current time zone: the clinic's."""

    def __init__(self, **options: Any):
        super().__init__(
            label="Day and time",
            error_messages={
                "required": NO_START,
                "invalid": "Write a day and time like 2027-01-31 09:00.",
            },
            widget=forms.DateTimeInput(
                attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
            ),
            **options,
        )

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        if moment is not None and (message := time_refusal(moment)):
            raise forms.ValidationError(message)
        return moment


def _in_clinic_zone() -> str:
    return f"In the clinic's time zone: {timezone.get_current_timezone_name()}."


class MoveForm(StepForm):
    """Another time for a scheduled wording."""

    publish_from = StartField()

    def __init__(self, data: Any = None, *, wording: Wording):
        super().__init__(data, wording=wording)
        self.fields["publish_from"].help_text = _in_clinic_zone()
        self.initial["publish_from"] = wording.publish_from


class PublishForm(StepForm):
    """When to publish, and the reasons that this wording needs.

    Times are in the current time zone, which the view sets to that of the clinic.
    """

    when = forms.ChoiceField(
        label="When should patients read it?",
        choices=[("now", "Now"), ("later", "From a day and time")],
        initial="now",
        widget=forms.RadioSelect,
    )
    publish_from = StartField(required=False)
    unreviewed_reason = forms.CharField(
        label="Why can it not wait for a second person?",
        max_length=REASON_LENGTH,
        help_text="Patients read this reason on the page, until somebody checks it.",
        error_messages={
            "required": "Say why it cannot wait for a second person. Patients read it."
        },
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_accepted = forms.BooleanField(
        label="Publish it all the same",
        error_messages={"required": "Tick this, or mend what could still be better."},
    )
    advisory_reason = forms.CharField(
        label="Why is it good enough?",
        help_text=FOR_COLLEAGUES,
        error_messages={"required": "Say why it is good enough as it is."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, wording: Wording):
        super().__init__(data, wording=wording)
        self.fields["publish_from"].help_text = _in_clinic_zone()
        if wording.is_approved:
            del self.fields["unreviewed_reason"]
        else:
            if wording.page.is_clinic_text:
                self.keep_for_colleagues("unreviewed_reason")
            self.say_what_is_not_checked("unreviewed_reason")
        if all(finding.is_blocking for finding in self.findings):
            del self.fields["is_accepted"], self.fields["advisory_reason"]

    def clean_unreviewed_reason(self) -> str:
        reason: str = self.cleaned_data["unreviewed_reason"]
        if message := words_refusal(self.wording.page, reason):
            raise forms.ValidationError(message)
        return reason

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("when") == "now":
            # The field for a later time may still be filled in: ignore it.
            typed["publish_from"] = None
            self.errors.pop("publish_from", None)
        elif "publish_from" in typed and typed["publish_from"] is None:
            self.add_error("publish_from", NO_START)
        return typed


class WithdrawForm(StepForm):
    reason = forms.CharField(
        label="Why must patients not use it?",
        max_length=REASON_LENGTH,
        help_text="In plain words. Patients read exactly this.",
        error_messages={"required": "Say why. Patients read it."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, wording: Wording):
        super().__init__(data, wording=wording)
        if wording.page.is_area_text:
            self.keep_for_colleagues("reason")
        self.say_what_is_not_checked("reason")

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if message := reason_refusal(self.wording.page, reason):
            raise forms.ValidationError(message)
        return reason


class PutBackForm(StepForm):
    reason = forms.CharField(
        label="Why do you put it back?",
        max_length=REASON_LENGTH,
        help_text=FOR_COLLEAGUES,
        error_messages={"required": "Say why. It stays in the history."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @cached_property
    def findings(self) -> list[Finding]:
        """Those for its text: patients do not read its old note again."""
        return all_findings(page=self.wording.page, text=self.wording.text)


class CompareForm(forms.Form):
    """Which two wordings of a page to compare."""

    old = forms.TypedChoiceField(label="Compare", coerce=int)
    new = forms.TypedChoiceField(label="with", coerce=int)

    def __init__(self, data: Any, *, wordings: Iterable[Wording]):
        super().__init__(data, label_suffix="")
        choices = [(w.number, f"Version {w.number}, {w.status}") for w in wordings]
        for name in ("old", "new"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = choices
            field.error_messages["invalid_choice"] = "There is no such version."
