"""The exported site: every link leads to a file, and the texts are the same."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from lxml import html

from sessions.guide.current import clear_snapshot_cache
from sessions.models import Clinic, ContentVersion
from tests.addresses import PATHS
from tests.clinic_texts import add_live_area
from tests.factories import make_live_wording
from tests.page import words

PUBLIC_URL = "https://guide.example"
FOLDERS = {
    "any/fat": "?cells=fat",
    "hand/fat": "?area=hand&cells=fat",
    "joint/fat": "?area=joint&cells=fat",
}
# Elements that an export leaves out or replaces.
REPLACED = "form, [data-without-script], [data-offline], .your-answers, .sheet-tools"


def offer_fat_alone():
    Clinic.objects.update(offers_bone_marrow=False, offers_prepared=False)
    ContentVersion.objects.update(number=99)
    clear_snapshot_cache()


@pytest.fixture(scope="module")
def export(django_db_setup, django_db_blocker, library, tmp_path_factory):
    """The exported folder, and the site's response for each page, by URL."""
    from django.db import transaction
    from django.test import override_settings

    from sessions.wordings.loading import load_library

    folder = tmp_path_factory.mktemp("stick") / "guide"
    settings = override_settings(PUBLIC_URL=PUBLIC_URL)
    with settings, django_db_blocker.unblock(), transaction.atomic():
        load_library(library)
        offer_fat_alone()
        call_command("export_site", folder)
        pages = {
            (start, path): Client().get(path + query).content
            for start, query in FOLDERS.items()
            for path in PATHS
        }
        transaction.set_rollback(True)
    clear_snapshot_cache()
    return folder, pages


def test_each_combination_of_answers_is_a_folder(export):
    folder, _ = export

    names = {path.name for path in folder.iterdir()}
    assert names == {"any", "hand", "joint", "static", "index.html"}
    assert {path.name for path in (folder / "hand").iterdir()} == {"fat"}


def test_every_link_leads_to_a_file_and_every_anchor_to_a_place(export):
    folder, _ = export
    anchors = {}
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) > 300

    def ids(path):
        if path not in anchors:
            tree = html.parse(str(path))
            anchors[path] = {str(name) for name in tree.xpath("//@id")}
        return anchors[path]

    for page in pages:
        tree = html.parse(str(page))
        for link in {str(a) for a in tree.xpath("//@href | //@src | //@action")}:
            parts = urlsplit(link)
            if parts.scheme == "tel" or _is_source(tree, link):
                continue
            assert not parts.scheme and not parts.netloc and not parts.query, link
            target = page
            if parts.path:
                target = Path(page.parent, unquote(parts.path)).resolve()
            assert target.is_file() and target.is_relative_to(folder), (page, link)
            if parts.fragment:
                assert parts.fragment in ids(target), (page, link)


def _is_source(tree, link):
    """Whether it is a link to another site, marked as one, on the pages of sources."""
    return bool(tree.xpath("//a[contains(@rel, 'external')][@href=$link]", link=link))


def test_no_absolute_address_of_the_site_remains(export):
    folder, _ = export

    for page in folder.rglob("*.html"):
        tree = html.parse(str(page))
        for value in tree.xpath("//@*"):
            text = str(value)
            assert not text.startswith("/") and PUBLIC_URL not in text, (page, text)
    for style in folder.rglob("*.css"):
        assert "url(/" not in style.read_text().replace('"', "")


def main_words(source):
    """The text of `main` without the parts that an export replaces."""
    main = html.document_fromstring(source).get_element_by_id("main")
    for part in main.cssselect(REPLACED):
        part.drop_tree()
    return words(main)


@pytest.mark.parametrize("path", PATHS)
def test_pages_hold_the_same_words(export, path):
    folder, pages = export

    for start in FOLDERS:
        file = folder / start / path.lstrip("/") / "index.html"
        if start.startswith("joint") and path.startswith("/after/hand/"):
            assert not file.exists()  # No page for these readers leads there.
            continue
        copy = file.read_bytes()
        said = main_words(copy).replace(
            f"This copy of the guide can not do this. Use the guide at {PUBLIC_URL}", ""
        )
        expected = main_words(pages[start, path])
        if path == "/search/":
            expected = re.sub("Type a question.*history. ", "", expected)
            said = said.replace("Search. ", "")
        assert " ".join(said.split()) == expected.strip(), start


def test_what_needs_the_site_is_replaced_by_where_to_find_it(export):
    folder, _ = export

    for path in ("search", "checklist", "v"):
        source = (folder / "hand/fat" / path / "index.html").read_text()
        tree = html.document_fromstring(source)
        assert f"Use the guide at {PUBLIC_URL}" in words(tree.get_element_by_id("main"))
        assert not tree.xpath("//form[@action or @method]")
    assert not list(folder.rglob("service-worker*"))


def test_start_leads_to_every_combination(export):
    folder, _ = export
    tree = html.parse(str(folder / "index.html"))

    links = {str(a) for a in tree.xpath("//*[@class='your-answers']//@href")}

    assert links == {f"{start}/index.html#stages" for start in FOLDERS}


def test_the_site_itself_keeps_its_own_pages(export):
    _, pages = export

    assert all(b"This copy of the guide" not in body for body in pages.values())


@pytest.mark.exhaustive
def test_without_an_address_the_telephone_is_named(real_content, tmp_path, settings):
    settings.PUBLIC_URL = ""
    offer_fat_alone()
    Clinic.objects.update(telephone="555 010 0199")

    call_command("export_site", tmp_path / "copy")

    source = (tmp_path / "copy/any/fat/search/index.html").read_text()
    assert "Ring your clinic: 555 010 0199" in source


def test_a_folder_that_is_not_empty_is_refused(db, tmp_path):
    (tmp_path / "mine.txt").write_text("Mine.")

    with pytest.raises(CommandError, match="is not empty"):
        call_command("export_site", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("slug", ["static", "any"])
def test_an_area_named_as_a_folder_of_the_copy_is_refused(db, tmp_path, slug):
    make_live_wording()
    add_live_area(slug, "Odd")

    with pytest.raises(CommandError, match="another short name"):
        call_command("export_site", tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_can_not_be_written_is_told(db, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(CommandError, match="file cannot be written"):
        call_command("export_site", tmp_path / "file" / "copy")
