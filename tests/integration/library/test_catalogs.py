"""Catalogs of later languages: complete, incomplete, damaged and unsafe ones."""

import shutil
from datetime import date
from pathlib import Path

import polib
import pytest
from django.core.management import CommandError, call_command
from django.utils.translation.reloader import translation_file_changed

from sessions.guide.current import (
    clear_snapshot_cache,
    current_snapshot,
    words_to_translate,
)
from sessions.library.catalogs import clear_catalog_caches, untranslated
from sessions.models import Wording
from sessions.running.doctor import examine
from tests.clinic_texts import publish_statement
from tests.factories import make_person
from tests.integration.library.test_languages import NAME, code_of, english_on, sheet
from tests.second_language import LANGUAGE

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalog(second_language) -> Path:
    return second_language / "locale" / LANGUAGE / "LC_MESSAGES" / "sheets.po"


def test_complete_catalog_lacks_nothing(second_language):
    assert current_snapshot().translations[LANGUAGE].untranslated == ()


def test_catalog_lacks_what_is_new(catalog, tmp_path, settings):
    own = words_to_translate(LANGUAGE)
    settings.LOCALE_PATHS = [tmp_path]
    file = tmp_path / LANGUAGE / "LC_MESSAGES" / "django.mo"
    file.parent.mkdir(parents=True)
    shorter = polib.pofile(str(catalog))
    lost = shorter.pop(0).msgid
    shorter.save_as_mofile(str(file))
    restart()

    lacking = untranslated(LANGUAGE, [*own, "A new area"])

    assert lacking == (lost, "A new area")


def unsafe(**changes: str) -> bytes:
    """A catalog from another program, with a translation that would break a sheet."""
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=UTF-8", **changes}
    words = "Emergency: call %(number)s."
    made.append(polib.POEntry(msgid=words, msgstr="Vókú %(nombro)s."))
    return made.to_binary()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no catalog", unsafe()[:50], unsafe(),
        unsafe(**{"Plural-Forms": "nplurals=INTEGER; plural=EXPRESSION;"}),
        unsafe(**{"Plural-Forms": "nonsense"}),
        unsafe(**{"Content-Type": "text/plain; charset=latin99"}),
    ],
)  # fmt: skip
def test_no_page_fails_for_a_damaged_or_unsafe_catalog(
    client, catalog, tmp_path, settings, content
):
    settings.LOCALE_PATHS = [tmp_path]
    file = tmp_path / LANGUAGE / "LC_MESSAGES" / "django.mo"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    restart()

    addresses = [
        "/", "/risks/print/", "/readyz", f"/{LANGUAGE}/risks/print/",
        f"/v/{code_of('risks', LANGUAGE)}/",
    ]  # fmt: skip
    for address in addresses:
        assert client.get(address).status_code == 200, address
    sheet = client.get(f"/{LANGUAGE}/risks/print/").content.decode()
    assert "Emergency: call 911" in sheet
    assert [f for f in examine() if f"update_catalog {LANGUAGE}" in f.text]
    call_command("update_catalog", LANGUAGE)
    restart()
    assert client.get(f"/{LANGUAGE}/risks/print/").status_code == 200


def restart() -> None:
    """Clears the caches, as a restart does: a process reads catalogs once."""
    translation_file_changed(sender=None, file_path=Path("django.mo"))
    clear_catalog_caches()
    clear_snapshot_cache()


@pytest.fixture
def update(second_language, settings, tmp_path, capsys):
    """Runs update_catalog on an empty folder of catalogs."""
    settings.LOCALE_PATHS = [tmp_path / "locale"]

    def run(language: str = LANGUAGE) -> str:
        call_command("update_catalog", language)
        return capsys.readouterr().out

    run.file = tmp_path / "locale" / LANGUAGE / "LC_MESSAGES" / "sheets.po"
    return run


def test_update_catalog_writes_what_is_to_translate(update):
    output = update()
    entries = {entry.msgid: entry.msgstr for entry in polib.pofile(str(update.file))}

    assert f"{len(entries)} to translate." in output
    assert {"Get help", "Hand", "Page %(page)s of %(pages)s"} <= entries.keys()
    assert set(words_to_translate(LANGUAGE)) <= entries.keys()
    assert set(entries.values()) == {""}


def test_update_catalog_keeps_what_is_translated(update):
    update()
    catalog = polib.pofile(str(update.file))
    catalog.find("Get help").msgstr = "Tío"
    words = catalog.pop().msgid
    catalog.save(str(update.file))

    output = update()

    after = {entry.msgid: entry.msgstr for entry in polib.pofile(str(update.file))}
    assert after["Get help"] == "Tío"
    assert after[words] == ""
    assert f"{len(after) - 1} to translate." in output


def test_update_catalog_compiles_what_the_site_reads(update, catalog, client):
    update.file.parent.mkdir(parents=True)
    shutil.copy(catalog, update.file)

    assert "All is translated." in update()
    restart()
    assert english_on(client.get(f"/{LANGUAGE}/risks/print/")) == []


