"""Texts of the clinic, published for a test without the steps in between."""

from datetime import date

from django.utils import timezone

from sessions.library.clinic_texts import PREFIX, area_page, area_text, statement_text
from sessions.models import Area, AuditEntry, Clinic, Page, Wording
from sessions.wordings import add_wording, content_write
from tests.factories import make_person


def publish_text(name, text):
    """The text of this page of the clinic, live."""
    with content_write():
        page, _ = Page.objects.get_or_create(name=name)
        return add_wording(
            page=page,
            text=text,
            author=None,
            state=Wording.State.PUBLISHED,
            publish_from=timezone.now(),
        )


def publish_statement(name, words):
    return publish_text(name, statement_text(name, words))


def confirm_texts(username="karl"):
    """A reviewer of this name has checked every live text of the clinic."""
    live = Wording.objects.filter(page__name__startswith=PREFIX)
    live.update(
        reviewer=make_person("Clinical reviewer", username),
        reviewer_role="Hand surgeon",
        approved_on=date(2026, 6, 1),
        review_due=date(2999, 6, 1),
    )


def add_live_area(slug, name, introduction="", **fields):
    """An area that the clinic offers, whose name and introduction are live."""
    area = Area.objects.create(
        slug=slug, name=name, introduction=introduction, **fields
    )
    Clinic.objects.get().areas_offered.add(area)
    publish_text(area_page(slug), area_text(name, introduction))
    return area


def of_guide(rows):
    """The rows of audit.csv that are not about a text of the clinic."""
    own = ("Area ", "Clinic statement ")
    return [row for row in rows if not row["Page"].startswith(own)]


def steps_taken():
    """The audit entries of a test, without those that the migrations wrote."""
    return AuditEntry.objects.exclude(step=AuditEntry.Step.KEPT)
