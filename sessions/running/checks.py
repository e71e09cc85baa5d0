"""System checks of the content folder (manage.py check)."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import DatabaseError

from sessions.library.faults import library_faults
from sessions.library.folder import read_library
from sessions.library.languages import FIRST
from sessions.library.references import condition_faults
from sessions.models import Area, Stage


@checks.register("content")
def check_content(**_: Any) -> list[checks.CheckMessage]:
    """Errors for faults and missing stages; warnings for conditions never met."""
    library = read_library(settings.CONTENT_DIR, settings.SHIPPED_CONTENT_DIR)
    messages: list[checks.CheckMessage] = [
        checks.Error(str(fault), id="stemguide.E001")
        for fault in library_faults(library)
    ]
    names = {file.name for file in library.files if file.language == FIRST}
    for kind in Stage.Kind.values:
        if f"stages/{kind}" not in names:
            message = f"en/stages/{kind}.md is missing, or cannot be read."
            messages.append(checks.Error(message, id="stemguide.E002"))
    areas = _area_slugs()
    if areas:
        messages += [
            checks.Warning(fault.at(f"{file.root}/{file.path}"), id="stemguide.W001")
            for file in library.files
            for fault in condition_faults(file.document, areas)
        ]
    return messages


def _area_slugs() -> list[str]:
    """The slugs of all areas; empty before the first migrate."""
    try:
        return list(Area.objects.values_list("slug", flat=True))
    except DatabaseError:
        return []
