"""Starting, saving and restoring drafts. Nothing here changes what patients read."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import F, Max

from sessions.library.clinic_texts import first_text
from sessions.library.texts import size_fault, with_line_feeds
from sessions.models import (
    AuditEntry,
    Clinic,
    ContentVersion,
    FileText,
    Page,
    Saver,
    Wording,
)
from sessions.models.locks import one_writer
from sessions.models.time_zones import moment_words
from sessions.wordings.live_columns import copy_live_texts
from sessions.wordings.sheet_codes import make_sheet_codes

Step = AuditEntry.Step


@contextmanager
def content_write() -> Iterator[None]:
    """A transaction that raises the content version: all workers then reload."""
    with one_writer():
        yield
        copy_live_texts()
        make_sheet_codes()
        ContentVersion.objects.filter(pk=1).update(number=F("number") + 1)


class EditConflict(Exception):
    """Somebody else changed the wording first. `current` is the stored wording."""

    def __init__(self, current: Wording):
        self.current = current
        super().__init__(f"{current} was changed by somebody else.")


def lock_revision(wording: Wording, revision: int) -> Wording:
    """Locks and returns the stored wording. The caller saves it with the next revision.

    Called inside a transaction. Raises EditConflict if `revision`, which the user's
    form was opened with, is not the stored one.
    """
    current = Wording.objects.select_for_update().get(pk=wording.pk)
    if current.revision != revision:
        raise EditConflict(current)
    current.revision += 1
    return current


def record(wording: Wording, step: Step, user: User | None, comment: str = "") -> None:
    """Records a step in the audit log, with the text as it is now."""
    AuditEntry.objects.create(
        wording=wording, step=step, user=user, comment=comment, text=wording.text
    )


def schedule_of(wording: Wording) -> str:
    """When a scheduled wording is published: at the clinic, and in UTC."""
    assert wording.publish_from is not None  # It is scheduled.
    return moment_words(wording.publish_from, Clinic.objects.get(pk=1).zone)


def add_wording(
    *, page: Page, text: str, author: User | None, **fields: Any
) -> Wording:
    """Creates a wording with the next number of its page."""
    highest = page.wordings.aggregate(highest=Max("number"))["highest"] or 0
    wording = Wording.objects.create(
        page=page, number=highest + 1, text=text, author=author, **fields
    )
    if author is not None:
        Saver.objects.create(wording=wording, user=author)
    return wording


APPROVAL = ("reviewer", "reviewer_role", "approved_on", "review_due")


def carry_on(wording: Wording, **fields: Any) -> Wording:
    """Creates a wording with the next number, and text and approval of this one.

    Whoever saved this one is named as having saved the new one: they may not approve
    it either. It has no digest, so load_content does not replace it by a changed file.
    """
    approval = {name: getattr(wording, name) for name in APPROVAL}
    new = add_wording(
        page=wording.page,
        text=wording.text,
        author=wording.author,
        **approval,
        **fields,
    )
    for user in wording.savers.exclude(pk=wording.author_id):
        Saver.objects.create(wording=new, user=user)
    return new


def _need_page_in_guide(page: Page) -> None:
    """Raises PermissionDenied for a dropped page, with how it comes back."""
    if page.dropped_on is None:
        return
    if page.is_clinic_text:
        day = f"{page.dropped_on:%d %B %Y}"
        message = f"This area was deleted on {day}. Add it again to write its text."
        raise PermissionDenied(message)
    raise PermissionDenied(
        f"This page was dropped on {page.dropped_on:%d %B %Y}. Only whoever runs the "
        f"site can bring it back: by putting its file {page.path} back."
    )


def start_draft(
    *, page: Page, user: User, text: str | None = None, comment: str = ""
) -> Wording:
    """Creates a draft with `text`, by default the newest text of the page.

    A text that was cancelled or thrown away is not taken. If the page has a draft
    already, returns that one unchanged. Raises PermissionDenied for a dropped page.
    """
    with one_writer():
        page = Page.objects.select_for_update().get(pk=page.pk)
        _need_page_in_guide(page)
        draft = page.wordings.drafts().first()
        if draft is not None:
            return draft
        newest = page.wordings.not_ended().first()
        if text is None:
            text = newest.text if newest else first_text(page.name)
        draft = add_wording(page=page, text=text, author=user)
        record(draft, Step.STARTED, user, comment)
        return draft


def save_draft(
    *,
    wording: Wording,
    revision: int,
    text: str,
    user: User,
    change_note: str = "",
    patient_change_note: str = "",
) -> Wording:
    """Saves the text of a draft, and adds `user` to those who saved it.

    The wording leaves review, and an approval is voided. Raises EditConflict if
    `revision` is not the stored one. Raises PermissionDenied for a text that is larger
    than a file may be, or if the wording is no draft any more. All of these change
    nothing.
    """
    text = with_line_feeds(text)
    if fault := size_fault(text):
        raise PermissionDenied(fault)
    with one_writer():
        current = lock_revision(wording, revision)
        if not current.is_draft:
            raise PermissionDenied("This wording is no draft any more. Make a new one.")
        current.text = text
        current.source_digest = ""
        current.change_note = change_note
        current.patient_change_note = patient_change_note
        current.author = user
        current.state = Wording.State.DRAFT
        current.void_approval()
        current.save()
        Saver.objects.update_or_create(wording=current, user=user)
        return current


def restore_wording(*, wording: Wording, user: User) -> Wording:
    """Creates a draft with the text of an older wording.

    Raises PermissionDenied if the page has a draft already, which is not overwritten,
    and for a dropped page.
    """
    with one_writer():
        page = Page.objects.select_for_update().get(pk=wording.page_id)
        _need_page_in_guide(page)
        if page.wordings.drafts().exists():
            raise PermissionDenied(
                "This page has a draft already. Publish it first, change it, or throw "
                "it away."
            )
        draft = add_wording(page=page, text=wording.text, author=user)
        record(draft, Step.RESTORED, user, f"From version {wording.number}.")
        return draft


def end_unread(wording: Wording, user: User | None, why: str) -> None:
    """Ends a draft or a schedule that another text takes the place of. No text is lost.

    The caller holds the lock.
    """
    is_draft = wording.is_draft
    if not is_draft:
        why = f"{why} It was set for {schedule_of(wording)}."
    wording.end_unread(Wording.THROWN_AWAY if is_draft else Wording.CANCELLED)
    wording.revision += 1
    wording.save()
    step = Step.THROWN_AWAY if is_draft else Step.SCHEDULE_CANCELLED
    record(wording, step, user, why)


def beside_file(page: Page) -> Wording:
    """The wording that a waiting file differs from: the draft, or else the newest."""
    rows = page.wordings.select_related("author")
    wording = rows.drafts().first() or rows.not_ended().first() or rows.first()
    assert wording is not None  # The file differs from it.
    return wording


class FileChoice(StrEnum):
    """What to do with a file that differs from the draft, or from staff's text."""

    KEEP = "keep"
    TAKE = "take"
    MERGE = "merge"


def settle_file(*, file_text: FileText, choice: FileChoice, user: User) -> Wording:
    """Applies the choice. Returns the wording to show next: the newest, or a draft.

    KEEP changes no wording. TAKE makes a draft with the text of the file, in place of
    an open draft. MERGE opens the draft, or makes one with the newest text, into which
    the user puts what the file says better.
    """
    with one_writer():
        page = Page.objects.select_for_update().get(pk=file_text.page_id)
        if choice is FileChoice.KEEP:
            result = beside_file(page)
        elif choice is FileChoice.TAKE:
            result = _take_file(file_text, page, user)
        else:
            result = start_draft(page=page, user=user)
        if choice is not FileChoice.MERGE:
            FileText.objects.filter(pk=file_text.pk).update(is_settled=True)
        return result


def _take_file(file_text: FileText, page: Page, user: User) -> Wording:
    """Makes a draft with the text of the file. Throws an open draft away."""
    _need_page_in_guide(page)
    comment = "With the text of the file."
    draft = page.wordings.drafts().first()
    if draft is not None:
        end_unread(draft, user, "A draft with the text of the file took its place.")
        comment += f" {draft} was thrown away."
    return start_draft(page=page, user=user, text=file_text.text, comment=comment)
