"""An area, cell source or country that does not exist is refused everywhere alike."""

import re
import shutil
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from sessions import wordings
from sessions.models import Area, Clinic, LoadReport, Wording
from sessions.running.checks import check_content
from sessions.wordings import PublishRefused, loading
from tests.factories import make_live_wording, make_person, make_text, make_wording
from tests.page import Page

pytestmark = pytest.mark.django_db
ABOUT = "en/about.md"
UNKNOWN = {
    "area=spine": 'There is no area "spine". Use one of: joint, hand. Or let an',
    "cells=bone": 'There is no cell source "bone". Use one of: bone-marrow, fat, pre',
    "country=fr": 'There is no country "fr". Use one of: us, uk, eu, other.',
}
every_kind = pytest.mark.parametrize(("condition", "message"), UNKNOWN.items())


@pytest.fixture
def folder(tmp_path, settings):
    """A copy of the content folder that the site loads."""
    shutil.copytree(settings.CONTENT_DIR, tmp_path / "content")
    settings.CONTENT_DIR = tmp_path / "content"
    return settings.CONTENT_DIR


def put(file, condition: str) -> int:
    """Adds a block with this condition to the end of a file; returns its line."""
    text = file.read_text()
    file.write_text(f"{text}\n::: only {condition}\nFor some.\n:::\n")
    return len(text.splitlines()) + 2


def with_block(condition: str) -> str:
    return make_text(body=f"Words.\n\n::: only {condition}\nFor some.\n:::")


def refused(capsys, *command: str) -> str:
    with pytest.raises(CommandError):
        call_command(*command)
    return capsys.readouterr().err


@every_kind
def test_panel_of_the_editor_says_so(client, condition, message):
    draft = make_wording(page="about", text=make_text())
    client.force_login(make_person("Editor"))
    address = reverse("admin:stemguide_sessions_wording_check_text", args=[draft.pk])

    page = Page(client.post(address, {"text": with_block(condition)}))

    assert message in page.text and "Must be mended before" in page.text


@every_kind
def test_text_is_neither_sent_nor_published(condition, message):
    boss = make_person("Administrator")
    draft = make_wording(page="about", text=with_block(condition), author=boss)
    who = {"wording": draft, "revision": draft.revision, "user": boss}
    reasons = {"unreviewed_reason": "Urgent.", "advisory_reason": "As it is."}

    for act in (
        lambda: wordings.send_for_review(**who),
        lambda: wordings.publish_wording(**who, **reasons),
    ):
        with pytest.raises(PublishRefused) as caught:
            act()
        assert [(f.line, f.message[:50]) for f in caught.value.findings] == [
            (8, message[:50])
        ]


@every_kind
def test_file_is_not_loaded_and_checks_say_so(
    real_content, folder, capsys, condition, message
):
    line = put(folder / ABOUT, condition)
    before = list(Wording.objects.order_by("pk").values())
    fault = re.compile(f"/{ABOUT}:{line}: {re.escape(message)}")

    assert fault.search(refused(capsys, "load_content"))
    assert fault.search(refused(capsys, "load_content", "--check"))
    assert fault.search(refused(capsys, "load_content", "--folder", str(folder)))
    assert [m.id for m in check_content() if fault.search(m.msg)] == ["stemguide.E001"]
    assert fault.search(LoadReport.objects.get().faults[0])
    assert list(Wording.objects.order_by("pk").values()) == before


def test_file_of_a_translation_is_not_loaded(second_language, capsys):
    line = put(second_language / "eo/about.md", "area=spine")

    message = refused(capsys, "load_content")

    assert f"eo/about.md:{line}: {UNKNOWN['area=spine']}" in message


def test_area_that_was_added_may_be_named(real_content, folder):
    put(folder / ABOUT, "area=spine")
    Area.objects.create(slug="spine", name="Spine")

    call_command("load_content", verbosity=0)

    [live] = Wording.objects.live().filter(page__name="about")
    assert "area=spine" in live.text


def test_area_that_is_deleted_while_files_are_read_refuses_them(
    real_content, folder, capsys, monkeypatch
):
    put(folder / ABOUT, "area=spine")
    spine = Area.objects.create(slug="spine", name="Spine")
    locked = loading.one_writer

    def lock_after_a_delete():
        monkeypatch.setattr(loading, "one_writer", locked)
        spine.delete()
        return locked()

    monkeypatch.setattr(loading, "one_writer", lock_after_a_delete)

    assert UNKNOWN["area=spine"] in refused(capsys, "load_content")
    live = Wording.objects.live().get(page__name="about")
    assert "area=spine" not in live.text


def test_site_without_an_area_loads_nothing_and_says_what_to_do(folder, capsys):
    Clinic.objects.get().areas_offered.clear()
    Area.objects.all().delete()

    message = refused(capsys, "load_content")

    assert 'There is no area "hand". There is none at all: let an Admin' in message
    assert not Wording.objects.of_guide().exists()


def test_folder_can_be_checked_before_there_is_a_database(monkeypatch, folder, capsys):
    def fail(*_, **__):
        raise DatabaseError

    put(folder / ABOUT, "area=spine")
    monkeypatch.setattr("sessions.wordings.areas.area_slugs", fail)
    call_command("load_content", "--check")
    assert "files are in order" in capsys.readouterr().out

    put(folder / ABOUT, "cells=bone")
    assert UNKNOWN["cells=bone"] in refused(capsys, "load_content", "--check")


@every_kind
def test_live_text_with_such_a_condition_stays_live(client, condition, message):
    make_live_wording(page="about", text=with_block(condition))

    page = Page(client.get("/about/"))

    assert "Words." in page.main


def test_old_version_with_such_a_condition_is_not_put_back():
    reviewer, text = make_person("Clinical reviewer", "rev"), with_block("area=spine")
    values = {"approved_on": timezone.now().date(), "reviewer": reviewer}
    earlier = timezone.now() - timedelta(days=9)
    old = make_live_wording(
        page="about", text=text, reviewer_role="Nurse", publish_from=earlier, **values
    )
    make_live_wording(page="about", number=2, text=make_text())

    with pytest.raises(PublishRefused, match='There is no area "spine"'):
        wordings.put_back_wording(
            wording=old, revision=old.revision, user=reviewer, reason="Better."
        )
