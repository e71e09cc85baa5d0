"""The register as version 0.2.0 reads it, from the tables of that version."""

from typing import Any

from django.apps.registry import Apps
from django.db.migrations.loader import MigrationLoader


def models_of_0_2_0() -> Apps:
    node = ("stemguide_sessions", "0008_shipped_text")
    return MigrationLoader(None).project_state(node).apps


def older_register() -> list[Any]:
    """[kind, name, data] of each source, then of each claim, in the order of pages."""
    apps = models_of_0_2_0()
    sources = apps.get_model("stemguide_sessions", "Source").objects.order_by("pk")
    claims = apps.get_model("stemguide_sessions", "Claim").objects.order_by("pk")
    found = [["source", row.name, _data(row)] for row in sources]
    for row in claims:
        names = list(row.sources.order_by("pk").values_list("name", flat=True))
        found.append(["claim", row.name, {**_data(row), "sources": names}])
    return found


def _data(row: Any) -> dict[str, str]:
    names = [field.name for field in row._meta.concrete_fields]
    return {
        name: str(getattr(row, name)) for name in names if name not in ("id", "name")
    }
