"""For development: a saved file shows when the page is loaded again.

Django's autoreloader restarts the server when Python code changes. A changed template
or content file needs no restart, but the page caches must be cleared.
"""

from io import StringIO
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.autoreload import BaseReloader, autoreload_started, file_changed

CONTENT = ("**/*.md", "**/*.yaml")


class Reload(AppConfig):
    """Installed by the development settings only. It has no models."""

    name = "stemguide"
    label = "reload"

    def ready(self) -> None:
        autoreload_started.connect(_watch_content)
        file_changed.connect(_clear_page_caches)
        file_changed.connect(_load_content)


def _watch_content(sender: BaseReloader, **kwargs: Any) -> None:
    for folder in _folders():
        for pattern in CONTENT:
            sender.watch_dir(folder, pattern)


def _folders() -> set[Path]:
    """The shipped content, and that of a clinic where there is one."""
    return {
        folder.resolve()
        for folder in (settings.CONTENT_DIR, settings.SHIPPED_CONTENT_DIR)
    }


def _clear_page_caches(file_path: Path, **kwargs: Any) -> None:
    """Clears the caches of the site. Django resets its template loaders itself."""
    from sessions.guide.current import clear_snapshot_cache

    if file_path.suffix != ".py":
        clear_snapshot_cache()


def _load_content(file_path: Path, **kwargs: Any) -> bool:
    """Runs load_content if the file belongs to the content.

    Returns True then, which tells the autoreloader not to restart. Prints what changed.
    Faults are printed with file and line, and the pages stay as they were.
    """
    if _folders().isdisjoint(file_path.parents):
        return False
    output = StringIO()
    try:
        call_command("load_content", stdout=output, stderr=output)
    except CommandError as error:
        output.write(f"{error}\n")
    for line in output.getvalue().splitlines():
        if not line.startswith("unchanged"):
            print(line, flush=True)
    return True
