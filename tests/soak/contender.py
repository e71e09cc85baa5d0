"""One of several processes that write to one database at the same time.

Run as a program: `python -m tests.soak.contender WHAT ...`. It prints `ready` and waits
for a line on stdin, so that all start together. Then it prints its results as JSON.
"""

import json
import sys
import time
from typing import Any

import django

PAUSE = 10.0


def prepare(kind: str) -> dict[str, Any]:
    """Creates a draft of a stage, and a signed-in user who may edit it."""
    from django.contrib.auth.models import Group
    from django.db.models import F
    from django.test import Client

    from sessions import wordings
    from sessions.models import ContentVersion
    from tests.factories import make_live_wording, make_person

    live = make_live_wording(page=f"stages/{kind}")
    # So that worker processes that are running read the new page.
    ContentVersion.objects.update(number=F("number") + 1)
    user = make_person("Editor", f"editor of {kind}")
    draft = wordings.start_draft(page=live.page, user=user)
    client = Client()
    client.force_login(user)
    user.groups.add(Group.objects.get(name="Administrator"))
    return {
        "draft": draft.pk,
        "page": live.page_id,
        "user": user.pk,
        "cookies": {name: morsel.value for name, morsel in client.cookies.items()},
    }


def save(draft: int, user: int, name: str, count: int) -> dict[str, Any]:
    """Adds lines to the draft, one in each save; after a conflict it tries again."""
    from django.contrib.auth.models import User

    from sessions import wordings
    from sessions.models import Wording

    person = User.objects.get(pk=user)
    lines, conflicts = [], 0
    while len(lines) < count:
        line = f"Line {len(lines)} of {name}."
        seen = Wording.objects.get(pk=draft)
        try:
            wordings.save_draft(
                wording=seen,
                revision=seen.revision,
                text=f"{seen.text}{line}\n",
                user=person,
            )
        except wordings.EditConflict:
            conflicts += 1
        else:
            lines.append(line)
    return {"lines": lines, "conflicts": conflicts}


def publish(page: int, user: int, name: str, count: int) -> dict[str, Any]:
    """Starts and publishes versions of the page; returns their numbers."""
    from django.contrib.auth.models import User
    from django.core.exceptions import PermissionDenied

    from sessions import wordings
    from sessions.models import Page

    person = User.objects.get(pk=user)
    numbers: list[int] = []
    while len(numbers) < count:
        draft = wordings.start_draft(page=Page.objects.get(pk=page), user=person)
        try:
            published = wordings.publish_wording(
                wording=draft,
                revision=draft.revision,
                user=person,
                unreviewed_reason=f"{name} could not wait.",
                advisory_reason="It is a test.",
            )
        except (wordings.EditConflict, PermissionDenied):
            continue  # Another process published that draft first.
        numbers.append(published.number)
    return {"numbers": numbers}


def publish_rounds(page: int, user: int, name: str, count: int) -> dict[str, Any]:
    """Publishes texts with `Round N.`, with pauses; returns when each was published.

    Times are of the monotonic clock, which all processes of a machine share.
    """
    from django.contrib.auth.models import User

    from sessions import wordings
    from sessions.models import Page

    person, row = User.objects.get(pk=user), Page.objects.get(pk=page)
    newest = row.wordings.first()
    assert newest is not None
    done: list[tuple[float, int]] = []
    for turn in range(1, count + 1):
        time.sleep(PAUSE)
        draft = wordings.start_draft(page=row, user=person)
        saved = wordings.save_draft(
            wording=draft, revision=draft.revision, user=person,
            text=f"{newest.text}\nRound {turn}.\n",
        )  # fmt: skip
        wordings.publish_wording(
            wording=saved,
            revision=saved.revision,
            user=person,
            unreviewed_reason=f"{name} could not wait.",
            advisory_reason="It is a test.",
        )
        done.append((time.monotonic(), turn))
    return {"done": done}


def main(what: str, *arguments: str) -> None:
    django.setup()
    if what == "prepare":
        result = prepare(*arguments)
    else:
        target, user, name, count = arguments
        print("ready", flush=True)
        sys.stdin.readline()
        works = {"save": save, "publish": publish, "publish_rounds": publish_rounds}
        work = works[what]
        result = work(int(target), int(user), name, int(count))
    print(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
