"""A later language: its pages are loaded, and its sheets hold no English word."""

import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import override
from lxml import html

from sessions import wordings
from sessions.documents.front_matter import STAGE_KINDS
from sessions.guide.current import clear_snapshot_cache, current_snapshot
from sessions.library.faults import REQUIRED_PAGES
from sessions.library.languages import FIRST, language_name
from sessions.models import Clinic, OpeningTime, Page, SheetCode, Stage, Wording
from sessions.wordings.sheet_codes import make_sheet_codes
from tests.cases import soak_only
from tests.factories import make_live_wording, make_person, make_text, make_wording
from tests.page import Page as ReadPage
from tests.page import words
from tests.second_language import LANGUAGE, english_words, write_pages

pytestmark = pytest.mark.django_db

NAME = language_name(LANGUAGE)
SHEETS = (
    "checklist", "visit", "risks", "options", "questions", "helping-someone", "diary",
    "get-help", "words", "money-and-approval", "after/hand", "stages/preparation",
    "stages/harvesting", "stages/recovery", "guide",
)  # fmt: skip
ANSWERS = [
    "",
    "?area=joint&cells=prepared&size=24&paper=a4",
    soak_only("?area=hand&cells=fat"),
]


def english_on(response) -> list[str]:
    """The English words of a page, without sheet codes and names of publishers."""
    assert response.status_code == 200, response
    tree = html.document_fromstring(response.content.decode())
    assert tree.get("lang") == LANGUAGE
    for element in tree.cssselect("script, style, [lang='en']"):
        element.drop_tree()
    texts = [words(tree.body), tree.findtext(".//title") or ""]
    for name in ("@aria-label", "@alt", "@title", "@content[../@name='description']"):
        texts += tree.xpath(f"//{name}")
    text = " ".join(map(str, texts)).replace(NAME, "")
    snapshot = current_snapshot()
    for code in SheetCode.objects.values_list("code", flat=True):
        text = text.replace(f"{code[:4]} {code[4:]}", "").replace(code, "")
    for source in sorted(snapshot.sources.values(), key=lambda s: -len(s.publisher)):
        text = text.replace(f"{source.publisher}, {source.year}", "")
    with override(LANGUAGE):
        months = {str(month) for month in MONTHS.values()}
    return [word for word in english_words(text) if word not in months]


# --- loading ---


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    """A content folder in two languages, which a test may change."""
    copy = tmp_path / "content"
    shutil.copytree(settings.CONTENT_DIR, copy)
    write_pages(copy)
    return copy


@pytest.fixture
def load(folder, capsys):
    def run() -> str:
        try:
            call_command("load_content", folder=folder)
        except CommandError:
            return capsys.readouterr().err
        return capsys.readouterr().out

    return run


def test_pages_of_both_languages_are_loaded(load):
    output = load()

    for page in REQUIRED_PAGES:
        languages = Page.objects.filter(name=page).values_list("language", flat=True)
        assert sorted(languages) == sorted([FIRST, LANGUAGE])
    assert Stage.objects.filter(page__language=LANGUAGE).count() == len(STAGE_KINDS)
    assert f"new        {LANGUAGE}/risks.md" in output
    assert re.search(rf"incomplete locale/{LANGUAGE}: \d+ words or lines", output)


def test_second_time_changes_nothing(load, folder):
    load()
    output = load()

    assert f"unchanged  {LANGUAGE}/risks.md" in output
    assert "new " not in output
    (folder / LANGUAGE / "accessibility.md").unlink()
    assert f"missing    {LANGUAGE}/accessibility.md" in load()
    assert Page.objects.filter(name="accessibility", language=LANGUAGE).exists()


def test_one_language_needs_no_catalog(load, folder):
    shutil.rmtree(folder / LANGUAGE)

    assert "locale" not in load()


def test_changed_page_changes_in_its_own_language_alone(load, folder):
    load()
    page = folder / LANGUAGE / "risks.md"
    page.write_text(page.read_text() + "\nÚltímá líné.\n")
    load()

    assert Wording.objects.filter(page__name="risks", number=2).count() == 1
    assert Wording.objects.get(page__name="risks", number=2).page.language == LANGUAGE


def test_language_without_help_is_refused(load, folder):
    (folder / LANGUAGE / "get-help.md").unlink()

    assert f"content/{LANGUAGE}/get-help.md:1: This page is missing." in load()
    assert not Page.objects.of_guide().exists()


def test_page_without_original_is_refused(load, folder):
    (folder / FIRST / "diary.md").unlink()

    assert f"content/{LANGUAGE}/diary.md:1: There is no page en/diary.md." in load()