@pytest.mark.parametrize(
    ("words", "translation"),
    [
        ("Emergency: call %(number)s.", "Vókú %(nombro)s."),
        ("Emergency: call %(number)s.", "Vókú."),
        ("Emergency: call %(number)s.", "Vókú %(number)s<b>."),
        ("Emergency: call %(number)s.", 'Vókú" %(number)s.'),
        ("Emergency: call %(number)s.", "Vókú %(number)s 100 %"),
        ("Emergency: call %(number)s.", "   "),
        ("Your day is {last}.", "Vókú {last} {"),
        ("j F Y", "j"),
        ("j F Y", "j de F de Y"),
    ],
)
def test_translation_that_would_break_a_sheet_is_left_out(
    update, catalog, client, words, translation
):
    shutil.copytree(catalog.parent, update.file.parent)
    broken = polib.pofile(str(update.file))
    broken.find(words).msgstr = translation
    broken.save(str(update.file))

    assert f"not translated: {words}" in update()
    restart()
    assert "Vókú" not in client.get(f"/{LANGUAGE}/risks/print/").content.decode()
    assert current_snapshot().translations[LANGUAGE].untranslated == (words,)


@pytest.mark.parametrize("language", ["en", "xx", "ar", "../es"])
def test_update_catalog_takes_only_languages(update, language):
    with pytest.raises(CommandError, match="[Nn]ame a"):
        update(language)


@pytest.mark.parametrize(
    "content", [b"no catalog", 'msgid "Größe"'.encode("utf-16"), b'msgid "\xff"\n']
)
def test_update_catalog_reports_a_file_that_it_cannot_read(update, content):
    update.file.parent.mkdir(parents=True)
    update.file.write_bytes(content)

    with pytest.raises(CommandError, match="sheets.po of eo cannot be read"):
        update()
    assert update.file.read_bytes() == content


def test_missing_quote_is_a_fault_at_its_line_and_nothing_is_written(update):
    update()
    text = update.file.read_text()
    entry = 'msgid "Ring the number on your appointment letter."\nmsgstr "'
    assert entry in text
    before, _, after = text.partition(entry)
    broken = before + entry + "Llame al 555-0199" + after.removeprefix('"')
    update.file.write_text(broken)
    made = update.file.with_name("django.mo").read_bytes()

    with pytest.raises(CommandError) as refused:
        update()

    line = before.count("\n") + 2
    fault = f"{update.file}:{line}: The closing quote is missing. End the line with "
    assert fault in str(refused.value) and "nothing was written" in str(refused.value)
    assert update.file.read_text() == broken
    assert update.file.with_name("django.mo").read_bytes() == made


def test_date_is_written_in_the_order_of_the_language(update, catalog, client):
    shutil.copytree(catalog.parent, update.file.parent)
    other = polib.pofile(str(update.file))
    other.find("j F Y").msgstr = r"j \d\e F \d\e Y"
    other.save(str(update.file))
    Wording.objects.filter(page__name="risks").update(
        reviewer=make_person(),
        approved_on=date(2026, 1, 7),
        review_due=date(2027, 1, 7),
    )

    assert "All is translated." in update()
    restart()
    assert "7 de Jánúáry de 2027" in sheet(client)


def test_update_catalog_keeps_translations_of_any_valid_file(update, catalog):
    """Another encoding; obsolete, plural and duplicate entries; one with a context."""
    shutil.copytree(catalog.parent, update.file.parent)
    kept = polib.pofile(str(update.file))
    kept.find("Get help").obsolete = True
    kept.find("Dose").msgctxt = "medicine"
    kept.find("When").msgid_plural = "Whens"
    kept.append(polib.POEntry(msgid="Note", msgstr="Twícé"))
    kept.metadata["Content-Type"] = "text/plain; charset=cp1252"
    kept.encoding = "cp1252"
    kept.save(str(update.file))

    output = update()

    assert "3 to translate." in output
    for lost in ("Get help", "Dose", "When"):
        assert f"not translated: {lost}" in output
    made = polib.mofile(str(update.file.with_name("django.mo")))
    after = {entry.msgid: entry.msgstr for entry in made}
    assert after["Note"] == "Nóté"
    assert "Nóté" in update.file.read_text(encoding="utf-8")


def test_doctor_reports_an_incomplete_language(second_language, settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    clear_catalog_caches()
    clear_snapshot_cache()

    notes = [str(f) for f in examine() if f"update_catalog {LANGUAGE}" in f.text]

    assert len(notes) == 1
    assert notes[0].startswith("NOTE")
    assert f"words or lines of sheets in {NAME} come out in English." in notes[0]


def test_doctor_reports_nothing_for_a_complete_catalog(second_language):
    assert not [f for f in examine() if "update_catalog" in f.text]


def test_statement_of_several_lines_is_translated(
    client, second_language, tmp_path, settings
):
    publish_statement("clinic/funding", "We are paid.\r\nNobody else is.")
    clear_snapshot_cache()
    settings.LOCALE_PATHS = [tmp_path]
    call_command("update_catalog", LANGUAGE)
    file = tmp_path / LANGUAGE / "LC_MESSAGES" / "sheets.po"
    catalog = polib.pofile(str(file))
    catalog.find("We are paid.\nNobody else is.").msgstr = "Ní éstás págátáj."
    catalog.save(str(file))
    call_command("update_catalog", LANGUAGE)
    restart()

    assert "Ní éstás págátáj." in sheet(client, "money-and-approval")
