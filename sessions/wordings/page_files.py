"""What load_content does with the file of one page (ADR 30).

A changed file is published only while the live wording came from a file and nobody ever
approved the page. Else it becomes a draft in review without an author, so that one
reviewer is the second person. While staff have a draft open, the text of the file is
stored as a FileText, and staff decide between the two.
"""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from sessions.library.folder import ContentFile
from sessions.models import AuditEntry, FileText, Page, Stage, Wording
from sessions.models.area_uses import areas_named
from sessions.wordings.areas import area_slugs
from sessions.wordings.drafts import Step, add_wording, end_unread, record


@dataclass(frozen=True)
class Loaded:
    """What was done with one file, or what staff must still do about it.

    `outcome` is new, published, unchanged, waiting (in a draft), kept (staff have a
    draft, or decided against the file), missing, newer, incomplete, or back: the page
    had been dropped.
    """

    path: str
    outcome: str
    note: str = ""

    def __str__(self) -> str:
        return f"{self.outcome:<10} {self.path}{': ' if self.note else ''}{self.note}"


def load_page(file: ContentFile) -> Loaded:
    """Takes in the file of one page, and returns the outcome."""
    page, is_new = Page.objects.get_or_create(name=file.name, language=file.language)
    stage = file.document.front_matter.stage
    if stage is not None:
        Stage.objects.get_or_create(page=page, defaults={"kind": stage})
    if page.dropped_on is not None:
        return _bring_back(file, page)
    live = Wording.objects.live().filter(page=page).first()
    draft = page.wordings.drafts().first()
    if draft is not None:
        return _load_beside_draft(file, page, live, draft)
    if _is_known(file, page, live):
        return _nothing_to_decide(file, page)
    if FileText.objects.filter(page=page, digest=file.digest, is_settled=True).exists():
        return Loaded(file.path, "kept", "staff's text stays, as was decided")
    FileText.objects.filter(page=page).delete()
    if reason := _why_it_waits(page, live):
        return _wait(file, page, reason)
    wording = _publish(file, page)
    return Loaded(file.path, "new" if is_new else "published", str(wording))


def _is_same(file: ContentFile, text: str) -> bool:
    """Whether the texts are the same. The editor strips white space at both ends."""
    return file.text.strip() == text.strip()


def _is_known(file: ContentFile, page: Page, live: Wording | None) -> bool:
    """Whether patients read this text, or will, or it was loaded last.

    Staff may have replaced or ended what was loaded last. That was their decision.
    """
    rows = (live, _scheduled(page))
    texts = [row.text for row in rows if row is not None]
    loads = AuditEntry.objects.filter(wording__page=page, step=Step.LOADED)
    texts += loads.order_by("-pk").values_list("text", flat=True)[:1]
    return any(_is_same(file, text) for text in texts)


def _scheduled(page: Page) -> Wording | None:
    coming = Q(state=Wording.State.PUBLISHED, publish_from__gt=timezone.now())
    return page.wordings.filter(coming).first()


def _why_it_waits(page: Page, shown: Wording | None) -> str:
    """Why a changed file may not go live without a person; empty if it may."""
    if shown is None:
        return "patients read no version of it" if page.wordings.exists() else ""
    if shown.state == Wording.State.WITHDRAWN:
        return f"version {shown.number} was withdrawn"
    if not shown.is_from_file:
        return f"staff wrote version {shown.number}"
    if coming := _scheduled(page):
        return f"version {coming.number} is scheduled"
    approved = Q(approved_on__isnull=False) | Q(audit_entries__step=Step.APPROVED)
    if page.wordings.filter(approved).exists():
        return "somebody approved this page"
    return ""


def _publish(file: ContentFile, page: Page, comment: str = "") -> Wording:
    wording = add_wording(
        page=page,
        text=file.text,
        author=None,
        state=Wording.State.PUBLISHED,
        publish_from=timezone.now(),
        source_digest=file.digest,
    )
    record(wording, Step.LOADED, None, comment)
    return wording


def _wait(file: ContentFile, page: Page, reason: str, comment: str = "") -> Loaded:
    """Stores the text of the file as a draft in review."""
    draft = add_wording(
        page=page,
        text=file.text,
        author=None,
        state=Wording.State.IN_REVIEW,
        source_digest=file.digest,
    )
    waits = f"It waits for review: {reason}."
    record(draft, Step.LOADED, None, f"{comment} {waits}".strip())
    return Loaded(file.path, "waiting", f"{draft} waits for review: {reason}")


