"""Who gets a place on a field visit, who waits, and what is still missing. The verbs are in visits.py.

All of it happens under the lock of the edition, then of the visit: ask without them, and the answer is old.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import FieldVisit, Session, record
from participants import mail
from participants.capacity import lock_edition
from participants.models import Participant, VisitBooking

State = VisitBooking.State
TRANSITIONS: dict[State, frozenset[State]] = {
    State.ASKED: frozenset({State.CONFIRMED, State.WAITLISTED, State.REFUSED, State.WITHDRAWN}),
    State.WAITLISTED: frozenset({State.CONFIRMED, State.REFUSED, State.WITHDRAWN}),
    State.CONFIRMED: frozenset({State.REFUSED, State.WITHDRAWN}),
    # The host changes its mind, by a yes; the participant alone cannot ask again.
    State.REFUSED: frozenset({State.ASKED}),
    State.WITHDRAWN: frozenset({State.ASKED}),
}
STANDING = (State.ASKED, State.WAITLISTED, State.CONFIRMED)
# What the host of a visit may ask, and the fields of the record that answer it.
ASKED_RECORD = {
    "asks_identity": ("nationality", "document_type", "document_number", "document_expiry"),
    "asks_birth_date": ("birth_date",),
    "asks_sizes": ("sizes",),
    "asks_emergency_contact": ("emergency_contact",),
}


class VisitError(Exception):
    """A change that the rules do not allow; the text is a sentence for a person, `field` the form field it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def lock_visit(pk: int) -> FieldVisit:
    """The visit as it is now with its session, locked until the transaction ends; its edition is locked before."""
    locked = FieldVisit.objects.select_for_update(no_key=True, of=("self",)).select_related("session__edition")
    return locked.get(pk=pk)


def lock_both(visit: FieldVisit) -> FieldVisit:
    """The edition of a visit locked first, then the visit as it is now."""
    lock_edition(Session.objects.values_list("edition", flat=True).get(visit=visit.pk))
    return lock_visit(visit.pk)


def lock_booking(booking: VisitBooking) -> VisitBooking:
    """Edition, visit, then the booking as it is now."""
    visit = lock_both(booking.visit)
    locked = VisitBooking.objects.select_for_update(no_key=True, of=("self",))
    found = locked.select_related("participant__delegation").get(pk=booking.pk)
    return with_visit(found, visit)


def with_visit(booking: VisitBooking, visit: FieldVisit) -> VisitBooking:
    """The booking with the rows that are locked already, so that nobody reads older ones."""
    booking.visit = visit
    booking.participant.edition = visit.session.edition
    return booking


# -- What is missing -------------------------------------------------------------------------------------------------


def missing(booking: VisitBooking) -> list[str]:
    """What stands between a booking and its place, besides a free one: "rules", "record", "approval"."""
    visit = booking.visit
    is_missing = {
        "rules": bool(str(visit.rules)) and booking.rules_version != visit.rules_version,
        "record": not _has_record(booking),
        "approval": visit.needs_host_approval and booking.host_approved_at is None,
    }
    return [code for code, absent in is_missing.items() if absent]


def own_tasks(booking: VisitBooking) -> list[str]:
    """What of it the participant has to do; the approval is the host's."""
    return [code for code in missing(booking) if code != "approval"]


def is_ready(booking: VisitBooking) -> bool:
    """Whether nothing but a place is missing: the rules accepted, the record complete, the yes of the host."""
    return not missing(booking)


def record_asked(visit: FieldVisit) -> list[str]:
    """The fields of the record that the host of this visit asks for."""
    return [name for asks, names in ASKED_RECORD.items() if getattr(visit, asks) for name in names]


def with_completeness(bookings: QuerySet[VisitBooking], visit: FieldVisit) -> QuerySet[Any]:
    """Bookings of a visit, each with `is_complete`: whether all is there that the host asks.

    No value is read for it: the length of what is stored is enough.
    """
    lengths = {f"length_of_{name}": Length(f"record__{name}") for name in record_asked(visit)}
    is_there = Q(*((f"{length}__gt", 0) for length in lengths)) if lengths else Q(pk__isnull=False)
    return bookings.alias(**lengths).annotate(is_complete=is_there)


