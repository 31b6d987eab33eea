"""Tables written as .xlsx: typed cells, text always as text, nothing hidden."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

WIDEST = 60
LONGEST = 32_767  # characters that a cell can hold
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass
class Sheet:
    """One table: its name, some lines above it, the head, the rows and some lines below."""

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]
    above: Sequence[str] = ()
    below: Sequence[str] = ()
    widths: Sequence[int] = field(default_factory=list)
    wraps: bool = False  # long texts on several lines


def workbook(title: str, sheets: Iterable[Sheet]) -> bytes:
    """The sheets as one file with that title. A text that begins with = or + stays a text."""
    stream = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": _clean(title)[:255]})
        looks: dict[str, dict[str, Any]] = {
            "bold": {"bold": True},
            "text": {},
            "wrapped": {"text_wrap": True},
            "day": {"num_format": "yyyy-mm-dd"},
            "time": {"num_format": "hh:mm"},
            "moment": {"num_format": "yyyy-mm-dd hh:mm"},
        }
        formats = {name: book.add_format(look | {"valign": "top"}) for name, look in looks.items()}
        for sheet in sheets:
            _write(book.add_worksheet(_sheet_name(sheet.name)), sheet, formats)
    return stream.getvalue()


def _write(page: Any, sheet: Sheet, formats: dict[str, Any]) -> None:
    """From the top down: with constant memory a line that was left cannot be written again."""
    for number, width in enumerate(sheet.widths):
        page.set_column(number, number, min(width, WIDEST))
    line = 0
    for words in sheet.above:
        page.write_string(line, 0, _clean(words))
        line += 1
    line += bool(sheet.above)
    for column, words in enumerate(sheet.head):
        page.write_string(line, column, _clean(words), formats["bold"])
    page.freeze_panes(line + 1, 1)
    for row in sheet.rows:
        line += 1
        for column, value in enumerate(row):
            _cell(page, line, column, value, formats, "wrapped" if sheet.wraps else "text")
    line += 1
    for words in sheet.below:
        line += 1
        page.write_string(line, 0, _clean(words))


def _cell(page: Any, line: int, column: int, value: Any, formats: dict[str, Any], text: str) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool | int | float):
        page.write_number(line, column, value)
    elif isinstance(value, dt.datetime):
        page.write_datetime(line, column, value, formats["moment"])
    elif isinstance(value, dt.time):
        page.write_datetime(line, column, value, formats["time"])
    elif isinstance(value, dt.date):
        page.write_datetime(line, column, dt.datetime.combine(value, dt.time()), formats["day"])
    else:
        page.write_string(line, column, _clean(str(value)), formats[text])


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)[:LONGEST]


def _sheet_name(name: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", _clean(name)).strip()[:31] or "Sheet"
