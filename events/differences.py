"""What changed from one agenda to the next, and the sequence of each item that follows from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from events.agenda import Agenda, Item, Person, Talk, Texts


@dataclass(frozen=True)
class Change:
    """One difference: what kind, of which item, from what to what (as plain values, in words only when shown).

    `item` is None for what belongs to the whole edition; `part` is the title of the contribution that is meant.
    The kinds are the keys of change_words.SENTENCES.
    """

    kind: str
    item: int | None
    title: Texts
    before: Any = None
    after: Any = None
    part: Texts = field(default_factory=dict)


def difference(before: Agenda, after: Agenda) -> list[Change]:
    """What changed from one agenda to the next: the edition, the items in the new order, what was removed last."""
    old = {item.uid: item for item in before.items}
    changes = list(_of_edition(before, after))
    for item in after.items:
        if item.uid in old:
            changes += _of_item(old.pop(item.uid), item, before, after)
        else:
            changes.append(Change("added", item.id, item.title, None, _times(item)))
    return changes + [Change("removed", item.id, item.title, _times(item), None) for item in old.values()]


# -- The edition --------------------------------------------------------------------------------------------------


def _of_edition(before: Agenda, after: Agenda) -> Iterator[Change]:
    """What a reader of any session may want to know. Contact and donors are no part of the programme."""
    facts: list[tuple[str, Any, Any]] = [
        ("edition", before.title, after.title),
        ("edition", before.label, after.label),
        ("place", _address(before), _address(after)),
        ("days", _days(before), _days(after)),
        ("zone", before.timezone, after.timezone),
    ]
    names = {topic.id: topic.name for topic in before.topics}
    facts += [("topic", names[topic.id], topic.name) for topic in after.topics if topic.id in names]
    for kind, old, new in facts:
        if old != new:
            yield Change(kind, None, {}, old, new)
    if before.footnotes != after.footnotes:
        yield Change("footnotes", None, {})


def _address(agenda: Agenda) -> str:
    parts: list[str] = []
    for part in (agenda.venue, agenda.address, agenda.city, agenda.country):
        if part and not any(part in told for told in parts):  # a street address often ends with the city
            parts.append(part)
    return ", ".join(parts)


def _days(agenda: Agenda) -> list[str]:
    return [day.isoformat() for day in (agenda.first_day, agenda.last_day) if day]


# -- One item -----------------------------------------------------------------------------------------------------


def _of_item(old: Item, new: Item, before: Agenda, after: Agenda) -> Iterator[Change]:
    if old.is_cancelled != new.is_cancelled:
        why = new.cancelled_note if new.is_cancelled else {}
        yield Change("cancelled" if new.is_cancelled else "reinstated", new.id, new.title, None, why or None)
    elif new.is_cancelled and old.cancelled_note != new.cancelled_note:
        yield Change("reason", new.id, new.title, old.cancelled_note, new.cancelled_note)
    if (old.day, old.start, old.end) != (new.day, new.start, new.end):  # the same moment may have another offset
        yield Change("moved", new.id, new.title, _times(old), _times(new))
    facts: list[tuple[str, Any, Any]] = [
        ("retitled", old.title, new.title),
        ("kind", old.kind, new.kind),
        ("letter", old.letter, new.letter),
        ("room", before.room_name(old.room), after.room_name(new.room)),
        ("topics", *_topics(old, new, before, after)),
    ]
    for kind, was, now in facts:
        if was != now:
            yield Change(kind, new.id, new.title, was, now)
    yield from _of_people(old, new)
    yield from _of_talks(old, new)
    if old.abstract != new.abstract:
        yield Change("abstract", new.id, new.title)


def _times(item: Item) -> dict[str, str | None]:
    values = {"day": item.day, "start": item.start, "end": item.end}
    return {name: value.isoformat() if value else None for name, value in values.items()}


def _topics(old: Item, new: Item, before: Agenda, after: Agenda) -> tuple[list[Texts], list[Texts]]:
    """The topics of both by name. One that has another name now is told once, for the edition, not for each item."""
    now = {topic.id: topic.name for topic in after.topics}
    was = {topic.id: now.get(topic.id, topic.name) for topic in before.topics}

    def names(keys: Iterable[int], known: dict[int, Texts]) -> list[Texts]:
        return sorted((known[key] for key in keys if key in known), key=lambda texts: sorted(texts.items()))

    return names(old.topics, was), names(new.topics, now)


# -- Who speaks ---------------------------------------------------------------------------------------------------


def _names(people: Iterable[Person]) -> list[str]:
    return sorted({person.name for person in people})


def _appearances(item: Item) -> dict[str, list[dict[str, str]]]:
    """As what each of them appears, by name; the same twice counts once."""
    found: dict[str, list[dict[str, str]]] = {}
    for person in item.everybody:
        facts = dataclasses.asdict(person)
        del facts["speaker"], facts["kind"]
        if facts not in found.setdefault(person.name, []):
            found[person.name].append(facts)
    return {name: sorted(rows, key=lambda row: sorted(row.items())) for name, rows in found.items()}


def _of_people(old: Item, new: Item) -> Iterator[Change]:
    """Who came and went; then function, organisation, role or state of those who stayed."""
    if _names(old.everybody) != _names(new.everybody):
        yield Change("speakers", new.id, new.title, _names(old.everybody), _names(new.everybody))
    was, now = _appearances(old), _appearances(new)
    differ = [name for name in was if name in now and was[name] != now[name]]
    if differ:
        before, after = ([row for name in differ for row in side[name]] for side in (was, now))
        yield Change("people", new.id, new.title, before, after)


# -- Contributions ------------------------------------------------------------------------------------------------


def _paired(old: Item, new: Item) -> list[tuple[Talk, Talk]]:
    """The contributions that both have, by id or else by title, in the new order."""
    free = list(old.talks)
    pairs: dict[int, tuple[Talk, Talk]] = {}
    for is_same in (lambda a, b: a.id == b.id, lambda a, b: a.title == b.title):
        for place, talk in enumerate(new.talks):
            known = next((one for one in free if is_same(one, talk)), None) if place not in pairs else None
            if known:
                free.remove(known)
                pairs[place] = known, talk
    return [pairs[place] for place in sorted(pairs)]


def _of_talks(old: Item, new: Item) -> Iterator[Change]:
    pairs = _paired(old, new)
    kept = [was for was, _now in pairs], [now for _was, now in pairs]
    if added := [talk.title for talk in new.talks if talk not in kept[1]]:
        yield Change("talks_added", new.id, new.title, None, added)
    if removed := [talk.title for talk in old.talks if talk not in kept[0]]:
        yield Change("talks_removed", new.id, new.title, removed, None)
    is_told = _names(old.everybody) != _names(new.everybody)
    for was, now in pairs:
        if was.title != now.title:
            yield Change("talk_retitled", new.id, new.title, was.title, now.title)
        if not is_told and _names(was.people) != _names(now.people):
            yield Change("talk_speakers", new.id, new.title, _names(was.people), _names(now.people), now.title)
    if kept[0] != [talk for talk in old.talks if talk in kept[0]]:
        yield Change("talks_reordered", new.id, new.title)
    if described := [now.title for was, now in pairs if was.abstract != now.abstract]:
        yield Change("talk_abstracts", new.id, new.title, None, described)


# -- Sequence -----------------------------------------------------------------------------------------------------


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
