"""Measures a printed sheet: rules for every PDF, from Chromium and from WeasyPrint."""

import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from ctypes import c_float
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from lxml import html
from pypdfium2 import raw as pdfium

PAPERS = {"a4": (595, 842), "letter": (612, 792)}
SMALL = 0.8
"""The size of text in the margins, as a share of the size of other text."""
EDGE = 20
"""Points at every edge of the paper that many printers cannot print on."""
WHOLE = ".task, li, tr, figure, .odds, .write-in, .contact-card"
CODE = "[2-9A-HJKMNP-Z]{4}"
BOXES = ".care-card, .warning, .advice, .claim"
WORD = re.compile(
    r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<'
)


def letters(text: str) -> str:
    """Only the letters and digits: hyphens and line breaks differ on paper."""
    return re.sub(r"[\W_]", "", text.lower())


def word_counts(text: str) -> Counter[str]:
    """How often each word occurs; the order of columns does not matter."""
    return Counter(re.findall(r"[^\W_]+", text.lower()))


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


@dataclass(frozen=True)
class Box:
    """A line, a frame or a part of a drawing, in points from the upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def shared(self, other: "Box") -> tuple[float, float]:
        """The width and height of the overlap; negative if the boxes are apart."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across, down

    def is_apart_from(self, other: "Box") -> bool:
        """Whether the two have no point in common."""
        return (
            self.top > other.bottom
            or self.bottom < other.top
            or self.left > other.right
            or self.right < other.left
        )

    def holds(self, other: "Box") -> bool:
        """Whether all of the other is inside this one, with a tolerance of 2 points."""
        return (
            self.left - 2 < other.left
            and self.right + 2 > other.right
            and self.top - 2 < other.top
            and self.bottom + 2 > other.bottom
        )


@dataclass(frozen=True)
class Word(Box):
    """A word on a page."""

    text: str

    def covers(self, other: "Word") -> bool:
        """Whether the two overlap by more than neighbouring words of a line may."""
        across, down = self.shared(other)
        return across > 1.5 and down > 0.5 * min(self.height, other.height)

    def crosses(self, box: Box) -> bool:
        """Whether an edge of the box runs through the letters of this word."""
        if self.is_apart_from(box):
            return False
        across, down = self.shared(box)
        at_side = any(
            self.left + 1.5 < x < self.right - 1.5 for x in (box.left, box.right)
        )
        top, bottom = self.top + 0.3 * self.height, self.bottom - 0.3 * self.height
        at_end = any(top < y < bottom for y in (box.top, box.bottom))
        return (at_side and down > 0.4 * self.height) or (at_end and across > 1.5)


@dataclass(frozen=True)
class PrintedSheet:
    """A PDF of one sheet."""

    path: Path

    @cached_property
    def pages(self) -> list[str]:
        """The text of each page, in the order it was drawn."""
        return run("pdftotext", "-raw", self.path, "-").split("\f")[:-1]

    @cached_property
    def words(self) -> list[list[Word]]:
        """Every word of each page, with its position."""
        found = run("pdftotext", "-bbox", self.path, "-")
        return [
            [
                Word(*map(float, match.group(1, 2, 3, 4)), match[5])
                for match in WORD.finditer(page)
            ]
            for page in found.split("<page ")[1:]
        ]

    @cached_property
    def sizes(self) -> Counter[int]:
        """How many lines of text there are of each size, in whole points."""
        xml = run("pdftohtml", "-xml", "-i", "-stdout", "-zoom", "1", self.path)
        fonts = {m[1]: int(m[2]) for m in re.finditer(r'id="(\d+)" size="(\d+)"', xml)}
        return Counter(
            fonts[m[1]] for m in re.finditer(r'<text[^>]* font="(\d+)"', xml)
        )

    @cached_property
    def paper(self) -> tuple[float, float]:
        """Width and height of its first page, in points."""
        with pikepdf.open(self.path) as pdf:
            _, _, width, height = map(float, pdf.pages[0].mediabox)
        return width, height

    @cached_property
    def boxes(self) -> list[list[Box]]:
        """Everything that is drawn with lines on each page."""
        with pypdfium2.PdfDocument(self.path) as pdf:
            return [list(_boxes(page)) for page in pdf]

    def scan(self) -> str:
        """What a phone reads from the QR code in the upper half of the first page."""
        picture = self.path.with_suffix(".pgm")
        upper = (0, self.paper[1] / 2, 0, 0)
        with pypdfium2.PdfDocument(self.path) as pdf:
            drawn = pdf[0].render(scale=150 / 72, grayscale=True, crop=upper)
            drawn.to_pil().save(picture)
        only_qr = ("-Sdisable", "-Sqrcode.enable")
        return run("zbarimg", "-q", "--raw", "--nodbus", *only_qr, picture).strip()


