"""Vehicles of a field visit and who sits in them: never more people than seats, delegations together.

Every verb locks the edition and then the visit before it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import FieldVisit, record
from events.text import clean_line, has_visible
from participants.models import Scan, Vehicle, VisitBooking
from participants.seating import seat_groups
from participants.visit_places import lock_both

MOST_SEATS = 500


class VehicleError(Exception):
    """A change that the rules do not allow; the text is a sentence for a person, `field` the form field it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def lock_bookings(visit: FieldVisit) -> list[VisitBooking]:
    """Every booking of a locked visit, locked in its turn."""
    rows = VisitBooking.objects.select_for_update(no_key=True, of=("self",)).filter(visit=visit)
    return list(rows.select_related("participant__delegation", "vehicle").order_by("pk"))


def seats_left(vehicle: Vehicle) -> int:
    """Seats that nobody has yet, on the way there. Ask it under the lock of the visit, or the answer is old."""
    return vehicle.seats - vehicle.bookings.count()


def names_of_points(vehicle: Vehicle) -> tuple[str, str]:
    """The names of the two points at which people are counted into it: on the way there, and back."""
    return f"vehicle-out:{vehicle.pk}", f"vehicle-back:{vehicle.pk}"


# -- Vehicles -----------------------------------------------------------------------------------------------------


@transaction.atomic
def add_vehicle(*, visit: FieldVisit, label: str, seats: int, by: str) -> Vehicle:
    """Write down a vehicle and return it. Raises VehicleError for a label that is taken and for a wrong number."""
    visit = lock_both(visit)
    vehicle = Vehicle(visit=visit, label=label, seats=seats)
    _check(vehicle)
    vehicle.save()
    record(vehicle, "add", by=by, edition=visit.session.edition, after=f"{seats} seats")
    return vehicle


@transaction.atomic
def set_seats(*, vehicle: Vehicle, seats: int, by: str, label: str | None = None) -> Vehicle:
    """Change the number of seats, and the label where one is given; returns the vehicle.

    Raises VehicleError for fewer seats than people, with their number, and for a label that is taken.
    """
    visit = lock_both(vehicle.visit)
    vehicle = _get(visit, vehicle)
    before, vehicle.seats, vehicle.label = vehicle.seats, seats, vehicle.label if label is None else label
    _check(vehicle)
    held = max(vehicle.bookings.count(), vehicle.bookings_back.count())
    if seats < held:
        sentence = ngettext(
            "%(held)s person sits in %(vehicle)s. Write %(held)s or more.",
            "%(held)s people sit in %(vehicle)s. Write %(held)s or more.",
            held,
        )
        raise VehicleError(sentence % {"held": held, "vehicle": vehicle}, "seats")
    vehicle.save(update_fields=["label", "seats"])
    record(vehicle, "set seats", by=by, edition=visit.session.edition, before=before, after=seats)
    return vehicle


@transaction.atomic
def remove_vehicle(*, vehicle: Vehicle, by: str) -> None:
    """Delete a vehicle. Raises VehicleError where somebody has a seat in it or was ever counted into it."""
    visit = lock_both(vehicle.visit)
    vehicle = _get(visit, vehicle)
    held = vehicle.bookings.count()
    if held:
        sentence = ngettext(
            "%(held)s person sits in %(vehicle)s. Give another seat first.",
            "%(held)s people sit in %(vehicle)s. Give them other seats first.",
            held,
        )
        raise VehicleError(sentence % {"held": held, "vehicle": vehicle})
    tries = Scan.objects.filter(edition=visit.session.edition, point__in=names_of_points(vehicle))
    if tries.exists() or vehicle.bookings_back.exists():
        raise VehicleError(_("People were counted at %(vehicle)s. It stays in the list.") % {"vehicle": vehicle})
    record(vehicle, "remove", by=by, edition=visit.session.edition, before=f"{vehicle.seats} seats")
    vehicle.delete()


def _get(visit: FieldVisit, vehicle: Vehicle) -> Vehicle:
    found = visit.vehicles.filter(pk=vehicle.pk).first()
    if found is None:
        raise VehicleError(_("This vehicle is not in the list of the visit. Load the page again."))
    return found


def _check(vehicle: Vehicle) -> None:
    vehicle.label = clean_line(vehicle.label)
    if not has_visible(vehicle.label) or len(vehicle.label) > 60:
        raise VehicleError(_("Write a label, for example “Bus 1”. It has 60 letters or fewer."), "label")
    if vehicle.visit.vehicles.exclude(pk=vehicle.pk).filter(label=vehicle.label).exists():
        raise VehicleError(_("Another vehicle of this visit has this label. Write another one."), "label")
    if not 1 <= vehicle.seats <= MOST_SEATS:
        raise VehicleError(_("Write a number of seats from 1 to %(most)s.") % {"most": MOST_SEATS}, "seats")


