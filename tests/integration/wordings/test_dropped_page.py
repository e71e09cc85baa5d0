"""A dropped page: patients do not see it, and its history is kept."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from sessions import wordings
from sessions.desk.counts import count_prints
from sessions.guide.current import clear_snapshot_cache
from sessions.library.folder import read_library
from sessions.library.languages import FIRST
from sessions.models import AuditEntry, Page, SheetCode, Wording
from sessions.running import doctor
from sessions.wordings.review_queue import review_queue
from sessions.wordings.shipped_texts import lost_files
from tests.factories import make_live_wording, make_person, make_text
from tests.page import Page as Read

pytestmark = pytest.mark.django_db

COSTS = "learn/costs"
TITLE = "What zebras cost"
REASON = "It named a price that nobody asks for now."
DAY = date(2026, 11, 29)
ADMIN = "admin:stemguide_sessions"


def drop(name: str = COSTS, language: str = FIRST) -> Page:
    """Leaves the page in the database as drop_page does."""
    page = Page.objects.get(name=name, language=language)
    last = page.wordings.first()
    AuditEntry.objects.create(
        wording=last, step="dropped", comment=REASON, text=last.text
    )
    with wordings.content_write():
        Page.objects.filter(pk=page.pk).update(dropped_on=DAY)
    clear_snapshot_cache()
    return Page.objects.get(pk=page.pk)


def make_costs(**fields) -> Wording:
    wording = make_live_wording(page=COSTS, text=make_text(title=TITLE), **fields)
    with wordings.content_write():
        pass
    clear_snapshot_cache()
    return wording


def code_of(kind: str) -> str:
    return SheetCode.objects.filter(kind=kind).order_by("-pk")[0].code


@pytest.fixture
def costs(real_content) -> Wording:
    """A page that the clinic added to the real guide."""
    return make_costs()


SHOWN = ["/learn/", "/search/?q=zebras", "/guide/print/", "/guide/print/short/"]
OWN = [f"/{COSTS}/", f"/{COSTS}/print/", f"/{COSTS}/print/short/"]


@pytest.mark.parametrize("address", SHOWN)
def test_no_page_or_sheet_names_it(client, costs, address):
    assert TITLE in Read(client.get(address)).text

    drop()

    assert TITLE not in Read(client.get(address)).text


@pytest.mark.parametrize("address", OWN)
def test_its_own_address_is_not_found(client, costs, address):
    assert client.get(address).status_code == 200

    drop()

    response = client.get(address)
    assert response.status_code == 404
    assert TITLE not in Read(response).text


def test_no_device_keeps_it_any_more(client, costs):
    assert f"/{COSTS}/" in client.get("/guide/addresses.json").json()["pages"]

    drop()

    listed = client.get("/guide/addresses.json").json()["pages"]
    assert len(listed) > 30 and not [path for path in listed if COSTS in path]


def test_every_other_page_answers_as_before(client, costs):
    drop()

    for address in client.get("/guide/addresses.json").json()["pages"]:
        assert client.get(address).status_code == 200, address


def test_desk_does_not_offer_it(client, costs):
    client.force_login(make_person("Reception", "rita"))
    assert TITLE in Read(client.get("/desk/")).text

    drop()

    assert TITLE not in Read(client.get("/desk/")).text


@pytest.mark.parametrize("documents", [[COSTS], ["risks", COSTS]])
def test_kept_set_of_the_desk_says_that_it_is_gone(client, costs, documents):
    client.force_login(make_person("Reception", "rita"))
    drop()

    page = Read(client.get("/desk/", {"document": documents}))

    assert f"“{COSTS}” is no sheet that we have now. Choose again." in page.text


@pytest.mark.parametrize("days", [-5, 5])
def test_no_check_of_it_is_due(costs, days):
    today = timezone.now().date()
    reviewer = make_person("Clinical reviewer", "doctor")
    Wording.objects.filter(pk=costs.pk).update(
        reviewer=reviewer, approved_on=DAY, review_due=today + timedelta(days=days)
    )
    assert costs in [entry.wording for entry in review_queue(today=today)]

    drop()

    assert costs not in [entry.wording for entry in review_queue(today=today)]
    assert not Wording.objects.live().overdue(today).exists()
    assert not Wording.objects.live().due_soon(today).exists()


def test_a_text_that_links_to_it_has_a_finding(costs):
    body = f"[See](/{COSTS}/)"
    page = make_live_wording(page="learn/other", text=make_text(body=body)).page
    text = page.wordings.get().text
    assert not wordings.blocking_findings(page=page, text=text)

    drop()

    [finding] = wordings.blocking_findings(page=page, text=text)
    assert finding.message == f'There is no page at "/{COSTS}/". Correct the link.'


def test_its_paper_says_what_it_was_and_to_ask(client, costs):
    code = code_of(COSTS)

    drop()

    page = Read(client.get(f"/v/{code}/"))
    assert page.headings(1) == ["Ask before you use this paper"]
    assert f"{TITLE}, code {code}." in page.main
    assert "This page is not in use" in page.main
    assert "Call your clinic and ask what to use in its place." in page.main
    assert not [link for link in page.links() if COSTS in link.href]
    assert "Get help" in page.headings(2)


def test_paper_with_an_older_version_says_the_same(client, costs):
    code = code_of(COSTS)
    make_live_wording(page=COSTS, text=make_text(title="Prices"))

    drop()

    page = Read(client.get(f"/v/{code}/"))
    assert page.headings(1) == ["Ask before you use this paper"]
    assert "Prices" in page.main and "changed" not in page.main


def test_paper_of_a_page_withdrawn_before_it_was_dropped_still_warns(client, costs):
    code = code_of(COSTS)
    boss = make_person("Clinical reviewer", "doctor")
    wordings.withdraw_wording(
        wording=costs, revision=1, user=boss, reason="A wrong price."
    )

    drop()

    page = Read(client.get(f"/v/{code}/"))
    assert page.headings(1) == ["Do not use this paper"]
    assert "A wrong price." in page.main


def test_paper_of_several_pages_names_the_dropped_one(client, costs):
    code = code_of("guide")

    drop()

    page = Read(client.get(f"/v/{code}/"))
    assert page.headings(1) == ["Ask before you use this paper"]
    assert f"{TITLE} This page is not in use" in page.main
    # Without the dropped page, the guide has the code from before it was added.
    before = SheetCode.objects.filter(kind="guide").order_by("pk")[0].code
    assert before != code
    current = Read(client.get(f"/v/{before}/"))
    assert current.headings(1) == ["This paper is current"]


def test_code_of_a_language_without_any_page_left_is_answered(client):
    make_live_wording(page="get-help")
    text = make_text(title="Costos")
    make_live_wording(page=COSTS, language="es", text=text)
    with wordings.content_write():
        pass
    code = code_of(COSTS)

    drop(language="es")

    page = Read(client.get(f"/v/{code}/"))
    assert page.headings(1) == ["Ask before you use this paper"]
    assert f"Costos, code {code}." in page.main


def test_counts_still_name_it(client, costs):
    client.force_login(make_person("Reception", "rita"))
    count_prints(codes=[code_of(COSTS)], copies=7, day=DAY)
    count_prints(codes=[code_of("guide")], copies=2, day=DAY)

    drop()

    page = Read(client.get("/desk/recall/"))
    assert page.headings(2)[1:] == [
        "Older versions still out: 9 copies",
        "Everything printed: 9 copies",
    ]
    file = b"".join(client.get("/desk/recall.csv")).decode()
    assert f"{TITLE},{COSTS},{code_of(COSTS)},Version 1,Page dropped,,7," in file


def test_withdrawn_copies_are_still_called_back(client, costs):
    client.force_login(make_person("Reception", "rita"))
    count_prints(codes=[code_of(COSTS)], copies=7, day=DAY)
    boss = make_person("Clinical reviewer", "doctor")
    wordings.withdraw_wording(
        wording=costs, revision=1, user=boss, reason="A wrong price."
    )

    drop()

    page = Read(client.get("/desk/recall/"))
    assert f"{TITLE}, version 1: 7 copies" in page.headings(3)
    assert "A wrong price." in page.text


def test_staff_see_the_day_and_the_reason(admin_client, costs):
    page = drop()

    listed = Read(admin_client.get(reverse(f"{ADMIN}_page_changelist")))
    assert "nothing: dropped on 29 November 2026" in listed.text
    alone = admin_client.get(
        reverse(f"{ADMIN}_page_changelist"), {"dropped_on__isempty": "0"}
    )
    assert "1 page" in Read(alone).text
    overview = Read(admin_client.get(reverse(f"{ADMIN}_page_change", args=[page.pk])))
    assert overview.headings(1)[-1] == TITLE
    assert f"this page was dropped on 29 November 2026. {REASON}" in overview.text
    assert f"Page dropped A command on the server {REASON}" in overview.text
    assert "1 Published. Patients read it last." in overview.text
    assert "Not yet checked" not in overview.text
    assert "Restore version" not in overview.text
    assert not [link for link in overview.links() if link.href == f"/{COSTS}/"]
    file = b"".join(admin_client.get(reverse(f"{ADMIN}_audit_csv"))).decode()
    assert f"{COSTS},1,Page dropped,A command on the server,,{REASON}," in file


def test_its_versions_can_still_be_looked_at(admin_client, costs):
    drop()

    for name in ("wording_change", "wording_preview"):
        address = reverse(f"{ADMIN}_{name}", args=[costs.pk])
        assert admin_client.get(address).status_code == 200
    compare = reverse(f"{ADMIN}_page_compare", args=[costs.page_id])
    assert admin_client.get(compare).status_code == 200


def test_version_in_a_language_without_any_page_left_can_be_seen(admin_client):
    make_live_wording(page="get-help")
    wording = make_live_wording(page=COSTS, language="es")
    drop(language="es")

    address = reverse(f"{ADMIN}_wording_preview", args=[wording.pk])
    response = admin_client.get(address)

    assert response.status_code == 200
    assert "Patients cannot see this" in Read(response).text


@pytest.mark.parametrize("how", ["start", "restore"])
def test_nobody_starts_a_draft_on_it(costs, how):
    page = drop()
    nurse = make_person("Editor")

    with pytest.raises(PermissionDenied) as refused:
        if how == "start":
            wordings.start_draft(page=page, user=nurse)
        else:
            wordings.restore_wording(wording=costs, user=nurse)

    assert str(refused.value) == (
        "This page was dropped on 29 November 2026. Only whoever runs the site can "
        f"bring it back: by putting its file en/{COSTS}.md back."
    )
    assert page.wordings.get() == costs


@pytest.mark.parametrize("screen", ["page_edit", "wording_restore", "wording_withdraw"])
def test_screens_refuse_what_was_dropped(admin_client, costs, screen):
    page = drop()
    number = page.pk if screen == "page_edit" else costs.pk
    form = {"opened_revision": "1", "reason": "Wrong."}

    response = admin_client.post(reverse(f"{ADMIN}_{screen}", args=[number]), form)

    assert response.status_code == 403
    says = "Patients do not read" if "withdraw" in screen else "This page was dropped"
    assert says in Read(response).text
    assert Wording.objects.get(page=page).state == Wording.State.PUBLISHED


def test_doctor_and_home_do_not_ask_for_anything(admin_client, costs):
    Wording.objects.filter(pk=costs.pk).update(
        state=Wording.State.WITHDRAWN, withdrawn_reason="Wrong."
    )
    assert f"{COSTS} version 1" in Read(admin_client.get(reverse("admin:index"))).text

    drop()

    assert COSTS not in Read(admin_client.get(reverse("admin:index"))).text
    assert not [finding for finding in doctor.examine() if COSTS in str(finding)]


def test_export_writes_no_file_of_it(costs, tmp_path, capsys):
    drop()

    call_command("export_content", folder=tmp_path)

    said = capsys.readouterr().out
    assert f"left       en/{COSTS}.md: dropped on 29 November 2026" in said
    assert (tmp_path / "en/risks.md").exists()
    assert not (tmp_path / f"en/{COSTS}.md").exists()


def test_its_own_words_do_not_hold_up_a_load(tmp_path, settings):
    """The page shipped once, and the clinic's folder is empty."""
    (tmp_path / "clinic").mkdir()
    library = read_library(tmp_path / "clinic", settings.SHIPPED_CONTENT_DIR)
    make_live_wording(page="diary", source_digest="of a text of the clinic's own")
    assert [fault.path for fault in lost_files(library)] == ["en/diary.md"]

    drop("diary")

    assert not list(lost_files(library))