Point = tuple[float, float]


def _boxes(page: pypdfium2.PdfPage) -> Iterator[Box]:
    """A box for each outline; one PDF object may hold several outlines."""
    height = page.get_height()
    for drawn in page.get_objects([pdfium.FPDF_PAGEOBJ_PATH]):
        clips = [_bounds(points) for points in _clips(drawn)]
        for outline in _outlines(drawn):
            left, bottom, right, top = _bounds(outline)
            for clip in clips:
                left, right = max(left, clip[0]), min(right, clip[2])
                bottom, top = max(bottom, clip[1]), min(top, clip[3])
            yield Box(left, height - top, right, height - bottom)


def _bounds(points: list[Point]) -> tuple[float, float, float, float]:
    across, up = zip(*points, strict=True)
    return min(across), min(up), max(across), max(up)


def _outlines(drawn: pypdfium2.PdfObject) -> Iterator[list[Point]]:
    matrix = drawn.get_matrix()
    points: list[Point] = []
    for number in range(pdfium.FPDFPath_CountSegments(drawn)):
        segment = pdfium.FPDFPath_GetPathSegment(drawn, number)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if points and kind == pdfium.FPDF_SEGMENT_MOVETO:
            yield points
            points = []
        points.append(matrix.on_point(*_point(segment)))
    if points:
        yield points


def _clips(drawn: pypdfium2.PdfObject) -> Iterator[list[Point]]:
    """The clipping paths of an object."""
    clip = pdfium.FPDFPageObj_GetClipPath(drawn)
    for path in range(pdfium.FPDFClipPath_CountPaths(clip)):
        yield [
            _point(pdfium.FPDFClipPath_GetPathSegment(clip, path, number))
            for number in range(pdfium.FPDFClipPath_CountPathSegments(clip, path))
        ]


def _point(segment: Any) -> Point:
    x, y = c_float(), c_float()
    pdfium.FPDFPathSegment_GetPoint(segment, x, y)
    return x.value, y.value


def faults_of(
    sheet: PrintedSheet,
    source: str,
    *,
    size: int,
    paper: str,
    words: str,
    public_url: str,
    say: Callable[[str], str] = str,
) -> list[str]:
    """Each fault of a printed sheet as a sentence; an empty list for a good one.

    `source` is the HTML it was made from. `words` is the text that must be on it. `say`
    translates the fixed words of sheets into its language.
    """
    tree = html.fromstring(source)
    return [
        *_page_faults(sheet, tree, paper, say),
        *_margin_faults(sheet),
        *box_faults(sheet),
        *_word_faults(sheet, words),
        *_split_faults(sheet, tree, size, say),
        *_size_faults(sheet, size),
        *_structure_faults(sheet, tree),
        *_code_faults(sheet, tree, public_url, say),
    ]


def _page_faults(
    sheet: PrintedSheet, tree: html.HtmlElement, paper: str, say: Callable[[str], str]
) -> list[str]:
    faults = []
    total = len(sheet.pages)
    with pikepdf.open(sheet.path) as pdf:
        for page in pdf.pages:
            found = tuple(round(float(edge)) for edge in page.mediabox[2:])
            if found != PAPERS[paper]:
                faults.append(f"A page is {found}, not {paper}.")
    for number, text in enumerate(sheet.pages, start=1):
        if say(f"Page {number} of {total}") not in text:
            faults.append(f"Page {number} does not say so.")
        text = " ".join(text.split())
        if not re.search(f"{say('Code')} {CODE} {CODE}", text):
            faults.append(f"Page {number} has no code.")
        if say("ersion ") not in text and say("The whole guide.") not in text:
            faults.append(f"Page {number} has no version.")
        if say("the number on your appointment letter") not in text:
            faults.append(f"Page {number} has no telephone.")
        if len(text.split()) < 22:
            faults.append(f"Page {number} is all but empty: {text!r}.")
    if say("Emergency: call 911 (US)") not in sheet.pages[0]:
        faults.append("The first page does not say how to get help.")
    # On the help page itself the cards come first.
    lines = tree.cssselect(".sheet-help p, .sheet-help li, .guide-end p")
    if lines and letters(lines[-1].text_content()) not in letters(sheet.pages[-1]):
        faults.append("The last page does not say when to get help.")
    return faults


