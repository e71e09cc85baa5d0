"""The forms for patients: two questions on home, and the procedure day."""

from datetime import date

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from sessions.guide.dates import DayError, read_day
from sessions.guide.pathway import Answers
from sessions.guide.snapshot import Choice, Snapshot

NOT_SURE = Choice("", "I am not sure", "Shows everything.")


class AnswersForm(forms.Form):
    """Two questions on the home page; every other page reads the same answers.

    A question with one possible answer is not asked: `answers` gives that answer.
    """

    def __init__(self, data: QueryDict, snapshot: Snapshot):
        super().__init__(data)
        self.snapshot = snapshot
        self.notices: list[str] = []
        self._ask("area", "What is being treated?", snapshot.areas)
        self._ask("cells", "Where do the cells come from?", snapshot.cell_sources)
        self.helper = FormHelper()
        self.helper.form_method = "get"
        self.helper.form_action = "/#stages"
        self.helper.attrs = {"aria-labelledby": "answers-title"}
        self.helper.add_input(Submit("", "Show my stages"))

    def _ask(self, name: str, question: str, choices: tuple[Choice, ...]) -> None:
        if len(choices) < 2:
            return
        options = (*choices, NOT_SURE)
        self.fields[name] = forms.ChoiceField(
            label=question,
            # A callable: the list is made only where it is shown or validated.
            choices=lambda: [(choice.code, choice) for choice in options],
            required=False,
            initial="",
            widget=forms.RadioSelect,
        )

    def answers(self) -> Answers:
        """The answers in the query string. Unknown ones are ignored, with a notice."""
        self.notices = []
        return Answers(
            area=self._chosen("area", self.snapshot.areas),
            cells=self._chosen("cells", self.snapshot.cell_sources),
            country=self.snapshot.clinic.country,
            offered_areas=frozenset(area.code for area in self.snapshot.areas),
            offered_cells=frozenset(c.code for c in self.snapshot.cell_sources),
        )

    def _chosen(self, name: str, choices: tuple[Choice, ...]) -> Choice | None:
        code = self.data.get(name, "")
        if len(choices) == 1:
            if code not in ("", choices[0].code):
                only = gettext(
                    "The address asks for something else. This clinic offers only "
                    "this: %(choice)s."
                )
                self.notices.append(only % {"choice": choices[0].name})
            return choices[0]
        chosen = next((choice for choice in choices if choice.code == code), None)
        if code and chosen is None:
            self.notices.append(
                gettext(
                    "Part of the address was not understood, so this page shows more "
                    "than you may need. Choose your answers again."
                )
            )
        return chosen

    @property
    def is_asked(self) -> bool:
        return bool(self.fields)


class ProcedureDayForm(forms.Form):
    """The procedure day in three fields. It is used for one response, never stored."""

    day = forms.CharField(required=False, strip=True)
    month = forms.CharField(required=False, strip=True)
    year = forms.CharField(required=False, strip=True)

    def __init__(self, data: QueryDict | None, today: date):
        super().__init__(data)
        self.today = today
        for name, field in self.fields.items():
            field.widget = forms.TextInput(
                {
                    "inputmode": "numeric",
                    "autocomplete": "off",
                    "maxlength": 4 if name == "year" else 2,
                    "class": f"day-box day-box--{name}",
                }
            )

    def clean(self) -> dict[str, date]:
        """`procedure_day`, or one error at the first box that is wrong."""
        boxes = {name: self.cleaned_data.get(name, "") for name in self.fields}
        try:
            return {"procedure_day": read_day(**boxes, today=self.today)}
        except DayError as error:
            self.add_error(error.box, str(error))
            return {}
