"""The editor: live checks, live preview, and edit conflicts."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from sessions import wordings
from sessions.documents import parse_document
from sessions.models import RegisterEntry, Wording
from sessions.staff.editor import CLAIM, PICTURE, SKELETONS, differences
from tests.factories import (
    make_live_wording,
    make_person,
    make_stage_text,
    make_text,
    make_wording,
)
from tests.page import Page as Read
from tests.staff import sign_in

pytestmark = pytest.mark.django_db
APP = "admin:stemguide_sessions"
VIEWS = ["wording_check_text", "wording_preview_text"]


def address(name: str, wording: Wording) -> str:
    return reverse(f"{APP}_{name}", args=[wording.pk])


def post(client, name: str, wording: Wording, text: str, **fields: str):
    return client.post(address(name, wording), {"text": text, **fields})


def form(text: str, revision: int = 1) -> dict[str, str | int]:
    notes = {"change_note": "", "patient_change_note": ""}
    return {"text": text, "opened_revision": revision, "_continue": "1", **notes}


def save(client, wording: Wording, text: str, revision: int = 1):
    """Posts the editor's form as if it was opened at `revision`."""
    return client.post(address("wording_change", wording), form(text, revision))


def directives(response) -> dict[str, str]:
    policy = response["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


# --- the tools ---------------------------------------------------------------


@pytest.mark.parametrize(
    "skeleton", [*SKELETONS, CLAIM, PICTURE], ids=lambda s: s.label
)
def test_every_block_a_button_inserts_can_be_read(skeleton):
    block = skeleton.text.replace("NAME", "a-name")

    document = parse_document(make_text(body=f"## Section\n\n{block}"))

    assert document.sections[0].blocks
    assert skeleton.placeholder in skeleton.text


def test_editor_offers_known_claims_and_pictures(client, real_content):
    sign_in(client)
    draft = make_wording()

    page = Read(client.get(address("wording_change", draft)))

    claims = page.tree.cssselect("#claim-name option")
    pictures = [o.text for o in page.tree.cssselect("#picture-name option")]
    assert len(claims) == RegisterEntry.objects.claims().count()
    assert "hand-parts" in pictures and "icon" not in pictures


def test_reviewer_reads_without_tools(client):
    sign_in(client, "Clinical reviewer")
    draft = make_wording()

    page = Read(client.get(address("wording_change", draft)))

    assert "What the checks say" in page.text
    assert not page.has("[data-editor-tools]")
    assert not page.has("textarea[name=text]")


@pytest.mark.parametrize("page", ["stages/recovery", "risks"])
def test_text_that_came_too_late_can_be_put_into_a_new_draft(client, page):
    live = make_live_wording(page=page)
    sign_in(client)

    answer = Read(client.post(address("wording_change", live), form("Mine.")))

    assert "Nothing you wrote is lost" in answer.text
    edit = reverse("admin:stemguide_sessions_page_edit", args=[live.page_id])
    assert answer.has(f'form[action="{edit}"] button')


# --- the checks --------------------------------------------------------------


def test_panel_names_line_fault_and_remedy_of_text_that_is_not_saved(client):
    sign_in(client)
    draft = make_wording()
    text = make_stage_text(body="It is risk-free.")
    line = text.split("\n").index("It is risk-free.") + 1

    page = Read(post(client, "wording_check_text", draft, text))

    must = page.tree.cssselect(".quality__list--must li")
    assert [e.text_content().split()[:3] for e in must] == [
        ["line", str(line), '"risk-free"']
    ]
    assert "Say what is known" in must[0].text_content()
    assert page.has(f'button[data-go-to-line="{line}"]')
    assert (
        page.tree.cssselect(".quality")[0]
        .get("data-summary")
        .startswith("1 thing must be mended.")
    )
    assert Wording.objects.of_guide().get(pk=draft.pk).text == draft.text


def test_panel_shows_grade_goal_and_longest_sentences(client):
    sign_in(client)
    draft = make_wording()
    long = "We walk " + "and walk " * 12 + "home."

    page = Read(post(client, "wording_check_text", draft, make_stage_text(body=long)))

    assert "The goal is 6.0 or lower." in page.text
    assert f"27 words: {long}" in page.text
    assert "Make two of it" in page.text


def test_panel_lists_every_fault_of_a_text_that_can_not_be_read(client):
    sign_in(client)
    draft = make_wording()
    text = make_text(body="::: tip\nx\n:::\n\n<b>x</b>")

    page = Read(post(client, "wording_check_text", draft, text))

    assert "has no reading grade" in page.text
    assert len(page.tree.cssselect(".quality__list--must li")) == 2


def test_panel_tells_of_a_claim_that_is_not_known_or_has_no_source(client):
    sign_in(client)
    draft = make_wording()
    RegisterEntry.objects.create(
        kind="claim", name="bare", data={"claim": "A claim.", "sources": []}
    )
    body = "::: claim bare\n:::\n\n::: claim nowhere\n:::"

    page = Read(post(client, "wording_check_text", draft, make_stage_text(body=body)))

    assert 'The claim "bare" has no source.' in page.text
    assert 'There is no claim "nowhere" in claims.yaml.' in page.text


def test_panel_tells_of_words_that_nothing_explains(client):
    make_live_wording(page="words", text=make_text(body="## MRI\n\nA scan."))
    draft = make_wording()
    sign_in(client)
    text = make_stage_text(body="An MRI, then PRP. A growth factor (GF). The US.")

    page = Read(post(client, "wording_check_text", draft, text))

    found = [e.text_content() for e in page.tree.cssselect(".quality__list li")]
    unexplained = [words for words in found if "is not explained" in words]
    assert [words.split('"')[1] for words in unexplained] == ["PRP", "FDA"]


def test_saved_text_is_judged_without_scripts(client):
    sign_in(client)
    draft = make_wording(text=make_stage_text(body="It is risk-free."))

    page = Read(client.get(address("wording_change", draft)))

    assert '"risk-free" promises or comforts without proof' in page.text
    assert not page.has("[data-go-to-line]")


def test_text_in_the_panel_is_escaped(client):
    sign_in(client)
    draft = make_wording()

    response = post(client, "wording_check_text", draft, make_text(body="::: <b>x</b>"))

    assert "<b>" not in response.content.decode()


# --- the preview -------------------------------------------------------------


def test_preview_shows_text_that_is_not_saved_for_the_answers(client, real_content):
    sign_in(client)
    draft = make_wording()
    body = "::: only cells=fat\nFrom fat.\n:::\n\n::: only area=joint\nA joint.\n:::"
    answers = {"area": "hand", "cells": "fat"}

    response = post(
        client, "wording_preview_text", draft, make_stage_text(body=body), **answers
    )

    page = Read(response)
    assert "From fat." in page.main and "A joint." not in page.main
    assert "as it stands in the box" in page.text
    assert page.has('link[href*="site.css"]')
    assert Wording.objects.of_guide().get(pk=draft.pk).text == draft.text


def test_preview_on_paper_is_the_sheet(client, real_content):
    sign_in(client)
    draft = make_wording()

    response = post(
        client, "wording_preview_text", draft, make_stage_text(), look="paper"
    )

    assert Read(response).has('link[href*="sheet.css"]')


def test_preview_of_a_broken_text_says_what_to_mend(client):
    sign_in(client)
    draft = make_wording()

    page = Read(post(client, "wording_preview_text", draft, "no front matter"))

    assert "line 1: There is no front matter." in page.text
    assert "saved" not in page.text


@pytest.mark.parametrize("text", ["no front matter", make_stage_text()])
def test_preview_may_be_framed_by_us_alone(client, text):
    sign_in(client)
    draft = make_wording()

    response = post(client, "wording_preview_text", draft, text)

    assert directives(response)["frame-ancestors"] == "'self'"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in response["Cache-Control"]


def test_editor_may_frame_and_ask_us_alone_and_is_framed_by_nobody(client):
    sign_in(client)
    draft = make_wording()

    response = client.get(address("wording_change", draft))

    policy = directives(response)
    assert policy["frame-src"] == "'self'" and policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-src" not in directives(client.get(address("wording_preview", draft)))


# --- permissions -------------------------------------------------------------


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("Editor", 200),
        ("Administrator", 200),
        ("Clinical reviewer", 403),
        ("Reception", 403),
        ("", 403),
    ],
)
def test_who_may_try_a_text(client, name, role, status):
    sign_in(client, role)

    assert post(client, name, make_wording(), make_stage_text()).status_code == status


