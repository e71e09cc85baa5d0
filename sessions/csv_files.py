"""Tables as CSV files that a spreadsheet opens without harm."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """Gives back what csv writes, so that each line can be sent at once."""

    def write(self, line: str) -> str:
        return line


def harmless(cell: Any) -> str:
    """The cell as text. What a spreadsheet would run as a formula gets a ' before."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_download(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A file to save, sent line by line however long it is."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Line())
        # The mark by which spreadsheets know UTF-8.
        yield "\ufeff" + writer.writerow(header)
        for row in rows:
            yield writer.writerow([harmless(cell) for cell in row])

    return StreamingHttpResponse(
        lines(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
