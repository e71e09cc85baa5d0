"""Passwords, locks, the second factor, and when a sign-in expires."""

import re
from datetime import timedelta

import pytest
import segno
from axes.models import AccessAttempt, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from sessions.people import second_factor
from sessions.people.lockout import client_address
from tests.factories import PASSWORD, make_person
from tests.page import Page as Read
from tests.staff import PAGES

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
HOME = "/admin/"
CODE = "/admin/second-factor/"
SET_UP = "/admin/second-factor/set-up/"
OWN = "/admin/second-factor/mine/"


@pytest.fixture
def required(settings):
    settings.STAFF_SECOND_FACTOR = "required"


def log_in(client, name="nurse", password=PASSWORD, address="192.0.2.1", **extra):
    fields = {"username": name, "password": password, **extra}
    return client.post(LOGIN, fields, REMOTE_ADDR=address)


def fail(client, times, name="nurse", address="192.0.2.1"):
    for _ in range(times):
        response = log_in(client, name, "a wrong password", address)
    return response


def is_in(client) -> bool:
    return client.get(PAGES).status_code == 200


def make_device(user) -> TOTPDevice:
    return TOTPDevice.objects.create(user=user, name="phone", confirmed=True)


def code_of(device) -> str:
    """The current code of the authenticator app."""
    return f"{totp(device.bin_key):06d}"


def said(response) -> str:
    return Read(response).text


# --- name and password ---------------------------------------------------------


def test_right_password_opens_the_page_that_was_asked_for(client):
    make_person("Editor")

    asked = client.get(f"{PAGES}?q=risks")
    response = client.post(
        asked["Location"], {"username": "nurse", "password": PASSWORD,
                            "next": f"{PAGES}?q=risks"}
    )  # fmt: skip

    assert asked["Location"] == f"{LOGIN}?next={PAGES}%3Fq%3Drisks"
    assert response["Location"] == f"{PAGES}?q=risks"
    assert is_in(client)


def test_answer_is_the_same_for_every_name_that_does_not_get_in(client):
    make_person("Editor")
    User.objects.create_user("patient", password=PASSWORD)
    off = make_person("Editor", "former")
    off.is_active = False
    off.save()

    answers = [
        log_in(client, "nurse", "wrong"),
        log_in(client, "nobody at all", "wrong"),
        log_in(client, "patient"),
        log_in(client, "former"),
    ]

    words = [Read(answer).tree.cssselect(".errornote") for answer in answers]
    assert len({word[0].text_content() for word in words}) == 1
    assert {answer.status_code for answer in answers} == {200}


def test_passwords_are_hashed_with_argon2(settings):
    from stemguide.settings import base

    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS

    assert make_person().password.startswith("argon2$argon2id$")


# --- locks -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["nurse", "nobody"])
def test_fifth_failure_locks_and_says_for_how_long(client, clock, name):
    make_person("Editor")

    fourth = fail(client, 4, name)
    fifth = fail(client, 1, name)

    assert fourth.status_code == 200 and "Too many" not in said(fourth)
    assert fifth.status_code == 429
    assert "Too many wrong tries for this name. Wait 15 minutes" in said(fifth)


def test_lock_is_logged_once_for_an_account_that_there_is(client, clock):
    make_person("Editor")

    fail(client, 7, "nurse")
    fail(client, 5, "nobody")

    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.change_message) == (
        "nurse",
        "Signing in was locked after wrong passwords.",
    )


def test_lock_holds_against_the_right_password_and_ends_by_itself(client, clock):
    make_person("Editor")
    fail(client, 5)

    clock.shift(timedelta(minutes=10))
    during = log_in(client)
    clock.shift(timedelta(minutes=4, seconds=59))
    at_the_end = log_in(client)
    clock.shift(timedelta(seconds=2))
    after = log_in(client)

    assert during.status_code == 429 and "Wait 5 minutes" in said(during)
    assert at_the_end.status_code == 429 and "Wait 1 minute," in said(at_the_end)
    assert after.status_code == 302 and is_in(client)


