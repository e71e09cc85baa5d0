"""A Hypothesis state machine: users of any roles take any steps in any order.

It checks invariants against records of its own (who saved what, which text was
approved, what was live), and never asks the code under test whether a step was right.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from sessions import wordings
from sessions.documents import parse_document
from sessions.documents.register import Register
from sessions.library.clinic_texts import (
    AREAS,
    STATEMENTS,
    area_text,
    statement_text,
)
from sessions.library.folder import ContentFile, Library
from sessions.models import AuditEntry, FileText, Page, Saver, Wording
from sessions.staff.audit import publications
from sessions.wordings import EditConflict, FileChoice, PublishRefused
from sessions.wordings.loading import load_library
from tests.factories import make_page, make_person, make_stage_text

ROLES = ["Editor", "Clinical reviewer", "Reception", "Administrator"]
KINDS = ["recovery", "injection"]
# A statement that nobody wrote yet, and an area that the migrations made.
CLINIC_TEXTS = ["clinic/approval", "clinic/areas/hand"]
START = datetime(2026, 6, 1, 9, tzinfo=UTC)
DRAFT, REVIEW = Wording.State.DRAFT, Wording.State.IN_REVIEW
PUBLISHED, WITHDRAWN = Wording.State.PUBLISHED, Wording.State.WITHDRAWN
SHOWN = (PUBLISHED, WITHDRAWN)


EDITOR, REVIEWER, ADMINISTRATOR = 0, 1, 2  # the others have any roles, or none
anybody = st.integers(0, 4)
editors = st.one_of(st.just(EDITOR), anybody)
reviewers = st.one_of(st.just(REVIEWER), anybody)
administrators = st.one_of(st.just(ADMINISTRATOR), anybody)
kinds = st.sampled_from(KINDS)
names = st.sampled_from([*(f"stages/{kind}" for kind in KINDS), *CLINIC_TEXTS])
starts = st.sampled_from([None, -5, 30, 30])
fitting_first = st.sampled_from([0, 0, 0, 0, 0, 1, 2, 5])
reasons = st.sampled_from(["It cannot wait.", "It cannot wait.", ""])
BAD = "It is a miracle."
notes = st.sampled_from(["", "", "A number changed.", "Another word.", BAD])
for_patients = st.sampled_from(["It cannot wait.", "It cannot wait.", "", BAD])
fresh = st.sampled_from([True] * 9 + [False])


def is_some(*states: str) -> Callable[[Any], bool]:
    """A precondition: there is a wording in one of these states."""
    return lambda machine: Wording.objects.filter(state__in=states).exists()


def is_scheduled(machine: "Governance") -> bool:
    return Wording.objects.filter(publish_from__gt=machine.now).exists()


Words = tuple[str, str]


def words_of(wording: Wording) -> Words:
    """The text, and the note that patients read beside it."""
    return wording.text, wording.patient_change_note


class Governance(RuleBasedStateMachine):
    """Two stages, texts of the clinic, and five users.

    Every example is rolled back when it ends.
    """

    happened: set[str] = set()

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = START
        self.count = 0
        self.files = {kind: make_stage_text(kind) for kind in KINDS}
        self.numbers: dict[int, list[int]] = {}
        self.savers: dict[int, set[int]] = {}
        self.approved: dict[int, tuple[int, Words]] = {}
        self.unreviewed: dict[int, tuple[int, str]] = {}
        # The migrations published texts too.
        self.loaded = dict(Wording.objects.values_list("pk", "text"))
        self.approved_pages: set[str] = set()
        self.final: dict[int, Words] = {}
        for kind in KINDS:
            make_page(f"stages/{kind}")

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize(roles=st.lists(st.sets(st.sampled_from(ROLES)), min_size=5, max_size=5))
    def people_come(self, roles) -> None:
        # Three users with fixed roles: without them nearly every step is refused.
        roles[EDITOR].add("Editor")
        roles[REVIEWER].add("Clinical reviewer")
        roles[ADMINISTRATOR].add("Administrator")
        self.people = []
        for number, names in enumerate(roles):
            user = make_person(username=f"person {number}")
            for name in names:
                user.groups.add(Group.objects.get(name=name))
            self.people.append(user)
        self.load_everything()

    # --- rules ---

    def attempt(self, name: str, write: Callable[[], Any]) -> Any:
        """The result of `write`; None if it is refused. Then no row may change."""
        before = rows()
        with time_machine.travel(self.now, tick=False):
            try:
                result = write()
            except (PermissionDenied, EditConflict, PublishRefused):
                assert rows() == before, f"{name} was refused and changed something."
                return None
        self.happened.add(name)
        return result

    def pick(self, number: int, *states: str) -> Wording:
        """A wording, counted from the newest; those in these states come first."""
        newest = Wording.objects.order_by("-pk")
        found = sorted(newest, key=lambda wording: wording.state not in states)
        return found[min(number, len(found) - 1)]

    def seen(self, wording: Wording, is_fresh: bool) -> int:
        return wording.revision if is_fresh else wording.revision - 1

    @rule(name=names, who=editors)
    def start_draft(self, name, who) -> None:
        page = Page.objects.get(name=name)
        known = set(Wording.objects.values_list("pk", flat=True))
        user = self.people[who]
        draft = self.attempt(
            "start", lambda: wordings.start_draft(page=page, user=user)
        )
        if draft.pk not in known:
            self.savers[draft.pk] = {user.pk}

    @precondition(is_some(DRAFT, REVIEW))
    @rule(number=fitting_first, who=editors, note=notes, is_fresh=fresh)
    def save(self, number, who, note, is_fresh) -> None:
        self.count += 1
        wording, user = self.pick(number, DRAFT, REVIEW), self.people[who]
        text = make_any_text(wording.page.name, f"It is text {self.count}.")
        saved = self.attempt(
            "save",
            lambda: wordings.save_draft(
                wording=wording,
                revision=self.seen(wording, is_fresh),
                text=text,
                user=user,
                patient_change_note=note,
            ),
        )
        if saved is not None:
            assert words_of(saved) == (text, note)
            assert is_fresh and saved.pk not in self.final
            self.savers.setdefault(saved.pk, set()).add(user.pk)
            self.approved.pop(saved.pk, None)

    @precondition(is_some(DRAFT))
    @rule(number=fitting_first, who=editors, is_fresh=fresh)
    def send(self, number, who, is_fresh) -> None:
        wording = self.pick(number, DRAFT)
        sent = self.attempt(
            "send",
            lambda: wordings.send_for_review(
                wording=wording,
                revision=self.seen(wording, is_fresh),
                user=self.people[who],
            ),
        )
        if sent is not None:
            assert is_fresh and sent.patient_change_note != BAD

    @precondition(is_some(REVIEW))
    @rule(number=fitting_first, who=reviewers, comment=reasons, is_fresh=fresh)
    def ask_for_changes(self, number, who, comment, is_fresh) -> None:
        wording = self.pick(number, REVIEW)
        asked = self.attempt(
            "ask",
            lambda: wordings.ask_for_changes(
                wording=wording,
                revision=self.seen(wording, is_fresh),
                user=self.people[who],
                comment=comment,
            ),
        )
        if asked is not None:
            assert is_fresh and comment
            self.approved.pop(asked.pk, None)

    @precondition(is_some(REVIEW))
    @rule(
        number=fitting_first,
        who=reviewers,
        days=st.sampled_from([90, 365, 0, -1]),
        is_fresh=fresh,
    )
    def approve(self, number, who, days, is_fresh) -> None:
        wording, user = self.pick(number, REVIEW), self.people[who]
        approved = self.attempt(
            "approve",
            lambda: wordings.approve_wording(
                wording=wording,
                revision=self.seen(wording, is_fresh),
                user=user,
                reviewer_role="Surgeon",
                review_due=self.now.date() + timedelta(days=days),
            ),
        )
        if approved is not None:
            assert is_fresh and days > 0
            assert user.has_perm("stemguide_sessions.review_wording")
            assert user.pk not in self.savers.get(approved.pk, set())
            self.approved[approved.pk] = (user.pk, words_of(approved))
            self.approved_pages.add(approved.page.name)

    @precondition(is_some(DRAFT, REVIEW))
    @rule(
        number=fitting_first,
        who=administrators,
        hours=starts,
        unreviewed=for_patients,
        advisory=reasons,
        is_fresh=fresh,
    )
    def publish(self, number, who, hours, unreviewed, advisory, is_fresh) -> None:
        wording, user = self.pick(number, DRAFT, REVIEW), self.people[who]
        start = None if hours is None else self.now + timedelta(hours=hours)
        published = self.attempt(
            "publish later" if hours == 30 else "publish",
            lambda: wordings.publish_wording(
                wording=wording,
                revision=self.seen(wording, is_fresh),
                user=user,
                publish_from=start,
                unreviewed_reason=unreviewed,
                advisory_reason=advisory,
            ),
        )
        if published is not None:
            assert is_fresh and published.publish_from >= self.now
            self.final[published.pk] = words_of(published)
            if published.pk not in self.approved:
                self.happened.add("publish unreviewed")
                self.unreviewed[published.pk] = (user.pk, unreviewed)

    @rule(kind=kinds, hours=starts, steps=st.integers(2, 4))
    def somebody_carries_it_on(self, kind, hours, steps) -> None:
        """Takes the usual steps, or the first few: random rules rarely get so far."""
        usual = [
            lambda: self.start_draft(name=f"stages/{kind}", who=EDITOR),
            lambda: self.send(number=0, who=EDITOR, is_fresh=True),
            lambda: self.approve(number=0, who=REVIEWER, days=90, is_fresh=True),
            lambda: self.publish(
                number=0,
                who=EDITOR,
                hours=hours,
                unreviewed="",
                advisory="",
                is_fresh=True,
            ),
        ]
        for step in usual[:steps]:
            step()

    @precondition(is_scheduled)
    @rule(number=fitting_first, who=editors, is_fresh=fresh)
    def cancel(self, number, who, is_fresh) -> None:
        wording = self.pick(number, PUBLISHED)
        was_scheduled = self.is_ahead(wording)
        has_draft = Wording.objects.drafts().filter(page=wording.page_id).exists()
        cancelled = self.attempt(
            "cancel",
            lambda: wordings.cancel_schedule(
                wording=wording,
                revision=self.seen(wording, is_fresh),
                user=self.people[who],
            ),
        )
        if cancelled is None:
            return
        assert is_fresh and was_scheduled
        draft = Wording.objects.order_by("pk").last()
        if cancelled.pk in self.approved and not has_draft:
            self.happened.add("keep approval")
            assert draft.is_draft and draft.page_id == cancelled.page_id
            assert words_of(draft) == words_of(cancelled)
            self.carried_on(cancelled.pk, draft)

    def is_ahead(self, wording: Wording) -> bool:
        start = wording.publish_from
        is_shown = wording.state == PUBLISHED and start is not None
        return is_shown and start > self.now

    def carried_on(self, old: int, new: Wording) -> None:
        """A text goes on under a new number, with all that is known about it."""
        if savers := self.savers.get(old):
            self.savers[new.pk] = set(savers)
        self.approved[new.pk] = (self.approved[old][0], words_of(new))

    @precondition(is_scheduled)
    @rule(
        number=fitting_first,
        who=st.one_of(editors, administrators),
        hours=st.sampled_from([30, 48, 0, -5]),
        is_fresh=fresh,
    )
    def move(self, number, who, hours, is_fresh) -> None:
        wording, user = self.pick(number, PUBLISHED), self.people[who]
        was_scheduled = self.is_ahead(wording)
        start = self.now + timedelta(hours=hours)
        moved = self.attempt(
            "move",
            lambda: wordings.move_schedule(
                wording=wording,
                revision=self.seen(wording, is_fresh),
                user=user,
                publish_from=start,
            ),
        )
        if moved is not None:
            assert is_fresh and was_scheduled and moved.publish_from == start
            assert start > self.now
            assert moved.pk in self.approved or user.has_perm(
                "stemguide_sessions.publish_unreviewed"
            )

    @rule(number=fitting_first, who=reviewers, reason=for_patients, is_fresh=fresh)
    def withdraw(self, number, who, reason, is_fresh) -> None:
        wording = self.pick(number, PUBLISHED)
        was_live = wording in self.live()
        withdrawn = self.attempt(
            "withdraw",
            lambda: wordings.withdraw_wording(
                wording=wording,
                revision=self.seen(wording, is_fresh),
                user=self.people[who],
                reason=reason,
            ),
        )
        if withdrawn is not None:
            assert is_fresh and reason and was_live
            assert self.people[who].has_perm("stemguide_sessions.withdraw_wording")

    @precondition(is_some(DRAFT, REVIEW))
    @rule(number=fitting_first, who=st.one_of(editors, reviewers), is_fresh=fresh)
    def throw_away(self, number, who, is_fresh) -> None:
        wording, user = self.pick(number, DRAFT, REVIEW), self.people[who]
        was_draft, live = wording.is_draft, self.live()
        ended = self.attempt(
            "throw away",
            lambda: wordings.throw_away_draft(
                wording=wording, revision=self.seen(wording, is_fresh), user=user
            ),
        )
        if ended is not None:
            assert is_fresh and was_draft
            assert user.pk in self.savers.get(ended.pk, set()) or user.has_perm(
                "stemguide_sessions.review_wording"
            )
            self.final[ended.pk] = words_of(ended)
            assert self.live() == live

    @rule(number=fitting_first, who=reviewers, reason=reasons, is_fresh=fresh)
    def put_back(self, number, who, reason, is_fresh) -> None:
        user, live = self.people[who], self.live()
        newest = Wording.objects.order_by("-pk")
        old = sorted(newest, key=lambda w: w in live and w.state == PUBLISHED)
        old.sort(key=lambda w: w.pk not in self.approved or w.state not in SHOWN)
        wording = old[min(number, len(old) - 1)]
        start = wording.publish_from
        ended = [
            row for row in Wording.objects.filter(page=wording.page_id)
            if row.is_draft or self.is_ahead(row)
        ]  # fmt: skip
        new = self.attempt(
            "put back",
            lambda: wordings.put_back_wording(
                wording=wording,
                revision=self.seen(wording, is_fresh),
                user=user,
                reason=reason,
            ),
        )
        if new is None:
            return
        assert is_fresh and reason and start is not None and start <= self.now
        assert user.has_perm("stemguide_sessions.review_wording")
        assert user.pk not in self.savers.get(wording.pk, set())
        assert not any(
            row.page_id == new.page_id
            and row.state == PUBLISHED
            and row.text == wording.text
            for row in live
        )
        said = f"We use the words of version {wording.number} again."
        assert words_of(new) == (wording.text, said) and new in self.live()
        self.final[new.pk] = words_of(new)
        self.final.update({row.pk: words_of(row) for row in ended})
        self.carried_on(wording.pk, new)
        assert not any(
            row.is_draft or self.is_ahead(row)
            for row in Wording.objects.filter(page=wording.page_id)
        )

    @precondition(lambda machine: not is_some(DRAFT, REVIEW)(machine))
    @rule(number=fitting_first, who=editors)
    def restore(self, number, who) -> None:
        wording, user = self.pick(number, PUBLISHED), self.people[who]
        draft = self.attempt(
            "restore", lambda: wordings.restore_wording(wording=wording, user=user)
        )
        if draft is not None:
            assert draft.text == wording.text and draft.pk != wording.pk
            self.savers[draft.pk] = {user.pk}

    @precondition(lambda machine: FileText.objects.exists())
    @rule(who=editors, choice=st.sampled_from(FileChoice))
    def settle(self, who, choice) -> None:
        file_text = FileText.objects.first()
        known = set(Wording.objects.values_list("pk", flat=True))
        user = self.people[who]
        drafts = set(self.drafts())
        wording = self.attempt(
            "settle",
            lambda: wordings.settle_file(file_text=file_text, choice=choice, user=user),
        )
        if wording is not None and wording.pk not in known:
            self.savers[wording.pk] = {user.pk}
        for ended in drafts - set(self.drafts()):
            assert choice is FileChoice.TAKE and wording.text == file_text.text
            self.final[ended.pk] = words_of(ended)

    @rule(kind=kinds, choice=st.sampled_from(FileChoice))
    def somebody_takes_every_step(self, kind, choice) -> None:
        """So that a few examples reach every step, whatever the other rules draw."""
        now = {"number": 0, "is_fresh": True}
        self.somebody_carries_it_on(kind=kind, hours=None, steps=2)
        self.ask_for_changes(who=REVIEWER, comment="Change it.", **now)
        self.save(who=EDITOR, note="", **now)
        self.publish(
            who=ADMINISTRATOR, hours=None, unreviewed="Now.", advisory="", **now
        )
        self.load_content(kind=kind, is_changed=True)
        self.load_content(kind=kind, is_changed=True)
        self.save(who=EDITOR, note="A number changed.", **now)
        self.load_content(kind=kind, is_changed=True)
        if FileText.objects.exists():
            self.settle(who=EDITOR, choice=choice)
        self.send(who=EDITOR, **now)
        self.approve(who=REVIEWER, days=90, **now)
        self.publish(who=EDITOR, hours=None, unreviewed="", advisory="", **now)
        self.restore(number=0, who=EDITOR)
        self.somebody_carries_it_on(kind=kind, hours=30, steps=4)
        self.move(who=EDITOR, hours=48, **now)
        self.cancel(who=EDITOR, **now)
        self.throw_away(who=REVIEWER, **now)
        self.somebody_carries_it_on(kind=kind, hours=None, steps=4)
        self.withdraw(who=REVIEWER, reason="It was wrong.", **now)
        self.put_back(who=REVIEWER, reason="It was right.", **now)

    @rule(kind=kinds, is_changed=st.booleans())
    def load_content(self, kind, is_changed) -> None:
        if is_changed:
            self.count += 1
            self.files[kind] = make_stage_text(kind, body=f"File {self.count}.")
        self.load_everything()
        if is_changed:
            drafts = [draft.text for draft in self.drafts()]
            texts = [*self.loaded.values(), *drafts, *waiting_texts()]
            assert self.files[kind] in texts

    def load_everything(self) -> None:
        drafts = {draft.page_id: draft for draft in self.drafts()}
        live = {wording.page_id: wording for wording in self.live()}
        known = set(Wording.objects.values_list("pk", flat=True))
        files = tuple(
            ContentFile(f"stages/{kind}", f"{kind}.md", text, parse_document(text))
            for kind, text in self.files.items()
        )
        library = Library(files, Register({}, {}), {}, ())
        self.attempt("load", lambda: load_library(library))
        for wording in Wording.objects.exclude(pk__in=known):
            assert wording.page_id not in drafts
            if wording.state == REVIEW:
                self.happened.add("wait")
            else:
                before = live.get(wording.page_id)
                self.assert_nobody_stands_behind(before, wording.page)
                self.loaded[wording.pk] = wording.text
                self.final[wording.pk] = words_of(wording)
        for draft in drafts.values():
            now = Wording.objects.get(pk=draft.pk)
            if now.text != draft.text:
                self.happened.add("replace what waits")
                assert draft.pk not in self.savers and draft.pk not in self.approved
                assert now.text in self.files.values()

    def assert_nobody_stands_behind(self, before: Wording | None, page: Page) -> None:
        """A file went live on this page, over this wording: nobody may have decided."""
        assert page.name not in self.approved_pages, "It went over an approval."
        assert before is None or (
            before.state == PUBLISHED
            and (before.pk in self.loaded or before.pk not in self.savers)
        ), "It went over a text that staff wrote or withdrew."
        assert not page.wordings.filter(publish_from__gt=self.now).exists()

    @rule(hours=st.sampled_from([1, 1, 31, 24 * 40]))
    def time_passes(self, hours) -> None:
        self.now += timedelta(hours=hours)

    # --- invariants ---

    @invariant()
    def nothing_is_live_that_nobody_answers_for(self) -> None:
        for wording in self.live():
            if wording.pk in self.loaded:
                assert wording.text == self.loaded[wording.pk]
            elif wording.pk in self.approved:
                reviewer, words = self.approved[wording.pk]
                assert words == words_of(wording)
                assert reviewer not in self.savers.get(wording.pk, set())
            else:
                user, reason = self.unreviewed[wording.pk]
                person = next(person for person in self.people if person.pk == user)
                assert person.has_perm("stemguide_sessions.publish_unreviewed")
                assert reason == wording.unreviewed_reason != ""

    @invariant()
    def whoever_is_named_as_reviewer_approved_this_very_text(self) -> None:
        for wording in Wording.objects.exclude(reviewer=None):
            reviewer, words = self.approved[wording.pk]
            assert (reviewer, words) == (wording.reviewer_id, words_of(wording))

    @invariant()
    def approved_and_published_words_never_change(self) -> None:
        now = {wording.pk: words_of(wording) for wording in Wording.objects.all()}
        for pk, words in self.final.items():
            assert now[pk] == words
        for pk, (_, words) in self.approved.items():
            assert now[pk] == words

    @invariant()
    def nothing_that_patients_read_beside_a_text_has_a_forbidden_phrase(self) -> None:
        for wording in Wording.objects.shown(self.now):
            beside = (wording.patient_change_note, wording.unreviewed_reason)
            assert BAD not in (*beside, wording.withdrawn_reason)

    @invariant()
    def numbers_grow_and_are_never_used_again(self) -> None:
        found: dict[int, list[int]] = {}
        for page, number in Wording.objects.order_by("pk").values_list(
            "page_id", "number"
        ):
            found.setdefault(page, []).append(number)
        for page, numbers in found.items():
            before = self.numbers.get(page, [])
            assert numbers[: len(before)] == before
            assert numbers == sorted(set(numbers))
        assert self.numbers.keys() <= found.keys()
        self.numbers = found

    @invariant()
    def a_page_has_one_draft_at_most(self) -> None:
        pages = [
            row.page_id
            for row in Wording.objects.of_guide().all()
            if row.state not in SHOWN
        ]
        assert len(pages) == len(set(pages))

    @invariant()
    def whoever_saved_is_remembered(self) -> None:
        kept: dict[int, set[int]] = {}
        for wording, user in Saver.objects.values_list("wording_id", "user_id"):
            kept.setdefault(wording, set()).add(user)
        assert kept == self.savers

    @invariant()
    def live_is_the_highest_number_whose_time_has_come(self) -> None:
        highest: dict[int, Wording] = {}
        for wording in Wording.objects.order_by("number"):
            start = wording.publish_from
            if wording.state in SHOWN and start is not None and start <= self.now:
                highest[wording.page_id] = wording
        assert set(self.live()) == set(highest.values())

    @invariant()
    def audit_tells_once_of_what_is_live_and_never_of_what_is_not(self) -> None:
        steps = ("published", "published-unreviewed", "put-back")
        recorded = AuditEntry.objects.filter(step__in=steps)
        told = Counter(entry.wording_id for entry in recorded)
        told.update(entry.wording_id for entry in publications(self.now))
        assert all(
            told[row.pk] == 1 for row in self.live() if row.pk not in self.loaded
        )
        unread = Wording.objects.exclude(publish_from__lte=self.now)
        assert [row for row in unread if told[row.pk]] == []

    def drafts(self) -> list[Wording]:
        return list(Wording.objects.filter(state__in=[DRAFT, REVIEW]))

    def live(self) -> list[Wording]:
        return list(Wording.objects.live(self.now))


def make_any_text(name: str, words: str) -> str:
    if name in STATEMENTS:
        return statement_text(name, words)
    if name.startswith(AREAS):
        return area_text("Hand", words)
    return make_stage_text(name.removeprefix("stages/"), body=words)


def rows() -> list[Any]:
    """All rows that the steps may change."""
    tables = (Wording, Saver, AuditEntry, FileText)
    return [list(table.objects.order_by("pk").values()) for table in tables]


def waiting_texts() -> list[str]:
    return list(FileText.objects.values_list("text", flat=True))


@pytest.mark.django_db
def test_governance_holds_whoever_does_what_in_any_order(pytestconfig, how_many):
    Governance.happened.clear()

    run_state_machine_as_test(
        Governance,
        settings=settings(
            max_examples=how_many(8, 400),
            stateful_step_count=how_many(40, 60),
            derandomize=not pytestconfig.getoption("--soak"),
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert Governance.happened == {
        "start", "save", "send", "ask", "approve", "publish", "publish later",
        "publish unreviewed", "move", "cancel", "keep approval", "withdraw", "restore",
        "throw away", "put back", "settle", "load", "wait", "replace what waits",
    }  # fmt: skip
