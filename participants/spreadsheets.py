"""Tables that people send as .xlsx or .csv, read as text: nothing in them is run, and no file is large once opened."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

LARGEST = 2_000_000  # bytes of the file as it is sent
MOST_ROWS = 1000
MOST_COLUMNS = 50
_LARGEST_OPENED = 20_000_000
_MOST_PARTS = 300
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx with a password


class UnreadableError(Exception):
    """A file that is no table of ours; the text says what to do instead."""


def read_table(content: bytes) -> list[list[str]]:
    """The rows of the first sheet, or of the text, as they are counted in the file; cells are text as typed.

    Raises UnreadableError for what cannot be read, and for what is too large to be a list of people.
    """
    if len(content) > LARGEST:
        raise UnreadableError(_("Choose a file of at most 2 MB."))
    if content.startswith(_OLD_OFFICE):
        raise UnreadableError(_("Save the table as .xlsx without a password, and choose that file."))
    if content.startswith(b"PK"):
        return _workbook(content)
    return _limited(_delimited(_decoded(content)))


def _limited(rows: Iterable[list[str]]) -> list[list[str]]:
    kept: list[list[str]] = []
    for row in rows:
        if len(kept) == MOST_ROWS:
            raise UnreadableError(_("The table has too many rows. Send at most %(most)s.") % {"most": MOST_ROWS})
        kept.append(row[:MOST_COLUMNS])
    return kept


# -- Text ---------------------------------------------------------------------------------------------------------


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
    try:
        rows = _limited(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UnreadableError(_("The table has a quotation mark that does not close. Save it as .xlsx.")) from error
    return [[], *rows[1:]] if named else rows


# -- Workbooks ----------------------------------------------------------------------------------------------------


def _workbook(content: bytes) -> list[list[str]]:
    try:
        workbook = CalamineWorkbook.from_filelike(_opened(content))
        shown = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        rows = workbook.get_sheet_by_name(shown[0]).to_python(skip_empty_area=False) if shown else []
    except (CalamineError, PasswordError, OSError, ValueError) as error:
        raise UnreadableError(_("This file cannot be read. Save the table as .xlsx again, or as .csv.")) from error
    return _limited([_as_text(cell) for cell in row] for row in rows)


def _opened(content: bytes) -> io.BytesIO:
    """The workbook with only its XML, unpacked within limits: what it says of its own sizes is not believed."""
    unpacked = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed, zipfile.ZipFile(unpacked, "w") as plain:
            parts = [part for part in packed.infolist() if part.filename.endswith((".xml", ".rels"))]
            too_large = len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_OPENED
            if too_large or len({part.filename for part in parts}) < len(parts):
                raise UnreadableError(_("The table is too large. Send a table with the people alone."))
            for part in parts:
                text = packed.read(part)
                _Cells().check(text)
                plain.writestr(part.filename, text)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, RuntimeError, EOFError, NotImplementedError) as error:
        raise UnreadableError(_("This file cannot be read. Save the table as .xlsx again, or as .csv.")) from error
    unpacked.seek(0)
    return unpacked


class _Cells:
    """Where the filled cells of a sheet stand: one far away would make a reader ask for memory for all between."""

    def __init__(self) -> None:
        self.row = self.column = 0
        self.is_inside = False

    def check(self, text: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.Parse(text, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "row":
            self.row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self.row + 1
            self.column = 0
        elif name == "c":
            self.is_inside = True
            self._place(attributes.get("r", ""))
        elif self.is_inside and (self.row > MOST_ROWS or self.column > MOST_COLUMNS):
            raise UnreadableError(
                _("The table has too many rows or columns. Send at most %(rows)s rows and %(columns)s columns.")
                % {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
            )

    def _place(self, reference: str) -> None:
        named = re.fullmatch(r"([A-Z]{1,4})([0-9]{1,9})", reference.upper())
        if named is None:
            self.column += 1 if not reference else MOST_COLUMNS + 1
            return
        self.row, self.column = int(named[2]), 0
        for letter in named[1]:
            self.column = self.column * 26 + ord(letter) - ord("A") + 1

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "c":
            self.is_inside = False


def _refuse_doctype(*_declared: Any) -> None:
    raise UnreadableError(_("This file cannot be read. Save the table as .xlsx again, or as .csv."))


def _as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
