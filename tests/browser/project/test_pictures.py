"""The pictures of the README. `make pictures` runs this and keeps what it takes."""

import os
from pathlib import Path

import pytest

from tests.pictures import PICTURES, pictures_in, take_pictures

pytestmark = pytest.mark.browser


def test_the_pictures_of_the_readme_are_taken_from_the_running_site(
    site, chromium, tmp_path
):
    folder = Path(os.environ.get("PICTURES") or tmp_path / "pictures")

    take_pictures(chromium, site.url, folder)

    assert pictures_in(folder) == pictures_in(PICTURES)
