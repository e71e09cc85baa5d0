"""Actions that several threads take at the same moment, against race conditions.

Run as a program: `python -m tests.soak.side_by_side WHAT ROUNDS`. It prints the results
of each round as JSON.
"""

import io
import json
import sys
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import django


def at_once(*works: Callable[[], Any]) -> list[str]:
    """Runs all in threads that start together; returns their results or exceptions."""
    from django.db import connection

    barrier = threading.Barrier(len(works))
    said = [""] * len(works)

    def do(place: int) -> None:
        connection.ensure_connection()
        barrier.wait()
        try:
            said[place] = str(works[place]() or "done")
        except Exception as fault:
            said[place] = type(fault).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=[n]) for n in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def administrators(turn: int) -> list[str]:
    """Of the only two Administrators, each switches the other off."""
    from django.contrib.auth.models import User

    from sessions.people import accounts
    from tests.factories import make_person

    User.objects.update(is_active=False)
    one = make_person("Administrator", f"one {turn}")
    two = make_person("Administrator", f"two {turn}")
    return at_once(
        lambda: accounts.switch_off(by=one, person=two),
        lambda: accounts.switch_off(by=two, person=one),
    )


def sheets(turn: int) -> list[str]:
    """Three pages are published; afterwards the sheet with all of them has its code."""
    from sessions import wordings
    from sessions.guide.live import read_snapshot
    from sessions.models.sheets import GUIDE
    from tests.factories import make_live_wording, make_person, make_stage_text

    user = make_person("Administrator", f"publisher {turn}")
    kinds = ("consultation", "preparation", "follow-up")
    drafts = []
    for kind in kinds:
        page = make_live_wording(page=f"stages/{kind}").page
        text = make_stage_text(kind, body=f"Round {turn}.")
        drafts.append(wordings.start_draft(page=page, user=user, text=text))
    for draft in drafts:
        wordings.save_draft(
            wording=draft, revision=draft.revision, text=draft.text, user=user
        )
        draft.refresh_from_db()

    def publish(draft: Any) -> None:
        wordings.publish_wording(
            wording=draft, revision=draft.revision, user=user,
            unreviewed_reason="It is a test.", advisory_reason="It is a test.",
        )  # fmt: skip

    said = at_once(*[lambda draft=draft: publish(draft) for draft in drafts])
    return [*said, "code" if GUIDE in read_snapshot(0).sheet_codes else ""]


def first_administrator(turn: int) -> list[str]:
    """Three machines start for the first time; only one creates the administrator."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    User.objects.update(is_superuser=False)
    User.objects.filter(username="admin").update(username=f"admin {turn}")

    def start() -> str:
        printed = io.StringIO()
        call_command("create_first_administrator", stdout=printed)
        return "made" if printed.getvalue() else "not made"

    return sorted(at_once(start, start, start))


def prints(turn: int) -> list[str]:
    """Copies of two sheets are counted by four threads, in both orders."""
    from sessions.desk.counts import count_prints
    from sessions.models import PrintCount, SheetCode

    codes = [f"AAAA{turn}", f"BBBB{turn}"]
    for code in codes:
        SheetCode.objects.create(code=code, kind="risks", language="en", digest=code)
    day = date(2026, 3, 2)

    def count(in_order: list[str]) -> None:
        for _ in range(5):
            count_prints(codes=in_order, copies=2, day=day)

    said = at_once(*[lambda: count(codes), lambda: count(codes[::-1])] * 2)
    rows = PrintCount.objects.filter(code__code__in=codes)
    return [*said, *(str(row.copies) for row in rows)]


def reviews(turn: int) -> list[str]:
    """A user saves a wording and approves it, written past the app's own checks."""
    from django.db import transaction

    from sessions.models import Saver, Wording
    from tests.factories import make_person, make_wording

    user = make_person("Administrator", f"both {turn}")
    wording = make_wording(page=f"page-{turn}")

    def save() -> None:
        with transaction.atomic():
            Saver.objects.create(wording=wording, user=user)
            threading.Event().wait(0.05)

    def approve() -> None:
        with transaction.atomic():
            Wording.objects.filter(pk=wording.pk).update(
                reviewer=user, approved_on=date(2026, 3, 2)
            )
            threading.Event().wait(0.05)

    return sorted(at_once(save, approve))


def main(what: str, rounds: str) -> None:
    django.setup()
    work = globals()[what]
    print(json.dumps([work(turn) for turn in range(int(rounds))]))


if __name__ == "__main__":
    main(*sys.argv[1:])