def test_lock_counts_from_the_failure_that_closed_it(client, clock):
    make_person("Editor")
    for agent in "abcde":
        fields = {"username": "nurse", "password": "wrong"}
        client.post(LOGIN, fields, REMOTE_ADDR="192.0.2.1", HTTP_USER_AGENT=agent)
        clock.shift(timedelta(minutes=3))

    clock.shift(timedelta(minutes=11))

    assert log_in(client).status_code == 429


def test_lock_is_for_one_address(client, clock):
    make_person("Editor")
    fail(client, 5)

    assert log_in(client, address="192.0.2.2").status_code == 302


def test_lock_is_for_one_name(client, clock):
    make_person("Editor")
    fail(client, 5, "somebody")

    assert log_in(client).status_code == 302


def test_fifty_failures_from_anywhere_lock_the_name_everywhere(client, clock):
    make_person("Editor")
    for number in range(49):
        fail(client, 1, address=f"198.51.100.{number}")
    before = fail(client, 1, "somebody", "192.0.2.7")
    fiftieth = fail(client, 1, address="198.51.100.49")

    elsewhere = log_in(client, address="203.0.113.9")
    clock.shift(timedelta(minutes=15, seconds=1))
    after = log_in(client, address="203.0.113.9")

    assert before.status_code == 200
    assert fiftieth.status_code == 429
    assert elsewhere.status_code == 429 and "Too many wrong tries" in said(elsewhere)
    assert after.status_code == 302


def test_right_password_forgives_typing_errors(client, clock):
    make_person("Editor")

    fail(client, 4)
    log_in(client)
    client.post("/admin/logout/")

    assert fail(client, 4).status_code == 200


def test_right_password_does_not_forgive_a_guesser_elsewhere(client, clock):
    make_person("Editor")
    fail(client, 4, address="203.0.113.9")

    log_in(client)
    client.post("/admin/logout/")

    assert fail(client, 1, address="203.0.113.9").status_code == 429


def test_addresses_are_not_kept_after_the_lock(client, clock):
    make_person("Editor")
    fail(client, 3, address="203.0.113.9")

    clock.shift(timedelta(minutes=16))
    log_in(client)

    assert not AccessAttempt.objects.exists()
    assert not AccessLog.objects.exists()


def test_password_is_not_kept_with_a_failure(client):
    fail(client, 1)

    attempt = AccessAttempt.objects.get()
    assert "a wrong password" not in attempt.post_data


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "", "192.0.2.1"),
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.66, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.66, 198.51.100.1, 192.0.2.9", "198.51.100.1"),
        (2, "198.51.100.1", "192.0.2.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (1, "unknown", None),
        # Some gateways add the port of the client.
        (1, "198.51.100.1:50123", "198.51.100.1"),
        (1, "203.0.113.66:1, 198.51.100.1:50123", "198.51.100.1"),
        (1, "[2001:db8::1]:50123", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
        (1, "[::ffff:198.51.100.1]:50123", "198.51.100.1"),
        # IPv6 zones have a meaning on one machine only.
        (1, "fe80::1%eth0", "fe80::1"),
        (1, "[fe80::1%eth0]:50123", "fe80::1"),
        (1, "198.51.100.1:", None),
        (1, "198.51.100.1:http", None),
        (1, "198.51.100.1:\u0665", None),
        (1, "198.51.100.1:500000", None),
        (1, "198.51.100.1:1:1", None),
        (1, "198.51.100.300:1", None),
        (1, "[198.51.100.1]:1", None),
        (1, "[2001:db8::1", None),
        (1, "2001:db8::1]:1", None),
        (1, "[]:1", None),
        (1, ":1", None),
        (1, "198.51.100.1%eth0", None),
    ],
)
def test_address_comes_through_our_own_proxies_only(settings, proxies, header, address):
    settings.PROXY_COUNT = proxies
    extra = {"HTTP_X_FORWARDED_FOR": header} if header else {}

    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **extra)

    assert client_address(request) == address


