"""Finds what is wrong with this site and says how to mend it, a line for each fault.

Django's system checks are among the findings. Nothing here changes the site.
"""

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import (
    ManifestFilesMixin,
    staticfiles_storage,
)
from django.core import checks
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import F
from django.utils import timezone

from sessions.documents import DocumentError, parse_document
from sessions.documents.plurals import count
from sessions.guide.current import current_snapshot
from sessions.library.languages import FIRST, language_name
from sessions.models import Clinic, ContentVersion, Wording
from sessions.models.clinic import BLANKS
from sessions.models.guards import GUARDS
from sessions.models.time_zones import time_zone_fault
from sessions.pdf.client import pdf_fault
from sessions.people import second_factor
from sessions.running.backups import backups_in, made_at
from sessions.running.health import count_unapplied_migrations
from sessions.wordings.review_queue import Reason, review_queue
from sessions.wordings.rules import NO_RULES, rules_in_force

MIN_FREE_MEGABYTES = 200
MAX_BACKUP_AGE = timedelta(days=2)
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@dataclass(frozen=True)
class Finding:
    """A fault that must be mended (`is_urgent`), or else a note. Says what to do."""

    text: str
    is_urgent: bool = True

    def __str__(self) -> str:
        return f"{'MEND' if self.is_urgent else 'NOTE'}  {self.text}"


def examine() -> Iterator[Finding]:
    """All findings: settings, database, checks, static files, folders and PDF."""
    yield from _settings()
    try:
        connection.ensure_connection()
        yield from _database()
    except DatabaseError as error:
        yield Finding(
            f"The database cannot be reached or read: {_one_line(error)} Start it, or "
            "mend DATABASE_URL or STEMGUIDE_VAR_DIR. Its contents were not checked."
        )
    yield from _system_checks()
    yield from _static_files()
    yield from _var_folder()
    yield from _backups()
    if fault := pdf_fault():
        yield Finding(f"Sheets print through the browser alone. {fault}", False)


# --- the database ------------------------------------------------------------


def _database() -> Iterator[Finding]:
    """Checks the contents only if all migrations are applied."""
    loader = MigrationLoader(connection)
    unknown = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
    unknown = [key for key in unknown if key[0] in loader.migrated_apps]
    if unknown:
        names = ", ".join(".".join(key) for key in unknown)
        yield Finding(
            f"The database is of a newer version: {names}. Install that version."
        )
    if missing := count_unapplied_migrations():
        yield Finding(
            f"{count(missing, 'migration is', 'migrations are')} not applied. Run "
            "manage.py migrate. The contents of the database were not checked."
        )
        return
    yield from _writing()
    yield from _triggers()
    yield from _content()
    yield from _clinic()
    yield from _people()


def _writing() -> Iterator[Finding]:
    try:
        with transaction.atomic():
            rows = ContentVersion.objects.filter(pk=1).update(number=F("number"))
            transaction.set_rollback(True)
    except DatabaseError as error:
        yield Finding(
            f"The database can be read but not written: {_one_line(error)} Look at the "
            "disk, and at the owner of its files."
        )
        return
    if not rows:
        yield Finding("The content version is gone. Restore the last backup.")


def _triggers() -> Iterator[Finding]:
    query = TRIGGERS.get(connection.vendor)
    if query is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {name for (name,) in cursor.fetchall()}
    if missing := sorted(set(GUARDS) - there):
        words = ("rule of the database is", "rules of the database are")
        yield Finding(
            f"{count(len(missing), *words)} gone ({', '.join(missing)}). "
            "Run manage.py migrate, which puts back what is missing."
        )


def _content() -> Iterator[Finding]:
    if rules_in_force() is None:
        yield Finding(NO_RULES)
    live = list(Wording.objects.live().select_related("page"))
    if all(wording.page.is_clinic_text for wording in live):
        yield Finding("Patients read nothing yet. Run manage.py load_content.")
    for wording in live:
        try:
            parse_document(wording.text)
        except DocumentError as error:
            is_part = wording.page.is_clinic_text
            meanwhile = "do not see it" if is_part else "are told it is not in use"
            yield Finding(
                f"{wording} cannot be read, and patients {meanwhile}: "
                f"{error.faults[0].message} Publish a mended version."
            )
    if any(wording.page.language != FIRST for wording in live):
        yield from _languages()


def _languages() -> Iterator[Finding]:
    for language, snapshot in current_snapshot().translations.items():
        if missing := len(snapshot.untranslated):
            sheets = f"of sheets in {language_name(language)}"
            words = (f"word or line {sheets} comes", f"words or lines {sheets} come")
            yield Finding(
                f"{count(missing, *words)} out in English. Run manage.py "
                f"update_catalog {language}.",
                False,
            )