def test_page_that_the_language_lacks_is_read_in_english(load, folder, client):
    (folder / LANGUAGE / "risks.md").unlink()
    load()

    source = client.get(
        f"/{LANGUAGE}/stages/recovery/print/?cells=fat"
    ).content.decode()
    assert 'href="/risks/?cells=fat"' in source
    assert client.get(f"/{LANGUAGE}/risks/print/").status_code == 404


def test_link_to_no_page_at_all_is_refused(load, folder):
    page = folder / LANGUAGE / "risks.md"
    page.write_text(page.read_text() + "\n[Nénío](/nenio/).\n")

    assert 'There is no page at "/nenio/". Correct the link.' in load()


def test_stage_without_its_anchors_is_refused(load, folder):
    page = folder / LANGUAGE / "stages" / "recovery.md"
    page.write_text(page.read_text().replace("{#what-to-do}", ""))

    output = load()

    assert f"content/{LANGUAGE}/stages/recovery.md:1: " in output
    assert 'No heading has the anchor of "What to do".' in output
    assert "{#what-to-do}" in output


@pytest.mark.parametrize("name", ["_drafts", ".kept"])
def test_folder_with_underscore_or_dot_is_skipped(load, folder, name):
    shutil.copytree(folder / LANGUAGE, folder / name)

    assert f"new        {LANGUAGE}/risks.md" in load()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("drafts", "not the code of a known language"),
        ("zh-cn", "not the code of a known language"),
        ("ar", "from right to left"),
    ],
)
def test_folder_of_a_language_that_cannot_be_printed_is_refused(
    load, folder, name, why
):
    (folder / name).mkdir()
    (folder / name / "risks.md").write_text("---\ntitle: R\nsummary: S\n---\nx\n")

    output = load()

    assert f"content/{name}:1: " in output
    assert why in output


def test_folder_without_pages_is_skipped(load, folder):
    (folder / "drawings").mkdir()
    (folder / "drawings" / "list.txt").write_text("none")

    assert f"new        {LANGUAGE}/risks.md" in load()


# --- sheets ---


@pytest.mark.parametrize("answers", ANSWERS)
def test_no_english_word_is_on_a_sheet(client, second_language, answers):
    addresses = [
        f"/{LANGUAGE}/{kind}/print/{depth}{answers}"
        for kind in SHEETS
        for depth in ("", "short/")
    ]
    left = {address: english_on(client.get(address)) for address in addresses}

    assert {address: words for address, words in left.items() if words} == {}


def test_invalid_answers_are_reported_in_the_language(client, second_language):
    response = client.get(f"/{LANGUAGE}/risks/print/?area=nowhere")

    assert "wás nót úndérstóód" in ReadPage(response).text
    assert english_on(response) == []


def test_every_blank_of_the_clinic_has_words(client, second_language):
    """First no detail of the clinic is filled in, then all are."""
    Clinic.objects.update(
        telephone="555 010 0199", out_of_hours_telephone="555 010 0100",
        emergency_number="911", name="Klíník", address="Strát 1",
    )  # fmt: skip
    for day in (1, 2, 4):
        OpeningTime.objects.create(clinic_id=1, day=day, opens="08:30", closes="17:00")
    clear_snapshot_cache()
    for kind in ("checklist", "get-help", "money-and-approval"):
        assert english_on(client.get(f"/{LANGUAGE}/{kind}/print/")) == []


def test_checked_overdue_and_withdrawn_pages_have_words(client, second_language):
    for wording in Wording.objects.live().filter(page__language=LANGUAGE):
        Wording.objects.filter(pk=wording.pk).update(
            approved_on=date(2026, 1, 2), reviewer=make_reviewer(),
            reviewer_role="Híléríst", review_due=date(2026, 5, 6),
        )  # fmt: skip
    clear_snapshot_cache()
    assert english_on(client.get(f"/{LANGUAGE}/risks/print/")) == []
    withdraw("risks", LANGUAGE, "Fálsé númbérs.")
    clear_snapshot_cache()
    assert english_on(client.get(f"/{LANGUAGE}/risks/print/")) == []
    assert english_on(client.get(f"/{LANGUAGE}/guide/print/")) == []


def make_reviewer():
    from django.contrib.auth.models import User

    return User.objects.filter(username="reviewer").first() or make_person(
        "Clinical reviewer", "reviewer"
    )


def withdraw(page: str, language: str, reason: str = "Wrong.") -> Wording:
    live = Wording.objects.live().get(page__name=page, page__language=language)
    return wordings.withdraw_wording(
        wording=live, revision=live.revision, user=make_reviewer(), reason=reason
    )


