"""States that the tests of vehicles and boarding begin from, reached by calling the verbs."""

import uuid
from typing import Any

from django.utils import timezone

from events.models import Edition, FieldVisit
from participants import checkin, registration, vehicles
from participants.models import Participant, Scan, Vehicle, VisitBooking
from tests import make


def visit(edition: Edition | None = None, **more: Any) -> FieldVisit:
    """A field visit without limits."""
    return make.visit(edition or make.edition(), **more)


def bus(visit: FieldVisit, label: str = "Bus 1", seats: int = 10) -> Vehicle:
    """A vehicle of that visit."""
    return vehicles.add_vehicle(visit=visit, label=label, seats=seats, by="test")


def booked(visit: FieldVisit, name: str = "Primjerić", of: str = "Albania", **more: Any) -> VisitBooking:
    """A person with a confirmed place on the visit."""
    edition = visit.session.edition
    given = make.answers(make.delegation(edition, of), family_name=name, **more)
    person = registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), visits=[visit], by="test")
    assert person is not None
    return person.bookings.get()


def seated(vehicle: Vehicle, name: str = "Primjerić", of: str = "Albania") -> VisitBooking:
    """A person with a confirmed place and a seat in the vehicle."""
    return vehicles.assign(booking=booked(vehicle.visit, name, of), vehicle=vehicle, by="test")


def scan(person: VisitBooking | Participant | str, vehicle: Vehicle, way: str = "out", **more: Any) -> Scan:
    """A try to board the vehicle."""
    participant = person.participant if isinstance(person, VisitBooking) else person
    given: dict[str, Any] = {
        "edition": vehicle.visit.session.edition,
        "code": participant.code if isinstance(participant, Participant) else participant,
        "point": f"vehicle-{way}:{vehicle.pk}",
        "nonce": uuid.uuid4(),
        "client_at": timezone.now(),
        "by": "desk",
    }
    return checkin.scan(**(given | more))


def seat_of(booking: VisitBooking) -> Vehicle | None:
    """Where the booking sits now."""
    return VisitBooking.objects.get(pk=booking.pk).vehicle