@pytest.mark.parametrize("name", VIEWS)
def test_nobody_tries_a_text_without_signing_in(client, name):
    response = post(client, name, make_wording(), make_stage_text())

    assert response.status_code == 302 and "login" in response["Location"]


@pytest.mark.parametrize("name", VIEWS)
def test_trying_a_text_is_a_post(client, name):
    sign_in(client)

    assert client.get(address(name, make_wording())).status_code == 405


# --- edit conflicts ----------------------------------------------------------


def test_second_save_shows_both_texts_and_marks_the_lines_that_differ(client):
    draft = make_wording()
    sign_in(client, username="first")
    save(client, draft, "Same.\nTheirs.\n\nOnly theirs.")
    sign_in(client, username="second")

    page = Read(save(client, draft, "Same.\nMine."))

    marks = [mark.text_content() for mark in page.tree.iter("mark")]
    assert "first saved this draft after you opened it." in page.text
    assert page.tree.cssselect("textarea[name=text]")[0].text.strip() == "Same.\nMine."
    assert "Only theirs." in page.tree.cssselect(".their-text textarea")[0].text
    assert marks == ["Mine.", "Theirs.", "(empty line)", "Only theirs."]
    assert Wording.objects.of_guide().get().text == "Same.\nTheirs.\n\nOnly theirs."