def _clinic() -> Iterator[Finding]:
    clinic = Clinic.objects.filter(pk=1).first()
    if clinic is None:
        yield Finding("The clinic's row is gone. Restore the last backup.")
        return
    if blank := [what for field, what, _ in BLANKS if not getattr(clinic, field)]:
        yield Finding(
            f"Clinic details are blank: {'; '.join(blank)}. Fill them in under Clinic "
            "in admin.",
            False,
        )
    yield from _time_zone(clinic)
    entries = review_queue(today=clinic.today())
    overdue = sum(entry.reason is Reason.OVERDUE for entry in entries)
    never = sum(entry.reason is Reason.NEVER for entry in entries)
    if overdue:
        pages = count(overdue, "page is", "pages are")
        yield Finding(
            f"{pages} overdue for review. See the review queue in admin.", False
        )
    if never:
        pages = count(never, "page was", "pages were")
        yield Finding(
            f"{pages} never checked by a clinician. See the review queue in admin.",
            False,
        )


def _time_zone(clinic: Clinic) -> Iterator[Finding]:
    if fault := time_zone_fault(clinic.time_zone):
        yield Finding(
            f"{fault} Days and times are those of {clinic.zone} meanwhile. Choose "
            "another under Clinic in admin, such as America/Chicago. If the name is "
            "right, install the system's time zones (on Debian tzdata, and "
            "tzdata-legacy for older names)."
        )


def _people() -> Iterator[Finding]:
    people = list(User.objects.filter(is_active=True, is_staff=True))
    if not any(person.is_superuser for person in people):
        yield Finding(
            "No active account may manage the others. Run manage.py "
            "create_first_administrator."
        )
    have_one = second_factor.all_who_have_one()
    without = sorted(
        person.get_username()
        for person in people
        if person.pk not in have_one and second_factor.is_required_for(person)
    )
    if without:
        yield Finding(
            f"No second factor yet: {', '.join(without)}. They set one up when they "
            "sign in next; ask them to.",
            False,
        )


# --- settings and files ------------------------------------------------------


def _settings() -> Iterator[Finding]:
    if settings.DEBUG:
        yield Finding(
            "DEBUG is on: errors show settings and code to everybody. Set "
            "DJANGO_SETTINGS_MODULE=stemguide.settings.production."
        )
    if settings.TRYOUT_BANNER:
        yield Finding(
            f'Every page says "{settings.TRYOUT_BANNER}". For patients set '
            "DJANGO_SETTINGS_MODULE=stemguide.settings.production.",
            False,
        )
    if not settings.PUBLIC_URL:
        yield Finding(
            "Sheets carry no QR code, and mail no address. Set PUBLIC_URL.", False
        )
    if not settings.EMAIL_HOST:
        yield Finding("review_due prints its mail. To send it set EMAIL_URL.", False)


def _system_checks() -> Iterator[Finding]:
    """The messages of manage.py check, with --deploy unless TRYOUT_BANNER is set."""
    is_public = not settings.TRYOUT_BANNER
    for message in checks.run_checks(include_deployment_checks=is_public):
        if not message.is_silenced():
            hint = f" {message.hint}" if message.hint else ""
            text = f"{message.msg}{hint} ({message.id})"
            yield Finding(_one_line(text), message.is_serious(checks.WARNING))


def _static_files() -> Iterator[Finding]:
    """A finding if static files are not collected, or are out of date."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin):
        return
    root = Path(settings.STATIC_ROOT)
    stale = 0
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            served = staticfiles_storage.hashed_files.get(name)
            is_served = served is not None and (root / served).is_file()
            if not is_served or _bytes(root / name) != _bytes(Path(storage.path(name))):
                stale += 1
    if stale:
        yield Finding(
            f"{count(stale, 'static file is', 'static files are')} not collected, or "
            "older than the program. Run manage.py collectstatic, then restart."
        )


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _var_folder() -> Iterator[Finding]:
    folder = Path(settings.VAR_DIR)
    if not folder.is_dir():
        yield Finding(f"{folder} is not there. Make it, for the site's user alone.")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(f"{folder} cannot be written. Give it to the site's user.")
    if stat.S_IMODE(folder.stat().st_mode) & 0o007:
        yield Finding(
            f"Everybody on this machine may look into {folder}, where the database is. "
            f"Run chmod o-rwx {folder}."
        )
    free = shutil.disk_usage(folder).free // 1024**2
    if free < MIN_FREE_MEGABYTES:
        space = count(free, "MB is", "MB are")
        yield Finding(f"{space} free for {folder}. Make room on this disk.")


def _backups() -> Iterator[Finding]:
    found = backups_in(settings.BACKUP_DIR)
    if not found:
        yield Finding(
            f"There is no backup in {settings.BACKUP_DIR}. Run manage.py backup every "
            "night; deploy/ has a timer.",
            False,
        )
        return
    age = timezone.now() - made_at(found[0])
    if age > MAX_BACKUP_AGE:
        yield Finding(
            f"The last backup is {age.days} days old. See why the nightly one stopped."
        )


def _one_line(words: object) -> str:
    text = " ".join(str(words).split())
    return text if text.endswith((".", ")")) else f"{text}."
