"""What pyproject.toml says of the package, as the build backend reads it."""

import shutil
import subprocess
import sys

from django.conf import settings

from tests.conftest import ROOT


def test_the_package_says_version_licence_and_readme(tmp_path):
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    make = "from setuptools.build_meta import *; prepare_metadata_for_build_wheel('.')"

    subprocess.run(
        [sys.executable, "-W", "error", "-c", make],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip

    (metadata,) = tmp_path.glob("*.dist-info/METADATA")
    head, _, body = metadata.read_text().partition("\n\n")
    assert {
        f"Version: {settings.APP_VERSION}", "License-Expression: MIT",
        "License-File: LICENSE", "Author: StemGuide contributors",
    } <= set(head.splitlines())  # fmt: skip
    assert body.strip() == (ROOT / "README.md").read_text().strip()
