"""Headers, errors, health and settings: how the site responds, also to faults."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client, override_settings

from sessions.models import ContentVersion
from tests.conftest import ROOT
from tests.factories import make_live_wording
from tests.page import Page

ADDRESSES = [
    "/",
    "/nothing/",
    "/admin/",
    "/admin/login/",
    "/static/css/site.css",
    "/risks",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_response_carries_the_policies(client, real_content, address):
    response = client.get(address)
    response.close()
    headers = response.headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("address", [*ADDRESSES, "/risks/?area=nose"])
def test_every_response_says_how_long_it_may_be_cached(client, real_content, address):
    response = client.get(address)
    response.close()

    assert response.headers["Cache-Control"]


def test_database_fault_is_503_and_says_what_to_do(client, db, monkeypatch):
    def unavailable(*args, **kwargs):
        raise OperationalError("the database is unavailable")

    monkeypatch.setattr(ContentVersion.objects, "values_list", unavailable)

    response = client.get("/risks/")

    assert response.status_code == 503
    assert response["Retry-After"] == "10"
    assert "call 911 (US), 999 (UK) or 112 (EU)" in Page(response).text


def test_readers_get_the_last_snapshot_when_the_database_fails(
    client, real_content, monkeypatch
):
    before = client.get("/risks/").content

    def unavailable(*args, **kwargs):
        raise OperationalError("the database is unavailable")

    monkeypatch.setattr(ContentVersion.objects, "values_list", unavailable)

    assert client.get("/risks/").content == before


@override_settings(DEBUG_PROPAGATE_EXCEPTIONS=False)
def test_our_own_fault_is_a_plain_500(db, monkeypatch):
    make_live_wording()

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("sessions.guide.rendering.render_to_string", broken)
    client = Client(raise_request_exception=False)

    response = client.get("/stages/recovery/?area=x")

    assert response.status_code == 500
    assert Page(response).headings(1) == ["Something went wrong on our side"]
    assert "ZeroDivisionError" not in response.content.decode()


def test_real_static_files_are_hashed_and_compressed(tmp_path):
    storages = {
        **settings.STORAGES,
        "staticfiles": {
            "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        },
    }
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0)

    names = [path.name for path in (tmp_path / "css").iterdir()]
    assert any(re.fullmatch(r"site\.[0-9a-f]{12}\.css\.br", name) for name in names)


def test_secret_key_is_made_once_and_kept_private(tmp_path):
    from stemguide.env import secret_from_file

    path = tmp_path / "deep" / "secret-key"

    first = secret_from_file(path)

    assert len(first) == 64 and secret_from_file(path) == first
    assert path.stat().st_mode & 0o077 == 0


def test_first_administrator_is_made_once(db, capsys):
    call_command("create_first_administrator")
    printed = capsys.readouterr().out
    call_command("create_first_administrator")

    password = re.search(r"password:\s+(\S{20})\n", printed)
    assert password and capsys.readouterr().out == ""
    fields = {"username": "admin", "password": password[1]}
    assert Client().post("/admin/login/", fields).status_code == 302


def test_nothing_is_cached_for_staff(client, db, admin_user):
    client.force_login(admin_user)

    assert "no-store" in client.get("/admin/")["Cache-Control"]


# --- the project's own files ---


def test_top_level_is_what_the_readme_says():
    top = {path.name for path in Path(ROOT).iterdir() if not path.name.startswith(".")}

    expected = {
        "manage.py", "stemguide", "sessions", "content", "templates", "static", "tests",
        "pyproject.toml", "README.md", "Makefile", "requirements", "deploy",
        "CHANGELOG.md", "BENCHMARKS.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE",
    }  # fmt: skip
    assert top - {"var", "node_modules"} == expected


def test_no_registry_is_named_in_requirements():
    for path in (ROOT / "requirements").iterdir():
        lines = path.read_text().splitlines()
        assert not [line for line in lines if "://" in line or line.startswith("-")]
        assert any("--hash=sha256:" in line for line in lines)
