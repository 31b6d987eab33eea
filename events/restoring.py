"""Going back to a release: what staff edit becomes what was released, without losing what hangs on it.

A session that was never released is deleted. One that was released in another release is cancelled, because calendars
hold it; what is attached to it stays. One is kept as it is where people have booked its visit, and where it would be
deleted although something is attached to it: papers, attendance.
Facts of the edition (title, days, place, zone), of visits and of speakers are not part of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from events.agenda import Agenda, Item, Person, Talk, in_order
from events.change_words import in_words
from events.differences import Change, difference
from events.models import Appearance, Edition, FieldVisit, Session, Speaker, record
from events.models import Talk as TalkRow
from events.scheduling import AgendaChanged, SchedulingError, draft_of, hold_off_edits, released_agenda
from events.writing import moved_visits_told, with_free_rooms, write_agenda

PARTS = (TalkRow, Appearance, FieldVisit)  # what goes and comes with a session


@dataclass(frozen=True)
class Restoration:
    """What going back to a release does: from the agenda of now to the one wanted, and what is worth a sentence."""

    number: int
    now: Agenda
    wanted: Agenda
    deleted: tuple[Item, ...]
    cancelled: tuple[Item, ...]
    kept: tuple[Item, ...]
    remarks: tuple[str, ...]
    mark: str

    @property
    def changes(self) -> list[Change]:
        """The difference that staff will see in their agenda."""
        return difference(self.now, self.wanted)


# -- The verb -----------------------------------------------------------------------------------------------------


@transaction.atomic
def restore_agenda(*, edition: Edition, number: int, seen: str, by: str) -> Restoration:
    """Make what staff edit the agenda of release `number`; nothing is public before the next release.

    `seen` is the mark of the Restoration that was looked at. Returns what was done. Raises AgendaChanged where the
    agenda is no longer the one that was seen, and SchedulingError where there is no such release or the edition is
    archived. Pressed twice, the second has nothing left to do. Tells of visits whose time or status changes.
    """
    edition = Edition.objects.select_for_update(no_key=True, of=("self",)).get(pk=edition.pk)
    if edition.status == Edition.Status.ARCHIVED:
        raise SchedulingError(_("This edition is archived. Its agenda is not changed any more."))
    hold_off_edits(to_write=True)
    plan = restoration_of(edition, number)
    if plan is None:
        raise SchedulingError(_("There is no release %(number)s.") % {"number": number})
    if not plan.changes:
        return plan
    if seen != plan.mark:
        raise AgendaChanged(_("The agenda was changed meanwhile. Look at what is new, then press the button again."))
    with moved_visits_told(edition, by=by):
        write_agenda(edition, plan.wanted)
    record(edition, "restore agenda", by=by, edition=edition, before=plan.mark.split("-")[0], after=number)
    return plan


# -- What it would do ---------------------------------------------------------------------------------------------


def restoration_of(edition: Edition, number: int) -> Restoration | None:
    """What going back to release `number` would do now; None where there is no such release."""
    then = released_agenda(edition.slug, number=number, published_only=False)
    if then is None:
        return None
    draft = draft_of(edition)
    back = Back(then, draft.agenda)
    fates = _fates(edition, then, draft.agenda)
    items = [back.item(item) for item in then.items]
    items += [*fates["kept"], *(dataclasses.replace(item, status="cancelled") for item in fates["cancelled"])]
    items, homeless = with_free_rooms(items, sure={item.uid for item in fates["kept"]})
    for item, other in homeless:
        sentence = _("“%(title)s” comes without a room: “%(other)s” holds it at that time.")
        back.remarks.append(sentence % {"title": in_words(item.title), "other": in_words(other.title)})
    wanted = dataclasses.replace(
        draft.agenda, rooms=tuple(back.rooms.rows), topics=tuple(back.topics.rows), items=in_order(items)
    )
    return Restoration(
        number=number,
        now=draft.agenda,
        wanted=wanted,
        deleted=fates["deleted"],
        cancelled=tuple(item for item in fates["cancelled"] if not item.is_cancelled),
        kept=fates["kept"],
        remarks=tuple(back.remarks),
        mark=draft.mark,
    )


def _fates(edition: Edition, then: Agenda, now: Agenda) -> dict[str, tuple[Item, ...]]:
    """What becomes of each session that the release does not have."""
    there = {item.uid for item in then.items}
    newer = [item for item in now.items if item.uid not in there]
    visits = _used(FieldVisit, [item.visit for item in newer if item.visit])
    used = _used(Session, [item.id for item in newer])
    papers = _used(TalkRow, [talk.id for item in newer for talk in item.talks])
    used |= {item.id for item in newer if any(talk.id in papers for talk in item.talks)}
    released = {row["uid"] for rows in edition.releases.values_list("document__items", flat=True) for row in rows}
    fates: dict[str, list[Item]] = {"kept": [], "cancelled": [], "deleted": []}
    for item in newer:
        is_kept = item.visit in visits or (item.id in used and item.uid not in released)
        fates["kept" if is_kept else "cancelled" if item.uid in released else "deleted"].append(item)
    return {fate: tuple(items) for fate, items in fates.items()}


def _used(model: type[Model], keys: Iterable[int]) -> set[int]:
    """Those of the rows to which others have attached something that is no part of a session."""
    found: set[int] = set()
    wanted = list(keys)
    for relation in model._meta.related_objects:
        if relation.related_model not in PARTS and isinstance(relation.related_model, type):
            name = relation.field.name
            rows = relation.related_model._base_manager.filter(**{f"{name}__in": wanted})
            found |= set(rows.values_list(name, flat=True))
    return found


class Named(Protocol):
    """A room or a topic."""

    id: int
    name: Any


N = TypeVar("N", bound=Any)


class Found:
    """Rooms or topics of a release among those of now: by name, else by id under the old name, else made again."""

    def __init__(self, then: Iterable[N], now: Iterable[N], used: set[int]) -> None:
        self.rows: list[Any] = list(now)
        self.key: dict[int, int] = {}
        wanted = [row for row in then if row.id in used]
        for row in wanted:
            self.key[row.id] = self._place(row, [one.name for one in wanted])

    def _place(self, row: Any, names: list[Any]) -> int:
        for known in self.rows:
            if known.name == row.name:
                return int(known.id)
        for place, known in enumerate(self.rows):
            if known.id == row.id and known.name not in names:
                self.rows[place] = dataclasses.replace(known, name=row.name)
                return int(known.id)
        ids = {known.id for known in self.rows}
        made = dataclasses.replace(row, id=row.id if row.id not in ids else min(0, *ids) - 1)
        self.rows.append(made)
        return int(made.id)


class Back:
    """Items of a release as they are to stand in the edition of now."""

    def __init__(self, then: Agenda, now: Agenda) -> None:
        self.now = {item.uid: item for item in now.items}
        self.remarks: list[str] = []
        self.rooms = Found(then.rooms, now.rooms, {item.room for item in then.items if item.room})
        self.topics = Found(then.topics, now.topics, {topic for item in then.items for topic in item.topics})
        people = [person for item in then.items for person in item.everybody]
        self.speakers = Speaker.objects.in_bulk({person.speaker for person in people})
        talks = [talk.id for item in now.items for talk in item.talks]
        self.papers = _used(TalkRow, talks)

    def item(self, item: Item) -> Item:
        """The item with the ids of now, and what cannot go back said in a remark."""
        mine = self.now.get(item.uid)
        order = [topic.id for topic in self.topics.rows]
        topics = {self.topics.key[topic] for topic in item.topics if topic in self.topics.key}
        return dataclasses.replace(
            item,
            id=mine.id if mine else item.id,
            kind=self._kind(item, mine),
            room=self.rooms.key.get(item.room) if item.room else None,
            topics=tuple(sorted(topics, key=order.index)),
            people=self._people(item.people),
            talks=self._talks(item, mine),
            visit=mine.visit if mine else None,
            sequence=0,
            changed_at=None,
        )

    def _kind(self, item: Item, mine: Item | None) -> str:
        visit = Session.Kind.FIELD_VISIT
        if mine and mine.visit and item.kind != visit:
            self.remarks.append(
                _("“%(title)s” stays a field visit: its visit exists.") % {"title": in_words(mine.title)}
            )
            return mine.kind
        if item.visit and not (mine and mine.visit):
            sentence = _("“%(title)s” is a field visit. Write the facts of the visit again: they are not in a release.")
            self.remarks.append(sentence % {"title": in_words(item.title)})
        return item.kind

    def _people(self, people: tuple[Person, ...]) -> tuple[Person, ...]:
        """Under the names of today: a speaker belongs to all editions."""

        def named(person: Person) -> Person:
            row = self.speakers.get(person.speaker)
            return dataclasses.replace(person, name=row.name, kind=row.kind) if row else person

        return tuple(named(person) for person in people)

    def _talks(self, item: Item, mine: Item | None) -> tuple[Talk, ...]:
        """By id, else by title; one that has papers is kept although the release does not have it."""
        free = list(mine.talks) if mine else []
        talks = []
        for talk in item.talks:
            known = next((one for one in free if one.id == talk.id), None)
            known = known or next((one for one in free if one.title == talk.title), None)
            if known:
                free.remove(known)
            key = known.id if known else talk.id
            talks.append(dataclasses.replace(talk, id=key, people=self._people(talk.people)))
        for talk in (one for one in free if one.id in self.papers):
            sentence = _("The contribution “%(talk)s” of “%(title)s” has papers and is kept.")
            self.remarks.append(sentence % {"talk": in_words(talk.title), "title": in_words(item.title)})
            talks.append(talk)
        return tuple(talks)
