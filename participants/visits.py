"""Places on field visits: asked with the registration, given to the confirmed, given back by who does not come.

All of it happens under the lock of the edition, which whoever calls holds; below it the visit is locked.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone as clock

from events.models import FieldVisit, record
from participants import mail
from participants.models import Participant, VisitBooking

State = VisitBooking.State
# What the host of a visit may ask, and the fields of the record that answer it.
ASKED_RECORD = {
    "asks_identity": ("nationality", "document_type", "document_number", "document_expiry"),
    "asks_birth_date": ("birth_date",),
    "asks_sizes": ("sizes",),
    "asks_emergency_contact": ("emergency_contact",),
}


def open_visits(edition_pk: int, at: dt.datetime | None = None) -> list[FieldVisit]:
    """The visits of an edition for which one can sign up at that moment."""
    at = at or clock.now()
    visits = FieldVisit.objects.filter(session__edition=edition_pk, session__status="scheduled")
    return [v for v in visits.select_related("session") if v.signup_deadline is None or at < v.signup_deadline]


def _lock(pk: int) -> FieldVisit:
    locked = FieldVisit.objects.select_for_update(no_key=True, of=("self",)).select_related("session__edition")
    return locked.get(pk=pk)


@transaction.atomic(savepoint=False)
def ask(*, participant: Participant, visit: FieldVisit, by: str, at: dt.datetime | None = None) -> VisitBooking:
    """Write down that a participant wants to come on a visit; asking twice is asking once."""
    _lock(visit.pk)
    booking, is_new = VisitBooking.objects.get_or_create(
        participant=participant, visit=visit, defaults={"asked_at": at or clock.now()}
    )
    if is_new:
        record(booking, "ask", by=by, edition=participant.edition, after=booking.state)
    return booking


@transaction.atomic(savepoint=False)
def settle(*, participant: Participant, by: str, at: dt.datetime | None = None) -> None:
    """Give a confirmed participant the visits that were asked for, where there is a place.

    No mail: the one about the registration says it.
    """
    if participant.status != Participant.Status.CONFIRMED:
        return
    for visit in participant.bookings.filter(state=State.ASKED).order_by("visit").values_list("visit", flat=True):
        _fill(visit, by, at, told=participant)


@transaction.atomic(savepoint=False)
def withdraw_all(*, participant: Participant, by: str, at: dt.datetime | None = None) -> None:
    """Give back every visit place and wish of a participant who does not come; a place goes to the next in line."""
    bookings = participant.bookings.exclude(state__in=[State.WITHDRAWN, State.REFUSED])
    for booking in bookings.select_for_update(of=("self",), no_key=True).order_by("visit"):
        held_place, booking.vehicle = booking.state == State.CONFIRMED, None
        _move(booking, State.WITHDRAWN, "withdraw", by, participant)
        if held_place:
            _fill(booking.visit_id, by, at)


def is_ready(booking: VisitBooking) -> bool:
    """Whether nothing but a place is missing: the rules accepted, the record complete, the yes of the host."""
    visit = booking.visit
    has_accepted = not str(visit.rules) or booking.rules_version == visit.rules_version
    has_approval = not visit.needs_host_approval or booking.host_approved_at is not None
    return has_accepted and has_approval and _has_record(booking)


def _has_record(booking: VisitBooking) -> bool:
    wanted = [name for asks, names in ASKED_RECORD.items() if getattr(booking.visit, asks) for name in names]
    record = getattr(booking, "record", None)
    return not wanted or (record is not None and all(getattr(record, name) for name in wanted))


def _fill(pk: int, by: str, at: dt.datetime | None, told: Participant | None = None) -> None:
    """Give the free places of a visit to the confirmed participants who are ready, in the order in which they asked.

    Whoever is ready and finds no place waits. `told` is the participant whose own mail says it anyway.
    """
    visit = _lock(pk)
    has_begun = visit.session.start is not None and visit.session.start <= (at or clock.now())
    if has_begun or visit.session.status != "scheduled":
        return
    taken = visit.bookings.filter(state=State.CONFIRMED).count()
    line = visit.bookings.filter(state__in=[State.ASKED, State.WAITLISTED], participant__status="confirmed")
    for booking in line.select_related("participant__delegation", "record").order_by("asked_at", "id"):
        booking.visit = visit
        if not is_ready(booking):
            continue
        has_place = visit.capacity is None or taken < visit.capacity
        taken += has_place
        to = State.CONFIRMED if has_place else State.WAITLISTED
        if to != booking.state:
            booking.participant.edition = visit.session.edition
            _move(booking, to, "confirm" if has_place else "waitlist", by, booking.participant)
            if has_place and booking.participant != told:
                mail.visit_place(booking)


def _move(booking: VisitBooking, to: State, verb: str, by: str, participant: Participant) -> None:
    before, booking.state = booking.state, to
    booking.save(update_fields=["state", "vehicle"])
    record(booking, verb, by=by, edition=participant.edition, before=before, after=to)
