"""Administrators manage accounts; one-time links; the last Administrator."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from sessions.people import accounts, second_factor
from tests.factories import PASSWORD, make_person
from tests.page import Page as Read
from tests.staff import PAGES

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/auth/user/"
FIRST_PASSWORD = "/admin/first-password/"
NEW_PASSWORD = "four words of mine"
LOCKED = "Signing in was locked after wrong passwords."


@pytest.fixture
def boss(client):
    """The Administrator who is signed in with `client`."""
    user = make_person("Administrator", "boss")
    client.force_login(user)
    return user


def role(name: str) -> Group:
    return Group.objects.get(name=name)


def act(client, person, name: str):
    address = reverse(f"admin:auth_user_{name}", args=[person.pk])
    return client.post(address, follow=True)


def link_in(response) -> str:
    """The one-time link that a page shows."""
    return Read(response).tree.cssselect(".one-time-link code")[0].text_content()


def use(link: str, password: str = NEW_PASSWORD):
    """Follows a link with a new client. Returns (client, last response)."""
    browser = Client()
    page = browser.get(link, follow=True)
    if page.status_code == 200:
        fields = {"new_password1": password, "new_password2": password}
        page = browser.post(FIRST_PASSWORD, fields, follow=True)
    return browser, page


def may_log_in(name: str, password: str) -> bool:
    fields = {"username": name, "password": password}
    return Client().post("/admin/login/", fields).status_code == 302


def log_of(person) -> list[tuple[str, str]]:
    """(user, message) of each log entry of an account, oldest first."""
    entries = LogEntry.objects.filter(object_id=str(person.pk)).order_by("pk")
    return [(entry.user.username, entry.change_message) for entry in entries]


# --- adding ----------------------------------------------------------------------


def test_new_person_gets_in_by_a_link_shown_once(client, boss):
    fields = {"username": "rosa", "first_name": "Rosa", "roles": [role("Editor").pk]}
    page = client.post(f"{PEOPLE}add/", fields)
    link = link_in(page)
    browser, done = use(link)

    person = User.objects.get(username="rosa")
    assert "Your password is set." in Read(done).text
    assert link.startswith("http://testserver/admin/first-password/?person=")
    assert link not in client.get(f"{PEOPLE}{person.pk}/change/").content.decode()
    assert may_log_in("rosa", NEW_PASSWORD)
    assert person.is_staff and not person.is_superuser
    assert log_of(person) == [
        ("boss", "Created. Roles: Editor. A one-time link was made."),
        ("rosa", "Set a password by a one-time link."),
    ]


def test_token_leaves_the_address_at_once(client, boss):
    link = accounts.one_time_path(make_person("Editor"))

    response = Client().get(link)

    assert response["Location"] == FIRST_PASSWORD


def test_link_works_once(client, boss):
    link = accounts.one_time_path(make_person("Editor"))
    use(link)

    _, page = use(link, "another good password")

    assert page.status_code == 404 and "does not work" in Read(page).text
    assert may_log_in("nurse", NEW_PASSWORD)


def test_link_works_for_48_hours(client, clock):
    link = accounts.one_time_path(make_person("Editor"))

    clock.shift(timedelta(hours=48))
    still = Client().get(link, follow=True)
    clock.shift(timedelta(seconds=1))
    after = Client().get(link, follow=True)

    assert still.status_code == 200 and after.status_code == 404


def test_link_that_grew_old_on_the_screen_sets_nothing(client, clock):
    link = accounts.one_time_path(make_person("Editor"))
    client.get(link, follow=True)

    clock.shift(timedelta(hours=49))
    fields = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    client.post(FIRST_PASSWORD, fields)

    assert not may_log_in("nurse", NEW_PASSWORD)


def test_bad_links_look_alike_and_keep_no_session(client):
    person = make_person("Editor")
    good = accounts.one_time_path(person)
    off = make_person("Editor", "off")
    link_of_off = accounts.one_time_path(off)
    off.is_active = False
    off.save()
    bad = [
        FIRST_PASSWORD,
        good[:-1],
        re.sub("person=[^&]*", "person=OTk5", good),
        re.sub("person=[^&]*", "person=%00%ff", good),
        f"{FIRST_PASSWORD}?token=x",
        link_of_off,
    ]

    answers = [Client().get(link) for link in bad]

    assert {answer.status_code for answer in answers} == {404}
    assert len({Read(answer).text for answer in answers}) == 1
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("short", "at least 12 characters"),
        ("password1234", "too common"),
    ],
)
def test_weak_password_is_explained(password, says):
    link = accounts.one_time_path(make_person("Editor"))

    _, page = use(link, password)

    assert says in Read(page).text
    assert may_log_in("nurse", PASSWORD)


def test_name_that_somebody_has_is_refused(client, boss):
    make_person("Editor")

    page = client.post(f"{PEOPLE}add/", {"username": "Nurse"})

    assert "Somebody has this user name." in Read(page).text
    assert User.objects.count() == 2


def test_nobody_is_made_superuser_or_given_a_password_by_a_forged_form(client, boss):
    extra = {
        "is_superuser": "on",
        "password": "forged password",
        "user_permissions": ["1"],
        "is_staff": "",
    }
    client.post(f"{PEOPLE}add/", {"username": "rosa", **extra})
    person = User.objects.get(username="rosa")
    client.post(f"{PEOPLE}{person.pk}/change/", {"username": "other", **extra})

    person.refresh_from_db()
    assert person.username == "rosa" and person.is_staff
    assert not person.is_superuser and not person.user_permissions.exists()
    assert not person.has_usable_password()


def test_only_our_own_admin_pages_are_there():
    registered = {model._meta.label for model in admin.site._registry}

    foreign = {name for name in registered if not name.startswith("stemguide_sessions")}
    assert foreign == {"auth.User"}


# --- the list ----------------------------------------------------------------------


def test_list_shows_who_can_do_what(client, clock, boss, django_assert_max_num_queries):
    make_person("Editor")
    TOTPDevice.objects.create(user=boss, confirmed=False)
    lost = make_person("Clinical reviewer", "lost")
    TOTPDevice.objects.create(user=lost, confirmed=True)
    accounts.switch_off(by=boss, person=lost)
    for _ in range(5):
        Client().post("/admin/login/", {"username": "nurse", "password": "wrong"})

    with django_assert_max_num_queries(14):
        page = Read(client.get(PEOPLE))

    rows = [
        " ".join(row.text_content().split()) for row in page.tree.cssselect("tbody tr")
    ]
    assert rows == [
        "boss Administrator 2 March 2026 08:00 No Active",
        "nurse Editor Never No Active Locked until 08:15",
        "lost Clinical reviewer Never Yes Switched off",
    ]


def test_admin_calls_accounts_people_who_sign_in(client, boss):
    page = Read(client.get(PAGES))

    assert page.link("People").href == "/admin/auth/"
    assert page.link("People who sign in").href == PEOPLE
    assert "Users" not in page.text


def test_change_of_names_and_e_mail_is_logged(client, boss):
    person = make_person("Editor")
    fields = {"first_name": "Rosa", "email": "rosa@example.org"}
    address, chosen = f"{PEOPLE}{person.pk}/change/", {"roles": [role("Editor").pk]}

    client.post(address, {**fields, **chosen})
    client.post(address, {**fields, **chosen})

    said = "First name: none, now Rosa. E-mail changed."
    assert log_of(person) == [("boss", said)]


def test_person_who_changes_their_password_is_logged(client, boss):
    address = reverse("admin:password_change")
    new = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}

    wrong = client.post(address, {"old_password": "wrong", **new})
    before = log_of(boss)
    right = client.post(address, {"old_password": PASSWORD, **new})

    assert (wrong.status_code, right.status_code) == (200, 302)
    assert before == []
    assert log_of(boss) == [("boss", "Changed their own password.")]
    assert may_log_in("boss", NEW_PASSWORD)


# --- changing ------------------------------------------------------------------------


def test_change_of_roles_is_logged(client, boss):
    person = make_person("Editor")
    chosen = [role("Reception").pk, role("Clinical reviewer").pk]

    client.post(f"{PEOPLE}{person.pk}/change/", {"first_name": "Rosa", "roles": chosen})

    assert {group.name for group in person.groups.all()} == {
        "Reception",
        "Clinical reviewer",
    }
    words = (
        "Roles: Editor, now Clinical reviewer, Reception. First name: none, now Rosa."
    )
    assert log_of(person) == [("boss", words)]
    history = Read(client.get(f"{PEOPLE}{person.pk}/history/"))
    assert words in history.text


def test_switching_off_ends_every_session_at_once(client, boss):
    person = make_person("Editor")
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(person)
        assert browser.get(PAGES).status_code == 200

    page = act(client, person, "switch_off")

    assert "Switched off, and signed out everywhere: nurse." in Read(page).text
    for browser in browsers:
        assert "/admin/login/" in browser.get(PAGES)["Location"]
    assert Session.objects.count() == 1
    assert not may_log_in("nurse", PASSWORD)
    assert log_of(person) == [("boss", "Switched off.")]


def test_session_of_an_inactive_account_opens_no_page(client):
    person = make_person("Editor")
    client.force_login(person)

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert "/admin/login/" in client.get(PAGES)["Location"]


def test_after_switching_on_the_old_password_works_again(client, boss):
    person = make_person("Editor")
    act(client, person, "switch_off")

    act(client, person, "switch_on")

    assert may_log_in("nurse", PASSWORD)


def test_new_link_voids_password_sessions_locks_and_older_links(client, boss):
    person = make_person("Editor")
    browser = Client()
    browser.force_login(person)
    first = link_in(act(client, person, "link"))
    for _ in range(5):
        Client().post("/admin/login/", {"username": "nurse", "password": "wrong"})

    second = link_in(act(client, person, "link"))

    assert not AccessAttempt.objects.exists()
    assert not may_log_in("nurse", PASSWORD)
    assert "/admin/login/" in browser.get(PAGES)["Location"]
    assert Client().get(first, follow=True).status_code == 404
    use(second)
    assert may_log_in("nurse", NEW_PASSWORD)
    words = "Password reset. A one-time link was made. Older links are void."
    assert ("boss", words) in log_of(person)


def test_after_a_reset_the_second_factor_must_be_set_up_again(client, boss, settings):
    person = make_person("Clinical reviewer")
    TOTPDevice.objects.create(user=person, confirmed=True)
    second_factor.new_recovery_codes(person)

    act(client, person, "reset_second_factor")

    assert not TOTPDevice.objects.exists() and not StaticDevice.objects.exists()
    settings.STAFF_SECOND_FACTOR = "required"
    browser = Client()
    browser.post("/admin/login/", {"username": "nurse", "password": PASSWORD})
    assert "/second-factor/set-up/" in browser.get(PAGES)["Location"]
    assert ("boss", "Second factor reset.") in log_of(person)


def test_lock_is_shown_and_cleared(client, boss):
    person = make_person("Editor")
    for _ in range(5):
        Client().post("/admin/login/", {"username": "nurse", "password": "wrong"})
    address = f"{PEOPLE}{person.pk}/change/"

    before = Read(client.get(address))
    act(client, person, "clear_lock")
    after = Read(client.get(address))

    assert "Clear the lock" in before.text and "It ends by itself at" in before.text
    assert "Clear the lock" not in after.text
    assert may_log_in("nurse", PASSWORD)
    assert log_of(person) == [("nurse", LOCKED), ("boss", "Lock cleared.")]


# --- without permission ---------------------------------------------------------


@pytest.mark.parametrize("name", ["switch_off", "change"])
def test_last_administrator_stays(client, boss, name):
    make_person("Editor")
    never_came = make_person("Administrator", "new")
    never_came.set_unusable_password()
    never_came.save()
    switched_off = make_person("Administrator", "off")
    switched_off.is_active = False
    switched_off.save()

    page = act(client, boss, name)

    assert "There would be no active Administrator without boss." in Read(page).text
    boss.refresh_from_db()
    assert boss.is_active and boss.groups.filter(name="Administrator").exists()
    assert client.get(PEOPLE).status_code == 200


@pytest.mark.parametrize("name", ["switch_off", "change"])
def test_administrator_may_leave_when_there_is_another(client, boss, name):
    make_person("Administrator", "other")

    act(client, boss, name)

    assert client.get(PEOPLE).status_code in (302, 403)


def test_superuser_counts_as_administrator(client, boss):
    User.objects.create_superuser("root", password=PASSWORD)

    act(client, boss, "switch_off")

    boss.refresh_from_db()
    assert not boss.is_active


@pytest.mark.parametrize("name", ["link", "reset_second_factor"])
def test_nobody_resets_themselves_here(client, boss, name):
    make_person("Administrator", "other")
    TOTPDevice.objects.create(user=boss, confirmed=False)

    page = act(client, boss, name)

    assert "Change your own" in Read(page).text
    boss.refresh_from_db()
    assert boss.has_usable_password() and TOTPDevice.objects.exists()


@pytest.mark.parametrize("name", ["link", "reset_second_factor", "change"])
def test_nobody_becomes_superuser_by_taking_over(client, boss, name):
    root = User.objects.create_superuser("root", password=PASSWORD)
    root.groups.add(role("Administrator"))

    page = act(client, root, name)

    assert "The account root set up this site." in Read(page).text
    root.refresh_from_db()
    assert root.has_usable_password() and root.groups.exists()


def test_superuser_can_be_switched_off_when_they_leave(client, boss):
    root = User.objects.create_superuser("root", password=PASSWORD)

    act(client, root, "switch_off")

    root.refresh_from_db()
    assert not root.is_active


# --- manage.py ------------------------------------------------------------------


def reset_staff(name: str) -> str:
    out = StringIO()
    call_command("reset_staff", name, stdout=out)
    return re.findall(r"\S*/admin/first-password/\S+", out.getvalue())[0]


def test_reset_staff_is_the_way_back_in(client, boss):
    TOTPDevice.objects.create(user=boss, confirmed=True)
    second_factor.new_recovery_codes(boss)
    for _ in range(5):
        Client().post("/admin/login/", {"username": "boss", "password": "wrong"})
    User.objects.filter(pk=boss.pk).update(is_active=False)

    link = reset_staff("boss")

    assert not may_log_in("boss", PASSWORD)
    assert Session.objects.count() == 0
    use(link)
    assert may_log_in("boss", NEW_PASSWORD)
    assert not TOTPDevice.objects.exists() and not StaticDevice.objects.exists()
    assert log_of(boss)[-3:] == [
        (
            "boss",
            "Reset on the server by manage.py reset_staff. A one-time link was made. "
            "Older links are void.",
        ),
        ("boss", "Second factor deleted on the server."),
        ("boss", "Set a password by a one-time link."),
    ]


def test_reset_staff_prints_the_whole_address_when_it_is_known(settings):
    settings.PUBLIC_URL = "https://guide.example"
    make_person("Administrator", "boss")

    assert reset_staff("boss").startswith("https://guide.example/admin/first-password/")


def test_reset_staff_names_who_there_is():
    make_person("Administrator", "boss")
    make_person("Editor")

    with pytest.raises(CommandError, match="There is: boss, nurse."):
        call_command("reset_staff", "bos")