def test_sheet_leads_to_sheets_of_its_language(client, second_language):
    page = ReadPage(client.get(f"/{LANGUAGE}/stages/recovery/print/?cells=fat"))
    inside = [link.href for link in page.links() if link.href.startswith("/")]

    assert f"/{LANGUAGE}/risks/print/?cells=fat" in inside
    strangers = [a for a in inside if not a.startswith(f"/{LANGUAGE}/")]
    assert strangers == ["/stages/recovery/print/?cells=fat"]
    assert page.link("English").href == strangers[0]


def test_english_sheet_names_the_other_language(client, second_language):
    page = ReadPage(client.get("/risks/print/?area=hand&size=18"))

    assert page.link(NAME).href == f"/{LANGUAGE}/risks/print/?area=hand&size=18"
    assert "Language: English" in page.text


def test_one_language_offers_no_choice(client, real_content):
    assert "Language" not in ReadPage(client.get("/risks/print/")).text


def test_scripts_that_write_english_are_left_out(client, second_language):
    source = client.get(f"/{LANGUAGE}/checklist/print/").content.decode()

    assert re.findall(r"<script src=\"[^\"]*/js/([a-z-]+)", source) == ["print-button"]


def test_sheet_that_is_not_there_is_404(client, second_language):
    for path in (
        f"/{LANGUAGE}/nothing/print/", "/es/risks/print/", "/ar/risks/print/",
        "/en/risks/print/", f"/{LANGUAGE}/risks/", "/xx/risks/print/",
    ):  # fmt: skip
        response = client.get(path)

        assert response.status_code == 404, path
        assert 'lang="en"' in response.content.decode()


def test_pages_on_the_web_stay_in_english(client, second_language):
    for path in ("/", "/risks/?area=hand", "/stages/recovery/", "/search/?q=marrow"):
        source = client.get(path).content.decode()

        assert set(re.findall(r'lang="(\w+)"', source)) == {FIRST}
        assert not re.search("[áéíóú]", source)


# --- older than the original ---


@pytest.fixture
def two_risks(db):
    """Two pages in two languages, published on the same day."""
    for name in ("risks", "get-help"):
        make_live_wording(page=name, text=make_text(title=name.capitalize()))
        make_live_wording(page=name, language=LANGUAGE, text=make_text(title="Rísk"))
    make_sheet_codes()


def original_changes(**values):
    make_live_wording(
        page="risks", publish_from=datetime(2026, 3, 4, tzinfo=UTC), **values
    )
    make_sheet_codes()
    clear_snapshot_cache()


def test_translation_shows_that_the_original_changed(client, two_risks):
    assert "The English page" not in sheet(client)
    original_changes()
    text = sheet(client)

    assert "The English page changed on 4 " in text
    assert "Ask your team." in text


def test_translation_newer_than_the_original_shows_no_note(client, two_risks):
    original_changes()
    make_live_wording(
        page="risks", language=LANGUAGE, publish_from=datetime(2026, 3, 5, tzinfo=UTC)
    )
    clear_snapshot_cache()

    assert "The English page" not in sheet(client)


def test_translation_shows_that_the_original_was_withdrawn(client, two_risks):
    withdraw("risks", FIRST)
    clear_snapshot_cache()

    assert "The English page was taken back." in sheet(client)
    assert "The English page was taken back." in sheet(client, "guide")
    rules = client.get(f"/{LANGUAGE}/risks/print/").content.decode()
    assert "The English page was taken back" in rules[: rules.index("</style>")]


def test_code_of_a_translation_of_a_withdrawn_page_warns(client, two_risks):
    withdraw("risks", FIRST)
    clear_snapshot_cache()

    page = ReadPage(client.get(f"/v/{code_of('risks', LANGUAGE)}/"))

    assert page.headings(1) == ["Ask before you use this paper"]
    assert "The English page was taken back." in page.main
    assert "still the words in use" not in page.main


def test_outdated_help_is_noted_beside_the_cards(client, two_risks):
    make_live_wording(page="get-help", publish_from=datetime(2026, 3, 4, tzinfo=UTC))
    clear_snapshot_cache()

    assert "The English page changed on 4 " in sheet(client)
    assert "The English page" not in ReadPage(client.get("/risks/print/")).text


def test_set_names_its_outdated_pages(client, second_language):
    make_live_wording(page="checklist", publish_from=timezone.now())
    clear_snapshot_cache()

    assert "Yóúr chécklíst: Thé Énglísh págé chángéd ón" in sheet(client, "visit")
    assert "Thé Énglísh págé" not in sheet(client, "risks")


def test_scheduled_change_shows_no_note(client, two_risks):
    make_live_wording(page="risks", publish_from=timezone.now() + timedelta(days=3))
    clear_snapshot_cache()

    assert "The English page" not in sheet(client)


