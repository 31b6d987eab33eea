"""Where and when a session is, as staff say it: the rules of place and time that every form and verb shares."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.models import Edition, Room, Session
from events.models.edition import EARLIEST, LATEST

# What is held beside other sessions, in whatever room.
FREE_KINDS = (Session.Kind.BREAK, Session.Kind.MEAL)
NIGHT_ENDS = dt.time(6)  # what starts before may belong to the evening before
ONE_DAY = dt.timedelta(days=1)


class SlotError(Exception):
    """A session cannot be put there; the text is a sentence, `field` the question to answer differently.

    `other` is the session that holds the room, where one does.
    """

    def __init__(self, sentence: str, field: str, other: Session | None = None) -> None:
        super().__init__(sentence)
        self.field = field
        self.other = other


@dataclass(frozen=True)
class Slot:
    """A day, times of day at the place of the edition, and a room. Each may be unknown."""

    day: dt.date | None = None
    start: dt.time | None = None
    end: dt.time | None = None
    ends_next_day: bool = False
    room: Room | None = None

    def __str__(self) -> str:
        """In words, for the reader of an error."""
        if self.day is None:
            when = _("no day")
        elif self.start is None:
            when = _("%(day)s, no time") % {"day": date_format(self.day)}
        else:
            times = "–".join(f"{time:%H:%M}" for time in (self.start, self.end) if time)
            when = f"{date_format(self.day)}, {times}"
        return f"{when}, {self.room.name if self.room else _('no room')}"


def slot_of(session: Session) -> Slot:
    """Where and when a session is now."""
    zone = session.edition.zone
    start, end = (moment and moment.astimezone(zone) for moment in (session.start, session.end))
    return Slot(
        session.day,
        start.time() if start else None,
        end.time() if end else None,
        bool(end and session.day and end.date() > session.day),
        session.room,
    )


def put(session: Session, slot: Slot) -> None:
    """Give a session, which is not saved here, that day, start, end and room. Raises SlotError.

    Whoever calls has locked the edition: what is free now is free until the end of the transaction.
    """
    if slot.day and not EARLIEST <= slot.day <= LATEST:
        raise SlotError(_("Use days between 1990 and 2100."), "day")
    if slot.start and not slot.day:
        raise SlotError(_("Choose the day of this start."), "day")
    if slot.end and not slot.start:
        raise SlotError(_("Write a start before the end."), "start")
    if slot.room and slot.room.edition_id != session.edition_id:
        raise SlotError(_("Choose a room of this edition."), "room")
    start, end = _moments(session, slot)
    if start and end and end <= start:
        raise SlotError(_("The end is not after the start. If it ends after midnight, tick “next day”."), "end")
    if start and end and end - start > ONE_DAY:
        raise SlotError(_("A session lasts at most 24 hours."), "end")
    session.day, session.start, session.end, session.room = slot.day, start, end, slot.room
    refuse_clash(session)


def refuse_clash(session: Session) -> None:
    """Raise SlotError with the name of the other session that holds the room at that time."""
    if other := holder(session):
        raise SlotError(_("“%(title)s” holds this room at that time.") % {"title": other.title}, "room", other)


def holder(session: Session) -> Session | None:
    """Another session that holds the room while this one would; None where the room is free."""
    holds = session.status == Session.Status.SCHEDULED and session.kind not in FREE_KINDS
    if not (holds and session.room_id and session.start and session.end):
        return None
    held = Session.objects.filter(room=session.room_id, status=Session.Status.SCHEDULED).exclude(kind__in=FREE_KINDS)
    return held.filter(start__lt=session.end, end__gt=session.start).exclude(pk=session.pk).first()


def told_twice(session: Session) -> list[str]:
    """A sentence for each time of the session that comes twice in the night in which clocks are put back."""
    local = [moment.astimezone(session.edition.zone) for moment in (session.start, session.end) if moment]
    twice = [one for one in local if one.replace(fold=0).utcoffset() != one.replace(fold=1).utcoffset()]
    first = _("The clocks change on that day and %(time)s comes twice. The first is meant.")
    second = _("The clocks change on that day and %(time)s comes twice. The second is meant.")
    return [(second if one.fold else first) % {"time": f"{one:%H:%M}"} for one in twice]


def _moments(session: Session, slot: Slot) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Start and end. A time that is not changed keeps its moment, be it the second of two of that name."""
    before, edition = slot_of(session), session.edition
    is_kept = (slot.day, slot.start) == (before.day, before.start)
    start = session.start if is_kept else _moment("start", _first_day(session, slot), slot.start, edition)
    if is_kept and (slot.end, slot.ends_next_day) == (before.end, before.ends_next_day):
        return start, session.end
    later = ONE_DAY if slot.ends_next_day else dt.timedelta()
    return start, _moment("end", slot.day + later if slot.day else None, slot.end, edition)


def _first_day(session: Session, slot: Slot) -> dt.date | None:
    """The date of the start: the day, or the next one where the session stands in the night after its day."""
    local = session.start and session.start.astimezone(session.edition.zone)
    is_at_night = bool(local and session.day and local.date() > session.day)
    if slot.day and slot.start and is_at_night and slot.ends_next_day and slot.start < NIGHT_ENDS:
        return slot.day + ONE_DAY
    return slot.day


def _moment(field: str, day: dt.date | None, time: dt.time | None, edition: Edition) -> dt.datetime | None:
    """The moment in UTC; of two of that name the first. A time that the clock change leaves out does not exist."""
    if day is None or time is None:
        return None
    moment = dt.datetime.combine(day, time, edition.zone)
    utc = moment.astimezone(dt.UTC)
    if utc.astimezone(edition.zone).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise SlotError(_("This time does not exist on that day: the clocks change. Choose another."), field)
    return utc
