"""manage.py drop_page: what it refuses, what it does, and how a page comes back."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sessions import wordings
from sessions.guide.current import current_snapshot
from sessions.library.faults import REQUIRED_PAGES
from sessions.models import (
    AuditEntry,
    CommonQuestion,
    ContentVersion,
    FileText,
    Page,
    PrintCount,
    SheetCode,
    Wording,
)
from sessions.wordings import dropping
from tests.factories import make_live_wording, make_person, make_text
from tests.page import Page as Read
from tests.search_rows import question, store_questions

pytestmark = pytest.mark.django_db

COSTS = "learn/costs"
FILE = f"en/{COSTS}.md"
TITLE = "What zebras cost"
REASON = "Nobody asks for these prices now."
UNCHANGED = "Nothing was changed."


@pytest.fixture
def clinic(tmp_path: Path, settings) -> Path:
    """The clinic's content folder. Its only file is a page that the clinic added."""
    folder = tmp_path / "clinic"
    (folder / FILE).parent.mkdir(parents=True)
    (folder / FILE).write_text(make_text(title=TITLE, body="A price."))
    settings.CONTENT_DIR = folder
    return folder


@pytest.fixture
def run(capsys):
    """Runs a command. Returns what it printed."""

    def run(*words: str) -> str:
        call_command(*words)
        return capsys.readouterr().out

    return run


@pytest.fixture
def gone(real_content, clinic, run) -> Path:
    """The clinic's folder, after its page was loaded and the file was removed."""
    assert f"new        {FILE}" in run("load_content")
    (clinic / FILE).unlink()
    return clinic


def kept() -> tuple:
    """The rows that must be the same after a refusal."""
    return (
        ContentVersion.objects.get().number,
        list(Page.objects.values_list("pk", "dropped_on")),
        list(Wording.objects.values_list("pk", "state", "revision")),
        AuditEntry.objects.count(),
        SheetCode.objects.count(),
    )


def refused(capsys, name: str = COSTS, reason: str = REASON) -> list[str]:
    """Runs drop_page, which must refuse. Returns the reasons, a line for each."""
    before = kept()
    with pytest.raises(CommandError) as error:
        call_command("drop_page", name, reason=reason)
    assert str(error.value) == UNCHANGED
    assert kept() == before
    return capsys.readouterr().err.splitlines()


def drop(run, name: str = COSTS) -> str:
    return run("drop_page", name, "--reason", REASON)


def test_page_whose_file_is_gone_leaves_the_guide(gone, run, client):
    assert f"missing    {FILE}" in run("load_content")
    number = current_snapshot().version

    said = drop(run)

    assert said == f"{COSTS} is dropped. Patients are not shown it any more.\n"
    assert client.get(f"/{COSTS}/").status_code == 404
    assert TITLE not in Read(client.get("/learn/")).text
    assert current_snapshot().version == number + 1
    assert "missing" not in run("load_content")


def test_why_it_was_dropped_is_kept_and_nothing_is_lost(gone, run):
    before = (list(Wording.objects.values()), set(SheetCode.objects.values_list("pk")))
    code = SheetCode.objects.get(kind=COSTS)
    PrintCount.objects.create(code=code, day=timezone.now().date(), copies=3)

    drop(run)

    entry = AuditEntry.objects.get(step="dropped")
    assert (str(entry.wording), entry.comment, entry.user) == (
        f"{COSTS} version 1", REASON, None,
    )  # fmt: skip
    assert list(Wording.objects.values()) == before[0]
    assert set(SheetCode.objects.values_list("pk")) >= before[1]
    assert PrintCount.objects.get().copies == 3


@pytest.mark.parametrize("name", [COSTS, FILE])
def test_name_is_as_staff_see_it_or_the_file(gone, run, name):
    assert drop(run, name).startswith(f"{COSTS} is dropped.")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("learn/cost", f"Close to it: {COSTS}"),
        ("en/learn/cost.md", f"Close to it: {FILE}"),
        ("zzz", "Admin lists all pages."),
    ],
)
def test_unknown_name_is_refused_with_those_that_come_close(gone, capsys, name, hint):
    [line] = refused(capsys, name)

    assert line.startswith(f'There is no page "{name}". {hint}')


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_reason_is_asked_for(gone, capsys, reason):
    assert refused(capsys, reason=reason) == [
        "Say why it is dropped, with --reason. Staff read it in its history."
    ]


def test_what_is_not_utf_8_is_told_and_kept_with_escapes(gone, capsys, run):
    """A terminal in Latin-1 gives such bytes; Python reads each as a surrogate."""
    [line] = refused(capsys, "learn/caf\udce9")
    assert line.startswith('There is no page "learn/caf\\xe9".')

    run("drop_page", COSTS, "--reason", "No caf\udce9 any more")

    entry = AuditEntry.objects.get(step="dropped")
    assert entry.comment == "No caf\\xe9 any more"


