"""Makes the codes of sheets. Called whenever content changes."""

import secrets

from django.utils import timezone

from sessions.models import SheetCode, Wording
from sessions.models.sheets import sheet_digest, sheets_at

# No 0 or O, no 1, I or L: a code is read from paper and typed.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8


def make_sheet_codes() -> int:
    """Makes the missing codes: for sheets as they are now, and after each schedule.

    Call it inside the transaction that changes the content. Sheets keep their codes.
    Returns the number of new codes.
    """
    now = timezone.now()
    upcoming = Wording.objects.filter(
        state=Wording.State.PUBLISHED, publish_from__gt=now
    )
    moments = [now, *filter(None, upcoming.values_list("publish_from", flat=True))]
    sheets = {
        sheet_digest(kind, language, wordings): (kind, language, wordings)
        for moment in moments
        for kind, language, wordings in sheets_at(moment)
    }
    known = SheetCode.objects.filter(digest__in=sheets).values_list("digest", flat=True)
    new = sheets.keys() - set(known)
    for digest in new:
        kind, language, wordings = sheets[digest]
        row = SheetCode.objects.create(
            code=_new_code(), kind=kind, language=language, digest=digest
        )
        row.wordings.set(wordings)
    return len(new)


def _new_code() -> str:
    """An unused random code. There are too many codes to guess or to try them all."""
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if not SheetCode.objects.filter(code=code).exists():
            return code
