"""Import rules, and constructs that may be nowhere in the code or templates."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def imports(source, module="", is_package=False):
    """(line, module) of each import of a source; `from a import b` as `a.b`."""
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def is_in(module, part):
    return module == part or module.startswith(f"{part}.")


def modules(folder="sessions"):
    """(name, path) of every module under a folder, without migrations."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "migrations" in path.parts:
            continue
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        yield ".".join(parts), path


MODULES = dict(modules())


def source_of(module):
    return MODULES[module].read_text(encoding="utf-8")


def imported_by(module):
    is_package = MODULES[module].name == "__init__.py"
    return [name for _, name in imports(source_of(module), module, is_package)]


def importers(*targets):
    """The modules that import any of these."""
    return [
        module
        for module in MODULES
        if any(
            is_in(name, target) for name in imported_by(module) for target in targets
        )
    ]


# --- the rooms ---------------------------------------------------------------

# (file, what is added to it, what lint-imports says of it)
FORBIDDEN_IMPORTS = [
    ("models/pages.py", "from sessions.guide import forms", "sessions.models.pages ->"),
    ("models/pages.py", "from ..guide import forms", "sessions.models.pages ->"),
    (
        "library/folder.py",
        "def late():\n    import sessions.models",
        "sessions.library.folder -> sessions.models",
    ),
    ("paper/page_setup.py", "import sessions.people", "sessions.paper.page_setup ->"),
    ("desk/counts.py", "from sessions import staff", "sessions.desk.counts ->"),
    ("guide/dates.py", "from sessions.guide import calendars", ".dates -> .calendars"),
    ("staff/home.py", "from stemguide import limits", "sessions.staff.home ->"),
    ("documents/shapes.py", "import django", "sessions.documents.shapes -> django"),
    ("documents/shapes.py", "import pathlib", "sessions.documents.shapes -> pathlib"),
    ("loose.py", "", "every child of every container"),
]


def lint_imports(folder):
    """Runs lint-imports on the code in a folder, with the contracts of this project."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [program, "--no-cache", ROOT / "pyproject.toml"],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    """A copy of the code, in which a test changes one file and restores it."""
    folder = tmp_path_factory.mktemp("code")
    only_code = shutil.ignore_patterns("__pycache__", "docs", "locale")
    for package in ("sessions", "stemguide"):
        shutil.copytree(ROOT / package, folder / package, ignore=only_code)
    return folder


def test_imports_keep_to_the_rules(code):
    done = lint_imports(code)

    assert "0 broken" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize(("name", "added", "said"), FORBIDDEN_IMPORTS)
def test_forbidden_import_would_be_noticed(code, name, added, said):
    file = code / "sessions" / name
    before = file.read_text(encoding="utf-8") if file.exists() else None
    file.write_text(f"{before or ''}\n{added}\n", encoding="utf-8")

    done = lint_imports(code)

    if before is None:
        file.unlink()
    else:
        file.write_text(before, encoding="utf-8")
    assert done.returncode == 1
    assert said in done.stdout


def test_no_module_lies_loose():
    loose = {path.name for path in (ROOT / "sessions").glob("*.py")}

    assert loose == {"__init__.py", "apps.py", "csv_files.py", "urls.py"}


# --- the environment ---------------------------------------------------------

OUR_CODE = [
    ROOT / "manage.py",
    *(ROOT / "stemguide").rglob("*.py"),
    *(ROOT / "sessions").rglob("*.py"),
]
ENTRANCES = ("manage.py", "stemguide/wsgi.py")


def environment_lines(source):
    """The lines that read environment variables, with any function."""
    names = {"environ", "getenv", "putenv", "environs", "environb"}
    lines = {line for line, name in imports(source) if set(name.split(".")) & names}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in names:
            lines.add(node.lineno)
    return sorted(lines)


def test_only_env_reads_the_environment():
    found = {}
    for path in OUR_CODE:
        source = path.read_text(encoding="utf-8")
        lines = source.split("\n")
        if numbers := environment_lines(source):
            name = path.relative_to(ROOT).as_posix()
            found[name] = [lines[number - 1] for number in numbers]

    assert found.pop("stemguide/env.py")
    for entrance in ENTRANCES:
        for line in found.pop(entrance, []):
            assert 'os.environ.setdefault("DJANGO_SETTINGS_MODULE"' in line
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['A']",
        "import os\nos.getenv('A')",
        "import os as o\no.environ",
        "\nfrom os import environ",
        "\nfrom environs import Env",
    ],
)
def test_reading_the_environment_would_be_noticed(source):
    assert environment_lines(source) == [2]


# --- templates ---------------------------------------------------------------

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
REFUSED = {
    "a script in the page": r"<script\b[^>]*>(?!\s*</script>)",
    "a script that is data": r"json_script",
    "a style attribute": r"""[\s"']style\s*=""",
    "a style element": r"<style\b",
    "an event attribute": r"""<[^<>]*[\s"'/]on[a-z]+\s*=""",
    "a javascript: URL": r"javascript:",
    "a text that is not escaped": r"\|\s*safe(seq)?\b|autoescape\s+off",
}