def test_file_that_is_still_there_is_named(gone, capsys):
    (gone / FILE).write_text(make_text(title=TITLE, body="Another price."))

    assert refused(capsys) == [f"Its file is still there. Remove {gone / FILE} first."]


@pytest.mark.parametrize("is_changed", [False, True])
def test_page_that_ships_is_withdrawn_instead(
    gone, capsys, settings, tmp_path, is_changed
):
    shipped = Path(settings.SHIPPED_CONTENT_DIR) / "en/diary.md"
    if is_changed:
        (gone / "en/diary.md").write_text(f"{shipped.read_text()}\nOurs.\n")

    assert refused(capsys, "diary") == [
        f"{shipped} ships with StemGuide, so it cannot be dropped. Withdraw it."
    ]


@pytest.mark.parametrize("name", REQUIRED_PAGES)
def test_page_that_the_site_leads_to_cannot_be_dropped(gone, capsys, name):
    assert refused(capsys, name) == [
        f"The site itself leads to {name}, so it cannot be dropped. Withdraw it."
    ]


def test_common_question_that_leads_to_it_is_named(gone, capsys):
    CommonQuestion.objects.all().delete()
    store_questions(question("costs", leads=f"/{COSTS}/#prices"), question("risks"))

    assert refused(capsys) == [
        "The common question en/costs leads to it. Change the file of questions first."
    ]


@pytest.mark.parametrize("when", ["now", "from a day that is set"])
def test_page_and_line_that_lead_to_it_are_named(gone, capsys, when):
    text = make_text(body=f"Words.\n\nSee [this](/{COSTS}/#prices).")
    line = text.splitlines().index(f"See [this](/{COSTS}/#prices).") + 1
    later = {} if when == "now" else {"publish_from": _tomorrow()}
    make_live_wording(page="learn/other", text=text, **later)
    make_live_wording(page="learn/other", language="es", text=text, **later)

    assert sorted(refused(capsys)) == [
        f"{name} version 1 leads to it in line {line}. Change that text first, and "
        "publish it."
        for name in ("es/learn/other", "learn/other")
    ]


def test_only_what_patients_are_led_by_counts(gone, run):
    leads = make_text(body=f"See [this](/{COSTS}/).")
    make_live_wording(page="learn/other", text=leads)
    make_live_wording(page="learn/other", text=make_text())
    taken_back = {"state": "withdrawn", "withdrawn_reason": "Wrong."}
    make_live_wording(page="learn/back", text=leads, **taken_back)
    make_live_wording(page="learn/broken", text="No front matter.")
    itself = make_text(title=TITLE, body=f"[Up](/{COSTS}/)")
    make_live_wording(page=COSTS, text=itself)

    assert drop(run).startswith(f"{COSTS} is dropped.")


def test_translations_are_dropped_first(gone, run, capsys):
    make_live_wording(page=COSTS, language="es", text=make_text())
    assert refused(capsys) == [f"es/{COSTS} is its translation. Drop that first."]

    drop(run, f"es/{COSTS}")

    assert drop(run).startswith(f"{COSTS} is dropped.")


def test_translation_alone_goes_and_links_lead_to_the_original(
    gone, run, client, settings
):
    for name in ("get-help", COSTS):
        make_live_wording(page=name, language="es", text=make_text())
    text = make_text(body=f"[Precio](/{COSTS}/)")
    make_live_wording(page="risks", language="es", text=text)

    drop(run, f"es/{COSTS}")

    assert client.get(f"/es/{COSTS}/print/").status_code == 404
    assert client.get(f"/{COSTS}/print/").status_code == 200
    sheet = Read(client.get("/es/risks/print/"))
    assert sheet.link("Precio").href == f"/{COSTS}/"


def test_help_of_a_language_goes_last(gone, run, capsys, client):
    for name in ("get-help", "risks"):
        make_live_wording(page=name, language="es", text=make_text())
    assert refused(capsys, "es/get-help") == [
        "Every sheet in Español ends with the words of es/get-help. Drop the other "
        "pages in that language first."
    ]

    drop(run, "es/risks")
    drop(run, "es/get-help")

    assert "es" not in current_snapshot().translations
    assert client.get("/es/get-help/print/").status_code == 404


def test_dropped_page_is_not_dropped_again(gone, run, capsys):
    drop(run)
    day = Page.objects.get(name=COSTS).dropped_on

    assert refused(capsys) == [f"{COSTS} was dropped already, on {day:%d %B %Y}."]


def _tomorrow():
    return timezone.now() + timedelta(days=1)


@pytest.mark.parametrize("state", ["draft", "in-review"])
def test_draft_is_settled_first(gone, run, capsys, state):
    page = Page.objects.get(name=COSTS)
    nurse = make_person("Editor")
    draft = wordings.start_draft(page=page, user=nurse)
    Wording.objects.filter(pk=draft.pk).update(state=state)

    assert refused(capsys) == [
        f"{COSTS} version 2 is a draft. Throw it away in admin first."
    ]

    wordings.throw_away_draft(wording=draft, revision=draft.revision, user=nurse)

    drop(run)
    assert AuditEntry.objects.get(step="dropped").wording.number == 1


