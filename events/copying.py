"""The agenda of another edition as the first draft of this one: the same times of day, on the days of this edition."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from events.agenda import Agenda, Item, Person, Room, Talk, Topic, in_order
from events.change_words import in_words
from events.models import Appearance, Edition, HistoryLine, Session, record
from events.scheduling import (
    AgendaChanged,
    Draft,
    SchedulingError,
    build_agenda,
    draft_of,
    hold_off_edits,
    released_agenda,
)
from events.writing import with_free_rooms, write_agenda

COPIED = "copy agenda"  # the history line by which a second press is known
LONGEST = dt.timedelta(hours=24)


@dataclass(frozen=True)
class Wish:
    """From where, and what comes along. `is_public`: the last release of the source, not what staff edit there."""

    source: Edition
    is_public: bool = False
    rooms: bool = True
    topics: bool = True
    talks: bool = True
    speakers: bool = True
    beside: bool = False  # also where sessions are already there


@dataclass(frozen=True)
class Copy:
    """What a copy would write: each new item with the one that it is made from, and what is worth a sentence."""

    pairs: tuple[tuple[Item, Item], ...]
    source: Agenda
    wanted: Agenda
    remarks: tuple[str, ...]
    mark: str

    @property
    def days(self) -> list[tuple[dt.date | None, dt.date | None, list[Item]]]:
        """For each day there: the day here and its new items; what has no day last."""
        days: dict[dt.date | None, tuple[dt.date | None, list[Item]]] = {}
        for old, new in self.pairs:
            days.setdefault(old.day, (new.day, []))[1].append(new)
        order = sorted(days, key=lambda day: day or dt.date.max)
        return [(day, days[day][0], list(in_order(days[day][1]))) for day in order]


# -- The verb -----------------------------------------------------------------------------------------------------


@transaction.atomic
def copy_agenda(*, edition: Edition, wish: Wish, seen: str, by: str) -> int:
    """Write the copy into the edition and return how many sessions were made; nothing is public before a release.

    `seen` is the mark of the Copy that was looked at: the same press twice writes once. Raises AgendaChanged where one
    of the two agendas is no longer the one that was seen, and SchedulingError where nothing can be copied.
    """
    edition = Edition.objects.select_for_update(no_key=True, of=("self",)).get(pk=edition.pk)
    hold_off_edits(to_write=True)
    lines = HistoryLine.objects.filter(edition=edition, verb=COPIED, after__endswith=f" {seen}")
    try:
        plan = copy_of(edition, wish)
    except SchedulingError:
        if seen and (line := lines.first()):
            return int(line.after.split()[0])
        raise
    if seen != plan.mark:
        if seen and (line := lines.first()):
            return int(line.after.split()[0])
        raise AgendaChanged(_("One of the two agendas was changed meanwhile. Look again, then press the button again."))
    write_agenda(edition, plan.wanted)
    count = len(plan.pairs)
    record(edition, COPIED, by=by, edition=edition, before=wish.source.slug, after=f"{count} sessions {plan.mark}")
    return count


# -- What it would do ---------------------------------------------------------------------------------------------


def copy_of(edition: Edition, wish: Wish) -> Copy:
    """What copying would write now. Raises SchedulingError where it cannot be."""
    draft, source = draft_of(edition), _source(wish)
    _refuse(edition, draft, wish)
    shift = Shift(source, draft.agenda)
    going = [item for item in source.items if not item.is_cancelled]
    remarks = []
    if cancelled := len(source.items) - len(going):
        remarks.append(_("Cancelled sessions are not copied: %(count)s.") % {"count": cancelled})
    if any(item.kind == Session.Kind.FIELD_VISIT for item in going):
        remarks.append(_("The facts of a field visit (site, places, rules) are not copied. Write them in its session."))
    places = Places(source, draft.agenda, wish)
    new = [places.item(shift.item(item), wish) for item in going]
    if shift.outside:
        remarks.append(_("Sessions that come to stand outside the days of this edition: %(n)s.") % {"n": shift.outside})
    kept = [item.uid for item in draft.agenda.items]
    free, homeless = with_free_rooms([*draft.agenda.items, *new], sure=kept)
    for item, other in homeless:
        sentence = _("“%(title)s” comes without a room: “%(other)s” holds it at that time.")
        remarks.append(sentence % {"title": in_words(item.title), "other": in_words(other.title)})
    wanted = dataclasses.replace(
        draft.agenda, rooms=tuple(places.rooms), topics=tuple(places.topics), items=in_order(free)
    )
    return Copy(
        pairs=tuple(zip(going, free[len(kept) :], strict=True)),
        source=source,
        wanted=wanted,
        remarks=tuple(remarks + shift.remarks),
        mark=_mark(draft, source, wish),
    )


def _source(wish: Wish) -> Agenda:
    agenda = released_agenda(wish.source.slug) if wish.is_public else build_agenda(wish.source)
    if agenda is None or not agenda.items:
        raise SchedulingError(_("That edition has no sessions to copy."))
    return agenda


def _mark(draft: Draft, source: Agenda, wish: Wish) -> str:
    """Equal only for the same two agendas and the same wish."""
    asked = (wish.source.pk, wish.is_public, wish.rooms, wish.topics, wish.talks, wish.speakers, wish.beside)
    drawn = f"{draft.mark} {Draft(source, None, None).mark} {asked}"
    return hashlib.sha256(drawn.encode()).hexdigest()[:32]


def _refuse(edition: Edition, draft: Draft, wish: Wish) -> None:
    if edition.status == Edition.Status.ARCHIVED:
        raise SchedulingError(_("This edition is archived. Its agenda is not changed any more."))
    if wish.source.pk == edition.pk:
        raise SchedulingError(_("Choose another edition: this is the one you copy to."))
    if not edition.first_day or not edition.timezone:
        raise SchedulingError(_("Write the days and the time zone of this edition first."))
    if draft.agenda.items and not wish.beside:
        sentence = _("This edition has sessions already: %(count)s. Tick below that the copy is added to them.")
        raise SchedulingError(sentence % {"count": len(draft.agenda.items)})


class Shift:
    """Days counted from the first one; times of day as they are read on the clocks of either place."""

    def __init__(self, source: Agenda, target: Agenda) -> None:
        self.source_zone, self.zone = source.zone, target.zone
        days = [item.day for item in source.items if item.day]
        self.source_day = source.first_day or min(days, default=dt.date.min)
        self.first_day = target.first_day or dt.date.min
        self.last_day = target.last_day or self.first_day
        self.remarks: list[str] = []
        self.outside = 0

    def item(self, item: Item) -> Item:
        """The same item on the day of this edition, as a new one."""
        day = self._day(item.day) if item.day else None
        start = self._moment(item.start, item) if item.start else None
        end = self._moment(item.end) if item.end else None
        if start and end and item.start and item.end:
            if end <= start:
                end = start + (item.end - item.start)
            end = min(end, start + LONGEST)
        if day and not self.first_day <= day <= self.last_day:
            self.outside += 1
        return dataclasses.replace(
            item, id=0, uid=str(uuid.uuid4()), day=day, start=start, end=end, visit=None, sequence=0, changed_at=None
        )

    def _day(self, day: dt.date) -> dt.date:
        return self.first_day + (day - self.source_day)

    def _moment(self, moment: dt.datetime, said_of: Item | None = None) -> dt.datetime:
        """The same time of day; one that the clock change leaves out becomes the hour after it."""
        local = moment.astimezone(self.source_zone)
        wanted = dt.datetime.combine(self._day(local.date()), local.time(), self.zone)
        made = wanted.astimezone(dt.UTC)
        shown = made.astimezone(self.zone)
        if said_of and shown.replace(tzinfo=None, fold=0) != wanted.replace(tzinfo=None, fold=0):
            sentence = _("“%(title)s” would start at %(time)s, which that day does not have. It starts at %(new)s.")
            words = {"title": in_words(said_of.title), "time": f"{wanted:%H:%M}", "new": f"{shown:%H:%M}"}
            self.remarks.append(sentence % words)
        return made


class Places:
    """Rooms and topics of the source in this edition: those of the same name, else new ones with negative ids."""

    def __init__(self, source: Agenda, target: Agenda, wish: Wish) -> None:
        self.rooms: list[Room] = list(target.rooms)
        self.topics: list[Topic] = list(target.topics)
        self.room: dict[int, int] = {}
        self.topic: dict[int, int] = {}
        for room in source.rooms if wish.rooms else ():
            known = next((one for one in self.rooms if one.name == room.name), None)
            if known is None:
                known = dataclasses.replace(room, id=-len(self.rooms) - 1)
                self.rooms.append(known)
            self.room[room.id] = known.id
        for topic in source.topics if wish.topics else ():
            same = next((one for one in self.topics if one.name == topic.name), None)
            if same is None:
                same = dataclasses.replace(topic, id=-len(self.topics) - 1)
                self.topics.append(same)
            self.topic[topic.id] = same.id

    def item(self, item: Item, wish: Wish) -> Item:
        """The item with rooms and topics of this edition, and of its people and contributions what is wished."""
        talks = tuple(
            Talk(0, talk.title, talk.abstract, _people(talk.people, wish)) for talk in item.talks if wish.talks
        )
        # Who speaks in a contribution that does not come along does not come along either.
        return dataclasses.replace(
            item,
            room=self.room.get(item.room) if item.room else None,
            topics=tuple(self.topic[key] for key in item.topics if key in self.topic),
            people=_people(item.people, wish),
            talks=talks,
        )


def _people(people: tuple[Person, ...], wish: Wish) -> tuple[Person, ...]:
    """Nobody has agreed to speak again."""
    asked = Appearance.State.TO_BE_CONFIRMED
    return tuple(dataclasses.replace(person, state=str(asked)) for person in people) if wish.speakers else ()
