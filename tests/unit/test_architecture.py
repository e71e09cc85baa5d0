"""The shape of the code: which way imports point, and what may stand nowhere."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# From the bottom to the top. A module may import what stands in a row below its own,
# and from its own part; parts that share a row do not know each other.
LAYERS = (
    ("sessions.csv_files", "sessions.documents", "sessions.pdf"),
    ("sessions.library",),
    ("sessions.models",),
    ("sessions.guide",),
    ("sessions.paper", "sessions.people", "sessions.templatetags", "sessions.wordings"),
    ("sessions.desk", "sessions.running", "sessions.staff"),
    ("sessions.management", "sessions.urls"),
    ("sessions.apps",),
)


def imports(source, module="", is_package=False):
    """(line, module) of everything a source imports; `from a import b` as `a.b`."""
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


def height(module):
    """The row a module stands in; None where it is none of ours."""
    return next(
        (
            row
            for row, parts in enumerate(LAYERS)
            if any(is_in(module, part) for part in parts)
        ),
        None,
    )


def part_of(module):
    every = [part for parts in LAYERS for part in parts]
    return next((part for part in every if is_in(module, part)), None)


def upward_arrows(module, source, is_package=False):
    """`line: module` of every import that does not point down."""
    arrows = []
    for line, target in imports(source, module, is_package):
        other = height(target)
        if other is None or part_of(target) == part_of(module):
            continue
        if other >= height(module):
            arrows.append(f"{line}: {target}")
    return arrows


def modules(folder="sessions"):
    """(name, path) of every module under a folder; migrations are history."""
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


def test_every_module_has_its_layer():
    assert [name for name in MODULES if height(name) is None] == ["sessions"]


@pytest.mark.parametrize("part", [part for parts in LAYERS for part in parts])
def test_every_layer_is_there(part):
    assert any(is_in(name, part) for name in MODULES)


@pytest.mark.parametrize("module", [name for name in MODULES if name != "sessions"])
def test_imports_point_downwards(module):
    is_package = MODULES[module].name == "__init__.py"

    assert upward_arrows(module, source_of(module), is_package) == []


UPWARD = [
    ("sessions.models", "import sessions.guide.forms", "sessions.guide.forms"),
    ("sessions.models", "import sessions.guide.forms as f", "sessions.guide.forms"),
    ("sessions.models", "from sessions import wordings", "sessions.wordings"),
    ("sessions.models", "from sessions.desk import sets", "sessions.desk.sets"),
    ("sessions.models.clinic", "from ..guide import forms", "sessions.guide.forms"),
    ("sessions.models.pages", "from ..desk import sets", "sessions.desk.sets"),
    (
        "sessions.documents.blocks",
        "from ..library import a",
        "sessions.library.a",
    ),
    ("sessions.library.folder", "from sessions.models import A", "sessions.models.A"),
    ("sessions.library.references", "import sessions.models", "sessions.models"),
    ("sessions.templatetags.guide", "from sessions import desk", "sessions.desk"),
    ("sessions.guide.forms", "import sessions.templatetags", "sessions.templatetags"),
    ("sessions.staff.preview", "import sessions.urls", "sessions.urls"),
]
DOWNWARD = [
    ("sessions.models", "from sessions.documents import Document"),
    ("sessions.staff.preview", "from sessions.guide import reading"),
    ("sessions.staff.preview", "from .reading import read_request"),
    ("sessions.guide.pathway", "from sessions.library.references import page_address"),
    ("sessions.models", "import json\nfrom django.db import models"),
]


@pytest.mark.parametrize(("module", "source", "target"), UPWARD)
def test_upward_import_would_be_noticed(module, source, target):
    assert upward_arrows(module, source) == [f"1: {target}"]


def test_import_inside_a_function_would_be_noticed():
    source = "def view():\n    from sessions.desk import sets\n"

    assert upward_arrows("sessions.models", source) == ["2: sessions.desk.sets"]


@pytest.mark.parametrize(("module", "source"), DOWNWARD)
def test_downward_import_is_let_through(module, source):
    assert upward_arrows(module, source) == []


def importers(*targets):
    """The modules that import any of these."""
    return [
        module
        for module in MODULES
        if any(
            is_in(name, target) for name in imported_by(module) for target in targets
        )
    ]


def test_documents_know_nothing_of_django():
    found = importers("django", "crispy_forms", "os", "pathlib")

    assert [module for module in found if is_in(module, "sessions.documents")] == []
    assert "sessions.models.pages" in found


def test_the_app_never_imports_the_project():
    assert importers("stemguide") == []


def test_models_know_no_forms_views_or_template_tags():
    found = importers(
        "sessions.guide.forms", "sessions.guide.views", "sessions.templatetags"
    )

    assert "sessions.models" not in found
    assert "sessions.urls" in found


def test_template_tags_know_no_views():
    assert not any("templatetags" in name for name in importers("sessions.guide.views"))


# --- the environment ---------------------------------------------------------

OUR_CODE = [
    ROOT / "manage.py",
    *(ROOT / "stemguide").rglob("*.py"),
    *(ROOT / "sessions").rglob("*.py"),
]
ENTRANCES = ("manage.py", "stemguide/wsgi.py")


def environment_lines(source):
    """The lines that read the environment, by any of its names."""
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


# --- what pages are drawn with -----------------------------------------------

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
REFUSED = {
    "a script in the page": r"<script\b[^>]*>(?!\s*</script>)",
    "a script that is data": r"json_script",
    "a style attribute": r"""[\s"']style\s*=""",
    "a style element": r"<style\b",
    "an event attribute": r"""<[^<>]*[\s"'/]on[a-z]+\s*=""",
    "a script address": r"javascript:",
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
    # Let through by its hash: sessions.guide.page_cache.
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
    """The lines on which any of these is called with more than words typed there."""
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


def test_only_what_the_second_wall_has_cleaned_is_let_through_unescaped():
    found = {
        module: len(list(calls(source_of(module), "SafeString", "SafeText")))
        for module in MODULES
    }

    assert {module: count for module, count in found.items() if count} == {
        "sessions.templatetags.documents": 1,
        "sessions.templatetags.guide": 1,  # the drawing of a QR code, by segno
        "sessions.paper.sheets": 1,  # page rules, every text in them escaped for CSS
    }


def test_marking_as_safe_would_be_noticed():
    source = "from django.utils import safestring\nsafestring.mark_safe(a)\n"

    assert list(calls(source, "mark_safe")) == [2]


def test_markup_that_is_typed_in_the_code_may_stand_as_it_is():
    assert list(calls('SafeString("<br>")', "SafeString")) == []
