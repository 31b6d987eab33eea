"""Places on field visits: asked with the registration, given back when the person does not come."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone as clock

from events.models import FieldVisit, record
from participants.models import Participant, VisitBooking

State = VisitBooking.State


def open_visits(edition_pk: int, at: dt.datetime | None = None) -> list[FieldVisit]:
    """The visits of an edition for which one can sign up at that moment."""
    at = at or clock.now()
    visits = FieldVisit.objects.filter(session__edition=edition_pk, session__status="scheduled")
    return [v for v in visits.select_related("session") if v.signup_deadline is None or at < v.signup_deadline]


@transaction.atomic
def ask(*, participant: Participant, visit: FieldVisit, by: str, at: dt.datetime | None = None) -> VisitBooking:
    """Write down that a participant wants to come on a visit; asking twice is asking once."""
    FieldVisit.objects.select_for_update(no_key=True, of=("self",)).get(pk=visit.pk)
    booking, is_new = VisitBooking.objects.get_or_create(
        participant=participant, visit=visit, defaults={"asked_at": at or clock.now()}
    )
    if is_new:
        record(booking, "ask", by=by, edition=participant.edition, after=booking.state)
    return booking


@transaction.atomic
def withdraw_all(*, participant: Participant, by: str) -> None:
    """Give back every visit place and wish of a participant who does not come."""
    bookings = participant.bookings.exclude(state__in=[State.WITHDRAWN, State.REFUSED])
    for booking in bookings.select_for_update(of=("self",), no_key=True).order_by("pk"):
        before, booking.state, booking.vehicle = booking.state, State.WITHDRAWN, None
        booking.save(update_fields=["state", "vehicle"])
        record(booking, "withdraw", by=by, edition=participant.edition, before=before, after=booking.state)
