"""Backup archives of version 0.1.0 can be restored and migrated without losing data.

tests/archives/README.md says what the archives hold. They are never made again.
"""

import csv
import io
import json

import pytest

from tests.kept_site import Archive, Place
from tests.servers import create_database

ENGINES = ("sqlite", "postgresql")
MAX_BYTES = 300_000
FOLLOW_UP = "stages/follow-up 3"

# (table, column) that a later migration moved or changed on purpose. Each needs a test
# that finds its values where they are now.
MOVED: frozenset[tuple[str, str]] = frozenset()

# A backup has no sessions and failed sign-ins. No user has permissions but by roles.
EMPTY = {
    "auth_user_user_permissions", "axes_accessattempt", "axes_accessattemptexpiration",
    "axes_accessfailurelog", "axes_accesslog", "django_session",
}  # fmt: skip

WORDINGS = {
    "home 1": ["Published", "ravi.nair", "Rheumatologist", "2026-11-26", "2027-02-01"],
    "diary 1": ["Withdrawn", None, "", None, None],
    "visit 1": ["Published", None, "", None, None],
    "visit 2": ["Published", None, "", None, None],
    "es/get-help 1": ["Published", None, "", None, None],
    "stages/consultation 2": [
        "Approved", "ravi.nair", "Rheumatologist", "2026-11-25", "2027-05-25",
    ],
    "stages/preparation 2": ["Waiting for review", None, "", None, None],
    "stages/harvesting 2": ["Draft", None, "", None, None],
    "stages/injection 2": ["Published", None, "", None, None],
    "stages/injection 3": ["Published", None, "", None, None],
    "stages/injection 4": ["Draft", None, "", None, None],
    "stages/monitoring 2": [
        "Published", "ravi.nair", "Hand surgeon", "2026-11-26", "2027-11-01",
    ],
    "stages/recovery 1": ["Published", None, "", None, None],
    "stages/recovery 2": [
        "Published", "ravi.nair", "Hand surgeon", "2026-11-24", "2027-11-01",
    ],
    "stages/follow-up 2": [
        "Cancelled", "ravi.nair", "Hand surgeon", "2026-11-25", "2027-11-01",
    ],
    FOLLOW_UP: ["Scheduled", "ravi.nair", "Hand surgeon", "2026-11-25", "2027-11-01"],
}  # fmt: skip

PEOPLE = {
    "admin": ["", "Administrator"],
    "nina.holm": ["Nina Holm", "Administrator"],
    "ravi.nair": ["Ravi Nair", "Clinical reviewer"],
    "edith.moore": ["Edith Moore", "Editor"],
    "rosa.flores": ["Rosa Flores", "Editor", "Reception"],
    "tom.baker": ["Tom Baker", "Editor", "Reception"],
    "lee.park": ["Lee Park", "Reception"],
}
CAN_SIGN_IN = {"admin", "nina.holm", "ravi.nair", "edith.moore", "rosa.flores"}

# The statements and areas of the archive, which became texts with versions.
CLINIC_TEXTS = {
    "clinic/approval",
    "clinic/funding",
    "clinic/areas/hand",
    "clinic/areas/joint",
    "clinic/areas/wrist",
}

# What becomes of each file when the first load after the upgrade finds it changed.
OUTCOMES = {
    "en/home.md": "waiting",
    "en/diary.md": "waiting",
    "en/visit.md": "published",
    "es/get-help.md": "published",
    "en/stages/consultation.md": "kept",
    "en/stages/preparation.md": "kept",
    "en/stages/harvesting.md": "kept",
    "en/stages/injection.md": "kept",
    "en/stages/monitoring.md": "waiting",
    "en/stages/recovery.md": "waiting",
    "en/stages/follow-up.md": "waiting",
}

