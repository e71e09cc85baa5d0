"""Data that takes long to create is created once, and each test gets a copy."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

Result = TypeVar("Result")
Rows = dict[type[Model], list[dict[str, Any]]]


def put_copy(make: Callable[[Path], Result], folder: Path) -> Result:
    """Fills `folder` with the files that `make` writes; returns what `make` returned.

    `make` is called once in a test run.
    """
    first, result = _made(make)
    shutil.copytree(first.name, folder, dirs_exist_ok=True)
    return result


@cache
def _made(make: Callable[[Path], Result]) -> tuple[TemporaryDirectory[str], Result]:
    """Python removes the temporary folder when the tests end."""
    folder = TemporaryDirectory()
    return folder, make(Path(folder.name))


@dataclass(frozen=True)
class MadeRows:
    """The rows that a function wrote, when it did, and what it returned (`said`)."""

    rows: Rows
    made: datetime
    said: Any

    def put(self) -> None:
        """Writes the same rows again, with times moved as if they were made now."""
        later = timezone.now() - self.made
        for model, rows in self.rows.items():
            key, *others = model._meta.concrete_fields
            model._base_manager.bulk_create(
                [model(**_moved(row, later)) for row in rows],
                update_conflicts=True,
                unique_fields=[key.name],
                update_fields=[field.name for field in others],
            )


def rows_made_by(make: Callable[[], object]) -> MadeRows:
    """Calls `make`, and keeps each row that it added or changed."""
    before = _all_rows()
    said = make()
    rows = {
        model: [row for row in after if row not in before[model]]
        for model, after in _all_rows().items()
    }
    return MadeRows({k: v for k, v in rows.items() if v}, timezone.now(), said)


def _all_rows() -> Rows:
    models = apps.get_app_config("stemguide_sessions").get_models(True)
    return {model: list(model._base_manager.values()) for model in models}


def _moved(row: dict[str, Any], later: timedelta) -> dict[str, Any]:
    return {k: v + later if isinstance(v, datetime) else v for k, v in row.items()}