# -- Seats --------------------------------------------------------------------------------------------------------


@transaction.atomic
def assign(*, booking: VisitBooking, vehicle: Vehicle | None, by: str) -> VisitBooking:
    """Give a booking a seat in the vehicle, or take its seat away (None); returns the booking.

    Raises VehicleError unless the place is confirmed and the vehicle is of the same visit and has a free seat, and for
    somebody who is aboard already: only the desk moves them, or a head count would be wrong.
    """
    visit = lock_both(booking.visit)
    return _seat(visit, {booking.pk: vehicle}, by)[0]


@transaction.atomic
def assign_each(*, visit: FieldVisit, seats: Mapping[int, Vehicle | None], by: str) -> list[VisitBooking]:
    """Give several bookings, by their keys, other seats at once, so that two people can change places.

    Returns the bookings that were changed. All or nothing: raises VehicleError as `assign` does.
    """
    return _seat(lock_both(visit), seats, by)


@transaction.atomic
def assign_all(*, visit: FieldVisit, by: str) -> list[VisitBooking]:
    """Give everybody with a confirmed place a seat, delegations together; returns those for whom there is none.

    Who has a seat keeps it. The same people and vehicles always give the same seats.
    """
    visit = lock_both(visit)
    confirmed = [one for one in lock_bookings(visit) if one.state == VisitBooking.State.CONFIRMED]
    vehicles = list(visit.vehicles.order_by("label", "pk"))
    groups: dict[tuple[str, int], list[VisitBooking]] = {}
    seated: dict[tuple[str, int], set[int]] = {}
    for one in sorted(confirmed, key=lambda one: (one.asked_at, one.pk)):
        delegation = one.participant.delegation
        group = (delegation.sort_folded, delegation.pk)
        if one.vehicle_id is None:
            groups.setdefault(group, []).append(one)
        else:
            seated.setdefault(group, set()).add(one.vehicle_id)
    waiting = {group: len(groups[group]) for group in sorted(groups)}
    plan = seat_groups(waiting, {vehicle.pk: seats_left(vehicle) for vehicle in vehicles}, seated)
    by_pk = {vehicle.pk: vehicle for vehicle in vehicles}
    for group, where in plan.items():
        for one, pk in zip(groups[group], where, strict=False):
            _write(visit, one, by_pk[pk], by)
    return [one for group in sorted(groups) for one in groups[group] if one.vehicle_id is None]


def _seat(visit: FieldVisit, seats: Mapping[int, Vehicle | None], by: str) -> list[VisitBooking]:
    bookings = {one.pk: one for one in lock_bookings(visit)}
    changed = []
    for pk, wanted in seats.items():
        vehicle = _get(visit, wanted) if wanted else None
        booking = bookings.get(pk)
        if booking is None:
            raise VehicleError(_("This person is not on this visit. Load the page again."))
        if booking.vehicle == vehicle:
            changed.append(booking)
            continue
        _check_move(booking, vehicle)
        _write(visit, booking, vehicle, by)
        changed.append(booking)
    _check_full(booking.vehicle for booking in changed)
    return changed


def _check_move(booking: VisitBooking, vehicle: Vehicle | None) -> None:
    words = {"person": booking.participant.name}
    if booking.boarded_out_at is not None:
        raise VehicleError(_("%(person)s is aboard already. Count them into the other vehicle at the desk.") % words)
    if vehicle is not None and booking.state != VisitBooking.State.CONFIRMED:
        raise VehicleError(_("%(person)s has no confirmed place on this visit.") % words)


def _check_full(vehicles: Iterable[Vehicle | None]) -> None:
    """After the writing, so that people who change places are no obstacle to each other."""
    for vehicle in {vehicle for vehicle in vehicles if vehicle}:
        if seats_left(vehicle) < 0:
            sentence = ngettext(
                "%(vehicle)s has %(seats)s seat and it is taken.",
                "%(vehicle)s has %(seats)s seats and all are taken.",
                vehicle.seats,
            )
            raise VehicleError(sentence % {"vehicle": vehicle, "seats": vehicle.seats}, "vehicle")


def _write(visit: FieldVisit, booking: VisitBooking, vehicle: Vehicle | None, by: str) -> None:
    before, booking.vehicle = booking.vehicle_id or "", vehicle
    booking.save(update_fields=["vehicle"])
    record(booking, "assign", by=by, edition=visit.session.edition, before=before, after=vehicle.pk if vehicle else "")