# What is on each page, and what must not be.
PAGES = {
    "/": (
        "The Alder Street Clinic",
        "Checked by Rheumatologist",
        "Wrist One wrist or both.",
        "Hand Such as the base of the thumb, a finger or the wrist.",
    ),
    "/stages/recovery/": ("Rest the hand for two days.", "Checked by Hand surgeon"),
    "/stages/injection/": ("if the room is free", "The music is off on some days."),
    "/stages/monitoring/": ("A nurse sits with you.", "Checked by Hand surgeon"),
    "/diary/": ("The chart leaves out day 3. Ask us for a new one.",),
    "/visit/": ("Bring your glasses.",),
    "/get-help/": ("555 010 0142", "555 010 0143"),
    "/options/": ("Your choices, side by side",),
    "/risks/": ("Risks and benefits",),
    "/money-and-approval/": (
        "The clinic pays for this guide itself. Not yet checked by a clinician.",
        "What we offer is not approved by the FDA. Not yet checked by a clinician.",
    ),
    "/about/how-we-score/": ("They come with the content, when load_content runs.",),
    "/es/get-help/print/": ("Pida ayuda",),
}
UNSEEN = {
    "/stages/follow-up/": "We ring you after",
    "/stages/harvesting/": "Bring a friend",
    "/stages/preparation/": "Eat a light breakfast",
    "/stages/consultation/": "Bring a list of your medicines",
    "/stages/monitoring/": "Ring the bell",
}
CARD = (
    "Any one sign is enough.",
    "Emergency department now",
    "gurgling breaths",
    "Clinic today (no answer: emergency department)",
)
"""Words of the card that ships now; version 0.1.0 had none of them."""
STAFF_PAGES = "/admin/stemguide_sessions/page/"
AUDIT = f"{STAFF_PAGES}audit.csv"
QUEUE = f"{STAFF_PAGES}review-queue.csv"
EVIDENCE = "/evidence/"
RECALL = "/desk/recall.csv"
CONFLICT = "/admin/stemguide_sessions/filetext/{}/decide/"


def server_url(request, engine):
    if engine == "sqlite":
        return ""
    return request.getfixturevalue("postgresql_server").database_url


def new_place(folder, url):
    folder.mkdir()
    return Place(folder, create_database(url) if url else "")


@pytest.fixture(scope="module", params=ENGINES)
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def restored(request, engine, tmp_path_factory):
    """A new machine on which the archive was restored."""
    folder = tmp_path_factory.mktemp("kept") / engine
    place = new_place(folder, server_url(request, engine))
    done = place.restore(Archive(engine).path)
    assert done.returncode == 0, done.stderr
    assert "by version 0.1.0" in done.stdout
    return place


@pytest.fixture(scope="module")
def before(request, engine, tmp_path_factory):
    """The rows of the archive, as version 0.1.0 wrote them."""
    folder = tmp_path_factory.mktemp("before")
    return Archive(engine).tables(folder, server_url(request, engine))


@pytest.fixture(scope="module")
def looked(restored, before):
    """Pages of the restored site, for patients and for staff."""
    codes = [row["code"] for row in before["stemguide_sessions_sheetcode"].values()]
    [waiting] = before["stemguide_sessions_filetext"]
    papers = [f"/v/{code}/" for code in codes]
    return restored.look(
        {
            **{who: ["/admin/"] for who in PEOPLE},
            "": [*PAGES, *UNSEEN, *papers, EVIDENCE],
            "edith.moore": ["/admin/", AUDIT, CONFLICT.format(waiting)],
            "ravi.nair": ["/admin/", QUEUE],
            "rosa.flores": ["/admin/", RECALL],
            "nina.holm": ["/admin/", AUDIT],
        }
    )


@pytest.fixture(scope="module")
def loaded(request, engine, tmp_path_factory):
    """Another such machine after a load in which every file of OUTCOMES had changed."""
    folder = tmp_path_factory.mktemp("loaded") / engine
    place = new_place(folder, server_url(request, engine))
    assert place.restore(Archive(engine).path).returncode == 0
    for path in OUTCOMES:
        file = place.content / path
        file.write_text(f"{file.read_text().rstrip()}\n\nThe file changed.\n")
    return place.manage("load_content"), place.tables()


@pytest.fixture(scope="module")
def seen(looked):
    return looked["pages"]