def test_scheduled_text_is_settled_first(gone, run, capsys):
    coming = make_live_wording(page=COSTS, publish_from=_tomorrow(), text=make_text())
    assert refused(capsys) == [
        f"{COSTS} version 2 is scheduled. Cancel its schedule in admin first."
    ]

    nurse = make_person("Editor")
    wordings.cancel_schedule(wording=coming, revision=coming.revision, user=nurse)

    drop(run)
    assert AuditEntry.objects.get(step="dropped").wording.number == 1


def test_file_that_waits_for_staff_is_settled_first(gone, run, capsys):
    page = Page.objects.get(name=COSTS)
    waiting = FileText.objects.create(page=page, text="Theirs.", digest="1")
    assert refused(capsys) == [
        f"The file of {COSTS} differs from staff's text. Settle that in admin."
    ]

    nurse = make_person("Editor")
    keep = wordings.FileChoice.KEEP
    wordings.settle_file(file_text=waiting, choice=keep, user=nurse)

    assert drop(run).startswith(f"{COSTS} is dropped.")


def test_every_reason_is_told_at_once(gone, capsys):
    (gone / FILE).write_text(make_text())
    make_live_wording(page=COSTS, publish_from=_tomorrow(), text=make_text())

    said = refused(capsys, reason="")

    assert len(said) == 3


def test_folder_that_cannot_be_read_is_told(gone, settings, capsys):
    settings.SHIPPED_CONTENT_DIR = gone / "en"
    before = kept()

    with pytest.raises(CommandError, match=f"{UNCHANGED} .*/en/shipped.txt:1: The"):
        call_command("drop_page", COSTS, reason=REASON)

    assert kept() == before


def test_what_fails_half_way_changes_nothing(gone, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("The disk is full.")

    monkeypatch.setattr(dropping, "record", fail)
    before = kept()

    with pytest.raises(CommandError, match="The disk is full"):
        call_command("drop_page", COSTS, reason=REASON)

    assert kept() == before


@pytest.mark.parametrize(
    ("body", "paper"),
    [
        ("A price.", "This paper is current"),
        ("A new price.", "This paper has changed"),
    ],
)
def test_file_that_is_put_back_brings_it_back(gone, run, client, body, paper):
    drop(run)
    day = Page.objects.get(name=COSTS).dropped_on
    code = SheetCode.objects.get(kind=COSTS).code
    (gone / FILE).write_text(make_text(title=TITLE, body=body))

    said = run("load_content")

    back = f"the page was dropped on {day:%d %B %Y}, and is back"
    assert f"back       {FILE}: {COSTS} version 2; {back}" in said
    assert body in Read(client.get(f"/{COSTS}/")).main
    assert Page.objects.get(name=COSTS).dropped_on is None
    entry = AuditEntry.objects.filter(wording__number=2, step="loaded").get()
    assert entry.comment == f"The page was dropped on {day:%d %B %Y}, and is back."
    assert f"unchanged  {FILE}" in run("load_content")
    answer = Read(client.get(f"/v/{code}/"))
    assert answer.headings(1) == [paper]


def test_staffs_last_text_comes_back_and_the_file_waits(gone, run, client):
    """Staff had decided about a file that differed, too: that was before the drop."""
    page = Page.objects.get(name=COSTS)
    make_live_wording(page=COSTS, text=make_text(title="Staff's"))
    FileText.objects.create(page=page, text="x", digest="1", is_settled=True)
    drop(run)
    (gone / FILE).write_text(make_text(title=TITLE, body="A new price."))

    said = run("load_content")

    assert "Staff's" in Read(client.get(f"/{COSTS}/")).main
    assert f"{COSTS} version 3 waits for review: staff wrote version 2" in said
    assert "A new price." in Wording.objects.drafts().get().text
    assert not FileText.objects.exists()


def test_page_can_be_dropped_once_more(gone, run):
    drop(run)
    (gone / FILE).write_text(make_text(title=TITLE, body="A new price."))
    run("load_content")
    (gone / FILE).unlink()

    drop(run)

    numbers = AuditEntry.objects.filter(step="dropped").order_by("pk")
    assert list(numbers.values_list("wording__number", flat=True)) == [1, 2]


def test_page_that_ships_no_more_can_be_dropped(
    real_content, clinic, run, tmp_path, settings, client
):
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped/shipped.txt").write_text("")
    settings.SHIPPED_CONTENT_DIR = tmp_path / "shipped"
    for wording in Wording.objects.live().filter(text__contains="](/diary/"):
        text = wording.text.replace("](/diary/", "](/visit/")
        make_live_wording(page=wording.page.name, text=text)
    CommonQuestion.objects.filter(data__leads__startswith="/diary/").delete()

    drop(run, "diary")

    assert client.get("/diary/").status_code == 404
