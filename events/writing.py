"""An agenda as plain data put back into the rows that staff edit."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db.models import Max, Model
from i18nfield.strings import LazyI18nString

from events.agenda import Agenda, Item, Person, Talk, Texts, in_order
from events.models import Appearance, Edition, FieldVisit, Room, Session, Speaker, Topic
from events.models import Talk as TalkRow
from events.scheduling import build_agenda, texts
from events.signals import visit_changed

M = TypeVar("M", bound=Model)
FREE_KINDS = {Session.Kind.BREAK, Session.Kind.MEAL}  # they hold no room


@contextmanager
def moved_visits_told(edition: Edition, *, by: str) -> Iterator[None]:
    """Tell of each visit whose session has another time or status afterwards: its places follow at once."""

    def standing() -> dict[int, tuple[Any, ...]]:
        rows = FieldVisit.objects.filter(session__edition=edition).order_by("pk")
        return {pk: rest for pk, *rest in rows.values_list("pk", *(f"session__{name}" for name in WHEN))}

    before = standing()
    yield
    after = standing()
    moved = [pk for pk, when in after.items() if pk in before and before[pk] != when]
    for visit in FieldVisit.objects.filter(pk__in=moved).order_by("pk"):
        visit_changed.send(FieldVisit, visit=visit, by=by)


WHEN = ("day", "start", "end", "status")


# -- Rooms --------------------------------------------------------------------------------------------------------


def with_free_rooms(items: Iterable[Item], *, sure: Collection[str]) -> tuple[list[Item], list[tuple[Item, Item]]]:
    """The items, without a room where another holds it; and each of those with the one that holds its room.

    `sure` are the uids that keep their room whatever comes.
    """
    rows = list(items)
    held: list[Item] = []
    refused: dict[str, Item] = {}
    for item in sorted(rows, key=lambda one: one.uid not in sure):
        if not _holds(item):
            continue
        if other := next((one for one in held if one.room == item.room and _overlap(one, item)), None):
            refused[item.uid] = other
        else:
            held.append(item)
    kept = [dataclasses.replace(item, room=None) if item.uid in refused else item for item in rows]
    return kept, [(item, refused[item.uid]) for item in rows if item.uid in refused]


def _holds(item: Item) -> bool:
    return bool(item.room and item.start and item.end and not item.is_cancelled and item.kind not in FREE_KINDS)


def _overlap(one: Item, other: Item) -> bool:
    return bool(one.start and one.end and other.start and other.end and one.start < other.end and other.start < one.end)


# -- Writing ------------------------------------------------------------------------------------------------------


def write_agenda(edition: Edition, wanted: Agenda) -> None:
    """Make the sessions of the edition, with all that is inside them, those of `wanted`; others are deleted.

    Sessions are known by their uid, rooms, topics and contributions by their id. What is not there is made, with the
    same id where it is free, so that links to it lead there again. The caller holds the lock of the edition, has
    called hold_off_edits and has seen to it that no two sessions want one room at the same time.
    """
    now = {item.uid: item for item in build_agenda(edition).items}
    writer = Writer(edition, wanted)
    rows = {str(row.uid): row for row in edition.sessions.all()}
    kept = {item.uid for item in wanted.items}
    for uid, row in rows.items():
        if uid not in kept:
            row.delete()
    changed = [item for item in wanted.items if item.uid not in now or _essence(now[item.uid]) != _essence(item)]
    # Two sessions may have changed places: no room is given before every other session has left it.
    edition.sessions.filter(uid__in=[item.uid for item in changed]).update(room=None)
    for item in changed:
        writer.write(item, rows.get(item.uid))
    _put_in_order(edition, wanted)


def _essence(item: Item) -> Item:
    """What is written of an item: without what a release counts and what others decide."""
    return dataclasses.replace(item, id=0, visit=None, sequence=0, changed_at=None, topics=tuple(sorted(item.topics)))


def _put_in_order(edition: Edition, wanted: Agenda) -> None:
    """Sessions that nothing else tells apart stand in the order wanted."""
    order = [item.uid for item in in_order(wanted.items)]
    if [item.uid for item in build_agenda(edition).items] == order:
        return
    places = {uid: min(place, 30_000) for place, uid in enumerate(order)}
    for row in edition.sessions.all():
        row.order = places[str(row.uid)]
        row.save(update_fields=["order", "changed_at"])


def appear(session: Session, talk: TalkRow | None, speaker: Speaker, person: Any, order: int) -> Appearance:
    """A speaker's part as a row; `person` says honorific, function, organisation, role and state."""
    facts = {name: getattr(person, name) for name in ("honorific", "function", "organisation", "role", "state")}
    return Appearance.objects.create(session=session, talk=talk, speaker=speaker, order=order, **facts)


