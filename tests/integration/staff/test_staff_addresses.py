"""The status of every URL of the staff area, for every role and without a sign-in.

A URL that is not in ADDRESSES fails: add its line. A line has the statuses of GET and
of POST for Editor, Clinical reviewer, Reception and Administrator; one number is for
all four. Users who are not signed in are redirected to the sign-in page, but for OPEN.
"""

import re
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from django.utils import timezone

from sessions.models import Clinic, FileText, ShippedText, Wording
from tests.factories import make_live_wording, make_person, make_wording

pytestmark = pytest.mark.django_db

ROLES = ["Editor", "Clinical reviewer", "Reception", "Administrator"]
S = "admin:stemguide_sessions"

# name: (GET, POST)
ADDRESSES = {
    # SENT chooses no document.
    "sessions:desk": ("200", "422"),
    "sessions:desk_sheets": ("405", "422"),
    "sessions:desk_printed": ("405", "422"),
    "sessions:recall": ("200", "405"),
    "sessions:recall_csv": ("200", "405"),
    # No content is loaded in this test.
    "sessions:components": ("404", "405"),
    "sign_in:enter_code": ("302", "302"),
    "sign_in:set_up_second_factor": ("200", "200"),
    "sign_in:own_second_factor": ("302", "302"),
    # Reception is redirected to the desk.
    "admin:index": ("200 200 302 200", "200 200 302 200"),
    "admin:password_change": ("200", "200"),
    "admin:password_change_done": ("200", "405"),
    "admin:autocomplete": ("403", "405"),
    "admin:jsi18n": ("200", "405"),
    "admin:view_on_site": ("404", "404"),
    f"{S}_area_move": ("405", "403 403 403 302"),
    f"{S}_area_changelist": ("200 200 403 200", "200 200 403 200"),
    f"{S}_area_add": ("403 403 403 200", "403 403 403 302"),
    f"{S}_area_history": ("200 200 403 200", "200 200 403 200"),
    f"{S}_area_delete": ("403 403 403 200", "403 403 403 302"),
    f"{S}_area_change": ("200 200 403 200", "403 403 403 302"),
    "admin/stemguide_sessions/area/<path:object_id>/": ("302", "302"),
    f"{S}_file_conflict": ("200 403 403 200", "200 403 403 200"),
    f"{S}_shipped_text": ("200 403 403 200", "200 403 403 200"),
    f"{S}_filetext_changelist": ("200 403 403 200", "200 403 403 200"),
    f"{S}_filetext_add": ("403", "403"),
    f"{S}_filetext_history": ("200 403 403 200", "200 403 403 200"),
    f"{S}_filetext_delete": ("403", "403"),
    f"{S}_filetext_change": ("302", "302"),
    "admin/stemguide_sessions/filetext/<path:object_id>/": ("302", "302"),
    f"{S}_clinic_changelist": ("302", "302"),
    f"{S}_clinic_add": ("403", "403"),
    f"{S}_clinic_history": ("200 403 403 200", "200 403 403 200"),
    f"{S}_clinic_delete": ("403", "403"),
    f"{S}_clinic_change": ("200 403 403 200", "403 403 403 200"),
    "admin/stemguide_sessions/clinic/<path:object_id>/": ("302", "302"),
    f"{S}_page_edit": ("405", "302 403 403 302"),
    f"{S}_page_compare": ("200 200 403 200", "405"),
    f"{S}_review_queue": ("200 200 403 200", "405"),
    f"{S}_review_queue_csv": ("200 200 403 200", "405"),
    f"{S}_audit_csv": ("200 200 403 200", "405"),
    f"{S}_page_changelist": ("200", "200"),
    f"{S}_page_add": ("403", "403"),
    f"{S}_page_history": ("200", "200"),
    f"{S}_page_delete": ("403", "403"),
    f"{S}_page_change": ("200", "403"),
    "admin/stemguide_sessions/page/<path:object_id>/": ("302", "302"),
    f"{S}_wording_preview": ("200 200 403 200", "405"),
    f"{S}_wording_preview_text": ("405", "200 403 403 200"),
    f"{S}_wording_check_text": ("405", "200 403 403 200"),
    f"{S}_wording_send": ("200 200 403 200", "302 403 403 302"),
    f"{S}_wording_approve": ("200 200 403 200", "403 302 403 403"),
    f"{S}_wording_ask_for_changes": ("200 200 403 200", "403 302 403 403"),
    f"{S}_wording_publish": ("200 200 403 200", "403 403 403 302"),
    f"{S}_wording_move_schedule": ("200 200 403 200", "403 403 403 302"),
    f"{S}_wording_cancel_schedule": ("200 200 403 200", "302 302 403 302"),
    f"{S}_wording_withdraw": ("200 200 403 200", "403 302 403 302"),
    f"{S}_wording_put_back": ("200 200 403 200", "403 302 403 403"),
    f"{S}_wording_throw_away": ("200 200 403 200", "403 302 403 403"),
    f"{S}_wording_restore": ("200 403 403 200", "302 403 403 302"),
    f"{S}_wording_changelist": ("200 200 403 200", "200 200 403 200"),
    f"{S}_wording_add": ("403", "403"),
    f"{S}_wording_history": ("200 200 403 200", "200 200 403 200"),
    f"{S}_wording_delete": ("403", "403"),
    f"{S}_wording_change": ("200 200 403 200", "302 403 403 302"),
    "admin/stemguide_sessions/wording/<path:object_id>/": ("302", "302"),
    "admin:auth_user_changelist": ("403 403 403 200", "405"),
    "admin:auth_user_add": ("403 403 403 200", "403 403 403 200"),
    "admin:auth_user_change": ("403 403 403 200", "403 403 403 302"),
    "admin:auth_user_link": ("405", "403 403 403 200"),
    "admin:auth_user_switch_off": ("405", "403 403 403 302"),
    "admin:auth_user_switch_on": ("405", "403 403 403 302"),
    "admin:auth_user_reset_second_factor": ("405", "403 403 403 302"),
    "admin:auth_user_clear_lock": ("405", "403 403 403 302"),
    "admin:auth_user_history": ("403 403 403 200", "403 403 403 200"),
    "admin:app_list": ("404 404 404 200", "404 404 404 200"),
    "admin/(?P<url>.*)$": ("404", "404"),
}

