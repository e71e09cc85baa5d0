"""Liveness, readiness and security.txt."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from sessions import wordings
from sessions.models import Clinic, Wording
from tests.factories import make_live_wording

SECURITY = "/.well-known/security.txt"


def test_healthz_answers_without_a_database(client):
    response = client.get("/healthz")

    assert response.content == b"alive\n"
    assert "no-store" in response["Cache-Control"]


def test_site_with_its_content_is_ready(client, real_content):
    response = client.get("/readyz")

    assert response.content == b"database: ok\nmigrations: ok\ncontent: ok\n"
    assert "no-store" in response["Cache-Control"]


def test_site_without_content_is_not_ready(client, db):
    make_live_wording()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert b"content: no home, get-help, stages/consultation," in response.content
    assert b"recovery" not in response.content


def test_site_with_a_text_that_can_not_be_read_is_not_ready(client, real_content):
    Wording.objects.create(
        page=Wording.objects.get(page__name="home", number=1).page, number=2,
        state=Wording.State.PUBLISHED, publish_from=datetime(2026, 1, 6, tzinfo=UTC),
        text="no front matter",
    )  # fmt: skip

    assert b"content: no home\n" in client.get("/readyz").content


def test_site_before_its_migrations_is_not_ready(client, real_content):
    graph = MigrationLoader(connection).graph
    (newest,) = graph.leaf_nodes("stemguide_sessions")
    MigrationRecorder(connection).record_unapplied(*newest)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert b"migrations: 1 to be applied\n" in response.content


def test_newer_database_is_ready_for_an_older_worker(client, real_content):
    MigrationRecorder(connection).record_applied("stemguide_sessions", "0099_to_come")

    assert client.get("/readyz").status_code == 200


def test_site_without_its_database_is_alive_and_not_ready(
    client, real_content, monkeypatch
):
    def away(*args, **kwargs):
        raise OperationalError("the database is away")

    monkeypatch.setattr("sessions.running.health._database_fault", away)

    response = client.get("/readyz")

    assert (response.status_code, response.content) == (503, b"database: away\n")
    assert client.get("/healthz").status_code == 200


# --- security.txt (RFC 9116) ---


def fields(response) -> dict[str, str]:
    lines = response.content.decode().splitlines()
    return dict(line.split(": ", 1) for line in lines)


@pytest.fixture
def public_url(settings, db):
    settings.PUBLIC_URL = "https://guide.example"


def test_contact_of_the_environment_comes_first(client, public_url, settings):
    settings.SECURITY_CONTACT = "mailto:security@guide.example"
    with wordings.content_write():
        Clinic.objects.update(telephone="+1 555 010 0123")

    response = client.get(SECURITY)

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert fields(response)["Contact"] == "mailto:security@guide.example"
    assert fields(response)["Canonical"] == f"https://guide.example{SECURITY}"


@pytest.mark.parametrize(
    ("telephone", "contact"),
    [
        ("+1 555 010 0123", "tel:+15550100123"),
        ("555 010 0123", "https://guide.example/get-help/"),
        ("", "https://guide.example/get-help/"),
    ],
)
def test_else_the_clinic_is_the_contact(client, public_url, telephone, contact):
    with wordings.content_write():
        Clinic.objects.update(telephone=telephone)

    assert fields(client.get(SECURITY))["Contact"] == contact


def test_there_is_no_file_without_a_contact(client, db, settings):
    settings.PUBLIC_URL = ""

    assert client.get(SECURITY).status_code == 404


@pytest.mark.parametrize("days", [0, 1, 200, 4000])
def test_date_is_always_ahead_and_within_a_year(client, public_url, clock, days):
    clock.shift(timedelta(days=days))

    expires = datetime.fromisoformat(fields(client.get(SECURITY))["Expires"])

    ahead = expires - datetime.now(UTC)
    assert timedelta(days=30) < ahead < timedelta(days=365)