def _text(said: Texts) -> Any:
    return LazyI18nString(said) if said else ""


def _key(model: type[M], key: int) -> dict[str, int]:
    """The id that a row had, if no other has it now."""
    return {"pk": key} if key > 0 and not model._base_manager.filter(pk=key).exists() else {}


class Writer:
    """Writes items into an edition whose rooms and topics are those wanted."""

    def __init__(self, edition: Edition, wanted: Agenda) -> None:
        self.edition = edition
        self.rooms = self._rooms(wanted)
        self.topics = self._topics(wanted)
        people = [person for item in wanted.items for person in item.everybody]
        self.speakers = Speaker.objects.in_bulk({person.speaker for person in people})

    def _rooms(self, wanted: Agenda) -> dict[int, Room]:
        rooms = {room.pk: room for room in self.edition.rooms.all()}
        last = self.edition.rooms.aggregate(last=Max("order"))["last"] or 0
        for room in wanted.rooms:
            if room.id not in rooms:
                facts: dict[str, Any] = {"name": room.name, "capacity": room.capacity, "order": min(last + 1, 30_000)}
                rooms[room.id] = Room.objects.create(edition=self.edition, **_key(Room, room.id), **facts)
                last += 1
            elif rooms[room.id].name != room.name:
                rooms[room.id].name = room.name
                rooms[room.id].save(update_fields=["name"])
        return rooms

    def _topics(self, wanted: Agenda) -> dict[int, Topic]:
        topics = {topic.pk: topic for topic in self.edition.topics.all()}
        last = self.edition.topics.aggregate(last=Max("order"))["last"] or 0
        for topic in wanted.topics:
            if topic.id not in topics:
                facts: dict[str, Any] = {"name": _text(topic.name), "order": min(last + 1, 30_000)}
                topics[topic.id] = Topic.objects.create(edition=self.edition, **_key(Topic, topic.id), **facts)
                last += 1
            elif texts(topics[topic.id].name) != topic.name:
                topics[topic.id].name = _text(topic.name)
                topics[topic.id].save(update_fields=["name"])
        return topics

    def write(self, item: Item, row: Session | None) -> None:
        """One item into its row, or into a new one."""
        session = row or Session(edition=self.edition, uid=item.uid, **_key(Session, item.id))
        session.kind, session.letter = item.kind, item.letter
        session.title, session.abstract = _text(item.title), _text(item.abstract)
        session.day, session.start, session.end = item.day, item.start, item.end
        session.status, session.cancelled_note = item.status, _text(item.cancelled_note)
        session.room = self.rooms[item.room] if item.room else None
        session.save(force_insert=row is None)
        session.topics.set([self.topics[key] for key in item.topics])
        session.appearances.all().delete()
        self._appear(session, None, item.people)
        self._write_talks(session, item.talks)

    def _write_talks(self, session: Session, talks: tuple[Talk, ...]) -> None:
        """Contributions of the same id stay the same rows: papers hang on them."""
        rows = {row.pk: row for row in session.talks.all()}
        for key in set(rows) - {talk.id for talk in talks}:
            rows[key].delete()
        for order, talk in enumerate(talks):
            row = rows.get(talk.id)
            made = row or TalkRow(session=session, **_key(TalkRow, talk.id))
            made.title, made.abstract, made.order = _text(talk.title), _text(talk.abstract), order
            made.save(force_insert=row is None)
            self._appear(session, made, talk.people)

    def _appear(self, session: Session, talk: TalkRow | None, people: tuple[Person, ...]) -> None:
        for order, person in enumerate(people):
            appear(session, talk, self._speaker(person), person, order)

    def _speaker(self, person: Person) -> Speaker:
        """The same row; one that is gone is looked for by name, else made again."""
        if person.speaker not in self.speakers:
            found = Speaker.objects.filter(name=person.name, kind=person.kind).order_by("pk").first()
            self.speakers[person.speaker] = found or Speaker.objects.create(name=person.name, kind=person.kind)
        return self.speakers[person.speaker]
