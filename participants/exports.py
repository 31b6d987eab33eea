"""Tables as .xlsx: typed cells, text always as text, nothing hidden."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

WIDEST = 60
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass
class Sheet:
    """One table: its name, some lines above it, the head and the rows."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]
    above: Sequence[str] = ()
    widths: Sequence[int] = field(default_factory=list)


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as one file. A text that begins with = or + stays a text."""
    stream = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for sheet in sheets:
            _write(book.add_worksheet(_sheet_name(sheet.name)), sheet, bold, day)
    return stream.getvalue()


def _write(page: Any, sheet: Sheet, bold: Any, day: Any) -> None:
    for number, width in enumerate(sheet.widths):
        page.set_column(number, number, min(width, WIDEST))
    line = 0
    for words in sheet.above:
        page.write_string(line, 0, _clean(words))
        line += 1
    line += bool(sheet.above)
    for column, words in enumerate(sheet.head):
        page.write_string(line, column, _clean(words), bold)
    for row in sheet.rows:
        line += 1
        for column, value in enumerate(row):
            _cell(page, line, column, value, day)


def _cell(page: Any, line: int, column: int, value: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool | int | float):
        page.write_number(line, column, value)
    elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        page.write_datetime(line, column, dt.datetime.combine(value, dt.time()), day)
    else:
        page.write_string(line, column, _clean(str(value)))


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)[:32_767]


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", _clean(name)).strip()[:31] or "Sheet"
