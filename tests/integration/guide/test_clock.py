"""A clock that jumps: what is scheduled comes, what is withdrawn never comes back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from sessions import wordings
from sessions.guide.current import clear_snapshot_cache
from sessions.models import Wording
from tests.factories import make_live_wording, make_person, make_stage_text
from tests.page import Page

pytestmark = pytest.mark.django_db
RECOVERY = "/stages/recovery/"


def words() -> str:
    return Page(Client().get(RECOVERY)).main


@pytest.fixture
def scheduled(clock):
    """A page, and a text that comes tomorrow."""
    make_live_wording(text=make_stage_text(body="Old words."))
    return make_live_wording(
        text=make_stage_text(body="Scheduled words."),
        publish_from=timezone.now() + timedelta(days=1),
    )


def test_scheduled_text_comes_when_the_clock_jumps_over_its_time(clock, scheduled):
    before = words()

    clock.shift(timedelta(days=400))

    assert "Old words." in before
    assert "Scheduled words." in words()


def test_scheduled_text_goes_again_when_the_clock_is_set_back(clock, scheduled):
    clock.shift(timedelta(days=2))
    early = words()

    clock.shift(timedelta(days=-2))

    assert "Scheduled words." in early
    assert "Scheduled words." not in words()


@pytest.mark.parametrize("is_warm", [True, False])
def test_withdrawn_text_brings_no_older_one_back_when_the_clock_is_set_back(
    clock, is_warm
):
    make_live_wording(text=make_stage_text(body="Old words."))
    newer = make_live_wording(
        text=make_stage_text(body="Harmful words."), publish_from=timezone.now()
    )
    clock.shift(timedelta(hours=1))
    wordings.withdraw_wording(
        wording=newer,
        revision=newer.revision,
        user=make_person("Administrator"),
        reason="A number was wrong.",
    )
    assert "A number was wrong." in words()

    clock.shift(timedelta(days=-20))
    if not is_warm:
        clear_snapshot_cache()

    assert Wording.objects.get(pk=newer.pk).publish_from > timezone.now()
    assert "A number was wrong." in words()
    assert "Old words." not in words() and "Harmful words." not in words()
