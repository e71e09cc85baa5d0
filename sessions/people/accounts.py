"""Staff accounts and their roles. Every change is recorded, with who made it."""

from collections.abc import Iterable
from datetime import datetime

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Max, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode, urlsafe_base64_decode, urlsafe_base64_encode

from sessions.models.locks import one_writer

ADMINISTRATOR = "Administrator"
LINK_MADE = "A one-time link was made."
OLDER_ARE_VOID = "Older links are void."


class Refused(Exception):
    """A change that must not be made. The message is shown to the user who tried."""


def record(by: User, person: User, words: str, flag: int = CHANGE) -> None:
    """Records in admin's log what `by` did to the account of `person`."""
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr=person.get_username(),
        action_flag=flag,
        change_message=words,
    )


def _named(roles: Iterable[Group]) -> str:
    return ", ".join(sorted(role.name for role in roles)) or "none"


# --- accounts ----------------------------------------------------------------


def create_person(
    *,
    by: User,
    username: str,
    roles: Iterable[Group],
    first_name: str = "",
    last_name: str = "",
    email: str = "",
) -> User:
    """Makes an account. It has no usable password until a one-time link sets one."""
    with one_writer():
        person = User(
            username=username,
            first_name=first_name,
            last_name=last_name,
            email=email,
            is_staff=True,
        )
        person.set_unusable_password()
        person.save()
        person.groups.set(roles)
        words = f"Created. Roles: {_named(roles)}. {LINK_MADE}"
        record(by, person, words, ADDITION)
    return person


def change_person(
    *,
    by: User,
    person: User,
    roles: Iterable[Group],
    first_name: str = "",
    last_name: str = "",
    email: str = "",
) -> None:
    """Changes names and roles. Raises Refused if no Administrator would be left."""
    old = _named(person.groups.all())
    new = _named(roles)
    with one_writer():
        if old != new:
            refuse_for_superuser(by, person)
        if ADMINISTRATOR not in [role.name for role in roles]:
            _refuse_for_last_administrator(person, unless=person.is_superuser)
        words = [f"Roles: {old}, now {new}."] if old != new else []
        words += _set_fields(person, first_name=first_name, last_name=last_name)
        if _set_fields(person, email=email):
            words.append("E-mail changed.")
        person.save(update_fields=["first_name", "last_name", "email"])
        person.groups.set(roles)
        if words:
            record(by, person, " ".join(words))


def _set_fields(person: User, **values: str) -> list[str]:
    """Sets fields of the account, without saving it. Says what changed."""
    said = []
    for name, new in values.items():
        old = getattr(person, name)
        if old != new:
            label = name.replace("_", " ").capitalize()
            said.append(f"{label}: {old or 'none'}, now {new or 'none'}.")
        setattr(person, name, new)
    return said


def switch_off(*, by: User, person: User) -> None:
    """Deactivates the account and ends all its sessions."""
    with one_writer():
        _refuse_for_last_administrator(person)
        person.is_active = False
        person.save(update_fields=["is_active"])
        end_sessions(person)
        record(by, person, "Switched off.")


def switch_on(*, by: User, person: User) -> None:
    with one_writer():
        person.is_active = True
        person.save(update_fields=["is_active"])
        record(by, person, "Switched on.")


def void_password(*, by: User, person: User) -> None:
    """Voids the password and all older one-time links; ends locks and sessions."""
    if by == person:
        raise Refused("Change your own password under “Change password”.")
    refuse_for_superuser(by, person)
    with one_writer():
        _refuse_for_last_administrator(person)
        _void_password(person)
        record(by, person, f"Password reset. {LINK_MADE} {OLDER_ARE_VOID}")


def restore_access(person: User) -> None:
    """Activates and unlocks an account, and voids its password (reset_staff)."""
    with one_writer():
        person.is_active = True
        person.is_staff = True
        _void_password(person)
        words = "Reset on the server by manage.py reset_staff."
        record(person, person, f"{words} {LINK_MADE} {OLDER_ARE_VOID}")


def _void_password(person: User) -> None:
    # An unusable password has a random suffix, so this also voids every older link.
    person.set_unusable_password()
    person.save()
    end_sessions(person)
    AccessAttempt.objects.filter(username=person.get_username()).delete()


