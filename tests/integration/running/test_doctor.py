"""manage.py doctor reports each fault, and how to mend it."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from sessions.models import Clinic, ContentVersion, Wording
from sessions.models.guards import WORDING, install_guards
from sessions.running import doctor
from tests.factories import make_live_wording

REMEDIES = ("Run ", "Set ", "Start ", "Install ", "Restore ", "Fill ", "See ", "Make ",
            "Publish ", "ask them", "Give ", "Mend ", "mend ", "Look ", "Without ",
            "Consider ", "Otherwise", "Choose ")  # fmt: skip


@pytest.fixture
def site(db, settings, tmp_path, admin_user):
    """A site without faults: it has a live page and a recent backup."""
    tmp_path.chmod(0o700)
    settings.VAR_DIR = tmp_path
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.TRYOUT_BANNER = "Try-out"
    settings.BACKUP_DIR.mkdir()
    (
        settings.BACKUP_DIR / f"stemguide-{timezone.now():%Y-%m-%dT%H%M%SZ}.tar.gz"
    ).touch()
    make_live_wording()
    return settings


def urgent():
    return [str(finding) for finding in doctor.examine() if finding.is_urgent]


def notes():
    return [str(finding) for finding in doctor.examine() if not finding.is_urgent]


def finding_with(words, findings):
    """The one finding with these words. It must be one line that says what to do."""
    found = [line for line in findings if words in line]
    assert len(found) == 1, findings
    assert "\n" not in found[0] and any(r in found[0] for r in REMEDIES), found[0]
    return found[0]


def test_a_site_in_order_has_nothing_to_mend(site, capsys):
    call_command("doctor")

    assert capsys.readouterr().out.endswith("Nothing to mend.\n")


def test_the_command_ends_with_1_where_something_must_be_mended(site, capsys):
    site.DEBUG = True

    with pytest.raises(SystemExit) as ended:
        call_command("doctor")

    assert ended.value.code == 1
    printed = capsys.readouterr().out
    assert "MEND  DEBUG is on" in printed and printed.endswith(" to mend.\n")


def test_a_database_that_cannot_be_reached(site, monkeypatch):
    def away():
        raise OperationalError("unable to open\ndatabase file")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "ensure_connection", away)
        lines = urgent()

    finding_with("cannot be reached or read: unable to open database file.", lines)


@contextmanager
def read_only():
    """The database is read-only for this connection."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL transaction_read_only = on")
            yield
            transaction.set_rollback(True)
            return
        cursor.execute("PRAGMA query_only = 1")
        try:
            yield
        finally:
            cursor.execute("PRAGMA query_only = 0")


def test_a_database_that_is_read_only(site):
    with read_only():
        finding_with("can be read but not written", urgent())


def test_looking_changes_nothing(site):
    before = ContentVersion.objects.get(pk=1).number

    list(doctor.examine())

    assert ContentVersion.objects.get(pk=1).number == before


def test_a_migration_that_is_missing_and_one_that_is_too_new(site):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE django_migrations SET name = '0099_later' "
            "WHERE app = 'stemguide_sessions' AND name = (SELECT max(name) "
            "FROM django_migrations WHERE app = 'stemguide_sessions')"
        )

    finding_with("1 migration is not applied", urgent())
    finding_with("of a newer version: stemguide_sessions.0099_later", urgent())


def test_a_rule_of_the_database_that_is_gone(site):
    table = f" ON {WORDING}" if connection.vendor == "postgresql" else ""
    # PostgreSQL cannot alter a table with deferred constraints pending.
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER wording_is_never_deleted{table}")
    try:
        finding_with(
            "1 rule of the database is gone (wording_is_never_deleted)", urgent()
        )
    finally:
        install_guards(using="default")


def test_rows_that_are_gone(site):
    ContentVersion.objects.all().delete()
    Clinic.objects.all().delete()

    finding_with("The content version is gone", urgent())
    finding_with("The clinic's row is gone", urgent())


def test_a_site_without_words(db, site, monkeypatch):
    monkeypatch.setattr(Wording.objects, "live", Wording.objects.none)

    finding_with("Patients read nothing yet", urgent())


def test_a_wording_that_cannot_be_read(site, monkeypatch):
    def broken(text):
        from sessions.documents import DocumentError, Fault

        raise DocumentError([Fault(1, "This is no text.")])

    monkeypatch.setattr(doctor, "parse_document", broken)

    told = [line for line in urgent() if "cannot be read" in line]
    assert ["patients are told it is not in use" in line for line in told] == [
        False, False, True,
    ]  # fmt: skip
    assert all("patients do not see it" in line for line in told[:2])


