"""The app's name and label, what is registered when it starts, and its admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.db.models.signals import post_migrate


class SessionsConfig(AppConfig):
    """`sessions` on disk; Django owns the plain label, so ours is longer (ADR 2)."""

    default = True  # of those in this module, for "sessions" in INSTALLED_APPS
    name = "sessions"
    label = "stemguide_sessions"
    verbose_name = "Guide"

    def ready(self) -> None:
        from sessions.models.guards import install_guards
        from sessions.people import admin  # noqa: F401
        from sessions.running import checks  # noqa: F401
        from sessions.staff import clinic_admin, page_admin, wording_admin  # noqa: F401

        post_migrate.connect(install_guards, sender=self)


class StaffAdminConfig(SimpleAdminConfig):
    """Admin with our own site. Nothing is autodiscovered: staff get what `ready` above
    registers, and never the plain pages for users, groups and second factors with
    their secrets.
    """

    default = False
    default_site = "sessions.staff.site.StaffSite"
