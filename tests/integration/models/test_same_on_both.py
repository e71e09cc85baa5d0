"""Every public page and every search is byte for byte the same on both databases."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.sites import environment_of, manage, use_postgresql

pytestmark = pytest.mark.exhaustive

# Codes of sheets are random: each is replaced by what it names.
SITE = """
import json, django
django.setup()
from django.test import Client
from sessions.library.folder import read_library
from sessions.wordings.loading import load_library
from sessions.models import SheetCode
from django.http import QueryDict
from sessions.guide.reading import read_answers
from sessions.guide.search.engine import engine_of
from sessions.guide.search.found import search
from sessions.guide.current import current_snapshot
from django.conf import settings
from tests.addresses import EVERY_PATH

load_library(read_library(settings.CONTENT_DIR))
# Again, because PostgreSQL may reorder rows that were updated.
load_library(read_library(settings.CONTENT_DIR))
client = Client()
codes = dict(SheetCode.objects.values_list("code", "kind"))

def without_codes(text):
    for code, kind in codes.items():
        for written in (code, f"{code[:4]} {code[4:]}"):
            text = text.replace(written, f"code of {kind}")
    return text

def read(path):
    return without_codes(client.get(path).content.decode())

snapshot = current_snapshot()
reading = read_answers(QueryDict(), snapshot)
words = sorted(engine_of(snapshot).vocabulary)
print(json.dumps({
    "pages": {path: read(path) for path in EVERY_PATH},
    "found": {word: repr(search(reading, word)) for word in words},
}))
"""


def read_new_site(var_dir: Path) -> dict[str, dict[str, str]]:
    """The pages and search results of a new site with the real content."""
    manage(var_dir, "migrate", "--skip-checks", "-v", "0")
    environment = environment_of(var_dir)
    environment["PUBLIC_URL"] = ""  # no QR code of a random code
    environment["DJANGO_SETTINGS_MODULE"] = "stemguide.settings.test"
    done = subprocess.run(
        [sys.executable, "-c", SITE],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="session")
def both(tmp_path_factory, postgresql_server):
    """The pages and search results on SQLite, and those on PostgreSQL."""
    folder = tmp_path_factory.mktemp("postgresql")
    use_postgresql(folder, postgresql_server.database_url)
    return read_new_site(tmp_path_factory.mktemp("sqlite")), read_new_site(folder)


def test_every_page_is_the_same(both):
    sqlite, postgresql = (site["pages"] for site in both)

    assert len(sqlite) > 40 and sqlite.keys() == postgresql.keys()
    assert [path for path in sqlite if sqlite[path] != postgresql[path]] == []


def test_every_word_finds_the_same_places_in_the_same_order(both):
    sqlite, postgresql = (site["found"] for site in both)

    assert len(sqlite) > 500
    assert sqlite == postgresql