def test_failures_from_one_address_count_together_whatever_its_port(client, settings):
    settings.PROXY_COUNT = 1
    make_person("Editor")
    fields = {"username": "nurse", "password": "a wrong password"}

    for port in range(50001, 50006):
        response = client.post(
            LOGIN, fields, HTTP_X_FORWARDED_FOR=f"198.51.100.1:{port}"
        )

    assert response.status_code == 429
    assert {row.ip_address for row in AccessAttempt.objects.all()} == {"198.51.100.1"}


def test_forged_header_does_not_open_a_lock(client, clock):
    make_person("Editor")
    fail(client, 5)

    fields = {"username": "nurse", "password": PASSWORD}
    response = client.post(
        LOGIN, fields, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.1"
    )

    assert response.status_code == 429


# --- the second factor -------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "needs_one"),
    [
        ("Editor", False),
        ("Reception", False),
        ("Clinical reviewer", True),
        ("Administrator", True),
    ],
)
def test_who_is_led_to_set_one_up(client, required, role, needs_one):
    make_person(role)
    log_in(client)

    response = client.get(PAGES)

    if needs_one:
        assert response["Location"] == f"{SET_UP}?next={PAGES.replace('/', '%2F')}"
    else:
        assert response.status_code == 200


def test_superuser_is_led_to_set_one_up(client, required):
    User.objects.create_superuser("root", password=PASSWORD)
    log_in(client, "root")

    assert client.get(HOME)["Location"].startswith(SET_UP)


def test_nobody_needs_one_where_it_is_optional(client):
    make_person("Administrator")
    log_in(client)

    assert is_in(client)


@pytest.mark.parametrize(
    "address", [HOME, PAGES, "/desk/components/", "/admin/password_change/", OWN]
)
@pytest.mark.parametrize("has_device", [True, False])
def test_nothing_opens_before_it(client, required, address, has_device):
    person = make_person("Administrator")
    if has_device:
        make_device(person)
    log_in(client)

    for response in (client.get(address), client.post(address), client.put(address)):
        assert response.status_code == 302
        assert response["Location"].startswith(CODE if has_device else SET_UP)


def test_set_up_shows_a_secret_and_then_ten_codes_once(client, required, clock):
    person = make_person("Administrator")
    log_in(client)

    page = Read(client.get(f"{SET_UP}?next={PAGES}"))
    device = TOTPDevice.objects.get(user=person)
    again = Read(client.get(SET_UP))
    done = Read(client.post(SET_UP, {"code": code_of(device), "next": PAGES}))

    secret = page.tree.cssselect(".secret-letters")[0].text_content()
    assert secret == second_factor.secret_of(device)
    assert again.tree.cssselect(".secret-letters")[0].text_content() == secret
    assert page.has("svg.qr-code[role=img] path")
    codes = [code.text_content() for code in done.tree.cssselect(".recovery-codes li")]
    assert len(set(codes)) == 10
    assert done.link("go on").href == PAGES
    assert is_in(client)
    assert codes[0] not in client.get(OWN).content.decode()


def test_qr_code_holds_the_address_of_the_secret(client):
    device = second_factor.device_to_confirm(make_person("Editor"))

    side, path = second_factor.qr_of(device)

    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)", path)}
    expected = segno.make(device.config_url, micro=False).matrix
    border = (side - len(expected)) // 2
    assert border == 4
    assert drawn == {
        (x + border, y + border)
        for y, row in enumerate(expected)
        for x, dark in enumerate(row)
        if dark
    }
    assert device.config_url.startswith("otpauth://totp/StemGuide")


def test_secret_that_was_never_confirmed_is_not_shown_the_next_day(client, clock):
    person = make_person("Editor")
    first = second_factor.device_to_confirm(person)

    clock.shift(timedelta(days=1))

    assert second_factor.device_to_confirm(person).key != first.key


def test_wrong_code_sets_nothing_up(client, required, clock):
    make_person("Administrator")
    log_in(client)

    page = Read(client.post(SET_UP, {"code": "000000"}))

    assert "This code does not work." in page.text
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert not is_in(client)