def set_password(*, person: User, password: str) -> None:
    """Sets the password typed after a one-time link. Ends the locks of the account."""
    with one_writer():
        person.set_password(password)
        person.save(update_fields=["password"])
        AccessAttempt.objects.filter(username=person.get_username()).delete()
        record(person, person, "Set a password by a one-time link.")


def record_own_password(person: User) -> None:
    """Records that a person changed their own password. What it is is never kept."""
    record(person, person, "Changed their own password.")


def end_sessions(person: User) -> None:
    """Deletes all sessions of the person, in every browser."""
    theirs = [
        row.pk
        for row in Session.objects.all()
        if row.get_decoded().get("_auth_user_id") == str(person.pk)
    ]
    Session.objects.filter(pk__in=theirs).delete()


# --- one Administrator must be left ------------------------------------------


def _active_administrators() -> QuerySet[User]:
    """Active accounts with a usable password that may manage accounts."""
    return (
        User.objects.filter(is_active=True, is_staff=True)
        .filter(Q(is_superuser=True) | Q(groups__name=ADMINISTRATOR))
        .exclude(password__startswith="!")
    )


def _refuse_for_last_administrator(person: User, unless: bool = False) -> None:
    """Raises Refused if no active Administrator would be left without `person`.

    Locks the rows of the Administrators: call it in the transaction of the change.
    """
    locked = list(
        _active_administrators().select_for_update(of=("self",)).order_by("pk")
    )
    if not unless and person in locked and all(other == person for other in locked):
        raise Refused(
            f"There would be no active Administrator without {person}. Make another "
            "person an Administrator first, and let them set their password."
        )


def refuse_for_superuser(by: User, person: User) -> None:
    """Raises Refused if only `person` is a superuser, and `by` is not.

    Otherwise an Administrator could take over the account of a superuser.
    """
    if person.is_superuser and not by.is_superuser:
        raise Refused(
            f"The account {person} set up this site. You may switch it off, but only "
            "such an account, or manage.py reset_staff on the server, may reset it."
        )


# --- one-time links ----------------------------------------------------------


def one_time_path(person: User) -> str:
    """The URL path of a page that sets a password once, within PASSWORD_RESET_TIMEOUT.

    The token is in the query string and not in the path: query strings are not logged.
    """
    query = {
        "person": urlsafe_base64_encode(str(person.pk).encode()),
        "token": default_token_generator.make_token(person),
    }
    return f"{reverse('sign_in:first_password')}?{urlencode(query)}"


def person_of_link(coded: str, token: str) -> User | None:
    """The user a one-time link is for; None if it is used, expired, void or forged."""
    try:
        person = User.objects.get(
            pk=int(urlsafe_base64_decode(coded).decode()), is_active=True
        )
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    return person if default_token_generator.check_token(person, token) else None


# --- locks -------------------------------------------------------------------


def locked_until(username: str, address: str | None = None) -> datetime | None:
    """When the lock on a user name ends; None if it is not locked.

    Without `address`, the latest end of its locks for any IP address.
    """
    return _locks(username, address).get(username)


def all_locks() -> dict[str, datetime]:
    """When the last lock of each locked user name ends, by user name."""
    return _locks()


def _locks(username: str = "", address: str | None = None) -> dict[str, datetime]:
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(attempt_time__gte=since)
    if username:
        attempts = attempts.filter(username=username)
    by_address: dict[str, list[dict]] = {}
    for pair in (
        attempts.order_by()
        .values("username", "ip_address")
        .annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    ):
        by_address.setdefault(pair["username"], []).append(pair)
    ends = {
        name: [
            pair["last"] + settings.AXES_COOLOFF_TIME
            for pair in pairs
            if sum(p["failures"] for p in pairs) >= settings.SIGN_IN_FAILURES_ANYWHERE
            or (
                pair["failures"] >= settings.AXES_FAILURE_LIMIT
                and address in (None, pair["ip_address"])
            )
        ]
        for name, pairs in by_address.items()
    }
    return {name: max(moments) for name, moments in ends.items() if moments}


def record_lock(username: str) -> None:
    """Records that a lock of this user name began, if somebody has the name."""
    person = User.objects.filter(username=username).first()
    if person is not None:
        record(person, person, "Signing in was locked after wrong passwords.")


def clear_lock(*, by: User, person: User) -> None:
    """Removes the locks of an account, so that the person can sign in at once."""
    with one_writer():
        AccessAttempt.objects.filter(username=person.get_username()).delete()
        record(by, person, "Lock cleared.")
