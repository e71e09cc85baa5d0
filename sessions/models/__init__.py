"""The database models. None of them ever holds anything about a patient."""

from sessions.models import lookups  # noqa: F401
from sessions.models.area_uses import AreaInUse
from sessions.models.clinic import Area, Clinic, ClosedDate, OpeningTime
from sessions.models.details import DetailChange
from sessions.models.governance import AuditEntry, FileText, LoadReport, ShippedText
from sessions.models.pages import Page, Stage
from sessions.models.register import (
    ClinicalRules,
    CommonQuestion,
    ContentVersion,
    Ratings,
    RegisterEntry,
    Synonyms,
)
from sessions.models.sheets import PrintCount, SheetCode
from sessions.models.wordings import Saver, Wording, WordingQuerySet

__all__ = [
    "Area",
    "AreaInUse",
    "AuditEntry",
    "Clinic",
    "ClinicalRules",
    "ClosedDate",
    "CommonQuestion",
    "ContentVersion",
    "DetailChange",
    "FileText",
    "LoadReport",
    "OpeningTime",
    "Page",
    "PrintCount",
    "Ratings",
    "RegisterEntry",
    "Saver",
    "SheetCode",
    "ShippedText",
    "Stage",
    "Synonyms",
    "Wording",
    "WordingQuerySet",
]