def _load_beside_draft(
    file: ContentFile, page: Page, live: Wording | None, draft: Wording
) -> Loaded:
    """Takes in the file of a page that has a draft.

    A draft that came from a file, and that nobody saved or approved, gets the new text
    of the file. Any other draft stays, and staff decide.
    """
    may_change = draft.is_from_file and not draft.is_approved
    if live is not None and _is_same(file, live.text):
        if may_change:
            draft.source_digest = ""  # It is not what was last taken from a file.
            end_unread(draft, None, "Its file holds the live text again.")
            comment = f"The file holds this text again. {draft} was thrown away."
            record(live, Step.LOADED, None, comment)
        return _nothing_to_decide(file, page)
    if may_change and not _is_same(file, draft.text):
        _replace(draft, file)
    if draft.is_from_file and _is_same(file, draft.text):
        FileText.objects.filter(page=page).delete()
        return Loaded(file.path, "waiting", f"{draft} {_what_it_waits_for(draft)}")
    if _is_same(file, draft.text) or _is_known(file, page, live):
        return _nothing_to_decide(file, page)
    return _keep(file, page, draft)


def _replace(draft: Wording, file: ContentFile) -> None:
    """Puts the new text of the file into a draft that nobody has worked on.

    The revision is raised, so a reviewer who has the older text open cannot approve.
    """
    draft.text = file.text
    draft.source_digest = file.digest
    draft.state = Wording.State.IN_REVIEW
    draft.revision += 1
    draft.save()
    record(draft, Step.LOADED, None, "The file changed again. It waits for review.")


def _what_it_waits_for(draft: Wording) -> str:
    if draft.is_approved:
        return "is approved, and waits to be published"
    if draft.state == Wording.State.DRAFT:
        return "waits for the changes that its reviewer asked for"
    return "waits for review"


def _nothing_to_decide(file: ContentFile, page: Page) -> Loaded:
    decided = {"digest": file.digest, "is_settled": True}
    FileText.objects.filter(page=page).exclude(**decided).delete()
    return Loaded(file.path, "unchanged")


def _keep(file: ContentFile, page: Page, draft: Wording) -> Loaded:
    """Keeps the draft, and stores the file's text for staff to decide in admin."""
    waiting = FileText.objects.filter(page=page, digest=file.digest).first()
    if waiting is not None and waiting.is_settled:
        return Loaded(file.path, "kept", f"{draft} stays, as was decided")
    values = {"text": file.text, "digest": file.digest, "is_settled": False}
    FileText.objects.update_or_create(page=page, defaults=values)
    note = (
        f"{draft} is a draft, and the file differs from it. Staff decide in admin: "
        "keep it, take the file's text, or put the two together"
    )
    return Loaded(file.path, "kept", note)


def _bring_back(file: ContentFile, page: Page) -> Loaded:
    """Puts a dropped page back into the guide.

    Where its last version came from a file and nobody ever approved the page, the file
    is a new version. Else patients read the last version again, and another text in the
    file waits for review.
    """
    note = f"the page was dropped on {page.dropped_on:%d %B %Y}, and is back"
    comment = f"{note[0].upper()}{note[1:]}."
    last = Wording.objects.last_shown().filter(page=page).first()
    reason = _why_it_waits(page, last)
    if last is not None and reason and (gone := _deleted_areas(last)):
        return Loaded(file.path, "kept", f"the page stays dropped: {last} {gone}")
    page.dropped_on = None
    page.save()
    FileText.objects.filter(page=page).delete()
    if last is None or not reason:
        wording = _publish(file, page, comment)
        return Loaded(file.path, "back", f"{wording}; {note}")
    if _is_same(file, last.text):
        record(last, Step.LOADED, None, comment)
        return Loaded(file.path, "back", f"{last}; {note}")
    waiting = _wait(file, page, reason, comment)
    return Loaded(file.path, "back", f"{last}; {note}. {waiting.note}")


def _deleted_areas(last: Wording) -> str:
    """Which deleted areas patients would read of, and what to do; empty if none."""
    if last.state == Wording.State.WITHDRAWN:
        return ""
    there = area_slugs()
    named = (slug for slug, lines in areas_named(last).items() if lines)
    gone = ", ".join(slug for slug in named if slug not in there)
    if not gone:
        return ""
    return f"names what is no area any more: {gone}. Let an Administrator add it again"