def refused_in(source):
    return [
        name
        for name, pattern in REFUSED.items()
        if re.search(pattern, source, re.IGNORECASE)
    ]


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_template_holds_nothing_the_policy_refuses(path):
    # Allowed in the CSP by its hash: sessions.guide.content_policy.
    source = path.read_text(encoding="utf-8").replace("<style>{{ rules }}</style>", "")
    assert refused_in(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        '<script type="module">\n  go()\n</script>',
        '<p style="color: red">',
        "<p class=a\nstyle = 'a'>",
        "<style>p {}</style>",
        '<button onclick="go()">',
        "<body class='a'onload=go()>",
        '<a href="javascript:go()">',
        "{{ text|safe }}",
        "{{ text | safe }}",
        "{{ texts|safeseq }}",
        "{% autoescape off %}",
    ],
)
def test_what_the_policy_refuses_would_be_noticed(source):
    assert len(refused_in(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<script src="{% static \'js/a.js\' %}" type="module"></script>',
        '<link rel="stylesheet" href="a.css">',
        "<p>Rest on = one day.</p>",
        "<p>It is safe | sound.</p>",
        '<p data-on="a" class="style">',
    ],
)
def test_what_the_policy_allows_is_let_through(source):
    assert refused_in(source) == []


def calls(source, *names):
    """The lines that call one of these with an argument that is no constant."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and not all(
            isinstance(argument, ast.Constant) for argument in node.args
        ):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in names:
                yield node.lineno


def test_nothing_is_marked_safe():
    assert importers("django.utils.safestring.mark_safe") == []
    assert [name for name in MODULES if "mark_safe" in source_of(name)] == []


def test_only_these_modules_make_safe_strings_of_variables():
    found = {
        module: len(list(calls(source_of(module), "SafeString", "SafeText")))
        for module in MODULES
    }

    assert {module: count for module, count in found.items() if count} == {
        "sessions.templatetags.documents": 1,
        "sessions.templatetags.guide": 1,  # the SVG of a QR code, made by segno
        "sessions.paper.sheets": 1,  # CSS page rules with every text escaped
    }


def test_marking_as_safe_would_be_noticed():
    source = "from django.utils import safestring\nsafestring.mark_safe(a)\n"

    assert list(calls(source, "mark_safe")) == [2]


def test_a_constant_may_be_marked_as_safe():
    assert list(calls('SafeString("<br>")', "SafeString")) == []


# --- functions that fit on a screen ---

MOST_LINES = 40


def long_functions(source):
    """(name, lines) of each function that is longer than MOST_LINES."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if lines > MOST_LINES:
                yield node.name, lines


def test_a_function_that_is_too_long_is_found():
    body = "    pass\n" * MOST_LINES

    assert list(long_functions(f"def long():\n{body}")) == [("long", MOST_LINES + 1)]


def test_no_function_is_longer_than_a_screen():
    files = [*ROOT.glob("*.py")]
    for folder in ("sessions", "stemguide", "tests"):
        files += (ROOT / folder).rglob("*.py")

    found = {
        f"{path.relative_to(ROOT)}: {name}": lines
        for path in files
        for name, lines in long_functions(path.read_text(encoding="utf-8"))
    }

    assert found == {}
