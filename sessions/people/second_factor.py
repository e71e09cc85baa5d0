"""The second factor (TOTP and recovery codes): who needs one, set-up, checking."""

from base64 import b32encode
from datetime import timedelta
from math import ceil

import segno
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from django_otp import verify_token
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from sessions.documents.plurals import count
from sessions.models.locks import one_writer
from sessions.people import accounts

ROLES_THAT_NEED_ONE = ("Clinical reviewer", accounts.ADMINISTRATOR)
RECOVERY_CODES = 10
# After this, a secret that was never confirmed is replaced by a new one.
SET_UP_WITHIN = timedelta(hours=1)


def is_required_for(user: User) -> bool:
    if settings.STAFF_SECOND_FACTOR != "required":
        return False
    roles = user.groups.filter(name__in=ROLES_THAT_NEED_ONE)
    return user.is_superuser or roles.exists()


def has_one(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def is_verified(user: User) -> bool:
    """Whether this session has passed the second factor. OTPMiddleware sets it."""
    return user.is_verified()  # type: ignore[attr-defined]


def all_who_have_one() -> set[int]:
    """The primary keys of all users who have a second factor."""
    return set(
        TOTPDevice.objects.filter(confirmed=True).values_list("user_id", flat=True)
    )


# --- setting up --------------------------------------------------------------


def device_to_confirm(user: User) -> TOTPDevice:
    """The unconfirmed device of the set-up page; the same one after a reload."""
    with one_writer():
        waiting = TOTPDevice.objects.filter(user=user, confirmed=False)
        waiting.filter(created_at__lt=timezone.now() - SET_UP_WITHIN).delete()
        return waiting.first() or TOTPDevice.objects.create(
            user=user, name="Authenticator", confirmed=False
        )


def secret_of(device: TOTPDevice) -> str:
    """The secret in base32, in groups of four, for people who cannot scan it."""
    secret = b32encode(device.bin_key).decode()
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def qr_of(device: TOTPDevice) -> tuple[int, str]:
    """The width of the QR code in modules, with its quiet zone, and its SVG path."""
    rows = list(segno.make(device.config_url, micro=False).matrix_iter())
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return len(rows), path


def confirm(*, user: User, device: TOTPDevice, typed: str) -> bool:
    """Confirms the device if the code is right, and deletes an older one."""
    if verify_token(user, device.persistent_id, _normalized(typed)) is None:
        return False
    with one_writer():
        TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        accounts.record(user, user, "Set up a second factor.")
    return True


def new_recovery_codes(user: User) -> list[str]:
    """Makes ten codes, each valid for one sign-in. Older codes are void."""
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    with one_writer():
        device, _ = StaticDevice.objects.get_or_create(
            user=user, defaults={"name": "Recovery codes"}
        )
        device.token_set.all().delete()
        for code in codes:
            device.token_set.create(token=code)
        accounts.record(user, user, "Made new recovery codes.")
    return [f"{code[:4]}-{code[4:]}" for code in codes]


def recovery_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user).count()


# --- checking ----------------------------------------------------------------


def _normalized(typed: str) -> str:
    return "".join(typed.split()).replace("-", "").lower()


def _device_for(user: User, typed: str) -> Device | None:
    """The user's device for this kind of code; None if there is none.

    Six digits are a code of the app. Any other code of up to eight characters is a
    recovery code.
    """
    code = _normalized(typed)
    if len(code) > 8:
        return None
    is_from_app = len(code) == 6 and code.isdecimal()
    model = TOTPDevice if is_from_app else StaticDevice
    return model.objects.filter(user=user, confirmed=True).first()


def check(user: User, typed: str) -> Device | None:
    """The device whose code was typed; None if the code is wrong.

    A code works once. After a wrong code the device accepts no code for a while.
    """
    device = _device_for(user, typed)
    return device and verify_token(user, device.persistent_id, _normalized(typed))


def refusal(user: User, typed: str, device: Device | None = None) -> str:
    """The error message for a wrong code, with how long to wait."""
    seconds = _seconds_to_wait(device or _device_for(user, typed))
    wait = "Please"
    if seconds:
        wait = f"Wait {count(seconds, 'second', 'seconds')}, then"
    return (
        f"This code does not work. {wait} type the newest code of your app, or a "
        "recovery code you have not used."
    )


def _seconds_to_wait(device: Device | None) -> int:
    """For how long the device accepts no code, because wrong codes were typed."""
    if device is None:
        return 0
    device.refresh_from_db()
    allowed, why = device.verify_is_allowed()
    if allowed:
        return 0
    return ceil((why["locked_until"] - timezone.now()).total_seconds())


# --- removing it -------------------------------------------------------------


def remove(user: User) -> None:
    """Deletes the user's own second factor. Raises Refused if their role needs one."""
    if is_required_for(user):
        raise accounts.Refused("Your role needs a second factor. You can replace it.")
    with one_writer():
        _delete(user)
        accounts.record(user, user, "Removed the second factor.")


def reset(*, by: User, person: User) -> None:
    """Deletes the second factor and the sessions of a person who lost their device."""
    if by == person:
        raise accounts.Refused("Change your own under “Second factor”.")
    accounts.refuse_for_superuser(by, person)
    with one_writer():
        _delete(person)
        accounts.end_sessions(person)
        accounts.record(by, person, "Second factor reset.")


def delete(person: User) -> None:
    """Deletes a second factor, without the checks of `reset` (reset_staff)."""
    with one_writer():
        if has_one(person):
            accounts.record(person, person, "Second factor deleted on the server.")
        _delete(person)


def _delete(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
