"""The screen for throwing a draft away."""

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from sessions import wordings
from sessions.models import Wording
from sessions.staff.forms import StepForm
from sessions.staff.steps import screen_of_step, step_screen


@screen_of_step
def throw_away_draft(request: HttpRequest, wording: Wording) -> HttpResponse:
    def act(wording: Wording, user: User, revision: int) -> str:
        wordings.throw_away_draft(wording=wording, revision=revision, user=user)
        return "Thrown away. Its text stays in the list of versions."

    return step_screen(request, wording, "throw_away", StepForm, act)
