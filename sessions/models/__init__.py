"""What is kept. Nothing here is ever about a patient."""

from sessions.models.clinic import Area, Clinic, ClosedDate, OpeningTime
from sessions.models.governance import AuditEntry, FileText, LoadReport, ShippedText
from sessions.models.pages import Page, Saver, Stage, Wording, WordingQuerySet
from sessions.models.register import Claim, ContentVersion, Scorecard, Source
from sessions.models.sheets import PrintCount, SheetCode

__all__ = [
    "Area",
    "AuditEntry",
    "Claim",
    "Clinic",
    "ClosedDate",
    "ContentVersion",
    "FileText",
    "LoadReport",
    "OpeningTime",
    "Page",
    "PrintCount",
    "Saver",
    "Scorecard",
    "SheetCode",
    "ShippedText",
    "Source",
    "Stage",
    "Wording",
    "WordingQuerySet",
]
