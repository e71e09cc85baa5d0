"""requirements/*.txt pin every dependency, for each supported Python."""

import re
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
# The oldest supported version, that of Debian 12, and newer ones.
PYTHONS = ("3.11.0", "3.11.2", "3.12.0", "3.13.0")


@cache
def needs(package):
    """The requirements in its metadata, also those for an older Python only."""
    try:
        lines = requires(package) or []
    except PackageNotFoundError:
        lines = []
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("name", ["base", "pdf", "postgres", "redis", "dev"])
def test_what_a_package_needs_is_pinned_too(name, python):
    text = (ROOT / f"requirements/{name}.txt").read_text()
    pinned = {canonicalize_name(found) for found in PINNED.findall(text)}
    assert pinned
    linux = {
        "python_version": python.rpartition(".")[0], "python_full_version": python,
        "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix",
        "platform_python_implementation": "CPython", "implementation_name": "cpython",
        "extra": "",
    }  # fmt: skip

    missing = {
        f"{package} needs {wanted.name}"
        for package in pinned
        for wanted in needs(package)
        if (wanted.marker is None or wanted.marker.evaluate(linux))
        and canonicalize_name(wanted.name) not in pinned
    }

    assert missing == set()


@pytest.mark.parametrize("lock", ["pdf", "dev"])
@pytest.mark.parametrize("package", ["weasyprint", "pydyf"])
def test_packages_of_the_pdf_binding_are_capped_at_the_tested_minor(package, lock):
    """sessions/pdf/binding.py relies on internals of these two packages."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = map(Requirement, project["optional-dependencies"]["pdf"])
    (allowed,) = [one.specifier for one in wanted if one.name == package]
    text = (ROOT / f"requirements/{lock}.txt").read_text()
    (found,) = re.findall(rf"^{package}==(\S+)", text, re.MULTILINE)
    pinned = Version(found)

    assert pinned in allowed
    assert f"{pinned.major}.{pinned.minor}.99" in allowed
    assert f"{pinned.major}.{pinned.minor + 1}" not in allowed
    assert f"{pinned.major + 1}.0" not in allowed