def table(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


# --- nothing is lost ---


def test_an_archive_is_small_enough_to_be_kept(engine):
    assert Archive(engine).path.stat().st_size < MAX_BYTES


def test_every_row_is_as_it_was(restored, before):
    after = restored.tables()

    kept = {
        (name, key, column): value
        for name, rows in before.items()
        for key, row in rows.items()
        for column, value in row.items()
        if (name, column) not in MOVED
    }
    lost = {
        place: value
        for place, value in kept.items()
        if after.get(place[0], {}).get(place[1], {}).get(place[2], "gone") != value
    }
    assert lost == {}
    assert {name for name, rows in before.items() if not rows} == EMPTY


def test_every_claim_and_source_is_kept_as_json(restored, before):
    """The rows of the older tables stay, for a site that goes back to 0.2.0."""
    sources = before["stemguide_sessions_source"]
    links = before["stemguide_sessions_claim_sources"].values()
    rows = {"source": sources, "claim": before["stemguide_sessions_claim"]}

    found = {
        (row["kind"], row["name"]): (
            json.loads(row["data"]) if isinstance(row["data"], str) else row["data"]
        )
        for row in restored.tables()["stemguide_sessions_registerentry"].values()
    }

    assert len(found) == len(rows["source"]) + len(rows["claim"]) > 150
    for (kind, name), data in found.items():
        [row] = [row for row in rows[kind].values() if row["name"] == name]
        kept = {k: f"{v}" for k, v in row.items() if k not in ("id", "name")}
        if kind == "claim":
            named = {x["source_id"] for x in links if x["claim_id"] == row["id"]}
            assert sorted(data.pop("sources")) == sorted(
                sources[key]["name"] for key in named
            )
        assert data == kept


def test_what_was_moved_was_there(before):
    columns = {
        (name, column)
        for name, rows in before.items()
        for row in rows.values()
        for column in row
    }

    assert columns >= MOVED


def test_every_content_file_is_as_the_clinic_left_it(restored, engine):
    kept = {
        name.removeprefix("content/"): data
        for name, data in Archive(engine).files().items()
        if name.startswith("content/")
    }

    found = {
        path.relative_to(restored.content).as_posix(): path.read_bytes()
        for path in restored.content.rglob("*")
        if path.is_file()
    }

    assert found == kept
    assert b"Bring your glasses." in kept["en/visit.md"]


def test_no_migration_is_left_to_be_made(restored):
    assert "No migrations to apply" in restored.manage("migrate", "--skip-checks")


def test_what_is_kept_can_still_not_be_rewritten(looked):
    said = looked["refusals"]

    assert [line.split(".")[0] for line in said] == [
        "A published wording is never edited",
        "A wording is never deleted",
        "An audit entry is never edited",
    ]


# --- wordings and people ---


def test_wordings_have_their_states_reviewers_and_dates(looked):
    found = looked["wordings"]

    assert {name: found[name] for name in WORDINGS} == WORDINGS
    others = [values for name, values in found.items() if name not in WORDINGS]
    assert len(others) == 23 + len(CLINIC_TEXTS)
    assert all(values == ["Published", None, "", None, None] for values in others)


def test_people_have_their_names_and_roles(looked):
    assert looked["people"] == PEOPLE


def test_who_could_sign_in_still_can_and_nobody_else(seen):
    opened = {who for who in PEOPLE if seen[who]["/admin/"][0] == 200}

    assert opened == CAN_SIGN_IN


def test_a_second_factor_is_still_asked_for(looked):
    """After the password, they are redirected to the page that asks for a code."""
    assert looked["without a code"] == {
        "admin": 302,
        "nina.holm": 302,
        "ravi.nair": 302,
    }


def test_staff_read_every_step_that_was_taken(seen, before):
    _, text = seen["edith.moore"][AUDIT]

    assert {row["Kind"] for row in table(text)} == {"Page"}
    assert len(before["stemguide_sessions_auditentry"]) == 63
    assert len(table(text)) == 63 + len(CLINIC_TEXTS)
    for words in ("Say two days, as on our leaflet.", "The room changed today."):
        assert words in text


def test_what_was_scheduled_is_not_called_published_before_its_day(seen):
    """Version 0.1.0 recorded a publication when one was only scheduled."""
    steps = [
        (row["Version"], row["Step"])
        for row in table(seen["edith.moore"][AUDIT][1])
        if row["Page"] == "stages/follow-up" and row["Step"] != "Loaded from its file"
    ]

    set_to_be = ["Draft started", "Sent for review", "Approved", "Set to be published"]
    assert steps == [
        *(("2", step) for step in [*set_to_be, "Scheduled", "Schedule cancelled"]),
        *(("3", step) for step in [*set_to_be, "Scheduled"]),
    ]


def test_an_administrator_reads_what_was_done_with_accounts(seen, before):
    rows = table(seen["nina.holm"][AUDIT][1])

    people = [row for row in rows if row["Kind"] == "Person"]
    assert len(people) == len(before["django_admin_log"]) == 19
    words = "Roles: Reception, now Editor, Reception."
    assert words in [row["Comment"] for row in people]


def test_a_draft_still_waits_for_its_reviewer(seen):
    rows = table(seen["ravi.nair"][QUEUE][1])
    queue = {(row["Page"], row["Why"]) for row in rows}

    assert ("stages/preparation", "Waiting for review") in queue
    assert ("words", "Never checked") in queue
    assert not {"home", "stages/recovery"} & {row["Page"] for row in rows}


def test_a_file_that_differs_from_staffs_text_still_waits(seen):
    [(status, text)] = [
        answer
        for address, answer in seen["edith.moore"].items()
        if address.endswith("/decide/")
    ]

    assert status == 200 and "Ring the bell if you feel unwell." in text


def test_changed_files_wait_where_a_person_stands_behind_the_text(loaded, before):
    printed, tables = loaded
    outcomes: dict[str, str] = {}
    for line in printed.splitlines():
        outcome, path = line.partition(":")[0].split(maxsplit=1)
        outcomes.setdefault(path, outcome)  # A line about what ships comes later.

    assert {path: outcomes[path] for path in OUTCOMES} == OUTCOMES
    now = tables["stemguide_sessions_wording"]
    older = before["stemguide_sessions_wording"]
    assert {pk: {**now[pk], **row} for pk, row in older.items()} == {
        pk: now[pk] for pk in older
    }
    added = [row for pk, row in now.items() if pk not in older]
    in_review = [row for row in added if row["state"] == "in-review"]
    assert len(in_review) == list(OUTCOMES.values()).count("waiting")
    assert {row["author_id"] for row in in_review} == {None}


def test_scores_of_its_folder_are_read_although_their_form_is_older(loaded, before):
    """Those in its database stay for version 0.2.0, which reads no newer form."""
    _, tables = loaded

    older = before["stemguide_sessions_scorecard"]
    assert older and tables["stemguide_sessions_scorecard"] == older
    found = {
        row["name"]: json.loads(row["data"])
        if isinstance(row["data"], str)
        else row["data"]
        for row in tables["stemguide_sessions_ratings"].values()
    }
    [own] = [row["name"] for row in older.values()]
    assert [*found[own]["subjects"]] == ["home"]


# --- patients and paper ---


@pytest.mark.parametrize("address", PAGES)
def test_patients_read_what_the_clinic_published(seen, address):
    status, text = seen[""][address]

    assert status == 200
    assert [words for words in PAGES[address] if words not in text] == []


@pytest.mark.parametrize(
    "address",
    ["/get-help/", "/options/", "/risks/", "/stages/recovery/", "/stages/monitoring/"],
)
def test_older_words_that_are_not_safe_are_under_todays_card(seen, address):
    _, text = seen[""][address]

    assert all(line in text for line in CARD)


def test_editor_is_told_which_older_words_are_not_safe(seen):
    _, text = seen["edith.moore"]["/admin/"]

    assert "sentences that are not safe" in text
    for name in ("get-help", "options", "risks"):
        assert f"{name}: “" in text


@pytest.mark.parametrize("address", UNSEEN)
def test_patients_do_not_read_what_is_not_published(seen, address):
    status, text = seen[""][address]

    assert status == 200 and UNSEEN[address] not in text


def test_every_claim_is_still_told(seen, before):
    claims = [row["claim"] for row in before["stemguide_sessions_claim"].values()]
    status, text = seen[""][EVIDENCE]

    assert status == 200 and len(claims) == 72
    assert [claim for claim in claims if claim not in text] == []


def test_every_code_on_paper_is_answered(seen, before):
    """All but those of sheets of wordings that are scheduled."""
    codes = before["stemguide_sessions_sheetcode"].values()
    answers = {row["code"]: seen[""][f"/v/{row['code']}/"] for row in codes}

    unknown = [row for row in codes if answers[row["code"]][0] != 200]

    assert len(answers) == 49
    assert {answers[row["code"]][0] for row in unknown} == {404}
    assert {row["code"] for row in unknown} == codes_of(before, FOLLOW_UP)


def codes_of(before, wording, kind=""):
    """The codes of the sheets with a wording, of one kind or of all."""
    pages = before["stemguide_sessions_page"]
    [key] = [
        key
        for key, row in before["stemguide_sessions_wording"].items()
        if f"{pages[row['page_id']]['name']} {row['number']}" == wording
    ]
    links = before["stemguide_sessions_sheetcode_wordings"].values()
    sheets = before["stemguide_sessions_sheetcode"]
    found = [sheets[row["sheetcode_id"]] for row in links if row["wording_id"] == key]
    return {row["code"] for row in found if kind in ("", row["kind"])}


def test_old_paper_is_told_what_happened_since(seen, before):
    [withdrawn] = codes_of(before, "diary 1", kind="diary")
    [older] = codes_of(before, "stages/recovery 1", kind="stages/recovery")

    assert "The chart leaves out day 3." in seen[""][f"/v/{withdrawn}/"][1]
    assert "Rest for two days now." in seen[""][f"/v/{older}/"][1]


def test_what_was_printed_at_the_desk_is_counted(seen):
    _, text = seen["rosa.flores"][RECALL]

    assert "Recovery" in text
    assert sum(int(row["Copies"]) for row in table(text)) == 28


# --- the site goes on ---


def test_a_new_row_has_a_key_of_its_own(looked, before):
    assert looked["key of a new page"] > max(before["stemguide_sessions_page"])


def test_the_archive_of_the_other_engine_is_refused(request, engine, tmp_path):
    [other] = set(ENGINES) - {engine}
    place = new_place(tmp_path / "site", server_url(request, engine))

    done = place.restore(Archive(other).path)

    assert done.returncode == 1
    assert f"This archive is of {other}, and this site is set to {engine}" in (
        done.stderr
    )
    assert not place.content.exists() and place.tables() == {}
