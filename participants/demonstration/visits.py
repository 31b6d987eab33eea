"""The bookings of the demonstration's field visit, brought to every state by the verbs; all values are invented."""

import datetime as dt

from events.models import Edition, FieldVisit
from participants import records, vehicles, visits
from participants.models import VisitBooking

PER_ROUND = 6


def put_bookings(edition: Edition, *, at: dt.datetime, by: str) -> None:
    """Some have done nothing yet, some wait for the host, one is refused, one gave the place back, the rest are ready.

    More are ready than there are places, so that the last of them wait. The others have seats in two vehicles.
    """
    visit = FieldVisit.objects.get(session__edition=edition)
    for number, booking in enumerate(visits.in_line(visit)):
        booking.visit = visit
        if number % PER_ROUND == 0:
            continue
        visits.accept_rules(booking=booking, version=visit.rules_version, by="participant", at=at)
        records.save_record(booking=booking, answers=_record(number, booking), by="participant")
        if number % PER_ROUND != 1:
            visits.approve(booking=booking, by=by, at=at)
    first, second = visit.bookings.filter(state=VisitBooking.State.CONFIRMED).order_by("asked_at", "id")[:2]
    visits.refuse(booking=first, reason="The papers came after the list was closed (invented)", by=by)
    visits.withdraw_booking(booking=second, by="participant")
    for label, seats in (("Bus", 9), ("Van", 3)):
        vehicles.add_vehicle(visit=visit, label=label, seats=seats, by=by)
    vehicles.assign_all(visit=visit, by=by)


def _record(number: int, booking: VisitBooking) -> dict[str, str]:
    """What nobody could take for a real document."""
    return {
        "nationality": "XX",
        "document_type": "passport",
        "document_number": f"EXAMPLE{number:03}",
        "document_expiry": f"{booking.asked_at.year + 5}-12-31",
        "emergency_contact": "Invented Relative, +389 00 000 000",
        "sizes": ("S", "M", "L", "XL")[number % 4],
    }
