"""What changed from one agenda to the next, and the sequence of each item that follows from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from events.agenda import Agenda, Item, Texts


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
    """The new agenda with each item's sequence raised where it, or its place, differs from the release before.

    What comes back after it was gone has a higher one than ever: the number of the release is above all before it.
    """
    old = {item.uid: item for item in before.items} if before else {}

    def counted(item: Item) -> Item:
        previous = old.get(item.uid)
        if before is None or previous is None:
            return dataclasses.replace(item, sequence=max(after.number - 1, 0), changed_at=after.released_at)
        same = dataclasses.replace(item, sequence=previous.sequence, changed_at=previous.changed_at)
        if same == previous and _place(after, item) == _place(before, previous):
            return same
        risen = max(after.number - 1, previous.sequence + 1)
        return dataclasses.replace(item, sequence=risen, changed_at=after.released_at)

    return dataclasses.replace(after, items=tuple(counted(item) for item in after.items))
