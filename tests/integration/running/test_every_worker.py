"""Published, withdrawn, put back: every worker process shows it within a second."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers import START_TIMEOUT, free_port
from tests.sites import manage, serve, set_up
from tests.workers import Reader, workers_of

WORKERS = 3
AT_MOST_STALE = 1.0
PAGE = "/stages/recovery/"
NEW, REASON = "Rest for nine days.", "This number was wrong."
CURRENT, CHANGED, WITHDRAWN = (
    "This paper is current", "This paper has changed", "Do not use this paper",
)  # fmt: skip

# In a process of its own, as another worker or machine is. It prints the moment after
# the commit, by the clock that all processes of a machine share.
BEGIN = """
import time
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from sessions import wordings
from sessions.models import Page, SheetCode, Wording
page = Page.objects.get(name="stages/recovery", language="en")
def person(name):
    return User.objects.get_or_create(
        username=name, defaults={"is_staff": True, "is_superuser": True}
    )[0]
nora, anne = person("nora"), person("anne")
live = Wording.objects.live().get(page=page)
"""
END = "print(time.monotonic())"
CODE = """
print(SheetCode.objects.get(kind="stages/recovery", wordings=live).code)
"""
APPROVE = f"""
draft = wordings.start_draft(page=page, user=nora)
heading = "## How it may feel\\n"
text = draft.text.replace(heading, heading + "\\n{NEW}\\n", 1)
draft = wordings.save_draft(wording=draft, revision=1, text=text, user=nora)
draft = wordings.send_for_review(wording=draft, revision=2, user=nora)
wordings.approve_wording(
    wording=draft, revision=3, user=anne, reviewer_role="Nurse",
    review_due=timezone.now().date() + timedelta(days=90),
)
"""
PUBLISH = """
draft = Wording.objects.drafts().get(page=page)
wordings.publish_wording(
    wording=draft, revision=4, user=anne, advisory_reason="Fine."
)
"""
WITHDRAW = f"""
wordings.withdraw_wording(
    wording=live, revision=live.revision, user=anne, reason={REASON!r}
)
"""
PUT_BACK = """
wordings.put_back_wording(
    wording=live, revision=live.revision, user=anne, reason="It was right."
)
"""


@pytest.fixture
def site(tmp_path) -> Path:
    set_up(tmp_path)
    return tmp_path


def ask_site(site: Path, *code: str) -> str:
    """What Python code prints, in another process of the site."""
    printed = manage(site, "shell", "-v", "0", "-c", "".join([BEGIN, *code]))
    return printed.strip()


@contextmanager
def readers(port: int, master: int, *addresses: str) -> Iterator[list[Reader]]:
    """A reader of each worker, who has read every address."""
    found = [Reader(port, pid, addresses) for pid in workers_of(master)]
    for reader in found:
        reader.start()
    try:
        wait_until_read(found, since=time.monotonic())
        yield found
    finally:
        for reader in found:
            reader.stop()


def wait_until_read(found: list[Reader], since: float) -> dict[str, list[str]]:
    """By address: every text that a worker sent for a request after this moment."""
    end = time.monotonic() + START_TIMEOUT
    while True:
        late = [[s for s in list(r.seen) if s.begun > since] for r in found]
        if all({s.address for s in seen} == {*r.addresses} for r, seen in
               zip(found, late, strict=True)):  # fmt: skip
            break
        assert time.monotonic() < end, "A worker process did not answer."
        time.sleep(0.05)
    texts: dict[str, list[str]] = {}
    for seen in (one for of_worker in late for one in of_worker):
        texts.setdefault(seen.address, []).append(seen.text)
    return texts


def assert_all_show(
    found: list[Reader], since: float, expected: dict[str, tuple[str, bool]]
) -> None:
    """`expected` has by address some words, and whether they are shown."""
    for address, texts in wait_until_read(found, since).items():
        words, is_shown = expected[address]
        assert [words in text for text in texts] == [is_shown] * len(texts), address


def test_every_worker_shows_it_within_a_second_and_paper_answers_rightly(site):
    old = f"/v/{ask_site(site, CODE)}/"
    ask_site(site, APPROVE)
    port = free_port()

    with serve(site, port, WEB_WORKERS=str(WORKERS)) as gunicorn:
        with readers(port, gunicorn.pid, PAGE, old) as found:
            assert len({reader.worker for reader in found}) == WORKERS
            before = {PAGE: (NEW, False), old: (CURRENT, True)}
            assert_all_show(found, 0, before)
            published = float(ask_site(site, PUBLISH, END))
            after = {PAGE: (NEW, True), old: (CHANGED, True)}
            assert_all_show(found, published + AT_MOST_STALE, after)

        paper = f"/v/{ask_site(site, CODE)}/"
        with readers(port, gunicorn.pid, PAGE, paper) as found:
            assert_all_show(found, 0, {PAGE: (NEW, True), paper: (CURRENT, True)})
            withdrawn = float(ask_site(site, WITHDRAW, END))
            after = {PAGE: (REASON, True), paper: (WITHDRAWN, True)}
            assert_all_show(found, withdrawn + AT_MOST_STALE, after)
            back = float(ask_site(site, PUT_BACK, END))
            after = {PAGE: (NEW, True), paper: (CURRENT, True)}
            assert_all_show(found, back + AT_MOST_STALE, after)
