"""System checks of the content folder (manage.py check)."""

from typing import Any

from django.conf import settings
from django.core import checks

from sessions.library.faults import library_faults
from sessions.library.folder import read_library
from sessions.library.languages import FIRST
from sessions.models import Stage
from sessions.wordings.areas import area_slugs_if_migrated


@checks.register("content")
def check_content(**_: Any) -> list[checks.CheckMessage]:
    """Errors for faults and missing stages."""
    library = read_library(settings.CONTENT_DIR, settings.SHIPPED_CONTENT_DIR)
    messages: list[checks.CheckMessage] = [
        checks.Error(str(fault), id="stemguide.E001")
        for fault in library_faults(library, areas=area_slugs_if_migrated())
    ]
    names = {file.name for file in library.files if file.language == FIRST}
    for kind in Stage.Kind.values:
        if f"stages/{kind}" not in names:
            message = f"en/stages/{kind}.md is missing, or cannot be read."
            messages.append(checks.Error(message, id="stemguide.E002"))
    return messages