def _has_record(booking: VisitBooking) -> bool:
    if not record_asked(booking.visit):
        return True
    if hasattr(booking, "is_complete"):
        return bool(booking.is_complete)
    itself = VisitBooking.objects.filter(pk=booking.pk)
    return bool(with_completeness(itself, booking.visit).get().is_complete)


def in_line(visit: FieldVisit) -> QuerySet[VisitBooking]:
    """The bookings that stand, of participants who are confirmed, in the order in which they asked."""
    standing = visit.bookings.filter(state__in=STANDING, participant__status=Participant.Status.CONFIRMED)
    return with_completeness(standing, visit).select_related("participant__delegation").order_by("asked_at", "id")


# -- Places ----------------------------------------------------------------------------------------------------------


def places_left(visit: FieldVisit) -> int | None:
    """Free places of a visit; None where it has no limit. Never negative in a database that kept the rules."""
    if visit.capacity is None:
        return None
    return visit.capacity - visit.bookings.filter(state=State.CONFIRMED).count()


def is_off(visit: FieldVisit, at: dt.datetime | None = None) -> bool:
    """Whether the visit is cancelled or has begun: places are neither given nor given back then."""
    start = visit.session.start
    return visit.session.status != Session.Status.SCHEDULED or (start is not None and start <= (at or clock.now()))


def is_listed(visit: FieldVisit, at: dt.datetime | None = None) -> bool:
    """Whether the list of people has gone to the host: what is missing then is too late for it."""
    return visit.host_list_deadline is not None and visit.host_list_deadline <= (at or clock.now())


def open_visits(edition_pk: int, at: dt.datetime | None = None) -> list[FieldVisit]:
    """The visits of an edition for which one can sign up at that moment."""
    visits = FieldVisit.objects.filter(session__edition=edition_pk).select_related("session")
    return [visit for visit in visits if is_open(visit, at)]


def is_open(visit: FieldVisit, at: dt.datetime | None = None) -> bool:
    """Whether one can sign up for a visit at that moment: it takes place, has not begun, and its deadline is ahead."""
    at = at or clock.now()
    return not is_off(visit, at) and (visit.signup_deadline is None or at < visit.signup_deadline)


def fill(visit: FieldVisit, by: str, at: dt.datetime | None, told: Participant | None = None) -> None:
    """Give the free places to the confirmed participants who are ready, in the order in which they asked.

    Whoever is ready and finds no place waits. `told` is the participant whose own mail says it anyway.
    """
    if is_off(visit, at):
        return
    left = places_left(visit)
    for booking in in_line(visit).exclude(state=State.CONFIRMED):
        if not is_ready(with_visit(booking, visit)):
            continue
        has_place = left is None or left > 0
        if left is not None and has_place:
            left -= 1
        to = State.CONFIRMED if has_place else State.WAITLISTED
        if to != booking.state:
            move(booking, to, "confirm" if has_place else "waitlist", by)
            if booking.participant != told:
                (mail.visit_place if has_place else mail.visit_waitlisted)(booking)


def check(booking: VisitBooking, to: State) -> None:
    """Raise VisitError where the table of transitions has no way."""
    if to not in TRANSITIONS[State(booking.state)]:
        words = {"state": booking.get_state_display(), "to": to.label}
        raise VisitError(_("This booking is “%(state)s”; it cannot become “%(to)s”.") % words)


def move(booking: VisitBooking, to: State, verb: str, by: str) -> None:
    """Write the new state with whatever else the verb changed, under the lock.

    Only a place has a seat; who is aboard sits there all the same, and is counted.
    """
    before, booking.state = booking.state, to
    if to != State.CONFIRMED and booking.boarded_out_at is None:
        booking.vehicle = None
    save(booking, "state", "vehicle", "asked_at", "host_approved_at", "refusal_reason")
    record(booking, verb, by=by, edition=booking.participant.edition, before=before, after=to)


def save(booking: VisitBooking, *fields: str) -> None:
    """Write a change; the version tells calendars which of two is the newer."""
    booking.version += 1
    booking.save(update_fields=[*fields, "version"])