def test_a_content_folder_that_is_broken(site, tmp_path):
    site.CONTENT_DIR = site.SHIPPED_CONTENT_DIR = tmp_path / "nowhere"

    assert any("Is the content folder in its place?" in line for line in urgent())


def test_clinic_details_that_are_blank(site):
    line = finding_with("Clinic details are blank", notes())

    assert "The telephone" in line and "The clinic's name" in line


def test_a_time_zone_that_this_machine_does_not_know(site):
    Clinic.objects.update(time_zone="Mars/Base")

    line = finding_with('does not know the time zone "Mars/Base"', urgent())

    assert "install" in line and "tzdata-legacy" in line and "under Clinic" in line


def test_a_time_zone_that_each_machine_has_its_own_of(site):
    Clinic.objects.update(time_zone="localtime")

    line = finding_with(
        'time zone "localtime" differs from machine to machine', urgent()
    )

    assert "under Clinic" in line


def test_reviews_that_are_overdue_and_texts_never_checked(site, monkeypatch):
    finding_with("3 pages were never checked", notes())
    Clinic.objects.update(time_zone="UTC")
    page = Wording.objects.of_guide().get()
    queue = doctor.review_queue(today=date.today())
    assert page in [entry.wording for entry in queue]
    from sessions.wordings.review_queue import QueueEntry, Reason

    overdue = [QueueEntry(page, Reason.OVERDUE)]
    monkeypatch.setattr(doctor, "review_queue", lambda **_: overdue)
    finding_with("1 page is overdue for review", notes())


def test_people_without_a_second_factor(site):
    site.STAFF_SECOND_FACTOR = "required"
    reviewer = User.objects.create_user("rosa", is_staff=True)
    reviewer.groups.add(Group.objects.get(name="Clinical reviewer"))
    User.objects.create_user("gone", is_staff=True, is_active=False, is_superuser=True)

    line = finding_with("No second factor yet", notes())

    assert "admin, rosa." in line


def test_a_site_without_an_active_administrator(site):
    User.objects.update(is_active=False)

    finding_with("No active account may manage the others", urgent())


def test_static_files_that_are_not_collected_or_old(site, tmp_path, monkeypatch):
    site.STATIC_ROOT = tmp_path / "static"
    site.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    site.STORAGES = {
        **site.STORAGES,
        "staticfiles": {"BACKEND": "stemguide.static_files.StaticFiles"},
    }
    finding_with("static files are not collected", urgent())

    call_command("collectstatic", interactive=False, verbosity=0)
    site.STORAGES = {**site.STORAGES}  # loads the new manifest
    assert not [line for line in urgent() if "static file" in line]

    (site.STATIC_ROOT / "css" / "site.css").write_text("old")
    finding_with("1 static file is not collected, or older", urgent())


def test_a_var_folder_that_others_may_read_or_that_is_gone(site, tmp_path):
    tmp_path.chmod(0o755)
    finding_with("Everybody on this machine may look into", urgent())

    site.VAR_DIR = tmp_path / "nowhere"
    finding_with("is not there. Make it", urgent())


def test_a_full_disk(site, monkeypatch):
    usage = type("Usage", (), {"free": 3 * 1024**2})
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage)

    finding_with("3 MB are free", urgent())


def test_backups_that_are_missing_or_old(site, tmp_path):
    for path in site.BACKUP_DIR.iterdir():
        path.unlink()
    finding_with("There is no backup", notes())

    old = datetime.now(UTC) - timedelta(days=9)
    (site.BACKUP_DIR / f"stemguide-{old:%Y-%m-%dT%H%M%SZ}.tar.gz").touch()
    finding_with("The last backup is 9 days old", urgent())


def test_settings_that_are_unsafe_for_patients(site):
    site.TRYOUT_BANNER = ""

    lines = urgent()

    for name in ("security.W008", "security.W010"):
        assert len([line for line in lines if f"({name})" in line]) == 1


def test_pdf_that_cannot_be_made(site, monkeypatch):
    monkeypatch.setattr(doctor, "pdf_fault", lambda: "Install Pango.")

    finding_with("Sheets print through the browser alone", notes())


def test_what_is_not_set(site):
    site.PUBLIC_URL = site.EMAIL_HOST = ""

    finding_with("Set PUBLIC_URL", notes())
    assert any("set EMAIL_URL" in line for line in notes())
