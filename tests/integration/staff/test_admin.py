"""Staff find a stage, edit its draft, preview it and publish it."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.base import Template
from django.urls import reverse

from sessions.models import Area, Clinic, Page, Wording
from tests.factories import (
    make_live_wording,
    make_stage_text,
    make_text,
    make_wording,
)
from tests.page import Page as Read
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"


def change_url(wording: Wording) -> str:
    return reverse(f"{APP}_wording_change", args=[wording.pk])


def form(wording: Wording, text: str, **extra: str) -> dict[str, str | int]:
    return {
        "text": text,
        "opened_revision": wording.revision,
        "change_note": "",
        "patient_change_note": "",
        **extra,
    }


def test_pages_are_listed_stages_first_with_few_queries(
    client, real_content, django_assert_max_num_queries
):
    sign_in(client, "Administrator")

    with django_assert_max_num_queries(13):
        page = Read(client.get(reverse(f"{APP}_page_changelist")))

    titles = [e.text_content() for e in page.tree.cssselect("th.field-title a")]
    assert titles[0] == "Consultation (stages/consultation)"
    assert titles[6] == "Follow-up (stages/follow-up)"
    assert "About this guide (about)" in titles


def test_live_text_that_cannot_be_read_closes_no_screen(client, real_content):
    """The grammar becomes stricter, and what was published stays."""
    make_live_wording(page="risks", text="---\ntitle: [\n---\n")
    draft = make_wording(page="options", author=sign_in(client, "Administrator"))
    steps = [f"{APP}_wording_change", f"{APP}_wording_send", f"{APP}_wording_publish"]

    listed = Read(client.get(reverse(f"{APP}_page_changelist")))

    assert "risks (risks)" in listed.main and "cannot be read" in listed.main
    screens = [reverse(name, args=[draft.pk]) for name in steps]
    screens += [reverse(f"{APP}_page_change", args=[draft.page_id]), "/admin/"]
    screens += [reverse(f"{APP}_review_queue"), reverse(f"{APP}_area_change", args=[1])]
    for address in screens:
        assert client.get(address).status_code == 200, address


def test_nurse_edits_a_stage_and_looks_at_it(client):
    live = make_live_wording()
    sign_in(client, "Editor")

    edit = reverse(f"{APP}_page_edit", args=[live.page_id])
    response = client.post(edit, follow=True)
    draft = Wording.objects.drafts().get()
    text = make_stage_text(body="The nurse wrote this.")
    preview = client.post(
        change_url(draft), form(draft, text, _preview="1"), follow=True
    )

    assert "Save and preview" in response.content.decode()
    assert "Preview. Patients cannot see this" in Read(preview).text
    assert "The nurse wrote this." in Read(preview).main
    patient = Read(client.get("/stages/recovery/"))
    assert "The nurse wrote this." not in patient.text


def test_preview_follows_answers(client):
    sign_in(client, "Editor")
    body = "::: only cells=fat\nFrom fat.\n:::"
    draft = make_wording(text=make_stage_text(body=body))

    address = reverse(f"{APP}_wording_preview", args=[draft.pk])

    assert "From fat." in Read(client.get(f"{address}?cells=fat")).main
    assert "From fat." not in Read(client.get(f"{address}?cells=prepared")).main


def test_preview_of_a_broken_draft_says_what_to_mend(client):
    sign_in(client, "Editor")
    draft = make_wording(text="no front matter")

    page = Read(client.get(reverse(f"{APP}_wording_preview", args=[draft.pk])))

    assert "The draft is saved. Mend these lines" in page.text
    assert "line 1: There is no front matter." in page.text


def test_draft_with_faults_is_saved(client):
    sign_in(client, "Editor")
    draft = make_wording()

    response = client.post(change_url(draft), form(draft, "::: broken"), follow=True)

    assert response.status_code == 200
    assert Wording.objects.of_guide().get().text == "::: broken"


FAULTY_TEXTS = {
    "no front matter": "Only words.",
    "unclosed front matter": "---\ntitle: A page\n",
    "duplicate key": make_text(more="title: Again"),
    "unknown key": make_text(more="colour: red"),
    "bad date": make_text(more="reviewed: {by: Me, on: 2027-02-30, next: 2028-01-01}"),
    "unknown block": make_text(body="::: tip\nHello.\n:::"),
    "unclosed block": make_text(body="::: warning\nHello."),
    "raw HTML": make_text(body="<b>Hello</b>"),
    "script": make_text(body="<script>alert(1)</script>"),
    "javascript link": make_text(body="[x](javascript:alert(1))"),
    "other host": make_text(body="[x](//evil.invalid/)"),
    "data link": make_text(body="[x](data:text/html,x)"),
    "wrongly nested": make_text(body="::: do\n::: dont\n- x\n:::\n:::"),
    "too long": make_text(body="word " * 30_000),
    "empty block": make_text(body="::: warning\n:::"),
}


@pytest.mark.parametrize("fault", FAULTY_TEXTS)
def test_faulty_text_is_kept_and_explained(client, fault):
    sign_in(client, "Administrator")
    draft = make_wording()
    text = FAULTY_TEXTS[fault]

    preview = client.post(
        change_url(draft), form(draft, text, _preview="1"), follow=True
    )
    publish = client.get(reverse(f"{APP}_wording_publish", args=[draft.pk]))

    assert Wording.objects.of_guide().get().text.strip() == text.strip()
    assert "Mend these lines, then look again" in Read(preview).text
    assert "To publish this you still need to mend:" in Read(publish).text
    assert client.get(change_url(draft)).status_code == 200


@pytest.mark.parametrize("text", ["", "A NUL \0 byte."])
def test_text_that_can_not_be_stored_stays_in_the_form(client, text):
    sign_in(client, "Administrator")
    draft = make_wording()

    page = Read(client.post(change_url(draft), form(draft, text)))

    assert "Please correct the error below." in page.text
    assert Wording.objects.of_guide().get().text == draft.text
    kept = page.tree.cssselect("textarea[name=text]")[0].text.strip()
    assert kept.replace("\ufffd", "\0") == text


def test_second_save_keeps_both_texts(client):
    draft = make_wording()
    sign_in(client, "Editor", "first")
    client.post(change_url(draft), form(draft, "What the first wrote."))
    sign_in(client, "Editor", "second")

    page = Read(client.post(change_url(draft), form(draft, "What the second wrote.")))

    assert "first saved this draft after you opened it" in page.text
    texts = [area.text.strip() for area in page.tree.iter("textarea")]
    assert texts[0] == "What the second wrote."
    assert "What the first wrote." in texts
    assert Wording.objects.of_guide().get().text == "What the first wrote."


def test_administrator_publishes_from_the_form(client):
    draft = make_wording()
    sign_in(client, "Administrator")
    text = make_stage_text(body="Fresh words.")
    client.get("/stages/recovery/")

    page = client.post(change_url(draft), form(draft, text, _publish="1"), follow=True)
    assert "Nobody has reviewed it" in Read(page).text
    done = client.post(
        page.wsgi_request.path,
        {
            "opened_revision": Wording.objects.of_guide().get().revision,
            "when": "now",
            "unreviewed_reason": "A number was wrong.",
            "is_accepted": "on",
            "advisory_reason": "Short.",
        },
        follow=True,
    )

    assert "Published. Patients read it now" in Read(done).text
    assert "Fresh words." in Read(client.get("/stages/recovery/")).main


def test_publish_page_lists_what_is_still_needed(client):
    draft = make_wording(text=make_stage_text(body="It is risk-free."))
    sign_in(client, "Administrator")
    address = reverse(f"{APP}_wording_publish", args=[draft.pk])

    for response in (client.get(address), client.post(address)):
        page = Read(response)
        assert response.status_code == 200
        assert "To publish this you still need to mend:" in page.text
        assert "“risk-free”" in page.text or '"risk-free"' in page.text
    assert Wording.objects.of_guide().get().is_draft


def test_editor_is_told_who_can_publish(client):
    draft = make_wording()
    sign_in(client, "Editor")
    address = reverse(f"{APP}_wording_publish", args=[draft.pk])

    page = Read(client.get(address))
    response = client.post(
        address,
        {
            "opened_revision": draft.revision,
            "when": "now",
            "unreviewed_reason": "It is urgent.",
            "is_accepted": "on",
            "advisory_reason": "Short.",
        },
    )

    assert "A second person who approves it, and who never saved it." in page.text
    assert response.status_code == 403
    assert "A second person must approve this wording first." in Read(response).text
    assert Wording.objects.of_guide().get().is_draft


def test_published_wording_can_only_be_read(client):
    live = make_live_wording()
    sign_in(client, "Administrator")

    page = Read(client.get(change_url(live)))
    client.post(change_url(live), form(live, "Other."))

    assert not page.has("textarea[name=text]")
    assert Wording.objects.of_guide().get().text == live.text


@pytest.mark.parametrize(
    ("name", "language"),
    [("checklist", "en"), ("risks", "en"), ("learn/ours", "en"), ("risks", "es")],
)
def test_every_page_is_edited_as_a_stage_is(client, name, language):
    text = make_text(body="It is what the file says.")
    live = make_live_wording(page=name, language=language, text=text)
    sign_in(client, "Editor")
    overview = Read(client.get(reverse(f"{APP}_page_change", args=[live.page_id])))

    edit = reverse(f"{APP}_page_edit", args=[live.page_id])
    client.post(edit)
    draft = Wording.objects.drafts().get()
    editor = Read(client.get(change_url(draft)))
    mine = make_text(body="It is what the nurse wrote.")
    client.post(change_url(draft), form(draft, mine))

    assert overview.has(f'form[action="{edit}"] button')
    assert editor.has("textarea[name=text]") and editor.has("[data-editor-tools]")
    draft.refresh_from_db()
    assert (draft.text, draft.author.username) == (mine.strip(), "nurse")
    assert Wording.objects.live().of_guide().get().text == text


@pytest.mark.parametrize("role", ["Reception", ""])
def test_who_may_not_edit_gets_no_draft(client, role):
    live = make_live_wording()
    sign_in(client, role)

    response = client.post(reverse(f"{APP}_page_edit", args=[live.page_id]))

    assert response.status_code == 403
    assert not Wording.objects.drafts().exists()


@pytest.mark.parametrize("name", ["wording_preview", "wording_publish", "page_edit"])
def test_nobody_gets_in_without_signing_in(client, name):
    draft = make_wording()
    pk = draft.page_id if name == "page_edit" else draft.pk

    response = client.post(reverse(f"{APP}_{name}", args=[pk]))

    assert response.status_code == 302 and "/admin/login/" in response["Location"]


def test_gallery_shows_every_block_and_every_component(
    client, real_content, monkeypatch
):
    drawn: set[str] = set()
    render = Template.render

    def note(template, context):
        drawn.add(str(template.name))
        return render(template, context)

    monkeypatch.setattr(Template, "render", note)
    sign_in(client, "Administrator")

    assert client.get("/desk/components/").status_code == 200

    root = Path(settings.BASE_DIR) / "templates"
    parts = [*root.glob("blocks/*.html"), *root.glob("components/*.html")]
    wanted = {path.relative_to(root).as_posix() for path in parts}
    # The lines of the checklist are drawn in its place.
    wanted.remove("blocks/task_references.html")
    assert wanted <= drawn, wanted - drawn


def test_gallery_is_for_staff(client, real_content):
    assert client.get("/desk/components/").status_code == 302


CLINIC_FORM = {
    "country": "us", "time_zone": "America/Chicago", "paper": "letter",
    "areas_offered": ["1", "2"], "offers_fat": "on",
    **{
        f"{prefix}-{key}": "0"
        for prefix in ("opening_times", "closed_dates")
        for key in ("TOTAL_FORMS", "INITIAL_FORMS")
    },
}  # fmt: skip


def test_clinic_change_shows_to_patients(client, real_content):
    sign_in(client, "Administrator")
    client.get("/")
    clinic = Clinic.objects.get()
    fields = {**CLINIC_FORM, "name": "Example Clinic", "telephone": "555 010 0199"}

    response = client.post(reverse(f"{APP}_clinic_change", args=[clinic.pk]), fields)

    assert response.status_code == 302
    assert "Example Clinic" in Read(client.get("/")).title


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("time_zone", "Mars/Base", "does not know the time zone"),
        ("time_zone", "localtime", "differs from machine to machine. Write one like"),
        ("telephone", "ring us", "no words or letters in it. Write one like"),
        ("telephone", "555 0100 or 555 0101", "more than one telephone number"),
        ("out_of_hours_telephone", "1" * 31, "has at most 30 characters"),
        ("emergency_number", "call us", "Write the digits alone"),
        ("telephone", "(" * 100_000, "Write at most 100 characters."),
        ("emergency_number", "9" * 100_000, "Write at most 100 characters."),
        ("opening_times-0-opens", "-" * 100_000, "Write at most 100 characters."),
        ("opening_times-0-opens", "8", "Write 8 am, 8 pm or 08:00."),
        ("opening_times-0-closes", "midnight", "or 23:59 for the end."),
    ],
)
def test_clinic_form_explains_what_is_wrong(client, field, value, says):
    sign_in(client, "Administrator")

    fields = {**CLINIC_FORM, "opening_times-TOTAL_FORMS": "1", field: value}
    page = Read(client.post(reverse(f"{APP}_clinic_change", args=[1]), fields))

    assert says in page.text
    (box,) = page.tree.cssselect(f"[name={field}]")
    assert box.get("value") == value


def test_clinic_form_takes_numbers_and_times_as_people_paste_them(client, real_content):
    sign_in(client, "Administrator")
    typed = {
        "telephone": "(312)\u00a0555-0100",
        "out_of_hours_telephone": "+1 (312) 555-0100, extension\u00a04012",
        "emergency_number": " 9-1-1",
        "opening_times-TOTAL_FORMS": "2",
        "opening_times-0-day": "1",
        "opening_times-0-opens": "8am",
        "opening_times-0-closes": "17h",
        "opening_times-1-day": "2",
        "opening_times-1-opens": "8.30",
        "opening_times-1-closes": "noon",
    }

    response = client.post(
        reverse(f"{APP}_clinic_change", args=[1]), CLINIC_FORM | typed
    )

    assert response.status_code == 302
    page = Read(client.get("/get-help/"))
    assert page.link("(312) 555-0100").href == "tel:3125550100"
    at_night = "+1 (312) 555-0100 ext. 4012"
    assert page.link(at_night).href == "tel:+13125550100;ext=4012"
    assert page.link("911").href == "tel:911"
    assert "Monday 08:00 to 17:00 Tuesday 08:30 to 12:00" in page.text


def test_clinic_with_a_telephone_of_an_older_version_can_be_saved(client):
    Clinic.objects.update(telephone="+44 (0)20-7946.0958")
    sign_in(client, "Administrator")
    fields = CLINIC_FORM | {"telephone": "+44 (0)20-7946.0958"}

    response = client.post(reverse(f"{APP}_clinic_change", args=[1]), fields)

    assert response.status_code == 302
    assert Clinic.objects.get().telephone == "+44 (0)20-7946.0958"
    Clinic.objects.get().full_clean()


def test_box_of_a_telephone_does_not_cut_off_what_is_pasted(client):
    sign_in(client, "Administrator")

    page = Read(client.get(reverse(f"{APP}_clinic_change", args=[1])))

    for name in ("telephone", "out_of_hours_telephone", "emergency_number"):
        (box,) = page.tree.cssselect(f"[name={name}]")
        assert int(box.get("maxlength")) == 100


def test_new_area_waits_for_a_second_person(client, real_content):
    nurse = sign_in(client, "Administrator")
    fields = {"name": "Back", "slug": "back", "introduction": "", "position": 3}

    screen = Read(client.post(reverse(f"{APP}_area_add"), fields, follow=True))

    assert Area.objects.filter(slug="back").exists()
    assert "Patients see it once a second person has checked its name" in screen.text
    assert "Send for review" in screen.text.replace("Save and send", "Send")
    (text,) = Wording.objects.filter(page__name="clinic/areas/back")
    assert (text.status, text.author) == ("Draft", nurse)
    assert "Back" not in Read(client.get("/")).main


def test_slug_of_an_area_never_changes(client):
    sign_in(client, "Administrator")
    area = Area.objects.get(slug="hand")
    address = reverse(f"{APP}_area_change", args=[area.pk])

    client.post(address, {"name": "Hands", "slug": "paw", "position": 1})

    assert Area.objects.get(pk=area.pk).slug == "hand"


def test_pages_can_not_be_added_or_deleted(client):
    page = make_live_wording().page
    sign_in(client, "Administrator")

    assert client.get(reverse(f"{APP}_page_add")).status_code == 403
    assert client.get(reverse(f"{APP}_page_delete", args=[page.pk])).status_code == 403
    assert Page.objects.of_guide().filter(pk=page.pk).exists()
