"""Which version of which words is on a sheet of paper."""

from __future__ import annotations

from django.db import models

from sessions.models.pages import Wording


class SheetCode(models.Model):
    """A short code on paper that names what is printed there, and never a patient.

    `kind` is the name of the page that is printed, or of a sheet made of several. Rows
    are made when something is published or loaded, and answer for ever.
    """

    code = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=100)
    language = models.CharField(max_length=10)
    wordings = models.ManyToManyField(Wording, related_name="sheet_codes")
    digest = models.CharField(
        max_length=64, unique=True, help_text="Fingerprint of kind, language, wordings."
    )
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.code} ({self.kind})"
