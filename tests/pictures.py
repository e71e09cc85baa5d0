"""The pictures of the README, taken from a running site: `make pictures`."""

from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw
from playwright.sync_api import Browser

from tests.conftest import ROOT

PICTURES = ROOT / "stemguide/docs/pictures"
STAGE = "/stages/preparation/?cells=fat&area=hand"
CHECKLIST = "/checklist/print/short/?cells=fat&area=hand&paper=letter"
# The first page is a summary; the second has lines to tick.
PAGE_OF_LINES = 1
PHONE = {"width": 390, "height": 844}
# The README shows them at less than half this width, for screens with high resolution.
SHARPNESS = 1.5
HEIGHT = int(PHONE["height"] * SHARPNESS)
EDGE = "#b8bdbe"
QUALITY = 70


def take_pictures(browser: Browser, url: str, folder: Path) -> None:
    """Writes pictures of a stage on a phone and a checklist on paper, equally high."""
    folder.mkdir(parents=True, exist_ok=True)
    _save(_stage_on_a_phone(browser, url), folder / "stage-on-a-phone.webp")
    _save(_checklist_on_paper(browser, url), folder / "checklist-on-paper.webp")


def _stage_on_a_phone(browser: Browser, url: str) -> Image.Image:
    page = browser.new_page(
        viewport=PHONE, device_scale_factor=SHARPNESS, is_mobile=True, has_touch=True
    )
    page.goto(url + STAGE)
    picture = page.screenshot()
    page.close()
    return Image.open(BytesIO(picture))


def _checklist_on_paper(browser: Browser, url: str) -> Image.Image:
    """A page of the sheet, as the browser prints it."""
    page = browser.new_page()
    page.goto(url + CHECKLIST)
    printed = page.pdf(prefer_css_page_size=True)
    page.close()
    with pypdfium2.PdfDocument(printed) as sheets:
        sheet = sheets[PAGE_OF_LINES]
        return sheet.render(scale=HEIGHT / sheet.get_height()).to_pil()


def _save(picture: Image.Image, path: Path) -> None:
    """Saves it with a border, because the pages are white."""
    picture = picture.convert("RGB")
    right, bottom = picture.width - 1, picture.height - 1
    ImageDraw.Draw(picture).rectangle((0, 0, right, bottom), None, EDGE, 2)
    picture.save(path, quality=QUALITY, method=6)


def pictures_in(folder: Path) -> dict[str, tuple[str | None, tuple[int, int]]]:
    """The format and the size of each picture, by its name."""
    return {path.name: _format_and_size(path) for path in sorted(folder.iterdir())}


def _format_and_size(path: Path) -> tuple[str | None, tuple[int, int]]:
    with Image.open(path) as picture:
        picture.load()
        return picture.format, picture.size