# name: (GET, POST) without a sign-in.
OPEN = {
    "admin:login": ("200", "200"),
    "admin:logout": ("302", "302"),
    "sign_in:first_password": ("404", "404"),
}
# The set-up page stores an unconfirmed secret.
WRITES_ON_GET = {"sign_in:set_up_second_factor"}
# Values of URL parameters that are not primary keys.
SAMPLES = {
    "way": "up",
    "app_label": "auth",
    "url": "nothing",
    "content_type_id": "1",
    "shipped_text_id": "1",
}
# The POST data: valid for every step and form.
SENT = {
    "comment": "A comment.",
    "reason": "A reason.",
    "reviewer_role": "Hand surgeon",
    "review_due": (date.today() + timedelta(days=365)).isoformat(),
    "when": "now",
    "publish_from": f"{date.today() + timedelta(days=9)} 09:00",
    "unreviewed_reason": "A reason.",
    "is_accepted": "on",
    "advisory_reason": "A reason.",
    "username": "new-person",
    "name": "Back",
    "slug": "back",
    "choice": "take",
    "position": "3",
    "post": "yes",
    "change_note": "",
    "patient_change_note": "",
}


def walk(resolver, prefix="", spaces=()):
    """(name, route) of every URL pattern; a pattern without a name has its route."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from walk(pattern, route, inner)
        else:
            yield ":".join([*spaces, pattern.name]) if pattern.name else route, route


STAFF = {
    name: route
    for name, route in walk(get_resolver())
    if f"/{route}".startswith(settings.STAFF_PATHS)
}


@pytest.fixture
def rows(request, db):
    """A row for every URL parameter, in the state that its step needs."""
    step = request.node.callspec.params["name"].rpartition("_wording_")[2]
    live = make_live_wording()
    scheduled = {
        "state": Wording.State.PUBLISHED,
        "publish_from": timezone.now() + timedelta(days=1),
    }
    states = {
        "approve": {"state": Wording.State.IN_REVIEW},
        "ask_for_changes": {"state": Wording.State.IN_REVIEW},
        "put_back": {
            "state": Wording.State.WITHDRAWN,
            "withdrawn_reason": "A reason.",
            "publish_from": timezone.now(),
            "reviewer": make_person(username="approver"),
            "approved_on": date.today(),
        },
        "move_schedule": scheduled,
        "cancel_schedule": scheduled,
    }
    ShippedText.objects.create(pk=1, path="en/risks.md", digest="x")
    Clinic.objects.get().areas_offered.remove(2)  # So that it can be deleted.
    wording = live
    if step not in ("withdraw", "restore"):
        wording = make_wording(**states.get(step, {}))
    return {
        "area": 2,
        "clinic": 1,
        "page": live.page_id,
        "wording": wording.pk,
        "filetext": FileText.objects.create(page=live.page, text="x", digest="x").pk,
        "user": make_person("Editor", "somebody").pk,
    }


def address_of(route: str, rows) -> str:
    kind = next((part for part in route.split("/") if part in rows), "page")

    def fill(match) -> str:
        return SAMPLES.get(match["name"], str(rows[kind]))

    path = re.sub(r"<\w+:(?P<name>\w+)>", fill, route)
    path = re.sub(r"\(\?P<(?P<name>\w+)>[^)]*\)", fill, path)
    return "/" + path.replace("^", "").replace("$", "")


def ask(method: str, address: str, rows, role: str = ""):
    """(response, queries that write); the transaction is rolled back."""
    wording = Wording.objects.get(pk=rows["wording"])
    sent = {**SENT, "opened_revision": wording.revision, "text": wording.text}
    client = Client()
    with transaction.atomic():
        if role:
            client.force_login(make_person(role, "me"))
        with CaptureQueriesContext(connection) as queries:
            data = sent if method == "post" else None
            response = getattr(client, method)(address, data)
        transaction.set_rollback(True)
    return response, [query["sql"] for query in queries if is_write(query["sql"])]


def is_write(sql: str) -> bool:
    return (
        sql.startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql
    )


def test_every_address_has_its_line():
    assert set(STAFF) == {*ADDRESSES, *OPEN}


@pytest.mark.parametrize("name", ADDRESSES)
def test_address_answers_each_role_as_its_line_says(name, rows):
    address = address_of(STAFF[name], rows)
    found = []

    for method in ("get", "post"):
        answers = [ask(method, address, rows, role) for role in ROLES]
        statuses = [str(response.status_code) for response, _ in answers]
        same = len(set(statuses)) == 1
        found.append(statuses[0] if same else " ".join(statuses))
        for response, written in answers:
            may_write = method == "post" or name in WRITES_ON_GET
            assert not written or (may_write and response.status_code < 400)

    assert tuple(found) == ADDRESSES[name]


@pytest.mark.parametrize("name", ADDRESSES)
def test_nobody_is_sent_to_the_sign_in_page(name, rows):
    address = address_of(STAFF[name], rows)

    for method in ("get", "post", "put", "delete"):
        response, written = ask(method, address, rows)

        assert response.status_code == 302
        assert response["Location"] == f"/admin/login/?next={address}"
        assert not written


@pytest.mark.parametrize("name", ADDRESSES)
def test_other_methods_open_nothing_and_write_nothing(name, rows, how_many):
    address = address_of(STAFF[name], rows)

    for role in how_many(ROLES[1::2], ROLES):
        looked, _ = ask("get", address, rows, role)
        for method in ("put", "delete"):
            response, written = ask(method, address, rows, role)

            assert response.status_code in (looked.status_code, 403, 405)
            assert not written or name in WRITES_ON_GET


@pytest.mark.parametrize("name", OPEN)
def test_open_address_answers_nobody_as_its_line_says(name, rows):
    address = address_of(STAFF[name], rows)

    found = tuple(
        str(ask(method, address, rows)[0].status_code) for method in ("get", "post")
    )

    assert found == OPEN[name]
