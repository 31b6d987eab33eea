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
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

_LARGEST_PART = 10_000_000
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ESCAPED = re.compile("_x(?!0000|[Dd][89A-Fa-f])([0-9A-Fa-f]{4})_")  # but for what is no character
Attributes = dict[str, str]


@dataclass(frozen=True)
class Bounds:
    """How much of a table is read. A longer cell is cut, more rows or columns are refused."""

    rows: int = 1000
    columns: int = 50
    cell: int = 2000


PEOPLE = Bounds()  # a list of them


class UnreadableError(Exception):
    """A file that is no table of ours; the text says what to do instead."""


def unreadable() -> UnreadableError:
    """For whatever is broken in a file."""
    return UnreadableError(_("This file cannot be read. Save the table as .xlsx again, or as .csv."))


def too_many(bounds: Bounds = PEOPLE) -> UnreadableError:
    """For tables beyond their bounds."""
    words = {"rows": bounds.rows, "columns": bounds.columns}
    return UnreadableError(
        _("The table has too many rows or columns. Send at most %(rows)s rows and %(columns)s columns.") % words
    )


def read_workbook(content: bytes) -> list[list[str]]:
    """The rows of the first sheet that is shown, as they are counted in it; cells as text, formulas as last computed.

    Raises UnreadableError.
    """
    return next(iter(read_sheets(content, PEOPLE, most=1).values()))


def read_sheets(content: bytes, bounds: Bounds, *, most: int) -> dict[str, list[list[str]]]:
    """The rows of the first sheets that are shown, by name. Raises UnreadableError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            sheets, strings = _places(packed)
            if not sheets:
                raise unreadable()
            kept = _Strings(_part(packed, strings), bounds).kept if strings else []
            return {name: _Sheet(kept, bounds).read(_part(packed, part)) for name, part in sheets[:most]}
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, RuntimeError, EOFError, OSError) as error:
        raise unreadable() from error
    except (LookupError, ValueError) as error:  # what is named is not there
        raise unreadable() from error


def _part(packed: zipfile.ZipFile, name: str) -> bytes:
    """One part unpacked: never more than its own entry says, and that is limited."""
    entry = packed.getinfo(name)
    if entry.file_size > _LARGEST_PART:
        raise UnreadableError(_("The table is too large. Leave out pictures and sheets that are not needed."))
    if entry.compress_type not in _PACKED:
        raise unreadable()
    return packed.read(entry)


def _places(packed: zipfile.ZipFile) -> tuple[list[tuple[str, str]], str]:
    """The names and parts of the sheets that are shown, and the part of the texts; "" where there are no texts."""
    shown: list[tuple[str, str]] = []
    targets: dict[str, str] = {}
    strings: list[str] = []

    def sheet(name: str, attributes: Attributes) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            keys = [value for key, value in attributes.items() if key.endswith(":id")]
            shown.extend((attributes.get("name", ""), key) for key in keys)

    def relation(name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            path = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
            targets[attributes.get("Id", "")] = path
            strings.extend([path] if attributes.get("Type", "").endswith("/sharedStrings") else [])

    _walk(_part(packed, "xl/workbook.xml"), sheet)
    _walk(_part(packed, "xl/_rels/workbook.xml.rels"), relation)
    # A program that leaves out what it cannot follow names parts that are not there: only what is asked for counts.
    return [(name, targets.get(key, "")) for name, key in shown], strings[0] if strings else ""


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

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
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
        whole = "".join(self.said)[: self.bounds.cell]
        self.said = []
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), whole)


class _Strings(_Text):
    """The texts that cells name by their number."""

    def __init__(self, text: bytes, bounds: Bounds) -> None:
        super().__init__(bounds)
        self.kept: list[str] = []
        _walk(text, lambda name, attributes: self.start(name), self.end, self.hear)

    def end(self, name: str) -> None:
        super().end(name)
        if name == "si":
            self.kept.append(self.take())


class _Sheet(_Text):
    """The filled cells, each at its place."""

    def __init__(self, strings: list[str], bounds: Bounds) -> None:
        super().__init__(bounds)
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
            if not (0 < self.row <= self.bounds.rows and 0 < self.column <= self.bounds.columns):
                raise too_many(self.bounds)
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
