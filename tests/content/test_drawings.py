"""The drawings that pages show: small, without words, in light and dark colours."""

from xml.etree import ElementTree

from sessions.documents import blocks as b
from tests.conftest import ROOT

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {
    "svg", "style", "g", "defs", "pattern", "clipPath", "use", "path", "rect", "circle",
    "ellipse",
}  # fmt: skip
MOST_BYTES = 3 * 1024


def drawings(library) -> dict[str, bytes]:
    names = {
        block.name
        for file in library.files
        for block in file.document.walk()
        if isinstance(block, b.Picture)
    }
    return {name: (ROOT / f"static/img/{name}.svg").read_bytes() for name in names}


def test_drawings_are_small(library):
    sizes = {name: len(drawing) for name, drawing in drawings(library).items()}

    assert {n: size for n, size in sizes.items() if size > MOST_BYTES} == {}


def test_drawings_hold_shapes_and_no_words(library):
    """Words would be English for every reader, and too small on a phone."""
    for name, drawing in drawings(library).items():
        root = ElementTree.fromstring(drawing)
        found = {part.tag.removeprefix(SVG) for part in root.iter()}
        written = [
            part.tag
            for part in root.iter()
            if part.tag != f"{SVG}style" and (part.text or "").strip()
        ]

        assert found <= SHAPES, name
        assert written == [], name
        assert b"http" not in drawing.replace(SVG[1:-1].encode(), b""), name


def test_drawings_have_a_size_of_their_own(library):
    for name, drawing in drawings(library).items():
        root = ElementTree.fromstring(drawing)
        size = f"0 0 {root.get('width')} {root.get('height')}"

        assert root.get("viewBox") == size, name


def test_drawings_follow_dark_and_forced_colours(library):
    """Light colours are attributes: they hold where a policy refuses the `<style>`."""
    for name, drawing in drawings(library).items():
        root = ElementTree.fromstring(drawing)
        style = root.findtext(f"{SVG}style") or ""
        light = {
            f'[{kind}="{colour}"]'
            for part in root.iter()
            for kind in ("fill", "stroke")
            if (colour := part.get(kind, "")).startswith("#")
        }
        dark, _, forced = style.partition("@media(forced-colors:active)")

        assert "prefers-color-scheme:dark" in dark, name
        assert {colour for colour in light if colour not in dark} == set(), name
        assert "CanvasText" in forced, name
