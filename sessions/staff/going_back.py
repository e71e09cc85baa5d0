"""The screens for putting a version back, and for throwing a draft away."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from sessions import wordings
from sessions.models import Wording
from sessions.staff.forms import PutBackForm, StepForm
from sessions.staff.steps import screen_of_step, step_screen


@screen_of_step
def put_back_wording(request: HttpRequest, wording: Wording) -> HttpResponse:
    """Shows the text and its diff; publishes it again at once."""

    def act(wording: Wording, user: User, revision: int, **typed: Any) -> str:
        new = wordings.put_back_wording(
            wording=wording, revision=revision, user=user, **typed
        )
        return (
            f"Put back. Patients read the text of version {wording.number} now, as "
            f"version {new.number}."
        )

    return step_screen(request, wording, "put_back", PutBackForm, act)


@screen_of_step
def throw_away_draft(request: HttpRequest, wording: Wording) -> HttpResponse:
    def act(wording: Wording, user: User, revision: int) -> str:
        wordings.throw_away_draft(wording=wording, revision=revision, user=user)
        return "Thrown away. Its text stays in the list of versions."

    return step_screen(request, wording, "throw_away", StepForm, act)