def test_saving_what_was_put_together_stores_it(client):
    draft = make_wording()
    sign_in(client, username="first")
    save(client, draft, "Theirs.")
    second = sign_in(client, username="second")
    page = Read(save(client, draft, "Mine."))
    opened = page.tree.cssselect("[name=opened_revision]")[0].get("value")

    save(client, draft, "Theirs.\nMine.", int(opened))

    stored = Wording.objects.of_guide().get()
    assert stored.text == "Theirs.\nMine." and stored.author == second


def test_third_save_in_between_is_not_overwritten_either(client):
    draft = make_wording()
    sign_in(client, username="first")
    save(client, draft, "One.")
    sign_in(client, username="second")
    save(client, draft, "Two.")
    sign_in(client, username="third")
    save(client, draft, "Three.", 2)
    client.force_login(Wording.objects.of_guide().get().savers.get(username="first"))

    page = Read(save(client, draft, "One and two.", 2))

    assert "third saved this draft after you opened it." in page.text
    assert Wording.objects.of_guide().get().text == "Three."


def test_save_after_an_approval_is_told_of_it(client):
    editor = make_person("Editor", "writer")
    reviewer = make_person("Clinical reviewer", "doctor")
    draft = make_wording()
    sent = wordings.send_for_review(wording=draft, revision=1, user=editor)
    client.force_login(editor)
    waiting = Read(save(client, draft, "Mine."))
    wordings.approve_wording(
        wording=sent,
        revision=2,
        user=reviewer,
        reviewer_role="Hand surgeon",
        review_due=date.today() + timedelta(days=300),
    )

    page = Read(save(client, draft, "Mine.", 2))

    assert "This draft was sent for review after you opened it." in waiting.text
    assert "doctor approved this draft after you opened it." in page.text
    assert page.tree.cssselect("textarea[name=text]")[0].text.strip() == "Mine."
    assert Wording.objects.of_guide().get().is_approved


def test_save_after_the_file_changed_is_told_of_it(client):
    draft = make_wording(state="in-review", source_digest="d")
    Wording.objects.of_guide().update(text="The file's.", revision=2)
    sign_in(client)

    page = Read(save(client, draft, "Mine."))

    assert "The file of this page changed after you opened this draft." in page.text
    assert "What the file says now" in page.headings(2)
    assert "The file's." in page.tree.cssselect(".their-text textarea")[0].text
    assert Wording.objects.of_guide().get().text == "The file's."


@pytest.mark.parametrize("state", ["published", "withdrawn"])
def test_save_after_publishing_shows_the_text_and_what_to_do(client, state):
    reason = {"withdrawn_reason": "Wrong."} if state == "withdrawn" else {}
    live = make_live_wording(state=state, **reason)
    sign_in(client)

    response = save(client, live, "What I wrote.")

    page = Read(response)
    assert response.status_code == 409
    assert page.tree.cssselect("#kept-text")[0].text.strip() == "What I wrote."
    assert "start a new draft" in page.text
    assert Wording.objects.of_guide().get().text == live.text


def test_who_may_not_edit_gets_no_page_for_a_text(client):
    sign_in(client, "Clinical reviewer")

    assert save(client, make_live_wording(), "Mine.").status_code == 403


@pytest.mark.parametrize(
    ("mine", "theirs", "found"),
    [
        ("a\nb", "a\nb", []),
        ("a\nb", "a\nc", [("Changed", 2, "b", 2, "c")]),
        ("a\nb", "a", [("Only in yours", 2, "b", None, None)]),
        ("a", "x\na", [("Only in what is stored", None, None, 1, "x")]),
    ],
)
def test_differing_lines_are_set_side_by_side(mine, theirs, found):
    rows = differences(mine, theirs)

    assert [
        (row.label, row.my_line, row.mine, row.their_line, row.theirs) for row in rows
    ] == found


def test_signing_out_marks_the_page_that_clears_this_device(client):
    sign_in(client)

    page = Read(client.post(reverse("admin:logout")))

    assert page.has("[data-signed-out]")
    assert page.has('script[src*="rescue-copy-end.js"]')
