"""Hostile strings through every parameter, form and stored field come out as text."""

import json
from itertools import cycle

import pytest
from django.contrib.auth.models import User
from django.db import models
from django.test import Client

from sessions.documents.front_matter import Strict
from sessions.documents.register import Claim, Source
from sessions.guide.current import clear_snapshot_cache, current_snapshot
from sessions.models import Area, Clinic, RegisterEntry, Wording
from tests.addresses import EVERY_PATH
from tests.cases import soak_only
from tests.factories import make_live_wording, make_person, make_wording
from tests.hostile import OUR_OWN, assert_inert, hostile_parts, payloads
from tests.page import Page

PAYLOADS = payloads()
W = "/admin/stemguide_sessions/wording"
STAFF_PAGES = [
    "/admin/",
    "/desk/",
    "/desk/recall/",
    "/desk/components/",
    "/admin/stemguide_sessions/page/",
    "/admin/stemguide_sessions/area/",
    "/admin/stemguide_sessions/area/1/change/",
    "/admin/stemguide_sessions/clinic/1/change/",
    "/admin/stemguide_sessions/wording/",
    "/admin/stemguide_sessions/page/review-queue/",
    "/admin/auth/user/",
]


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<script src=//evil.invalid/a.js></script>",
        "<img src=x onerror=alert(1)>",
        "<a href=' java\tscript:alert(1)'>a</a>",
        "<iframe src=/></iframe>",
        "<iframe srcdoc='&lt;script&gt;1&lt;/script&gt;'></iframe>",
        "<p style='color: red'>",
        "<meta http-equiv=refresh content=0>",
        "<base href=//evil.invalid>",
        "<button formaction=data:text/html,1>",
    ],
)
def test_unescaped_markup_would_be_found(markup):
    assert hostile_parts(f"<!doctype html><body><p>{markup}</p></body>")


def test_markup_of_the_site_itself_is_allowed():
    source = '<script src="/static/a.js"></script><a href="tel:911">911</a>'

    assert not hostile_parts(f"<!doctype html><body>{source}</body>")


@pytest.fixture
def some(how_many):
    """A function that gives every fourth string from `first`; in `make soak`, all."""
    return lambda first: PAYLOADS[how_many(first % 4, 0) :: how_many(4, 1)]


# --- what a patient can type ---


READ_BY = {
    "/stages/recovery/": ("area", "cells", "anything"),
    "/search/": ("q", "area"),
    "/risks/print/": ("size", "paper"),
    "/nothing/": ("area", "cells"),
    "/v/": ("code",),
}


@pytest.mark.parametrize("path", READ_BY)
def test_parameters_of_a_patient_come_out_as_text(client, real_content, path, some):
    for payload in some([*READ_BY].index(path)):
        answer = client.get(path, dict.fromkeys(READ_BY[path], payload), follow=True)
        assert answer.status_code in (200, 404)
        assert_inert(answer, payload)


def test_forms_of_a_patient_come_out_as_text(client, real_content, some):
    for payload in some(1):
        boxes = dict.fromkeys(("day", "month", "year", payload), payload)
        answer = client.post("/checklist/", boxes)
        assert answer.status_code == 422
        assert_inert(answer, payload)


def test_every_page_takes_hostile_answers(client, real_content):
    for path, payload in zip(EVERY_PATH, cycle(PAYLOADS), strict=False):
        answers = dict.fromkeys(("area", "cells", "size", "paper"), payload)
        response = client.get(path, answers)
        assert response.status_code == 200
        assert_inert(response, payload)


@pytest.mark.parametrize("payload", OUR_OWN)
def test_the_path_itself_comes_out_as_text(client, real_content, payload):
    for before in ("/", "/v/", "/learn/", "/evidence/", "/sources/", "/static/"):
        response = client.get(f"{before}{payload}/", follow=True)
        if response.streaming:
            response.close()  # the test client closes all others
        assert response.status_code == 404
        if response.getvalue():
            assert_inert(response, payload)


# --- what staff can type ---


def text_with(payload: str) -> str:
    quoted = json.dumps(payload)
    return (
        f"---\ntitle: {quoted}\nsummary: {quoted}\nstage: recovery\n---\n\n"
        f"## How it may feel\n\n{payload}\n\n- [a]({payload})\n- ![b]({payload})\n"
    )


def test_text_of_an_editor_is_shown_as_text(client, db, some):
    make_live_wording()
    client.force_login(make_person("Editor"))
    draft = make_wording()

    for payload in some(2):
        draft.refresh_from_db()
        sent = {"text": text_with(payload), "opened_revision": draft.revision}
        response = client.post(f"{W}/{draft.pk}/preview-text/", sent)
        assert response.status_code == 200
        assert_inert(response, payload)
        sent["change_note"] = sent["patient_change_note"] = payload[:200]
        saved = client.post(f"{W}/{draft.pk}/change/", {**sent, "_continue": "1"})
        assert saved.status_code == 302, (payload, Page(saved).text)
        for address in ("change/", "preview/"):
            assert_inert(client.get(f"{W}/{draft.pk}/{address}"), payload)


