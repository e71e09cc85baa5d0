"""manage.py update_catalog: the gettext catalog of sheets in another language."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sessions.guide.current import words_to_translate
from sessions.library.catalogs import PO_NAME, CatalogRefused, update_catalog
from sessions.library.languages import FIRST, language_fault

NAMED = 5


class Command(BaseCommand):
    requires_system_checks = []
    help = (
        "Writes the fixed words of sheets into a catalog in content/locale/, for "
        "translators. Run it again when they are translated, to compile the catalog."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("language", help="Such as es, pl or pt-br.")

    def handle(self, *, language: str, **options: Any) -> None:
        if language == FIRST:
            raise CommandError("The guide is written in this language. Name another.")
        if language_fault(language):
            raise CommandError(
                f'Sheets cannot be in "{language}". Name a language by its code, such '
                "as es, pt-br or zh-hans; it must be written from left to right."
            )
        try:
            file, missing = update_catalog(language, words_to_translate(language))
        except CatalogRefused as refused:
            raise CommandError(
                f"{PO_NAME} of {language} cannot be read, and nothing was "
                f"written. Mend it, then run this again.\n{refused}"
            ) from refused
        except (OSError, UnicodeError, LookupError) as error:
            raise CommandError(
                f"{PO_NAME} of {language} cannot be read or written: {error}. "
                "Mend it, and save it in UTF-8."
            ) from error
        self.stdout.write(f"Wrote {file}")
        for words in missing[:NAMED]:
            self.stdout.write(f"not translated: {words}")
        if missing:
            self.stdout.write(
                f"{len(missing)} to translate. Fill in each msgstr, keep %(…)s, {{…}} "
                "and <…> as they are, and run this again."
            )
        else:
            self.stdout.write("All is translated. Restart the site to use it.")
