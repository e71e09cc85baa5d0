"""The app's name and label, and what is registered when it starts."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SessionsConfig(AppConfig):
    """`sessions` on disk; Django owns the plain label, so ours is longer (ADR 2)."""

    name = "sessions"
    label = "stemguide_sessions"
    verbose_name = "Guide"

    def ready(self) -> None:
        from sessions.models.guards import install_guards
        from sessions.people import admin  # noqa: F401
        from sessions.running import checks  # noqa: F401
        from sessions.staff import clinic_admin, page_admin, wording_admin  # noqa: F401

        post_migrate.connect(install_guards, sender=self)
