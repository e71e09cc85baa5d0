"""The form of the print desk. On purpose, it has no field for a patient's name."""

from collections.abc import Iterator, Sequence

from django import forms
from django.http import QueryDict

from sessions.desk.offer import DeskGroup
from sessions.desk.sets import PrintSet
from sessions.guide.forms import AnswersForm
from sessions.guide.snapshot import Choice, Snapshot
from sessions.library.languages import FIRST, language_name
from sessions.paper.page_setup import FORMATS, SIZES, PageSetup

MAX_COPIES = 100
HOW_MANY = f"Write how many copies: a number from 1 to {MAX_COPIES}."
CHOOSE = "Choose one of these."


class PrintSetForm(AnswersForm):
    """Reads a set of sheets from POST data or a query string. It names no patient.

    Missing values get defaults: standard size, the clinic's paper, full, one copy,
    English. If `is_filled_in` is False, the form reports no errors.
    """

    language = forms.ChoiceField(label="Language", widget=forms.RadioSelect)
    document = forms.MultipleChoiceField(
        error_messages={
            "required": "Choose at least one document.",
            "invalid_choice": "“%(value)s” is no sheet that we have now. Choose again.",
        },
    )
    size = forms.TypedChoiceField(
        label="Size of the words",
        choices=[(str(s), Choice(str(s), n, f"{s} point")) for s, n in SIZES.items()],
        coerce=int,
        widget=forms.RadioSelect,
    )
    paper = forms.ChoiceField(
        label="Paper",
        choices=[(code, Choice(code, name)) for code, name in FORMATS.items()],
        widget=forms.RadioSelect,
    )
    depth = forms.ChoiceField(
        label="How much",
        choices=[
            ("full", Choice("full", "Full")),
            ("short", Choice("short", "Short", "Without “More about this”.")),
        ],
        widget=forms.RadioSelect,
    )
    copies = forms.IntegerField(
        label="Copies of each",
        min_value=1,
        max_value=MAX_COPIES,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), HOW_MANY
        ),
    )
    backs = forms.BooleanField(required=False)

    def __init__(
        self,
        data: QueryDict,
        snapshot: Snapshot,
        groups: Sequence[DeskGroup],
        *,
        is_filled_in: bool,
    ):
        defaults = {
            "size": "14",
            "paper": snapshot.clinic.paper,
            "depth": "full",
            "copies": "1",
            "language": FIRST,
        }
        filled = data.copy()
        for name, value in defaults.items():
            filled.setdefault(name, value)
        super().__init__(filled, snapshot)
        self.is_filled_in = is_filled_in
        self.ticked = frozenset(filled.getlist("document"))
        self.groups = groups
        self.order_fields(["language", "document", "area", "cells"])
        self.documents = {d.kind: d for group in groups for d in group.documents}
        field = self.fields["document"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(kind, d.title) for kind, d in self.documents.items()]
        self._offer_languages(snapshot)
        for name in ("language", "area", "cells", "size", "paper", "depth"):
            if name in self.fields:
                messages = self.fields[name].error_messages
                messages["invalid_choice"] = messages["required"] = CHOOSE
        copies = self.fields["copies"].widget.attrs
        copies |= {"inputmode": "numeric", "autocomplete": "off"}

    def _offer_languages(self, snapshot: Snapshot) -> None:
        """Sets the languages to choose from; removes the field if there is one."""
        others = snapshot.translations.items()
        languages = [FIRST, *(code for code, other in others if other.is_in_use)]
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(c, Choice(c, language_name(c))) for c in languages]
        if len(languages) == 1:
            del self.fields["language"]
        elif (chosen := self.data["language"]) in languages:
            where = f"in {language_name(chosen)} now. Choose again."
            messages = self.fields["document"].error_messages
            messages["invalid_choice"] = f"“%(value)s” is no sheet that we have {where}"

    @property
    def errors(self) -> forms.utils.ErrorDict:
        return super().errors if self.is_filled_in else forms.utils.ErrorDict()

    @property
    def listed(self) -> Iterator[tuple[DeskGroup, bool, list[tuple]]]:
        """For each group: (group, is expanded, rows of (id, document, is ticked))."""
        number = 0
        for group in self.groups:
            rows = []
            for document in group.documents:
                rows.append(
                    (f"id_document_{number}", document, document.kind in self.ticked)
                )
                number += 1
            yield (
                group,
                not self.ticked.isdisjoint(d.kind for d in group.documents),
                rows,
            )

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(id of the field, message) of each error, in the order of the page."""
        return [
            (f"id_{name}" if name == "copies" else f"id_{name}_0", str(message))
            for name in self.fields
            for message in self.errors.get(name, [])
        ]

    def print_set(self) -> PrintSet:
        """The set of a valid form, with its documents in the order of the desk."""
        chosen = self.cleaned_data
        return PrintSet(
            documents=tuple(
                document
                for kind, document in self.documents.items()
                if kind in chosen["document"]
            ),
            answers=self.answers(),
            page_setup=PageSetup(
                chosen["size"], chosen["paper"], chosen["depth"] == "short"
            ),
            copies=chosen["copies"],
            has_blank_backs=chosen["backs"],
            language=chosen.get("language", FIRST),
        )
