"""JSON read strictly: every value is fetched with its type and its path; a wrong one is named where it stands."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
import zoneinfo
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from events.edition_files.parsed import EditionFileError
from events.models.edition import EARLIEST, LATEST
from events.text import clean_line, clean_text, has_visible

_TYPES = {dict: "an object", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}
_is_url = URLValidator(schemes=["http", "https"])


class Fields(dict[str, Any]):
    """A JSON object that remembers which of its keys were written twice, or from which line of an XML file it comes."""

    twice: str | None = None
    place = ""


def _fields(pairs: list[tuple[str, Any]]) -> Fields:
    found = Fields(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _value in pairs]
        found.twice = next(key for key in keys if keys.count(key) > 1)
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def parse(text: str) -> Node:
    """The JSON text as a tree of checked values; raises EditionFileError with the line or the path at fault."""
    try:
        root = Node(json.loads(text, object_pairs_hook=_fields, parse_constant=_no_constant), "")
        root.check()
    except json.JSONDecodeError as error:
        place = _("line %(line)d, column %(column)d") % {"line": error.lineno, "column": error.colno}
        raise EditionFileError(_("This is not JSON: %(why)s.") % {"why": error.msg}, place) from None
    except (ValueError, RecursionError):
        raise EditionFileError(_("This is not JSON that can be read: a number or the nesting is too large.")) from None
    return root


class Node:
    """A value of the file and where it stands."""

    def __init__(self, value: Any, place: str) -> None:
        self.value = value
        self.place = getattr(value, "place", "") or place

    def fail(self, sentence: str) -> EditionFileError:
        """The error to raise about this value."""
        return EditionFileError(sentence, self.place)

    def check(self) -> None:
        """Refuse doubled keys and characters that are no text, anywhere below."""
        if isinstance(self.value, str):
            if any(unicodedata.category(c) == "Cs" or c == "\0" for c in self.value):
                raise self.fail(_("This text holds a character that is none (NUL or half of a pair)."))
        elif isinstance(self.value, dict):
            if twice := getattr(self.value, "twice", None):
                raise self.fail(_("The key “%(key)s” is written twice.") % {"key": clean_line(twice)})
            for key in self.value:
                Node(key, self.place).check()
                self[key].check()
        elif isinstance(self.value, list):
            for row in self.rows():
                row.check()

    def __getitem__(self, key: str) -> Node:
        joined = f"{self.place}.{key}" if self.place else key
        return Node(self.value.get(key), joined)

    def rows(self) -> Iterator[Node]:
        """The members of a list; none where it is null."""
        self._of(list)
        for number, row in enumerate(self.value or []):
            yield Node(row, f"{self.place}[{number}]")

    def _of(self, wanted: type) -> None:
        kind = dict if isinstance(self.value, dict) else type(self.value)
        if self.value is not None and kind is not wanted:
            found = _TYPES.get(kind, "something else")
            raise self.fail(_("This is %(found)s, not %(wanted)s.") % {"found": found, "wanted": _TYPES[wanted]})

    @property
    def is_null(self) -> bool:
        """Whether there is no such value."""
        return self.value is None

    def fields(self, known: set[str]) -> list[str]:
        """Check that this is an object; the keys of it that nobody knows."""
        if not isinstance(self.value, dict):
            self._of(dict)
            raise self.fail(_("This is missing."))
        return [key for key in self.value if key not in known and not key.startswith(("_", "$"))]

    def line(self, limit: int) -> str:
        """One line of text, cleaned; empty where it is null."""
        return self._text(clean_line, limit)

    def text(self) -> str:
        """Lines of text, cleaned."""
        return self._text(clean_text, 50_000)

    def _text(self, clean: Any, limit: int) -> str:
        if not isinstance(self.value, str):
            self._of(str)
            return ""
        text: str = clean(self.value)
        if text and not has_visible(text):
            raise self.fail(_("In this text nothing can be seen. Write letters or numbers, or null."))
        if len(text) > limit:
            raise self.fail(_("This text is longer than %(limit)d characters.") % {"limit": limit})
        return text

    def date(self) -> dt.date | None:
        """A date like 2018-10-09, within the years that can be shown."""
        text = self.line(40)
        if not text:
            return None
        try:
            day = dt.date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
        except ValueError:
            day = None
        if day is None:
            raise self.fail(_("“%(text)s” is not a date. Write it like 2018-10-09.") % {"text": text})
        if not EARLIEST <= day <= LATEST:
            raise self.fail(_("“%(text)s” is not a day between 1990 and 2100.") % {"text": text})
        return day

    def time(self) -> dt.time | None:
        """A time of the day like 09:30; 24:00 is midnight."""
        text = self.line(40)
        if not text:
            return None
        match = re.fullmatch(r"([0-9]{1,2}):([0-5][0-9])(?::[0-5][0-9])?", text)
        if match is None or (int(match[1]) > 23 and text != "24:00"):
            raise self.fail(_("“%(text)s” is not a time. Write it like 09:30.") % {"text": text})
        return dt.time(int(match[1]) % 24, int(match[2]))

    def moment(self) -> dt.datetime | None:
        """A date and time with its offset, like 2018-10-09T09:30:00+02:00."""
        text = self.line(60)
        if not text:
            return None
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            sentence = _("“%(text)s” is not a time with its offset. Write it like 2018-10-09T09:30:00+02:00.")
            raise self.fail(sentence % {"text": text})
        if not EARLIEST <= moment.date() <= LATEST:
            raise self.fail(_("“%(text)s” is not a day between 1990 and 2100.") % {"text": text})
        return moment

    def zone(self) -> str:
        """The name of an IANA time zone."""
        text = self.line(64)
        if text and text not in zoneinfo.available_timezones():
            raise self.fail(_("“%(text)s” is not a time zone. Write one like Europe/Tirane.") % {"text": text})
        return text

    def url(self) -> str:
        """A web address."""
        text = self.line(500)
        try:
            if text:
                _is_url(text)
        except ValidationError:
            raise self.fail(_("“%(text)s” is not a web address.") % {"text": text}) from None
        return text

    def key(self) -> str:
        """An identifier: a text or a whole number."""
        if type(self.value) is int:
            return Node(str(self.value), self.place).line(100)
        return self.line(100)

    def whole(self) -> int | None:
        """A whole number, 0 or more, that a column can hold."""
        value = self.value
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            value = int(value)  # XML knows only text
        if value is None:
            return None
        if type(value) is not int or not 0 <= value < 2**31:
            raise self.fail(_("This is not a whole number between 0 and 2147483647."))
        return value
