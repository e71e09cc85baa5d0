"""Refuses numbers in a form or an address of admin that none of ours ever holds."""

import re
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import ValidationError
from django.db import DataError
from django.forms.formsets import TOTAL_FORM_COUNT
from django.forms.models import BaseInlineFormSet, BaseModelFormSet
from django.http import HttpRequest

from sessions.guide.errors import NoSuchList
from sessions.models.lookups import LARGEST

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


class BoundedAdmin(admin.ModelAdmin):
    """Refuses a list's query string that asks for what the list does not have.

    Django shows the whole list in its place, calls it a fault of the database, or
    raises.
    """

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        if any(_is_too_large(value) for value in _filters(request)):
            raise NoSuchList("A number is larger than any that is stored.")
        try:
            return super().get_changelist_instance(request)
        except (IncorrectLookupParameters, ValueError, OverflowError, DataError) as e:
            if not request.GET:
                raise
            raise NoSuchList("The list has no such filter or page.") from e


def _filters(request: HttpRequest) -> list[str]:
    """The values of the query string, apart from the words to search for."""
    return [
        value
        for name, values in request.GET.lists()
        for value in values
        if name != SEARCH_VAR
    ]


def _is_too_large(value: str) -> bool:
    return any(int(number) > LARGEST for number in re.findall("[0-9]{19,}", value))
