"""Health checks (/healthz, /readyz) and security.txt."""

from datetime import UTC, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from sessions.guide.current import current_snapshot
from sessions.models import ContentVersion, Stage

# The site is not ready without these pages.
NEEDED_PAGES = (
    "home",
    "get-help",
    *(f"stages/{kind}" for kind in Stage.Kind.values),
)
CONTACT_VALID_FOR = timedelta(days=180)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: 200 while this process answers."""
    return HttpResponse("alive\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Readiness: 503 if the database, its migrations or the content has a fault."""
    try:
        faults = {
            "database": _database_fault(),
            "migrations": _migrations_fault(),
            "content": _content_fault(),
        }
    except DatabaseError:
        connection.close_if_unusable_or_obsolete()
        faults = {"database": "away"}
    lines = [f"{what}: {fault or 'ok'}\n" for what, fault in faults.items()]
    status = 503 if any(faults.values()) else 200
    return HttpResponse("".join(lines), status=status, content_type="text/plain")


def _database_fault() -> str:
    """What is wrong with the database; empty if nothing is.

    A SQLite file that was moved can still be read while it is open, so that the path
    is checked too.
    """
    ContentVersion.objects.get(pk=1)
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA database_list")
        files = [file for _, _, file in cursor.fetchall() if file]
    return "" if all(Path(file).exists() for file in files) else "its file is gone"


def count_unapplied_migrations() -> int:
    """How many migrations are not applied yet."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _migrations_fault() -> str:
    count = count_unapplied_migrations()
    return f"{count} to be applied" if count else ""


def _content_fault() -> str:
    pages = current_snapshot().pages
    lacking = [n for n in NEEDED_PAGES if n not in pages or pages[n].document is None]
    return f"no {', '.join(lacking)}" if lacking else ""


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a vulnerability (RFC 9116). 404 if no contact is known.

    The contact is SECURITY_CONTACT, else the clinic's telephone number if it has a
    country code, else the page "Get help", which has the contact of the clinic.
    """
    telephone = current_snapshot().clinic.telephone_link
    site = settings.PUBLIC_URL.rstrip("/")
    contact = settings.SECURITY_CONTACT
    if not contact and telephone.startswith("tel:+"):
        contact = telephone
    if not contact and site:
        contact = f"{site}/get-help/"
    if not contact:
        raise Http404
    expires = timezone.now().astimezone(UTC).date() + CONTACT_VALID_FOR
    lines = [f"Contact: {contact}", f"Expires: {expires}T00:00:00Z"]
    lines += ["Preferred-Languages: en"]
    if site:
        lines.append(f"Canonical: {site}/.well-known/security.txt")
    text = "".join(f"{line}\n" for line in lines)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response
