"""Visits whose host asks for records, people who come on them, and values that must turn up nowhere else."""

import datetime as dt
from typing import Any

from events.models import FieldVisit
from participants import records, registration, visits
from participants.models import Participant, VisitBooking
from tests import make

ASKS_ALL = {"asks_identity": True, "asks_birth_date": True, "asks_sizes": True, "asks_emergency_contact": True}
# What was written, and how it may look where it is drawn.
ANSWERS: dict[str, Any] = {
    "nationality": "MK",
    "document_type": "passport",
    "document_number": "KNRX7788Q5",
    "document_expiry": dt.date(2037, 3, 29),
    "birth_date": dt.date(1971, 12, 30),
    "emergency_contact": "Canary Aunt +389 2 311 9971",
    "sizes": "canary XXL, 47",
}
TYPED = {name: str(value) for name, value in ANSWERS.items()}
CANARIES = (
    *("KNRX7788Q5", "KNRX7788", "Canary Aunt", "311 9971", "canary XXL"),
    *("2037-03-29", "29 March 2037", "1971-12-30", "30 December 1971"),
)


def asking_visit(edition: Any, **facts: Any) -> FieldVisit:
    """A visit whose host asks for everything."""
    return make.visit(edition, **(ASKS_ALL | facts))


def booked(visit: FieldVisit, status: str = "confirmed", **more: Any) -> VisitBooking:
    """The booking of a person of that status who asked for the visit while the registration stood."""
    ends = {"declined": registration.decline, "withdrawn": registration.withdraw}.get(status)
    person = make.participant(visit.session.edition, "" if ends else status, **more)
    booking = booking_of(person, visit)
    if ends:
        ends(participant=person, by="test")
        booking = booking_again(booking)
    return booking


def booking_again(booking: VisitBooking) -> VisitBooking:
    return VisitBooking.objects.select_related("visit__session__edition", "participant__edition").get(pk=booking.pk)


def booking_of(person: Participant, visit: FieldVisit) -> VisitBooking:
    return booking_again(visits.ask(participant=person, visit=visit, by="test"))


def saved(visit: FieldVisit, **more: Any) -> VisitBooking:
    """The booking of a person who has written everything."""
    answers = ANSWERS | more.pop("answers", {})
    booking = booked(visit, **more)
    records.save_record(booking=booking, answers=answers, by="participant")
    booking.refresh_from_db()
    return booking