@pytest.mark.parametrize("spaced", [False, True])
def test_code_of_the_app_opens_what_was_asked_for(client, clock, spaced):
    device = make_device(make_person("Editor"))
    log_in(client)
    code = code_of(device)
    typed = f" {code[:3]} {code[3:]} " if spaced else code

    asked = client.get(PAGES)
    page = Read(client.get(asked["Location"]))
    response = client.post(CODE, {"code": typed, "next": PAGES})

    field = page.tree.cssselect("input[name=code]")[0]
    assert field.get("autocomplete") == "one-time-code"
    assert field.get("inputmode") == "numeric"
    assert page.tree.cssselect("input[name=next]")[0].get("value") == PAGES
    assert response["Location"] == PAGES
    assert is_in(client)


def test_second_factor_that_somebody_has_is_asked_for_even_where_optional(client):
    make_device(make_person("Editor"))
    log_in(client)

    assert client.get(PAGES)["Location"].startswith(CODE)


def test_next_never_leads_to_another_site(client, clock):
    device = make_device(make_person("Editor"))
    log_in(client)

    response = client.post(CODE, {"code": code_of(device), "next": "//evil.invalid/"})

    assert response["Location"] == HOME


def test_code_works_once(client, clock):
    device = make_device(make_person("Editor"))
    code = code_of(device)
    log_in(client)
    client.post(CODE, {"code": code})
    client.post("/admin/logout/")
    log_in(client)

    response = client.post(CODE, {"code": code})

    assert "This code does not work." in said(response)
    assert not is_in(client)


def test_code_that_is_too_old_does_not_work(client, clock):
    device = make_device(make_person("Editor"))
    code = code_of(device)
    log_in(client)

    clock.shift(timedelta(minutes=2))

    assert "does not work" in said(client.post(CODE, {"code": code}))


def test_wrong_codes_slow_down(client, clock):
    device = make_device(make_person("Editor"))
    log_in(client)
    for _ in range(4):
        clock.shift(timedelta(minutes=1))
        response = client.post(CODE, {"code": "000000"})

    too_soon = client.post(CODE, {"code": code_of(device)})
    clock.shift(timedelta(seconds=8))
    client.post(CODE, {"code": code_of(device)})

    assert "Wait 8 seconds" in said(response)
    assert "does not work" in said(too_soon)
    assert is_in(client)


def test_recovery_code_works_once(client, clock):
    person = make_person("Editor")
    make_device(person)
    codes = second_factor.new_recovery_codes(person)
    log_in(client)

    client.post(CODE, {"code": codes[3].upper()})
    got_in = is_in(client)
    client.post("/admin/logout/")
    log_in(client)
    client.post(CODE, {"code": codes[3]})

    assert got_in and not is_in(client)
    assert second_factor.recovery_codes_left(person) == 9


def test_code_of_somebody_else_does_not_work(client, clock):
    make_device(make_person("Editor"))
    other = make_device(make_person("Editor", "other"))
    log_in(client)

    client.post(CODE, {"code": code_of(other)})

    assert not is_in(client)


@pytest.fixture
def own(client, clock):
    """(person, device) of a user who has signed in with a code."""
    person = make_person("Editor")
    device = make_device(person)
    log_in(client)
    client.post(CODE, {"code": code_of(device)})
    clock.shift(timedelta(minutes=1))
    return person, device


def test_changing_ones_own_asks_for_a_code_or_the_password(client, own):
    person, device = own

    for act in ("codes", "replace", "remove"):
        refused = client.post(OWN, {act: "", "proof": "not it at all, no"})
        assert "This is not right." in said(refused)
    straight = client.get(SET_UP)

    assert straight["Location"] == OWN
    assert TOTPDevice.objects.get(user=person) == device
    assert not StaticToken.objects.exists()


@pytest.mark.parametrize("by", ["code", "password"])
def test_person_makes_new_recovery_codes(client, own, by):
    person, device = own
    old = second_factor.new_recovery_codes(person)

    proof = code_of(device) if by == "code" else PASSWORD
    page = Read(client.post(OWN, {"codes": "", "proof": proof}))

    assert len(page.tree.cssselect(".recovery-codes li")) == 10
    assert old[0] not in page.source
    assert second_factor.recovery_codes_left(person) == 10


