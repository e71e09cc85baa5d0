"""Every command in the project's documents names targets and files that exist."""

import re
import subprocess
from importlib.util import find_spec

import pytest
from django.core.management import get_commands, load_command_class

from tests.conftest import PROGRAMS, ROOT
from tests.project_documents import blocks_of_commands, commands, documents_of_today

WITH_COMMANDS = [name for name in documents_of_today() if commands(name)]
# Programs of the system. Project files in their arguments must exist.
SYSTEM = {
    "adduser", "cd", "certbot", "chmod", "chown", "cp", "createdb", "editor", "find",
    "git", "install", "ln", "mkdir", "mv", "nginx", "npx", "pre-commit", "python3",
    "rm", "sed", "tar",
}  # fmt: skip
PROJECT_FILE = re.compile(r"(?:deploy|requirements|content|tests)/[\w./*-]*$")
# Debian packages that .ci/run and the tests need, and others that documents name.
PACKAGES = {
    *re.findall(r"[\w.-]+", (ROOT / ".ci/run").read_text()),
    *(remedy.split()[-1] for _, _, remedy in PROGRAMS),
    "certbot", "git", "postgresql-client", "pre-commit", "wrk",
}  # fmt: skip


def make(*words):
    """The targets and variables that are not in the Makefile."""
    makefile = (ROOT / "Makefile").read_text()
    patterns = [
        rf"\b{word.partition('=')[0]}\b" if "=" in word else rf"^{word}:"
        for word in words
    ]
    found = [re.search(pattern, makefile, re.MULTILINE) for pattern in patterns]
    return [word for word, match in zip(words, found, strict=True) if not match]


def manage(name, *words):
    """The command if it does not exist. Wrong arguments raise CommandError."""
    if name not in get_commands():
        return [name]
    parser = load_command_class(get_commands()[name], name).create_parser("", name)
    if words:  # A sentence may name the command without arguments.
        parser.parse_args([word.strip("[]") for word in words])
    return []


def python(option, module, *words):
    """The module if there is none of this name, or the paths that are missing."""
    if option != "-m" or not find_spec(module):
        return [option, module]
    return [word for word in words if not is_test(word)] if module == "pytest" else []


def is_test(word):
    """Whether the argument is an existing test, or no path (an option)."""
    path, _, test = word.partition("::")
    file = ROOT / path
    if not path.startswith("tests"):
        return True
    return file.exists() and (not test or f"def {test}(" in file.read_text())


def apt(_install, *packages):
    return [package for package in packages if package not in PACKAGES]


def units(*words):
    """The stemguide units that deploy/ does not have."""
    named = [word for word in words if word.startswith("stemguide")]
    return [name for name in named if not any(ROOT.glob(f"deploy/{name}*"))]


def files(*words):
    """The project files that do not exist."""
    return [
        word for word in words if PROJECT_FILE.match(word) and not any(ROOT.glob(word))
    ]


CHECKS = {
    "make": make, "manage.py": manage, "stemguide-manage": manage, "apt": apt,
    "deploy/stemguide-manage": manage, "$old/deploy/stemguide-manage": manage,
    "pip": files, ".venv/bin/pip": files, ".venv/bin/python": python,
    "systemctl": units, "journalctl": units, **dict.fromkeys(SYSTEM, files),
}  # fmt: skip


@pytest.mark.parametrize("document", WITH_COMMANDS)
def test_every_command_names_what_exists(document):
    for program, *words in commands(document):
        assert program in CHECKS, f"{program}: add it here, with a check"
        assert CHECKS[program](*words) == [], [program, *words]


@pytest.mark.parametrize("document", WITH_COMMANDS)
def test_a_shell_can_read_every_block_of_commands(document):
    for block in blocks_of_commands(document):
        done = subprocess.run(["sh", "-n"], input=block, text=True, capture_output=True)
        assert done.stderr == ""


@pytest.mark.parametrize(
    ("line", "what_is_wrong"),
    [
        (["make", "nothing"], ["nothing"]),
        (["make", "run", "HARBOUR=1"], ["HARBOUR=1"]),
        (["manage.py", "nothing"], ["nothing"]),
        (["pip", "install", "-r", "requirements/none.txt"], ["requirements/none.txt"]),
        ([".venv/bin/python", "-m", "pytest", "tests/none.py"], ["tests/none.py"]),
        (
            [
                ".venv/bin/python",
                "-m",
                "pytest",
                "tests/content/test_pages.py::test_none",
            ],
            ["tests/content/test_pages.py::test_none"],
        ),
        (["apt", "install", "no-such-thing"], ["no-such-thing"]),
        (["cp", "deploy/none.conf", "/etc/"], ["deploy/none.conf"]),
        (["systemctl", "start", "stemguide-none"], ["stemguide-none"]),
    ],
)
def test_a_command_that_does_not_work_would_be_noticed(line, what_is_wrong):
    program, *words = line

    assert CHECKS[program](*words) == what_is_wrong


def test_every_program_that_tests_need_is_listed():
    listed = {
        package
        for command in commands("stemguide/docs/developing.md")
        for package in command
        if command[0] == "apt"
    }

    assert {remedy.split()[-1] for _, _, remedy in PROGRAMS} - listed == set()
