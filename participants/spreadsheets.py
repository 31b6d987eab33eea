"""Tables that people send as .xlsx or .csv, read as text: nothing in them is run, and no file is large once opened."""

from __future__ import annotations

import csv
import io
import re

from django.utils.translation import gettext as _

from events.workbooks import PEOPLE, UnreadableError, read_workbook, too_many

__all__ = ["LARGEST", "UnreadableError", "read_table"]

LARGEST = 2_000_000  # bytes of the file as it is sent
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx with a password


def read_table(content: bytes) -> list[list[str]]:
    """The rows of the first sheet, or of the text, as they are counted in the file; cells are text as typed.

    Raises UnreadableError for what cannot be read, and for what is too large to be a list of people.
    """
    if len(content) > LARGEST:
        raise UnreadableError(_("Choose a file of at most 2 MB."))
    if content.startswith(_OLD_OFFICE):
        raise UnreadableError(_("Save the table as .xlsx without a password, and choose that file."))
    if content.startswith(b"PK"):
        return read_workbook(content)
    return _delimited(_decoded(content))


def _decoded(content: bytes) -> str:
    """Text as spreadsheets save it: UTF-8 or UTF-16 with their marks, UTF-8 without, else Central European."""
    encodings = ["utf-16"] if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1250"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableError(_("Choose a table that is saved as .xlsx or .csv."))


def _delimited(text: str) -> list[list[str]]:
    named = re.match(r"sep=([;,\t])\r?\n", text)  # Excel writes it above the table
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = named[1] if named else max(";,\t", key=first.count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            if len(rows) > PEOPLE.rows or any(row[PEOPLE.columns :]):
                raise too_many()
            rows.append(row[: PEOPLE.columns])
    except csv.Error as error:
        raise UnreadableError(_("The table has a quotation mark that does not close. Save it as .xlsx.")) from error
    return [[], *rows[1:]] if named else rows
