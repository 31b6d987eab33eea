"""The text of an .xlsx sheet, read with the standard library within fixed limits.

A reader that believes the sizes written in a file, or makes room for all cells up to the last one, can be made to ask
for more memory than there is, and the whole process ends. This one believes no number, and keeps a small sheet.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

MOST_ROWS = 1000
MOST_COLUMNS = 50
LONGEST_CELL = 2000
_LARGEST_PART = 10_000_000
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
Attributes = dict[str, str]


class UnreadableError(Exception):
    """A file that is no table of ours; the text says what to do instead."""


def unreadable() -> UnreadableError:
    """For whatever is broken in a file."""
    return UnreadableError(_("This file cannot be read. Save the table as .xlsx again, or as .csv."))


def too_many() -> UnreadableError:
    """For tables that are no list of people."""
    words = {"rows": MOST_ROWS, "columns": MOST_COLUMNS}
    return UnreadableError(
        _("The table has too many rows or columns. Send at most %(rows)s rows and %(columns)s columns.") % words
    )


def read_workbook(content: bytes) -> list[list[str]]:
    """The rows of the first sheet that is shown, as they are counted in it; cells as text, formulas as last computed.

    Raises UnreadableError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            sheet, strings = _places(packed)
            return _Sheet(_Strings(_part(packed, strings)).kept if strings else []).read(_part(packed, sheet))
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, RuntimeError, EOFError, OSError) as error:
        raise unreadable() from error
    except (LookupError, ValueError) as error:  # what is named is not there
        raise unreadable() from error


def _part(packed: zipfile.ZipFile, name: str) -> bytes:
    """One part unpacked: never more than its own entry says, and that is limited."""
    entry = packed.getinfo(name)
    if entry.file_size > _LARGEST_PART:
        raise UnreadableError(_("The table is too large. Send a table with the people alone."))
    if entry.compress_type not in _PACKED:
        raise unreadable()
    return packed.read(entry)


def _places(packed: zipfile.ZipFile) -> tuple[str, str]:
    """The parts that hold the first sheet that is shown, and the texts; "" where there are no texts."""
    shown: list[str] = []
    targets: dict[str, str] = {}
    strings: list[str] = []

    def sheet(name: str, attributes: Attributes) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            shown.extend(value for key, value in attributes.items() if key.endswith(":id"))

    def relation(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            path = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            targets[attributes.get("Id", "")] = path
            strings.extend([path] if attributes.get("Type", "").endswith("/sharedStrings") else [])

    _walk(_part(packed, "xl/workbook.xml"), sheet)
    _walk(_part(packed, "xl/_rels/workbook.xml.rels"), relation)
    return targets[shown[0]], strings[0] if strings else ""


def _walk(
    text: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] = lambda name: None,
    said: Callable[[str], None] = lambda words: None,
) -> None:
    """Call back for each element, by its name without prefix; nothing is expanded that the file itself defines."""
    parser = expat.ParserCreate("utf-8")  # what every program writes, whatever encoding a file may name
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, attributes: start(name.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(text, True)


def _refuse(*_declared: Any) -> None:
    raise unreadable()


class _Text:
    """What an element says in its <t> and <v>; how it is pronounced (<rPh>) is left out."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.is_open = self.is_sound = False

    def start(self, name: str) -> None:
        self.is_open = name in ("t", "v") and not self.is_sound
        self.is_sound = self.is_sound or name == "rPh"

    def end(self, name: str) -> None:
        self.is_open = False
        self.is_sound = self.is_sound and name != "rPh"

    def hear(self, words: str) -> None:
        if self.is_open:
            self.said.append(words)

    def take(self) -> str:
        whole = "".join(self.said)[:LONGEST_CELL]
        self.said = []
        return whole


class _Strings(_Text):
    """The texts that cells name by their number."""

    def __init__(self, text: bytes) -> None:
        super().__init__()
        self.kept: list[str] = []
        _walk(text, lambda name, attributes: self.start(name), self.end, self.hear)

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.kept.append(self.take())


class _Sheet(_Text):
    """The filled cells, each at its place."""

    def __init__(self, strings: list[str]) -> None:
        super().__init__()
        self.strings = strings
        self.rows: list[list[str]] = []
        self.row = self.column = 0
        self.kind = ""

    def read(self, text: bytes) -> list[list[str]]:
        _walk(text, self._start, self.end, self.hear)
        return self.rows

    def _start(self, name: str, attributes: Attributes) -> None:
        self.start(name)
        if name == "row":
            number = attributes.get("r", "")
            self.row, self.column = int(number) if number else self.row + 1, 0
        elif name == "c":
            self.take()
            self.kind = attributes.get("t", "n")
            self._go_to(attributes.get("r", ""))

    def _go_to(self, reference: str) -> None:
        if not reference:
            self.column += 1
            return
        place = re.fullmatch(r"([A-Z]{1,3})([1-9][0-9]{0,6})", reference)
        if place is None:
            raise unreadable()
        self.row, self.column = int(place[2]), 0
        for letter in place[1]:
            self.column = self.column * 26 + ord(letter) - ord("A") + 1

    def end(self, name: str) -> None:
        super().end(name)
        if name == "c" and (value := self._value(self.take())):
            if not (0 < self.row <= MOST_ROWS and 0 < self.column <= MOST_COLUMNS):
                raise too_many()
            self.rows.extend([] for _missing in range(self.row - len(self.rows)))
            cells = self.rows[self.row - 1]
            cells.extend("" for _missing in range(self.column - len(cells)))
            cells[self.column - 1] = value

    def _value(self, text: str) -> str:
        if self.kind == "s" and text:
            return self.strings[int(text)]
        if self.kind == "b" and text:
            return "yes" if text.strip() == "1" else "no"
        return "" if self.kind == "e" else text
