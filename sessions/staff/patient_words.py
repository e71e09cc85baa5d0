"""The form of a row whose words patients read."""

from typing import Any

from django import forms

from sessions.wordings.plain_words import words_faults

TYPED_IN_A_SHAPE = frozenset(
    ("telephone", "out_of_hours_telephone", "emergency_number", "time_zone")
)
"""Fields that have checks of their own, and room for no sentence."""


class PatientWordsForm(forms.ModelForm):
    """Refuses words that no text may have. Words that are stored already stay."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name in set(self.changed_data) - TYPED_IN_A_SHAPE:
            is_choice = isinstance(self.fields[name], forms.ChoiceField)
            words = self.cleaned_data.get(name)
            if words and isinstance(words, str) and not is_choice:
                for fault in words_faults(words):
                    self.add_error(name, fault)
        return cleaned
