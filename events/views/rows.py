"""Items of an agenda made ready to be shown: in the reader's language, in the edition's time, with address and icon."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType

from django.urls import reverse
from django.utils.translation import get_language

from events.agenda import Agenda, Item, Person, Talk, said
from events.models import Session

Kind = Session.Kind
# (style, icon) of each kind; the style's edge pattern survives black-and-white print.
LOOKS = {
    Kind.REGISTRATION: ("break", "badge"),
    Kind.OPENING: ("plenary", "plenary"),
    Kind.SESSION: ("plenary", "plenary"),
    Kind.PLENARY: ("plenary", "plenary"),
    Kind.PANEL: ("plenary", "users"),
    Kind.WORKING_GROUP: ("group", "group"),
    Kind.SIDE_EVENT: ("demo", "demo"),
    Kind.BREAK: ("break", "break"),
    Kind.MEAL: ("break", "break"),
    Kind.SOCIAL: ("social", "social"),
    Kind.FIELD_VISIT: ("visit", "visit"),
    Kind.CLOSING: ("plenary", "plenary"),
    Kind.ARRIVAL: ("break", "badge"),
    Kind.OTHER: ("plenary", "info"),
}


@dataclass(frozen=True)
class TalkRow:
    """A talk with its speakers."""

    title: str
    abstract: str
    people: tuple[Person, ...]


@dataclass(frozen=True)
class Row:
    """One item, ready to be shown. Start and end are in the edition's zone; `key` is its id as the page writes it."""

    item: Item
    key: str
    link: str
    title: str
    abstract: str
    note: str
    kind: str
    style: str
    icon: str
    room: str
    topics: tuple[str, ...]
    start: dt.datetime | None
    end: dt.datetime | None
    talks: tuple[TalkRow, ...]

    @property
    def is_thin(self) -> bool:
        """Breaks, meals and the like have no box, so that the eye finds the sessions."""
        return self.style == "break"

    @property
    def ends_later_day(self) -> bool:
        """Whether it goes on past midnight."""
        return bool(self.start and self.end and self.end.date() > self.start.date())


@dataclass(frozen=True)
class Slot:
    """What starts at one moment: one row, or several side by side. `until` says when what has no end is over."""

    start: dt.datetime | None
    end: dt.datetime | None
    rows: tuple[Row, ...]
    is_now: bool
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Day:
    """One day of the agenda; None stands for what has no day."""

    date: dt.date | None
    number: int | None
    slots: tuple[Slot, ...]

    @property
    def anchor(self) -> str:
        """Where it stands on the page."""
        return f"day-{self.date.isoformat() if self.date else 'open'}"


@lru_cache(maxsize=64)
def _above_sessions(slug: str, language: str) -> str:
    """What the addresses of all sessions of an edition begin with, in the language in force."""
    return reverse("events:session", args=[slug, 0]).removesuffix("0/")


def row_of(agenda: Agenda, item: Item) -> Row:
    """One item, ready to be shown."""
    language = get_language() or "en"
    style, icon = LOOKS.get(Kind(item.kind), ("plenary", "info"))
    return Row(
        item=item,
        key=str(item.id),
        link=f"{_above_sessions(agenda.slug, language)}{item.id}/",
        title=said(item.title, language),
        abstract=said(item.abstract, language),
        note=said(item.cancelled_note, language),
        kind=str(Kind(item.kind).label),
        style=style,
        icon=icon,
        room=agenda.room_name(item.room),
        topics=tuple(said(topic.name, language) for topic in agenda.topics if topic.id in item.topics),
        start=item.start.astimezone(agenda.zone) if item.start else None,
        end=item.end.astimezone(agenda.zone) if item.end else None,
        talks=tuple(_talk(talk, language) for talk in item.talks),
    )


def _talk(talk: Talk, language: str) -> TalkRow:
    return TalkRow(said(talk.title, language), said(talk.abstract, language), talk.people)


def days_of(
    agenda: Agenda, now: Iterable[Item] = (), ends: Mapping[int, dt.datetime] = MappingProxyType({})
) -> list[Day]:
    """Every day with its slots; a last one without a date holds what has no day. `now` is what runs, `ends` when
    each item is over.
    """
    running = {item.id for item in now}
    days = []
    numbered = agenda.first_day and agenda.last_day
    for date in agenda.days:
        number = None
        if numbered and agenda.first_day and agenda.first_day <= date <= (agenda.last_day or date):
            number = (date - agenda.first_day).days + 1
        days.append(Day(date, number, _slots(agenda, (i for i in agenda.items if i.day == date), running, ends)))
    undated = _slots(agenda, (i for i in agenda.items if i.day is None), running, ends)
    return [*days, Day(None, None, undated)] if undated else days


def _slots(
    agenda: Agenda, items: Iterable[Item], running: set[int], ends: Mapping[int, dt.datetime]
) -> tuple[Slot, ...]:
    slots = []
    # By moments: two times that the clocks of one night show alike are not the same.
    for _moment, group in groupby((row_of(agenda, item) for item in items), key=lambda row: row.item.start):
        rows = tuple(group)
        start = rows[0].start
        if start is None:  # nothing is known to be at the same time
            slots += [Slot(None, None, (row,), False) for row in rows]
            continue
        # What a longer session contains (a break) stands in a row of its own below it.
        for _moment, alike in groupby(sorted(rows, key=_by_end), key=lambda row: row.item.end):
            held = tuple(sorted(alike, key=lambda row: (row.item.letter, row.item.room or 0, row.item.id)))
            end = held[0].end
            over = None if end else max((ends[row.item.id] for row in held if row.item.id in ends), default=None)
            slots.append(Slot(start, end, held, any(row.item.id in running for row in held), over))
    return tuple(slots)


def _by_end(row: Row) -> float:
    return -row.end.timestamp() if row.end else 0.0
