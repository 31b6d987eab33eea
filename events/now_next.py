"""What of an agenda runs at a moment and what comes next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from events.agenda import Agenda, Item, starts


@dataclass(frozen=True)
class NowNext:
    """What runs at a moment, until when, and what starts next."""

    at: dt.datetime
    now: tuple[Item, ...] = ()
    until: dt.datetime | None = None
    next: tuple[Item, ...] = ()
    changes_at: dt.datetime | None = field(default=None, compare=False)
    since: dt.datetime | None = field(default=None, compare=False)


def ends_of(agenda: Agenda) -> dict[int, dt.datetime]:
    """When each timed item ends. One without an end lasts until the next start of its day, the last until midnight
    at the place; what starts after midnight and has no end, until the next start at all if that is sooner.
    """
    timed = sorted((i for i in agenda.items if i.start and not i.is_cancelled), key=starts)
    ends: dict[int, dt.datetime] = {}
    for index, item in enumerate(timed):
        if item.end:
            ends[item.id] = item.end
            continue
        later = timed[index + 1 :]
        after = next((starts(other) for other in later if starts(other) > starts(item)), None)
        same_day = next((starts(o) for o in later if starts(o) > starts(item) and o.day == item.day), None)
        local = starts(item).astimezone(agenda.zone)
        midnight = dt.datetime.combine(local.date() + dt.timedelta(days=1), dt.time(), agenda.zone)
        ends[item.id] = same_day or min(midnight, after or midnight)
    return ends


def now_next(agenda: Agenda, at: dt.datetime) -> NowNext:
    """What runs at `at` (any zone) and what comes next. A break inside a longer session stands beside it."""
    ends = ends_of(agenda)
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


@dataclass(frozen=True)
class InRoom:
    """What the display at the door of a room shows. `called_off` is cancelled and would run now or come next."""

    now: tuple[Item, ...]
    until: dt.datetime | None
    next: tuple[Item, ...]
    called_off: tuple[Item, ...]
    today: tuple[Item, ...]
    elsewhere: tuple[Item, ...]
    changes_at: dt.datetime | None
    since: dt.datetime | None


def in_room(agenda: Agenda, room: int, at: dt.datetime) -> InRoom:
    """What runs in a room at `at` (any zone) and what comes; when the room is empty also what runs elsewhere."""
    ends = ends_of(agenda)
    today = at.astimezone(agenda.zone).date()
    running = now_next(agenda, at).now
    now = tuple(item for item in running if item.room == room)
    here = [item for item in agenda.items if item.room == room and item.start]
    coming = [item for item in here if not item.is_cancelled and starts(item) > at]
    first = min(map(starts, coming), default=None)
    off = [i for i in here if i.is_cancelled and i.day == today and _is_ahead(at, i) and not now]
    edges = {edge for item in agenda.items if item.start for edge in (item.start, item.end, ends.get(item.id)) if edge}
    return InRoom(
        now=now,
        until=max((ends[item.id] for item in now), default=None),
        next=tuple(item for item in coming if item.start == first),
        called_off=tuple(item for item in off if first is None or starts(item) <= first),
        today=tuple(item for item in here if item.day == today),
        elsewhere=() if now else tuple(item for item in running if item.room != room),
        changes_at=min((edge for edge in edges if edge > at), default=None),
        since=max((edge for edge in edges if edge <= at), default=None),
    )


def _is_ahead(at: dt.datetime, item: Item) -> bool:
    """Whether what is cancelled would not be over yet; without an end it counts until midnight."""
    return item.end is None or at < item.end
