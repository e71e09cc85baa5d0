"""Refuses numbers in a form of admin that none of ours ever holds."""

import re
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.forms.formsets import TOTAL_FORM_COUNT
from django.forms.models import BaseInlineFormSet, BaseModelFormSet

THEN = "Nothing was saved. Load this page again, then make your change once more."
OTHER_ROWS = (
    "The rows of this form are not those that are stored now: somebody else may have "
    f"changed them. {THEN}"
)


class KnownRows(BaseModelFormSet):
    """As many rows as the form says, and each stored one once.

    Browsers change neither by themselves. Where a count or an id is forged or out of
    date, the form says so, and makes no rows that were not sent.
    """

    default_error_messages = {
        "missing_management_form": f"This form came without its counts of rows. {THEN}",
        "too_many_forms": f"This form has no room for as many rows as it says. {THEN}",
    }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if self.is_bound:
            # Rows that are stored already stay, even if there are more.
            self.absolute_max = max(self.max_num or 0, len(self.get_queryset()))

    @cached_property
    def _sent(self) -> set[str]:
        """The numbers of the rows that came, from the names of their fields."""
        of_row = re.compile(rf"{re.escape(str(self.prefix))}-([0-9]+)-")
        return {found[1] for name in self.data if (found := of_row.match(name))}

    def total_form_count(self) -> int:
        count = super().total_form_count()
        return min(count, len(self._sent)) if self.is_bound else count

    def clean(self) -> None:
        total = self.management_form.cleaned_data[TOTAL_FORM_COUNT]
        initial = self.initial_form_count()
        numbers = [str(number) for number in range(self.total_form_count())]
        if total != len(numbers) or self._sent != set(numbers):
            message = f"This form says that it has {total} rows; {len(self._sent)} came"
            raise ValidationError(f"{message}. {THEN}")
        ids = [self._posted_id(number) for number in numbers]
        stored = {str(row.pk) for row in self.get_queryset()}
        known, new = ids[: max(initial, 0)], ids[max(initial, 0) :]
        is_known = len(known) == initial == len(stored.intersection(known))
        if not is_known or any(new) or self._has_hidden_faults():
            raise ValidationError(OTHER_ROWS)
        super().clean()

    def _posted_id(self, number: str) -> str:
        assert self.model is not None  # each factory sets it
        name = f"{self.prefix}-{number}-{self.model._meta.pk.name}"
        return self.data.get(name) or ""

    def _has_hidden_faults(self) -> bool:
        """Whether a row has a fault in a field that nobody sees, such as its parent."""
        return any(
            field.errors for form in self.forms for field in form.hidden_fields()
        )


class KnownInlineRows(KnownRows, BaseInlineFormSet):
    """KnownRows of a form within the form of their parent."""
