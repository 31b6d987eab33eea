"""An agenda as plain data: what a release freezes and what every public form is drawn from. No HTML, no query.

Texts are kept in every language they were written in, as a mapping of language code to text. Days are dates at the
place of the edition; starts and ends are moments with an offset.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from events.text import fold

T = TypeVar("T")
Texts = dict[str, str]


@dataclass(frozen=True)
class Person:
    """An appearance: who speaks (a person, a State or an organisation), as what, in which role."""

    speaker: int
    name: str
    kind: str
    honorific: str
    function: str
    organisation: str
    role: str
    state: str


@dataclass(frozen=True)
class Talk:
    """A contribution inside an item."""

    id: int
    title: Texts
    abstract: Texts
    people: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Item:
    """One session of the agenda. `sequence` rises with every release in which it changed, last at `changed_at`."""

    id: int
    uid: str
    kind: str
    letter: str
    title: Texts
    abstract: Texts
    day: dt.date | None
    start: dt.datetime | None
    end: dt.datetime | None
    room: int | None
    topics: tuple[int, ...]
    status: str
    cancelled_note: Texts
    people: tuple[Person, ...] = ()
    talks: tuple[Talk, ...] = ()
    visit: int | None = None
    sequence: int = 0
    changed_at: dt.datetime | None = None

    @property
    def is_cancelled(self) -> bool:
        """Cancelled items stay in the agenda and say so."""
        return self.status == "cancelled"

    @property
    def everybody(self) -> Iterator[Person]:
        """Those of the item, then those of its talks."""
        yield from self.people
        for talk in self.talks:
            yield from talk.people

    @cached_property
    def words(self) -> str:
        """What a search finds in it: its texts in every language and its people, folded once for all readers."""
        texts = [*self.title.values(), *self.abstract.values()]
        for talk in self.talks:
            texts += [*talk.title.values(), *talk.abstract.values()]
        for person in self.everybody:
            texts += [person.honorific, person.name, person.function, person.organisation]
        return words_of(" ".join(texts))


@dataclass(frozen=True)
class Room:
    """A room by its id."""

    id: int
    name: str
    capacity: int | None


@dataclass(frozen=True)
class Topic:
    """A topic by its id."""

    id: int
    name: Texts


@dataclass(frozen=True)
class Donor:
    """Who pays for the edition, and the decision to do so with its link, where there is one."""

    name: str
    legal_basis: str = ""
    link: str = ""


@dataclass(frozen=True)
class Agenda:
    """The whole agenda of one edition in one release (number 0: not released)."""

    slug: str
    title: Texts
    label: Texts
    city: str
    country: str
    venue: str
    address: str
    timezone: str
    first_day: dt.date | None
    last_day: dt.date | None
    contact: str = ""
    rooms: tuple[Room, ...] = ()
    topics: tuple[Topic, ...] = ()
    items: tuple[Item, ...] = ()
    number: int = 0
    status: str = "draft"
    note: str = ""
    released_at: dt.datetime | None = None
    footnotes: Texts = field(default_factory=dict)
    donors: tuple[Donor, ...] = ()

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone in which every time is shown; UTC where it is unknown."""
        return zoneinfo.ZoneInfo(self.timezone or "UTC")

    @property
    def days(self) -> list[dt.date]:
        """Every day of the edition and every other day on which something stands, in order."""
        days = {item.day for item in self.items if item.day}
        if self.first_day and self.last_day:
            days |= {self.first_day + dt.timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)}
        return sorted(days)

    def room_name(self, room: int | None) -> str:
        """The name of a room by its id; empty when there is none."""
        return next((r.name for r in self.rooms if r.id == room), "")

    def item(self, key: int | None) -> Item | None:
        """The item with this id; None where there is none, or none is asked for."""
        return next((item for item in self.items if item.id == key), None)

    def only(
        self, *, day: dt.date | None = None, room: int | None = None, topic: int | None = None, kind: str = ""
    ) -> Agenda:
        """The same agenda with the items of this day, room, topic and kind; None or nothing asks for all."""
        kept = (
            item
            for item in self.items
            if (day is None or item.day == day)
            and (room is None or item.room == room)
            and (topic is None or topic in item.topics)
            and (not kind or item.kind == kind)
        )
        return dataclasses.replace(self, items=tuple(kept))


def said(texts: Texts, language: str) -> str:
    """The text in this language, else in English, else in any."""
    return texts.get(language) or texts.get("en") or next((text for text in texts.values() if text), "")


def notes_used(notes: Texts, printed: Iterable[str], language: str) -> list[str]:
    """The footnotes whose mark (what a note begins with, as "*") stands at the end of a word in what is printed."""
    kept = []
    texts = list(printed)
    for note in said(notes, language).splitlines():
        mark = re.match(r"[^\w\s]+", note.strip())
        if mark and any(re.search(rf"\w{re.escape(mark[0])}(?!\w)", text) for text in texts):
            kept.append(note.strip())
    return kept


def words_of(text: str) -> str:
    """The words of a text as a search compares them: folded, without punctuation; "O'Brien" is one word."""
    return " ".join(re.findall(r"\w+", fold(re.sub("['\u2019\u02bc]", "", text))))


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items by day, start, letter; without a day last, without a start at the end of their day."""
    return tuple(sorted(items, key=lambda i: (i.day or dt.date.max, starts(i), i.letter)))


def starts(item: Item) -> dt.datetime:
    """When it starts; the end of time where that is not known, so that it sorts last."""
    return item.start or dt.datetime.max.replace(tzinfo=dt.UTC)


# -- JSON ---------------------------------------------------------------------------------------------------------


def to_json(agenda: Agenda) -> dict[str, Any]:
    """The agenda as JSON-able data, which from_json reads back to an equal agenda."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [walk(inner) for inner in value]
        return value.isoformat() if isinstance(value, dt.date) else value

    return walk(dataclasses.asdict(agenda))  # type: ignore[no-any-return]


def _made(cls: type[T], row: dict[str, Any], **read: Any) -> T:
    """A dataclass from its stored row. Releases live for ever: what a later version added has its default, what it
    took away is passed over.
    """
    known = {each.name for each in dataclasses.fields(cls)}  # type: ignore[arg-type]
    return cls(**{name: value for name, value in (row | read).items() if name in known})


def _date(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def _people(rows: list[dict[str, Any]]) -> tuple[Person, ...]:
    return tuple(_made(Person, row) for row in rows)


def _item(row: dict[str, Any]) -> Item:
    return _made(
        Item,
        row,
        day=_date(row["day"]),
        start=_moment(row["start"]),
        end=_moment(row["end"]),
        changed_at=_moment(row["changed_at"]),
        topics=tuple(row["topics"]),
        people=_people(row["people"]),
        talks=tuple(_made(Talk, talk, people=_people(talk["people"])) for talk in row["talks"]),
    )


def from_json(stored: dict[str, Any]) -> Agenda:
    """The agenda that to_json of this or an earlier version wrote."""
    return _made(
        Agenda,
        stored,
        first_day=_date(stored["first_day"]),
        last_day=_date(stored["last_day"]),
        released_at=_moment(stored["released_at"]),
        rooms=tuple(_made(Room, row) for row in stored["rooms"]),
        topics=tuple(_made(Topic, row) for row in stored["topics"]),
        items=tuple(_item(row) for row in stored["items"]),
        donors=tuple(_made(Donor, row) for row in stored.get("donors", [])),
    )
