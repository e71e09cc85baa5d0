"""What takes long to make is made once, and each test gets a copy."""

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

Said = TypeVar("Said")
Rows = dict[type[Model], list[dict[str, Any]]]


def put_copy(make: Callable[[Path], Said], folder: Path) -> Said:
    """Fills `folder` with what `make` makes in one; gives what `make` said then."""
    first, said = _made(make)
    shutil.copytree(first.name, folder, dirs_exist_ok=True)
    return said


@cache
def _made(make: Callable[[Path], Said]) -> tuple[TemporaryDirectory[str], Said]:
    """The folder goes when the tests end."""
    folder = TemporaryDirectory()
    return folder, make(Path(folder.name))


@dataclass(frozen=True)
class MadeRows:
    """What something left in the database, when, and what it said."""

    rows: Rows
    made: datetime
    said: Any

    def put(self) -> None:
        """The same rows, as if they were made now."""
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
    """Runs it, and keeps each row that is new or another than before."""
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
