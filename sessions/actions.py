"""Every write to wordings: atomic, raising the content version if patients see it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from sessions.documents import DocumentError, parse_document
from sessions.documents.quality import Check, Finding, review
from sessions.models import (
    Claim,
    ContentVersion,
    Page,
    Saver,
    Source,
    Wording,
)
from sessions.references import Known, reference_faults


@contextmanager
def content_write() -> Iterator[None]:
    """A transaction at whose end every worker reads the content anew."""
    with transaction.atomic():
        yield
        ContentVersion.objects.filter(pk=1).update(number=F("number") + 1)


class EditConflict(Exception):
    """Somebody else saved the same draft first. `current` is what they saved."""

    def __init__(self, current: Wording):
        self.current = current
        super().__init__(f"{current} was saved by somebody else.")


class PublishRefused(Exception):
    """A text that must not go to patients yet. `findings` says why, by line."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        super().__init__("\n".join(f"line {f.line}: {f.message}" for f in findings))


# --- wordings ----------------------------------------------------------------


def start_draft(*, page: Page, user: User) -> Wording:
    """A new draft with the page's live text, or the draft there already is."""
    with transaction.atomic():
        page = Page.objects.select_for_update().get(pk=page.pk)
        draft = page.wordings.drafts().first()
        if draft is not None:
            return draft
        newest = page.wordings.first()
        return add_wording(
            page=page,
            text=newest.text if newest else "",
            author=user,
            reviewer_role="",
        )


def save_draft(
    *,
    wording: Wording,
    revision: int,
    text: str,
    user: User,
    change_note: str = "",
    patient_change_note: str = "",
) -> Wording:
    """The draft with a new text, and `user` named among those who saved it.

    Raises EditConflict when `revision` is not the one that is stored, and
    PermissionDenied when the wording is no draft any more. Either changes nothing.
    """
    with transaction.atomic():
        current = Wording.objects.select_for_update().get(pk=wording.pk)
        if not current.is_draft:
            raise PermissionDenied("This wording is published. Make a new draft.")
        if current.revision != revision:
            raise EditConflict(current)
        current.text = text.replace("\r\n", "\n").replace("\r", "\n")
        current.change_note = change_note
        current.patient_change_note = patient_change_note
        current.revision += 1
        current.author = user
        current.state = Wording.State.DRAFT
        current.save()
        Saver.objects.update_or_create(wording=current, user=user)
        return current


def blocking_findings(*, page: Page, text: str) -> list[Finding]:
    """What keeps a text of this page from patients: faults, gaps, forbidden phrases."""
    try:
        document = parse_document(text)
    except DocumentError as error:
        return [Finding(f.line, Check.FAULT, f.message) for f in error.faults]
    pages = {
        wording.page.name: parse_document(wording.text)
        for wording in Wording.objects.live().select_related("page")
    }
    known = Known(
        pages={**pages, page.name: document},
        claims=frozenset(Claim.objects.values_list("name", flat=True)),
        sources=frozenset(Source.objects.values_list("name", flat=True)),
    )
    faults = reference_faults(page.name, document, known)
    findings = [Finding(fault.line, Check.FAULT, fault.message) for fault in faults]
    return findings + [f for f in review(document, page.name).findings if f.is_blocking]


def publish_wording(
    *, wording: Wording, user: User, publish_from: datetime | None = None
) -> Wording:
    """The wording, live from `publish_from` (now when not given).

    Raises PermissionDenied for somebody who may not publish unreviewed text, and
    PublishRefused when the text has blocking findings. Either changes nothing.
    """
    with content_write():
        current = Wording.objects.select_for_update().get(pk=wording.pk)
        if not current.is_draft:
            raise PermissionDenied("This wording is published already.")
        unreviewed = current.reviewer_id is None
        if unreviewed and not user.has_perm("stemguide_sessions.publish_unreviewed"):
            raise PermissionDenied("A second person must approve this wording first.")
        findings = blocking_findings(page=current.page, text=current.text)
        if findings:
            raise PublishRefused(findings)
        current.state = Wording.State.PUBLISHED
        current.publish_from = publish_from or timezone.now()
        current.save()
        return current


def add_wording(*, page: Page, text: str, author: User | None, **fields: Any):
    highest = page.wordings.aggregate(highest=Max("number"))["highest"] or 0
    wording = Wording.objects.create(
        page=page, number=highest + 1, text=text, author=author, **fields
    )
    if author is not None:
        Saver.objects.create(wording=wording, user=author)
    return wording