def sheet(client, kind="risks") -> str:
    return ReadPage(client.get(f"/{LANGUAGE}/{kind}/print/")).text


# --- codes ---


def code_of(kind: str, language: str) -> str:
    return SheetCode.objects.filter(kind=kind, language=language).latest("pk").code


def test_sheet_carries_the_code_of_its_language(client, second_language):
    code = code_of("risks", LANGUAGE)
    spaced = f"{code[:4]} {code[4:]}"

    assert spaced in ReadPage(client.get(f"/{LANGUAGE}/risks/print/")).text
    assert spaced not in ReadPage(client.get("/risks/print/")).text


def test_page_of_a_code_is_in_the_language_of_the_sheet(client, second_language):
    for kind in ("risks", "visit", "guide"):
        response = client.get(f"/v/{code_of(kind, LANGUAGE)}/")

        assert english_on(response) == []
        inside = [a.href for a in ReadPage(response).links() if a.href[0] == "/"]
        assert all(address.startswith(f"/{LANGUAGE}/") for address in inside)
        assert all(client.get(address).status_code == 200 for address in inside)


def test_codes_of_changed_and_withdrawn_sheets_are_in_the_language(
    client, second_language
):
    code = code_of("risks", LANGUAGE)
    live = Wording.objects.live().get(page__name="risks", page__language=LANGUAGE)
    doctor = make_person(username="doctor")
    for note in ("", "Á númbér chángéd."):
        newest = make_live_wording(
            page="risks", language=LANGUAGE, text=f"{live.text}\n{note}\n",
            patient_change_note=note,
            publish_from=timezone.now(), review_due=date(2026, 1, 1),
            reviewer=doctor, approved_on=date(2025, 1, 1),
        )  # fmt: skip
        clear_snapshot_cache()
        response = client.get(f"/v/{code}/")
        assert note in ReadPage(response).text
        assert english_on(response) == []
    original_changes()
    assert english_on(client.get(f"/v/{code}/")) == []
    Wording.objects.filter(pk=newest.pk).update(
        state=Wording.State.WITHDRAWN, withdrawn_reason="Fálsé."
    )
    clear_snapshot_cache()
    response = client.get(f"/v/{code}/")
    assert "Fálsé." in ReadPage(response).text
    assert english_on(response) == []


def test_page_of_an_english_code_is_in_english(client, second_language):
    response = client.get(f"/v/{code_of('risks', FIRST)}/")

    assert 'lang="en"' in response.content.decode()
    assert "This paper is current" in ReadPage(response).text


# --- staff ---


def test_draft_is_checked_and_shown_in_its_language(client, second_language):
    client.force_login(make_person("Editor"))
    live = Wording.objects.live().get(
        page__name="stages/recovery", page__language=LANGUAGE
    )
    draft = make_wording(page="stages/recovery", language=LANGUAGE, text=live.text)
    preview = client.get(f"/admin/stemguide_sessions/wording/{draft.pk}/preview/")
    form = client.get(f"/admin/stemguide_sessions/wording/{draft.pk}/change/")

    assert 'lang="eo"' in preview.content.decode()
    assert "Récóvéry" in preview.content.decode()
    assert "The checks read English." in ReadPage(form).text
    assert "Must be mended before patients see it (0)" in ReadPage(form).text


def test_stage_must_have_the_same_sections(second_language):
    page = Page.objects.get(name="stages/recovery", language=LANGUAGE)
    text = page.wordings.first().text.replace("{#what-to-do}", "{#to-do}")

    found = [f.message for f in wordings.blocking_findings(page=page, text=text)]

    assert [message for message in found if '"What to do"' in message] == found
    assert len(found) == 1


def test_list_of_pages_shows_the_language(admin_client, second_language):
    source = admin_client.get("/admin/stemguide_sessions/page/").content.decode()

    assert "(risks)" in source
    assert f"({LANGUAGE}/risks)" in source


def test_export_writes_each_page_to_its_own_language(second_language, tmp_path):
    call_command("export_content", tmp_path)

    for language in (FIRST, LANGUAGE):
        page = f"{language}/stages/recovery.md"
        assert (tmp_path / page).read_text() == (second_language / page).read_text()


def test_language_whose_pages_are_all_withdrawn_is_not_offered(client, two_risks):
    client.force_login(make_person("Reception"))
    assert f'value="{LANGUAGE}"' in client.get("/desk/").content.decode()
    for name in ("risks", "get-help"):
        withdraw(name, LANGUAGE)
    clear_snapshot_cache()

    assert f'value="{LANGUAGE}"' not in client.get("/desk/").content.decode()
    assert NAME not in ReadPage(client.get("/risks/print/")).text
