"""One of several people who save the same draft at once; run as a process of its own.

    python -m tests.soak.saver save NAME COUNT      saves COUNT lines of its own
    python -m tests.soak.saver publish NAME COUNT   starts and publishes COUNT wordings

Prints each line that was acknowledged, at once.
"""

import sys

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402

from sessions import actions  # noqa: E402
from sessions.models import Page, Wording  # noqa: E402

PAGE = "stages/recovery"


def save(user: User, count: int) -> None:
    for number in range(count):
        line = f"line {user.username} {number}"
        while True:
            draft = Wording.objects.drafts().get(page__name=PAGE)
            try:
                actions.save_draft(
                    wording=draft,
                    revision=draft.revision,
                    text=f"{draft.text}\n{line}",
                    user=user,
                )
            except actions.EditConflict:
                continue
            break
        print(line, flush=True)


def publish(user: User, count: int) -> None:
    page = Page.objects.get(name=PAGE)
    for _ in range(count):
        while True:
            draft = actions.start_draft(page=page, user=user)
            try:
                done = actions.publish_wording(
                    wording=draft,
                    revision=draft.revision,
                    user=user,
                    unreviewed_reason="A test of many at once.",
                    advisory_reason="A test of many at once.",
                )
            except actions.EditConflict:
                continue
            break
        print(done.number, flush=True)


if __name__ == "__main__":
    what, name, count = sys.argv[1:]
    {"save": save, "publish": publish}[what](
        User.objects.get(username=name), int(count)
    )
