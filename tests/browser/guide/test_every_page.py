"""What holds for every page on every screen."""

import pytest

from tests.addresses import PATHS, WHOLE_GUIDE
from tests.cases import soak_only

ANSWERED = [f"{path}?area=hand&cells=fat" for path in PATHS]
ADDRESSES = [*PATHS, *ANSWERED, "/stages/harvesting/?cells=prepared", "/nothing/"]


@pytest.fixture(params=[320, soak_only(1280)])
def width(request) -> int:
    return request.param


@pytest.fixture
def some(how_many):
    """Every third address, from one of the first three on; in `make soak` all."""
    return lambda addresses, first=0: addresses[how_many(first, 0) :: how_many(3, 1)]


def test_nothing_scrolls_sideways_or_is_cut(site, open_context, width, some):
    page = open_context(width).new_page()
    for address in (*some(ADDRESSES), WHOLE_GUIDE):
        page.goto(site.url + address)
        page.evaluate(
            "document.querySelectorAll('details').forEach(d => { d.open = true })"
        )

        wide = page.evaluate(
            """[...document.body.querySelectorAll('*')]
                .filter(e => e.getBoundingClientRect().right > innerWidth + 1 &&
                    !e.closest('svg') && !e.closest('.skip-link'))
                .map(e => e.outerHTML.slice(0, 120))"""
        )

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert not wide, (address, wide[:3])


def test_text_twice_as_large_does_not_scroll_sideways(site, open_context, width, some):
    page = open_context(width).new_page()
    for address in some(ADDRESSES):
        page.goto(site.url + address)
        page.evaluate("document.documentElement.style.fontSize = '225%'")

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            address
        )


def test_wider_text_spacing_cuts_nothing(site, open_context, some):
    """WCAG 1.4.12, the spacing it names, at 320 px."""
    page = open_context(320, bypass_csp=True).new_page()
    for address in some(ANSWERED, 2):
        page.goto(site.url + address)
        page.add_style_tag(
            content="""
                * { line-height: 1.5 !important; letter-spacing: 0.12em !important;
                    word-spacing: 0.16em !important }
                p { margin-bottom: 2em !important }"""
        )

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
            address
        )
        cut = page.evaluate(
            """[...document.querySelectorAll('main *')]
                .filter(e => e.clientWidth > 1)  // the rest is for screen readers
                .filter(e => getComputedStyle(e).overflow === 'hidden' &&
                    (e.scrollWidth > e.clientWidth + 1 ||
                     e.scrollHeight > e.clientHeight + 1))
                .map(e => e.className)"""
        )
        assert not cut, (address, cut)


def test_no_cookie_no_storage_and_no_other_host(site, open_context, some):
    context = open_context(390)
    page = context.new_page()
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    for address in some(ANSWERED, 1):
        page.goto(site.url + address)

    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    outside = [url for url in requested if not url.startswith(f"{site.url}/")]
    assert not outside, outside


def test_browser_finds_nothing_to_complain_of(site, page, some):
    """No blocked script or style, no failed request, no script error."""
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    for address in some(PATHS, 2):
        page.goto(site.url + address)

    assert not said, said[:5]


def test_everything_to_tap_is_large_enough(site, open_context, some):
    """Controls are 44 px high (WCAG 2.5.5); a link inside a sentence may be smaller."""
    page = open_context(320).new_page()
    for address in some(PATHS, 1):
        page.goto(site.url + address)

        small = page.evaluate(
            """[...document.querySelectorAll('button:not([hidden], .term), summary,' +
                    'nav a, .choice label, label.task__words, .button')]
                .filter(e => e.getClientRects().length &&
                    e.getBoundingClientRect().height < 43.5)
                .map(e => e.outerHTML.slice(0, 100))"""
        )

        assert not small, (address, small[:3])


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/", [".warning", ".button"]),
        ("/learn/risks-of-marrow/", [".claim", ".help-bar"]),
        ("/get-help/", [".care-card__title"]),
    ],
)
def test_forced_colours_keep_every_border_and_word(site, open_context, path, names):
    page = open_context(390, forced_colors="active").new_page()
    page.goto(f"{site.url}{path}?area=hand&cells=fat")

    widths = page.evaluate(
        """names => names
            .map(s => [s, getComputedStyle(document.querySelector(s)).borderTopWidth])
            .map(([s, width]) => [s, parseFloat(width)])""",
        names,
    )

    assert all(width > 0 for _, width in widths), widths


def test_pictures_load_and_have_their_words(site, page, some):
    names = set()
    for address in some(PATHS):
        page.goto(site.url + address)
        page.locator("details").evaluate_all("all => all.forEach(d => (d.open = true))")
        for image in page.locator("main img").all():
            image.scroll_into_view_if_needed()
            image.evaluate("i => i.decode()")
            assert image.evaluate("i => i.naturalWidth") > 0
            assert len(image.get_attribute("alt") or "") > 20
            assert image.locator("xpath=..").locator("figcaption").inner_text()
            names.add((image.get_attribute("src") or "").split("/")[-1].split(".")[0])

    assert len(names) >= 6, names
