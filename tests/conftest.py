"""Fixtures for all tests, and a summary of the tests that could not run here."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils.translation.reloader import translation_file_changed

from sessions.guide.current import clear_snapshot_cache
from sessions.library.catalogs import clear_catalog_caches
from tests import servers
from tests.copies import MadeRows
from tests.servers import find_program

# Playwright leaves an event loop running in this process; Django would refuse queries.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

ROOT = Path(__file__).resolve().parent.parent
CORPORA = ROOT.parent / "shared" / "corpora"

# Programs that some tests need: (program, which tests, how to install it on Debian).
PROGRAMS = [
    ("chromium", "the browser tests", "apt install chromium"),
    ("pdftotext", "the tests of printed pages", "apt install poppler-utils"),
    ("zbarimg", "the tests of QR codes", "apt install zbar-tools"),
    ("xgettext", "the test of words for translators", "apt install gettext"),
    ("nginx", "the tests of deploy/nginx.conf", "apt install nginx-light"),
    ("caddy", "the tests of deploy/Caddyfile", "apt install caddy"),
    ("systemd-analyze", "the test of deploy/*.service", "apt install systemd"),
    ("tsc", "the tests of scripts' types", "apt install node-typescript"),
    ("java", "the HTML validity test", "apt install default-jre-headless"),
    ("postgres", "the tests on PostgreSQL", "apt install postgresql"),
    ("redis-server", "the tests with Redis", "apt install redis-server"),
]


HAS_PLAYWRIGHT = find_spec("playwright") is not None
# Without Playwright all other tests are collected. In CI its import fails, as it must.
if not HAS_PLAYWRIGHT and not os.environ.get("CI"):
    collect_ignore = ["browser"]


def _pdf_fault() -> str:
    from sessions.pdf.client import pdf_fault

    return pdf_fault()


def need_program(name: str) -> None:
    """Skips the test if this program is not installed; in CI the test fails."""
    if not find_program(name):
        _skip(f"{name} is not installed.")


def need_pdf() -> None:
    """Skips the test if WeasyPrint or a library it needs is not installed."""
    if fault := _pdf_fault():
        _skip(fault)


def _skip(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"{reason} In CI nothing may be skipped.")
    pytest.skip(reason)


def pytest_addoption(parser) -> None:
    parser.addoption(
        "--soak", action="store_true", help="Run tests/soak with the large numbers."
    )


def pytest_collection_modifyitems(config, items) -> None:
    """`make test` leaves out what is marked exhaustive, and nothing else."""
    if config.getoption("--soak"):
        return
    left_out = [item for item in items if item.get_closest_marker("exhaustive")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker("exhaustive")]


@pytest.fixture
def how_many(request):
    """Picks the small number for `make test`, the large one for `make soak`."""
    is_soak = request.config.getoption("--soak")
    return lambda small, large: large if is_soak else small


def pytest_terminal_summary(terminalreporter) -> None:
    """Names at the end the tests that were skipped, and what they need."""
    missing = [
        f"SKIPPED {tests}: {program} is not installed ({remedy})"
        for program, tests, remedy in PROGRAMS
        if not find_program(program)
    ]
    if not HAS_PLAYWRIGHT:
        missing.append("SKIPPED the browser tests: Playwright is not installed")
    if fault := _pdf_fault():
        missing.append(f"SKIPPED the PDF tests: {fault}")
    if not CORPORA.is_dir():
        missing.append("SKIPPED the corpora tests: ../shared/corpora is not here")
    if missing:
        terminalreporter.section("not run on this machine")
        for line in missing:
            terminalreporter.write_line(line)


@pytest.fixture(autouse=True)
def _no_snapshot_from_another_test():
    """Each test reads the database it wrote."""
    clear_snapshot_cache()
    yield
    clear_snapshot_cache()


@pytest.fixture(autouse=True)
def _no_counts_from_another_test():
    """Rate limits do not count requests of other tests."""
    cache.clear()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[servers.DatabaseServer]:
    """A PostgreSQL started for the tests; each test creates its own database there."""
    need_program("postgres")
    with servers.postgresql() as server:
        yield server


@pytest.fixture
def redis_server() -> Iterator[servers.Server]:
    """An empty Redis or Valkey, started for the test."""
    need_program("redis-server")
    with servers.redis() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def _texts_are_read_once():
    """Parses each distinct text of a content folder once in a run, to save time."""
    from sessions.library import folder as library

    with pytest.MonkeyPatch.context() as patch:
        for name in ("read_whole", "read_register", "read_scorecard"):
            parse = lru_cache(maxsize=256)(getattr(library, name))
            patch.setattr(library, name, parse)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):  # noqa: PT004
    """Texts that the migrations publish are live in tests that set the clock back."""
    from sessions.models import Wording

    with django_db_blocker.unblock():
        Wording.objects.update(publish_from=datetime(2020, 1, 1, tzinfo=UTC))


@pytest.fixture(scope="session")
def library():
    """The real content folder, read once."""
    from sessions.library.folder import read_library

    return read_library(settings.CONTENT_DIR)


@pytest.fixture(scope="session")
def content_rows(django_db_setup, django_db_blocker, library):
    """What loading the real content leaves in the database."""
    from django.db import transaction

    from sessions.wordings.loading import load_library
    from tests.copies import rows_made_by

    with django_db_blocker.unblock(), transaction.atomic():
        made = rows_made_by(lambda: load_library(library))
        transaction.set_rollback(True)
    clear_snapshot_cache()
    return made


@pytest.fixture
def real_content(db, content_rows):
    """The real content, as a clinic loads it; gives what was said of each file."""
    content_rows.put()
    return content_rows.said


@pytest.fixture(scope="session")
def second_language_rows(
    django_db_setup, django_db_blocker, tmp_path_factory
) -> tuple[Path, MadeRows]:
    """A content folder in two languages, and what loading it leaves behind."""
    from django.db import transaction

    from sessions.guide.current import words_to_translate
    from sessions.library.folder import read_library
    from sessions.wordings.loading import load_library
    from tests.copies import rows_made_by
    from tests.second_language import LANGUAGE, write_catalog, write_pages

    folder = tmp_path_factory.mktemp("two-languages") / "content"
    shutil.copytree(settings.CONTENT_DIR, folder)
    write_pages(folder)
    library = read_library(folder)
    with django_db_blocker.unblock(), transaction.atomic():
        made = rows_made_by(lambda: load_library(library))
        write_catalog(folder, more=words_to_translate(LANGUAGE))
        transaction.set_rollback(True)
    clear_snapshot_cache()
    return folder, made


@pytest.fixture
def second_language(db, settings, second_language_rows) -> Path:
    """The guide in English and in a made-up language; gives its content folder."""
    folder, rows = second_language_rows
    settings.CONTENT_DIR = folder
    settings.LOCALE_PATHS = [folder / "locale"]
    _forget_catalogs()
    rows.put()
    yield folder
    _forget_catalogs()


def _forget_catalogs() -> None:
    """Django and the guide read a catalog once, and keep it."""
    clear_catalog_caches()
    translation_file_changed(sender=None, file_path=Path("django.mo"))


@pytest.fixture(scope="session")
def responses(django_db_setup, django_db_blocker, library):
    """The response for every public page with every combination of answers, by URL."""
    from django.db import transaction
    from django.test import Client

    from sessions.wordings.loading import load_library
    from tests.addresses import ANSWERS, EVERY_PATH

    client = Client()
    with django_db_blocker.unblock(), transaction.atomic():
        clear_snapshot_cache()
        load_library(library)
        addresses = [path + answers for path in EVERY_PATH for answers in ANSWERS]
        found = {a: client.get(a) for a in [*addresses, "/nothing/"]}
        transaction.set_rollback(True)
    clear_snapshot_cache()
    return found
