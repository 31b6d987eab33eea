"""The own agenda made ready to be shown: day by day, the choice of a working group, and what was before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from events.agenda import Agenda, Item, said, starts
from events.change_words import change_in_words
from events.scheduling import released_agenda
from events.views.rows import Row, row_of
from participants.concerned import Changed, changed
from participants.models import Participant, VisitBooking
from participants.my_agenda import Chosen, beside, is_group, own
from participants.visits import STANDING


@dataclass(frozen=True)
class Before:
    """What stood in the release before, where the session has changed since; empty texts where it has not."""

    is_new: bool = False
    is_changed: bool = False
    title: str = ""
    time: str = ""
    room: str = ""
    speakers: str = ""


@dataclass(frozen=True)
class OwnRow:
    """A session with its star, what was before, and the booking where it is the field visit."""

    row: Row
    is_starred: bool
    before: Before
    booking: VisitBooking | None = None

    @property
    def may_star(self) -> bool:
        """Breaks and meals, and what is booked, need no star; one that is there can be taken away."""
        is_booked = self.booking is not None and self.booking.state in STANDING
        return self.is_starred or not (self.row.is_thin or is_booked)

    @property
    def people(self) -> str:
        """The names of those who speak, each once."""
        return ", ".join(dict.fromkeys(person.name for person in self.row.item.everybody))


@dataclass(frozen=True)
class Slot:
    """What stands at one time: a session of the own agenda, or a choice of groups."""

    rows: list[OwnRow]
    is_choice: bool = False

    @property
    def first(self) -> OwnRow:
        """The one that says when it is."""
        return self.rows[0]

    @property
    def chosen(self) -> OwnRow | None:
        """The group that was chosen."""
        return next((row for row in self.rows if row.is_starred), None)


@dataclass
class OwnDay:
    """A day with its own programme, and what else takes place. No date: the sessions without a day."""

    date: dt.date | None
    slots: list[Slot] = field(default_factory=list)
    others: list[OwnRow] = field(default_factory=list)


@dataclass(frozen=True)
class Shown:
    """All that the page shows: the days, sentences about what was chosen and is gone, and the numbers of the sessions
    that a browser need not offer: they are starred, or groups beside the one that is chosen.
    """

    days: list[OwnDay]
    gone: list[str]
    known: list[int]
    has_changes: bool


def shown(agenda: Agenda, participant: Participant) -> Shown:
    """The own agenda of a participant; the number of queries does not depend on its size."""
    chosen = Chosen.by(participant)
    bookings = {one.visit_id: one for one in participant.bookings.select_related("visit")}
    before = released_agenda(agenda.slug, number=agenda.number - 1, published_only=False)
    changes = changed(before, agenda) if before else []
    differing = {item.uid: _before(item, changes, before) for item in agenda.items} if before else {}

    def row(item: Item) -> OwnRow:
        booking = bookings.get(item.visit) if item.visit else None
        return OwnRow(row_of(agenda, item), item.uid in chosen.uids, differing.get(item.uid, Before()), booking)

    def is_taken(item: Item) -> bool:
        return is_group(item) and any(other.uid in chosen.uids for other in beside(agenda, item))

    mine = {item.uid for item in own(agenda, chosen)}
    days: dict[dt.date | None, OwnDay] = {date: OwnDay(date) for date in agenda.days}
    for item in agenda.items:
        day = days.setdefault(item.day, OwnDay(item.day))
        if is_group(item) and item.start:
            continue
        if item.uid in mine:
            day.slots.append(Slot([row(item)]))
        else:
            day.others.append(row(item))
    for group in _choices(agenda):
        days[group[0].day].slots.append(Slot([row(item) for item in group], is_choice=True))
    for day in days.values():
        day.slots.sort(key=lambda slot: starts(slot.first.row.item))
    gone = [one for one in changes if one.after is None and one.is_of(chosen)]
    return Shown(
        days=list(days.values()),
        gone=[change_in_words(one.change, agenda) for one in gone],
        known=[item.id for item in agenda.items if item.uid in chosen.uids or is_taken(item)],
        has_changes=bool(gone) or any(differing.get(uid, Before()).is_changed for uid in mine),
    )


def _choices(agenda: Agenda) -> Iterable[list[Item]]:
    """The groups with a time, those that start together in one list."""
    groups = [item for item in agenda.items if is_group(item) and item.start]
    for _start, together in groupby(sorted(groups, key=starts), key=starts):
        yield sorted(together, key=lambda item: (item.letter, item.id))


def _before(item: Item, changes: list[Changed], older: Agenda) -> Before:
    own_changes = [one for one in changes if one.after is item]
    kinds = {one.change.kind for one in own_changes}
    old = next((one.before for one in own_changes if one.before), None)
    if not own_changes or old is None:
        return Before(is_new="added" in kinds, is_changed=bool(kinds))
    title, now = (said(one.title, get_language() or "en") for one in (old, item))
    return Before(
        is_changed=True,
        title=title if title != now else "",
        time=_time(old, item, older) if "moved" in kinds else "",
        room=(older.room_name(old.room) or _("no room")) if "room" in kinds else "",
        speakers=", ".join(dict.fromkeys(one.name for one in old.everybody)) if "speakers" in kinds else "",
    )


def _time(old: Item, new: Item, agenda: Agenda) -> str:
    """When it was: with the day where that is another one."""
    moments = [f"{moment.astimezone(agenda.zone):%H:%M}" for moment in (old.start, old.end) if moment]
    words = f" {pgettext('between two times', 'to')} ".join(moments) or _("time to be announced")
    if old.day == new.day:
        return words
    return f"{date_format(old.day)}, {words}" if old.day else _("day to be announced")
