"""A NUL byte in a request, which PostgreSQL cannot store, never causes a 5xx."""

import pytest

from tests.staff import sign_in

pytestmark = pytest.mark.django_db
NUL = "\0" * 40


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/desk/"])
def test_nul_in_the_session_cookie_is_no_session(client, settings, path):
    # The encoding of http.cookies: in quotes, as octal escapes.
    octal = r"\000" * 40
    cookie = f'{settings.SESSION_COOKIE_NAME}="{octal}"'

    response = client.get(path, headers={"cookie": cookie})

    assert response.status_code in (200, 302)


@pytest.mark.parametrize(
    "path",
    [
        "/admin/stemguide_sessions/wording/?q=%00",
        "/admin/stemguide_sessions/wording/?state__exact=%00",
        "/admin/stemguide_sessions/wording/?page__name=%00",
        "/admin/stemguide_sessions/page/?o=%00&p=%00",
        "/admin/stemguide_sessions/wording/%00/change/",
        "/admin/first-password/?person=%00&token=%00",
        "/admin/first-password/?person=MQ&token=%00",
        "/search/?q=%00",
        "/v/?code=%00",
        "/v/%00/",
        "/learn/%00/",
        "/desk/recall/?page=%00",
    ],
)
def test_nul_in_an_address_is_answered(client, path):
    sign_in(client, "Administrator")

    assert client.get(path).status_code < 500


@pytest.mark.parametrize("field", ["username", "password"])
def test_nul_in_a_sign_in_is_answered(client, field):
    fields = {"username": "nurse", "password": "words", field: NUL}

    assert client.post("/admin/login/", fields).status_code < 500