def _margin_faults(sheet: PrintedSheet) -> list[str]:
    faults = []
    width, height = sheet.paper
    for number, words in enumerate(sheet.words, start=1):
        for word in words:
            if not (word.left > EDGE and word.right < width - EDGE):
                faults.append(f"Page {number}: {word.text!r} runs off at a side.")
            if not (word.top > EDGE and word.bottom < height - EDGE):
                faults.append(f"Page {number}: {word.text!r} runs off above or below.")
        words = sorted(words, key=lambda word: word.top)
        for index, word in enumerate(words):
            for other in words[index + 1 :]:
                if other.top > word.bottom:
                    break
                if word.covers(other):
                    faults.append(
                        f"Page {number}: {word.text!r} and {other.text!r} overlap."
                    )
    return faults


def box_faults(sheet: PrintedSheet) -> list[str]:
    """Words that a line runs through; frames that are cut off or overlap.

    A frame is a box with words in it. The parts of a drawing may overlap.
    """
    faults = []
    width, height = sheet.paper
    paper = Box(EDGE, EDGE, width - EDGE, height - EDGE)
    for number, (words, boxes) in enumerate(
        zip(sheet.words, sheet.boxes, strict=True), start=1
    ):
        lines = [box for box in boxes if min(box.width, box.height) < 3]
        wide = [box for box in boxes if min(box.width, box.height) >= 3]
        frames = [box for box in wide if any(box.holds(word) for word in words)]
        for word, box in product(words, frames + lines):
            if word.crosses(box):
                faults.append(f"Page {number}: a line runs through {word.text!r}.")
        for frame in frames:
            if not paper.holds(frame):
                faults.append(f"Page {number}: {frame} runs off.")
        for one, other in combinations(frames, 2):
            is_over = min(one.shared(other)) > 2
            if is_over and not (one.holds(other) or other.holds(one)):
                faults.append(f"Page {number}: {one} and {other} overlap.")
    return faults


def _word_faults(sheet: PrintedSheet, words: str) -> list[str]:
    lost = word_counts(words) - word_counts(" ".join(sheet.pages))
    # A long word may be hyphenated: then it is found in the text without hyphens.
    printed = letters("".join(sheet.pages))
    lost = [word for word in lost if word not in printed]
    return [f"Lost on paper: {lost}."] if lost else []


def _split_faults(
    sheet: PrintedSheet, tree: html.HtmlElement, size: int, say: Callable[[str], str]
) -> list[str]:
    """Items that are split over pages. At 24 points a box may not fit on one page."""
    pages = [letters(text) for text in sheet.pages]
    wanted = WHOLE if size == 24 else f"{WHOLE}, {BOXES}"
    faults = []
    for item in tree.cssselect(wanted):
        if item.xpath("ancestor-or-self::*[@hidden or self::template or self::nav]"):
            continue
        runs = [letters(run) for run in item.xpath(".//text()[not(parent::title)]")]
        if not any(all(run in page for run in runs) for page in pages):
            faults.append(f"Split over pages: {item.text_content().split()[:12]}")
    titles = {
        letters(heading.text_content())
        for heading in tree.cssselect("h2, h3, h4")
        if (follower := heading.getnext()) is None or "write-in" not in follower.classes
    }
    for number, text in enumerate(sheet.pages, start=1):
        foot = say("Emergency: call" if number == 1 else "Your clinic:")
        above = text[: text.rfind(foot)].strip()
        lines = [letters(line) for line in above.splitlines()]
        if lines and lines[-1] in titles:
            faults.append(f"Page {number} ends with the heading {lines[-1]!r}.")
    return faults


def _size_faults(sheet: PrintedSheet, size: int) -> list[str]:
    most = sheet.sizes.most_common(1)[0][0]
    least = min(sheet.sizes)
    faults = []
    if most != size:
        faults.append(f"Most lines are {most} points, not {size}.")
    if least < int(size * 0.75):
        faults.append(f"The smallest line is {least} points.")
    return faults


def _code_faults(
    sheet: PrintedSheet,
    tree: html.HtmlElement,
    public_url: str,
    say: Callable[[str], str],
) -> list[str]:
    head = tree.cssselect(".sheet-head__version")[0].text_content()
    code = "".join(head.partition(f"{say('Code')} ")[2].rstrip(". \n").split())
    address, scanned = f"{public_url}/v/{code}/", sheet.scan()
    same = code and scanned == address
    return [] if same else [f"The QR code says {scanned!r}, not {address!r}."]


def _structure_faults(sheet: PrintedSheet, tree: html.HtmlElement) -> list[str]:
    with pikepdf.open(sheet.path) as pdf:
        root = pdf.Root
        faults = []
        if "/StructTreeRoot" not in root or not root.MarkInfo.Marked:
            faults.append("It has no tags.")
        if not str(root.get("/Lang", "")).startswith(tree.get("lang")):
            faults.append("It has no language.")
        title = str(pdf.docinfo.get("/Title", ""))
        if title != tree.findtext(".//title"):
            faults.append(f"Its title is {title!r}.")
    return faults