def test_person_moves_to_another_phone(client, own, clock):
    person, old = own

    client.post(OWN, {"replace": "", "proof": PASSWORD})
    client.get(SET_UP)
    new = TOTPDevice.objects.get(user=person, confirmed=False)
    still = TOTPDevice.objects.filter(pk=old.pk, confirmed=True).exists()
    client.post(SET_UP, {"code": code_of(new)})

    assert still and is_in(client)
    assert TOTPDevice.objects.get(user=person) == new
    assert client.get(SET_UP)["Location"] == OWN


def test_right_to_change_ends_after_ten_minutes(client, own, clock):
    client.post(OWN, {"replace": "", "proof": PASSWORD})

    clock.shift(timedelta(minutes=11))

    assert client.get(SET_UP)["Location"] == OWN


def test_person_removes_the_second_factor(client, own):
    client.post(OWN, {"remove": "", "proof": PASSWORD})

    assert is_in(client)
    assert not TOTPDevice.objects.exists()


def test_who_needs_one_can_not_remove_it(client, required, clock):
    device = make_device(make_person("Administrator"))
    log_in(client)
    client.post(CODE, {"code": code_of(device)})

    page = Read(client.get(OWN))
    response = client.post(OWN, {"remove": "", "proof": PASSWORD}, follow=True)

    assert not page.has("button[name=remove]")
    assert "Your role needs a second factor" in said(response)
    assert TOTPDevice.objects.exists()


def test_guesses_of_the_password_there_count_towards_the_lock(client, own):
    for _ in range(5):
        response = client.post(OWN, {"codes": "", "proof": "not the password"})

    assert response.status_code == 429
    assert client.post(OWN, {"codes": "", "proof": PASSWORD}).status_code == 429


# --- when a sign-in expires ----------------------------------------------------------


def test_sign_in_ends_after_an_hour_without_a_request(client, clock):
    make_person("Editor")
    log_in(client)
    assert is_in(client)

    clock.shift(timedelta(minutes=61))
    response = client.get(f"{PAGES}?q=risks")

    assert response["Location"] == f"{LOGIN}?next={PAGES}%3Fq%3Drisks"


def test_every_request_starts_the_hour_anew(client, clock):
    make_person("Editor")
    log_in(client)

    for _ in range(4):
        clock.shift(timedelta(minutes=50))
        assert is_in(client)


def test_sign_in_ends_after_eight_hours_in_any_case(client, clock):
    make_person("Editor")
    log_in(client)
    for _ in range(9):
        clock.shift(timedelta(minutes=50))
        assert is_in(client)

    clock.shift(timedelta(minutes=31))

    assert not is_in(client)
    log_in(client)
    assert is_in(client)


def test_expired_save_comes_back_to_its_form(client, clock):
    make_person("Editor")
    log_in(client)
    clock.shift(timedelta(minutes=61))

    form = f"http://testserver{PAGES}5/change/?from=home"
    response = client.post(f"{PAGES}5/edit/", {}, headers={"referer": form})

    assert response["Location"] == f"{LOGIN}?next={PAGES}5/change/%3Ffrom%3Dhome"


@pytest.mark.parametrize(
    "form", ["", "http://evil.invalid/admin/", "http://testserver/risks/"]
)
def test_expired_save_from_elsewhere_comes_back_to_its_own_address(client, form):
    response = client.post(f"{PAGES}5/edit/", {}, headers={"referer": form})

    assert response["Location"] == f"{LOGIN}?next={PAGES}5/edit/"


def test_public_pages_never_read_or_set_a_session(client, real_content):
    make_person("Editor")
    log_in(client)
    before = Session.objects.get().session_data

    response = client.get("/risks/")

    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies
    assert Session.objects.get().session_data == before


def test_staff_pages_are_never_cached(client):
    for address in (LOGIN, CODE, SET_UP, OWN, reverse("sign_in:first_password")):
        assert "no-store" in client.get(address, follow=True)["Cache-Control"]