STEPS = ["send", "approve", "ask-for-changes", "publish", "withdraw", "restore"]


@pytest.mark.parametrize("step", STEPS)
def test_every_step_tells_what_was_typed_as_text(client, db, step):
    live = make_live_wording()
    state = Wording.State.IN_REVIEW if step in ("approve", "ask-for-changes") else None
    draft = make_wording(**({"state": state} if state else {}))
    wording = live if step in ("withdraw", "restore") else draft
    role = "Clinical reviewer" if state else "Administrator"
    client.force_login(make_person(role))

    for payload in PAYLOADS[STEPS.index(step) :: len(STEPS)]:
        fields = dict.fromkeys(
            ("comment", "reviewer_role", "review_due", "when", "publish_from",
             "advisory_reason", "opened_revision", "choice"),
            payload,
        )  # fmt: skip
        response = client.post(f"{W}/{wording.pk}/{step}/", fields)
        assert response.status_code < 500
        assert_inert(response, payload)


def test_forms_of_an_administrator_tell_what_was_typed_as_text(
    client, real_content, some
):
    client.force_login(make_person("Administrator"))
    forms = [
        ("/admin/stemguide_sessions/area/add/", ("name", "slug", "introduction")),
        ("/admin/auth/user/add/", ("username", "first_name", "email", "role")),
        ("/admin/stemguide_sessions/clinic/1/change/",
         ("name", "telephone", "emergency_number", "time_zone", "address")),
        ("/desk/", ("document", "area", "cells", "size", "paper", "copies", "day")),
        ("/admin/password_change/", ("old_password", "new_password1")),
        ("/admin/second-factor/set-up/", ("code", "next")),
    ]  # fmt: skip

    for number, payload in enumerate(some(3)):
        address, names = forms[number % len(forms)]
        response = client.post(address, dict.fromkeys(names, payload))
        assert response.status_code < 500
        assert_inert(response, payload)
        queries = client.get("/admin/stemguide_sessions/page/", {"q": payload})
        assert_inert(queries, payload)


def test_sign_in_form_tells_what_was_typed_as_text(client, db, some):
    for payload in some(0):
        fields = dict.fromkeys(("username", "password", "next"), payload)
        assert_inert(client.post("/admin/login/", fields), payload)
        assert_inert(client.get("/admin/login/", {"next": payload}), payload)


# --- what is stored ---

KEPT: list[tuple[type[models.Model], tuple[str, ...]]] = [
    (Clinic, ("name", "telephone", "out_of_hours_telephone", "emergency_number",
              "address", "funding_statement", "approval_statement")),
    (Area, ("name", "introduction")),
    (Wording, ("reviewer_role", "unreviewed_reason", "patient_change_note",
               "change_note", "withdrawn_reason")),
    (User, ("first_name", "last_name", "email")),
]  # fmt: skip
# An invalid entry is not shown, and a payload is no valid certainty: that is left out.
REGISTER: list[tuple[type[Strict], tuple[str, ...]]] = [
    (Source, ("title", "publisher", "date")),
    (Claim, ("topic", "claim", "who", "number", "how_long", "result",
             "does_not_tell")),
]  # fmt: skip


def store(model: type[models.Model], values: dict[str, str]) -> None:
    """Gives every row these values; of a wording, its next version has them."""
    if model is not Wording:
        model._default_manager.update(**values)
        return
    rows = list(Wording.objects.live())
    for row in rows:
        row.pk, row.number = None, row.number + 1
        for name, value in values.items():
            setattr(row, name, value)
    Wording.objects.bulk_create(rows)


@pytest.mark.parametrize("turn", [0, soak_only(1), soak_only(2)])
def test_stored_text_comes_out_as_text_everywhere(real_content, turn):
    client = Client()
    client.force_login(make_person("Administrator"))
    chosen = cycle(PAYLOADS[turn::3])
    typed = []
    for model, names in KEPT:
        values = {}
        for name in names:
            values[name] = next(chosen)[: model._meta.get_field(name).max_length]
            typed.append(values[name])
        store(model, values)
    for value, names in REGISTER:
        rules = value.model_json_schema()["properties"]
        data = {name: next(chosen)[: rules[name]["maxLength"]] for name in names}
        typed += data.values()
        for row in RegisterEntry.objects.filter(kind=value.__name__.lower()):
            row.data.update(data)
            row.save()
    clear_snapshot_cache()
    shown = current_snapshot()
    assert len(shown.claims) + len(shown.sources) == RegisterEntry.objects.count()

    for path in EVERY_PATH:
        response = Client().get(path)
        assert response.status_code == 200
        assert_inert(response, *typed)
    for path in STAFF_PAGES:
        response = client.get(path)
        assert response.status_code == 200, path
        assert_inert(response, *typed)


def test_reason_of_a_withdrawal_comes_out_as_text(client, db):
    payload = OUR_OWN[1]
    make_live_wording(state=Wording.State.WITHDRAWN, withdrawn_reason=payload)

    response = client.get("/stages/recovery/")

    assert payload in Page(response).text
    assert_inert(response, payload)
