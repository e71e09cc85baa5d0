"""The six-digit code beside the password: who needs one, setting it up, checking it."""

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
# A secret that was shown and never confirmed is not shown again after this.
SET_UP_WITHIN = timedelta(hours=1)


def is_required_for(user: User) -> bool:
    if settings.STAFF_SECOND_FACTOR != "required":
        return False
    roles = user.groups.filter(name__in=ROLES_THAT_NEED_ONE)
    return user.is_superuser or roles.exists()


def has_one(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def is_verified(user: User) -> bool:
    """Since this person signed in. OTPMiddleware put the answer there."""
    return user.is_verified()  # type: ignore[attr-defined]


def all_who_have_one() -> set[int]:
    """The keys of the people."""
    return set(
        TOTPDevice.objects.filter(confirmed=True).values_list("user_id", flat=True)
    )


# --- setting up --------------------------------------------------------------


def device_to_confirm(user: User) -> TOTPDevice:
    """The secret that the set-up page shows; the same one when it is loaded again."""
    with one_writer():
        waiting = TOTPDevice.objects.filter(user=user, confirmed=False)
        waiting.filter(created_at__lt=timezone.now() - SET_UP_WITHIN).delete()
        return waiting.first() or TOTPDevice.objects.create(
            user=user, name="Authenticator", confirmed=False
        )


def letters_of(device: TOTPDevice) -> str:
    """The secret for who cannot scan, in groups of four."""
    letters = b32encode(device.bin_key).decode()
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def qr_of(device: TOTPDevice) -> tuple[int, str]:
    """The side of the QR code in modules, its quiet zone with it, and an SVG path."""
    rows = list(segno.make(device.config_url, micro=False).matrix_iter())
    path = "".join(
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return len(rows), path


def confirm(*, user: User, device: TOTPDevice, typed: str) -> bool:
    """With a right code this is the person's one device; an older one is forgotten."""
    if verify_token(user, device.persistent_id, _plain(typed)) is None:
        return False
    with one_writer():
        TOTPDevice.objects.filter(user=user).exclude(pk=device.pk).delete()
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        accounts.record(user, user, "Set up a second factor.")
    return True


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes, each good for one sign-in. Those made before are void."""
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


def _plain(typed: str) -> str:
    return "".join(typed.split()).replace("-", "").lower()


def _device_for(user: User, typed: str) -> Device | None:
    """Six digits come from the app, up to eight letters from the paper."""
    code = _plain(typed)
    if len(code) > 8:
        return None
    is_from_app = len(code) == 6 and code.isdecimal()
    model = TOTPDevice if is_from_app else StaticDevice
    return model.objects.filter(user=user, confirmed=True).first()


def check(user: User, typed: str) -> Device | None:
    """The device that a code belongs to. A code works once; wrong ones slow down."""
    device = _device_for(user, typed)
    return device and verify_token(user, device.persistent_id, _plain(typed))


def refusal(user: User, typed: str, device: Device | None = None) -> str:
    """Why a code was not taken, and when to try the next."""
    seconds = _seconds_to_wait(device or _device_for(user, typed))
    wait = "Please"
    if seconds:
        wait = f"Wait {count(seconds, 'second', 'seconds')}, then"
    return (
        f"This code does not work. {wait} type the newest code of your app, or a "
        "recovery code you have not used."
    )


def _seconds_to_wait(device: Device | None) -> int:
    """How long a device takes no more codes after a wrong one."""
    if device is None:
        return 0
    device.refresh_from_db()
    allowed, why = device.verify_is_allowed()
    if allowed:
        return 0
    return ceil((why["locked_until"] - timezone.now()).total_seconds())


# --- giving it up ------------------------------------------------------------


def remove(user: User) -> None:
    """By the person, who has just shown who they are. Refused for who needs one."""
    if is_required_for(user):
        raise accounts.Refused("Your role needs a second factor. You can replace it.")
    with one_writer():
        _forget(user)
        accounts.record(user, user, "Removed the second factor.")


def reset(*, by: User, person: User) -> None:
    """By an Administrator, for who lost their device: it is set up anew."""
    if by == person:
        raise accounts.Refused("Change your own under “Second factor”.")
    accounts.refuse_for_superuser(by, person)
    with one_writer():
        _forget(person)
        accounts.end_sessions(person)
        accounts.record(by, person, "Second factor reset.")


def forget(person: User) -> None:
    """For manage.py reset_staff."""
    with one_writer():
        _forget(person)


def _forget(user: User) -> None:
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
