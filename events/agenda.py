"""An agenda as plain data: what a release freezes and what every public form is drawn from. No HTML, no query.

Texts are kept in every language they were written in, as a mapping of language code to text. Days are dates at the
place of the edition; starts and ends are moments with an offset.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

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

    def item(self, key: int) -> Item | None:
        """The item with this id, or None."""
        return next((item for item in self.items if item.id == key), None)

    def only(self, *, day: dt.date | None = None, room: int | None = None, topic: int | None = None) -> Agenda:
        """The same agenda with the items of this day, room and topic; None asks for all."""
        kept = (
            item
            for item in self.items
            if (day is None or item.day == day)
            and (room is None or item.room == room)
            and (topic is None or topic in item.topics)
        )
        return dataclasses.replace(self, items=tuple(kept))


def said(texts: Texts, language: str) -> str:
    """The text in this language, else in English, else in any."""
    return texts.get(language) or texts.get("en") or next((text for text in texts.values() if text), "")


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


# -- Now and next -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NowNext:
    """What runs at a moment, until when, and what starts next."""

    at: dt.datetime
    now: tuple[Item, ...] = ()
    until: dt.datetime | None = None
    next: tuple[Item, ...] = ()
    changes_at: dt.datetime | None = field(default=None, compare=False)
    since: dt.datetime | None = field(default=None, compare=False)


def _start(item: Item) -> dt.datetime:
    return item.start or dt.datetime.max.replace(tzinfo=dt.UTC)


def _ends(agenda: Agenda) -> dict[int, dt.datetime]:
    """When each timed item ends. One without an end lasts until the next start of its day, the last until midnight
    at the place; what starts after midnight and has no end, until the next start at all if that is sooner.
    """
    timed = sorted((i for i in agenda.items if i.start and not i.is_cancelled), key=_start)
    ends: dict[int, dt.datetime] = {}
    for index, item in enumerate(timed):
        if item.end:
            ends[item.id] = item.end
            continue
        later = timed[index + 1 :]
        after = next((_start(other) for other in later if _start(other) > _start(item)), None)
        same_day = next((_start(o) for o in later if _start(o) > _start(item) and o.day == item.day), None)
        local = _start(item).astimezone(agenda.zone)
        midnight = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), agenda.zone)
        ends[item.id] = same_day or min(midnight, after or midnight)
    return ends


def now_next(agenda: Agenda, at: dt.datetime) -> NowNext:
    """What runs at `at` (any zone) and what comes next. A break inside a longer session stands beside it."""
    ends = _ends(agenda)
    timed = [item for item in agenda.items if item.id in ends and item.start]
    running = tuple(i for i in timed if i.start and i.start <= at < ends[i.id])
    coming = [i for i in timed if i.start and i.start > at]
    first = min((i.start for i in coming if i.start), default=None)
    edges = sorted({edge for i in timed if i.start for edge in (i.start, ends[i.id])})
    return NowNext(
        at=at,
        now=running,
        until=min((ends[i.id] for i in running), default=None),
        next=tuple(i for i in coming if i.start == first),
        changes_at=next((edge for edge in edges if edge > at), None),
        since=next((edge for edge in reversed(edges) if edge <= at), None),
    )


# -- The difference of two agendas --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """One difference: what kind, of which item, from what to what (as plain values, in words only when shown)."""

    kind: str  # added, removed, cancelled, reinstated, moved, retitled, room, speakers
    item: int
    title: Texts
    before: Any = None
    after: Any = None


def _times(item: Item) -> dict[str, str | None]:
    values = {"day": item.day, "start": item.start, "end": item.end}
    return {name: value.isoformat() if value else None for name, value in values.items()}


def _speakers(item: Item) -> list[str]:
    return sorted({person.name for person in item.everybody})


def _changes_of(old: Item, new: Item, before: Agenda, after: Agenda) -> Iterator[Change]:
    if old.is_cancelled != new.is_cancelled:
        yield Change("cancelled" if new.is_cancelled else "reinstated", new.id, new.title)
    if (old.day, old.start, old.end) != (new.day, new.start, new.end):
        yield Change("moved", new.id, new.title, _times(old), _times(new))
    if old.title != new.title:
        yield Change("retitled", new.id, new.title, old.title, new.title)
    rooms = before.room_name(old.room), after.room_name(new.room)
    if rooms[0] != rooms[1]:
        yield Change("room", new.id, new.title, *rooms)
    if _speakers(old) != _speakers(new):
        yield Change("speakers", new.id, new.title, _speakers(old), _speakers(new))


def difference(before: Agenda, after: Agenda) -> list[Change]:
    """What changed from one agenda to the next: in the order of the new one, what was removed last."""
    old = {item.uid: item for item in before.items}
    changes: list[Change] = []
    for item in after.items:
        if item.uid in old:
            changes += _changes_of(old.pop(item.uid), item, before, after)
        else:
            changes.append(Change("added", item.id, item.title, None, _times(item)))
    return changes + [Change("removed", item.id, item.title, _times(item), None) for item in old.values()]


def _place(agenda: Agenda, item: Item) -> tuple[str, ...]:
    """What a calendar says of the place, in names: they change without the item."""
    return agenda.room_name(item.room), agenda.venue, agenda.city, agenda.timezone


def numbered(after: Agenda, before: Agenda | None) -> Agenda:
    """The new agenda with each item's sequence raised where it, or its place, differs from the release before."""
    old = {item.uid: item for item in before.items} if before else {}

    def counted(item: Item) -> Item:
        previous = old.get(item.uid)
        if before is None or previous is None:
            return dataclasses.replace(item, sequence=0, changed_at=after.released_at)
        same = dataclasses.replace(item, sequence=previous.sequence, changed_at=previous.changed_at)
        if same == previous and _place(after, item) == _place(before, previous):
            return same
        return dataclasses.replace(item, sequence=previous.sequence + 1, changed_at=after.released_at)

    return dataclasses.replace(after, items=tuple(counted(item) for item in after.items))


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """Items by day, start, letter; without a day last, without a start at the end of their day."""
    return tuple(sorted(items, key=lambda i: (i.day or dt.date.max, _start(i), i.letter)))
