"""Boarding the vehicles of a field visit, out and back: who is aboard, who is missing.

Safety first: a person counts in one vehicle only, and whoever went out is missing until they are counted back, whatever
becomes of their place meanwhile.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import formats
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Edition, FieldVisit, Session, record
from participants import attendance
from participants.attendance import AttendanceError, Point
from participants.models import Participant, Scan, Vehicle, VisitBooking
from participants.vehicles import names_of_points, seats_left
from participants.visit_places import lock_both

Result, State = Scan.Result, VisitBooking.State

# Codes of reasons; after a colon the label of a vehicle.
NO_BOOKING, NOT_OUT, FULL, MOVED = "no booking", "not out", "full", "moved"
REASONS = {
    NO_BOOKING: gettext_lazy("This person did not ask for this visit."),
    f"visit {State.ASKED}": gettext_lazy("The place of this person on the visit is not confirmed yet."),
    f"visit {State.WAITLISTED}": gettext_lazy("This person is on the waiting list of the visit and has no place."),
    f"visit {State.REFUSED}": gettext_lazy("This person has no place on the visit."),
    f"visit {State.WITHDRAWN}": gettext_lazy("This person gave the place on the visit back."),
    NOT_OUT: gettext_lazy("This person was not counted on the way to the visit. Count the person there first."),
    FULL: gettext_lazy("All seats of this vehicle are taken."),
}
_WITH_VEHICLE = {
    FULL: gettext_lazy("All seats of this vehicle are taken. This person has a seat in %(vehicle)s."),
    MOVED: gettext_lazy("This person was on the list of %(vehicle)s. Now the person is counted here."),
}


@dataclass(frozen=True)
class Boarding:
    """Where people are counted into a vehicle: to the visit, or back."""

    vehicle: Vehicle
    is_back: bool

    @property
    def name(self) -> str:
        """As addresses and forms write it: "vehicle-out:3" or "vehicle-back:3"."""
        return names_of_points(self.vehicle)[self.is_back]

    @property
    def day(self) -> dt.date | None:
        """The day of the visit, where it is known."""
        return self.vehicle.visit.session.day

    @property
    def title(self) -> str:
        """The vehicle and the way."""
        words = _("%(vehicle)s, back") if self.is_back else _("%(vehicle)s, to the visit")
        return words % {"vehicle": self.vehicle}

    def __str__(self) -> str:
        return f"{formats.date_format(self.day, 'l j F')}, {self.title}" if self.day else self.title


def read_point(edition: Edition, name: str) -> Point | Boarding:
    """The day, session or vehicle of this name. Raises AttendanceError where it is none of this edition."""
    found = re.fullmatch(r"vehicle-(out|back):([0-9]{1,9})", name)
    vehicle = _vehicles(edition).filter(pk=int(found[2])).first() if found else None
    return Boarding(vehicle, found[1] == "back") if found and vehicle else attendance.read_point(edition, name)


def points(edition: Edition) -> list[Boarding]:
    """Each vehicle of each visit that takes place, all to the visit and then all back; one query."""
    scheduled = _vehicles(edition).filter(visit__session__status=Session.Status.SCHEDULED)
    both = [Boarding(vehicle, is_back) for vehicle in scheduled for is_back in (False, True)]
    return sorted(both, key=lambda one: (str(one.day or ""), one.vehicle.visit_id, one.is_back))


def _vehicles(edition: Edition) -> QuerySet[Vehicle]:
    rows = Vehicle.objects.filter(visit__session__edition=edition)
    return rows.select_related("visit__session__edition").order_by("visit", "label", "pk")


# -- Judging ------------------------------------------------------------------------------------------------------


def judge(participant: Participant, where: Boarding) -> tuple[str, str]:
    """What the desk is told, (result, reason); ask it under the lock of the visit, or the answer is old."""
    booking = _booking(participant, where)
    if where.is_back:
        return _judge_back(booking, where.vehicle)
    if participant.status != Participant.Status.CONFIRMED:
        return Result.REFUSED, participant.status
    if booking is None or booking.state != State.CONFIRMED:
        return Result.REFUSED, f"visit {booking.state}" if booking else NO_BOOKING
    return _judge_out(booking, where.vehicle)


def _booking(participant: Participant, where: Boarding) -> VisitBooking | None:
    rows = participant.bookings.filter(visit=where.vehicle.visit_id)
    return rows.select_related("vehicle", "back_vehicle").first()


def _judge_out(booking: VisitBooking, vehicle: Vehicle) -> tuple[str, str]:
    has_seat = booking.vehicle == vehicle
    if booking.boarded_back_at or (booking.boarded_out_at and has_seat):
        return Result.ALREADY, ""
    if not has_seat and seats_left(vehicle) <= 0:
        return Result.REFUSED, _about(FULL, booking.vehicle)
    return Result.OK, "" if has_seat or booking.vehicle is None else _about(MOVED, booking.vehicle)


def _judge_back(booking: VisitBooking | None, vehicle: Vehicle) -> tuple[str, str]:
    if booking is None or booking.boarded_out_at is None:
        return Result.REFUSED, NOT_OUT
    if booking.back_vehicle == vehicle:
        return Result.ALREADY, ""
    if vehicle.bookings_back.count() >= vehicle.seats:
        return Result.REFUSED, FULL
    return Result.OK, _about(MOVED, booking.back_vehicle) if booking.back_vehicle else ""


def _about(code: str, vehicle: Vehicle | None) -> str:
    return f"{code}:{vehicle}" if vehicle else code


def sentence(reason: str) -> str:
    """The reason of a try in words; empty for a code that is not of boarding."""
    code, _colon, label = reason.partition(":")
    return str(_WITH_VEHICLE.get(code, "")) % {"vehicle": label} if label else str(REASONS.get(code, ""))


# -- Verbs --------------------------------------------------------------------------------------------------------


@transaction.atomic
def board_out(*, participant: Participant, vehicle: Vehicle, by: str, at: dt.datetime | None = None) -> VisitBooking:
    """Count somebody aboard on the way there and return the booking; who sat in another vehicle has the seat here.

    Raises AttendanceError for who has no place on the visit or is counted already, and where no seat is free.
    """
    booking = _board(participant, Boarding(vehicle, is_back=False), by)
    before, booking.vehicle, booking.boarded_out_at = booking.vehicle_id or "", vehicle, at or clock.now()
    booking.save(update_fields=["vehicle", "boarded_out_at"])
    edition = booking.participant.edition
    record(booking, "board out", by=by, edition=edition, before=before, after=vehicle.pk)
    return booking


@transaction.atomic
def board_back(*, participant: Participant, vehicle: Vehicle, by: str, at: dt.datetime | None = None) -> VisitBooking:
    """Count somebody aboard on the way back, in whichever vehicle of the visit, and return the booking.

    Raises AttendanceError for who was not counted on the way there or is counted here already, and where no seat is
    free.
    """
    booking = _board(participant, Boarding(vehicle, is_back=True), by)
    before, booking.back_vehicle = booking.back_vehicle_id or "", vehicle
    booking.boarded_back_at = max(at or clock.now(), booking.boarded_out_at or clock.now())
    booking.save(update_fields=["back_vehicle", "boarded_back_at"])
    edition = booking.participant.edition
    record(booking, "board back", by=by, edition=edition, before=before, after=vehicle.pk)
    return booking


def _board(participant: Participant, where: Boarding, by: str) -> VisitBooking:
    """Lock and judge; the try that counted the person in another vehicle is void now."""
    participant, booking = _lock(participant, where.vehicle.visit)
    result, reason = judge(participant, where)
    if result != Result.OK or booking is None:
        raise AttendanceError(sentence(reason) or _("%(person)s is counted already.") % {"person": participant.name})
    # Not the try at this point: that one is the reason why the verb is called.
    _void(_standing(booking, where.is_back).exclude(point=where.name), by)
    return booking


def _lock(participant: Participant, visit: FieldVisit) -> tuple[Participant, VisitBooking | None]:
    visit = lock_both(visit)
    locked = Participant.objects.select_for_update(of=("self",), no_key=True).select_related("edition")
    participant = locked.get(pk=participant.pk)
    rows = participant.bookings.select_for_update(of=("self",), no_key=True).filter(visit=visit)
    booking = rows.select_related("vehicle", "back_vehicle").first()
    if booking is not None:
        booking.participant = participant
    return participant, booking


@transaction.atomic
def take_back(*, booking: VisitBooking, is_back: bool, by: str) -> VisitBooking:
    """The person is not aboard after all, on that way; the try at the desk becomes void. Returns the booking.

    Who had moved to this vehicle gets the former seat again where it is still free. Raises AttendanceError for the way
    out of somebody who is counted back.
    """
    _participant, locked = _lock(booking.participant, booking.visit)
    booking = locked or booking
    edition = booking.participant.edition
    if is_back and booking.boarded_back_at:
        before, booking.boarded_back_at, booking.back_vehicle = booking.back_vehicle_id, None, None
    elif not is_back and booking.boarded_out_at:
        if booking.boarded_back_at:
            raise AttendanceError(_("This person is counted on the way back. Undo that first."))
        before, booking.boarded_out_at = booking.vehicle_id, None
        booking.vehicle = _former_seat(booking) or booking.vehicle
    else:
        return booking
    booking.save(update_fields=["vehicle", "boarded_out_at", "back_vehicle", "boarded_back_at"])
    _void(_standing(booking, is_back), by)
    record(booking, f"take back {'back' if is_back else 'out'}", by=by, edition=edition, before=before)
    return booking


def _former_seat(booking: VisitBooking) -> Vehicle | None:
    tried = _standing(booking, is_back=False).first()
    code, _colon, label = tried.reason.partition(":") if tried else ("", "", "")
    former = booking.visit.vehicles.filter(label=label).first() if code == MOVED else None
    return former if former and booking.state == State.CONFIRMED and seats_left(former) > 0 else None


def _standing(booking: VisitBooking, is_back: bool) -> QuerySet[Scan]:
    names = [names_of_points(vehicle)[is_back] for vehicle in booking.visit.vehicles.all()]
    return Scan.objects.filter(participant=booking.participant_id, point__in=names, result=Result.OK, void_at=None)


def _void(tries: QuerySet[Scan], by: str) -> None:
    tries.update(void_at=clock.now(), void_by=by)


# -- Reading ------------------------------------------------------------------------------------------------------


def first_try(tried: Scan) -> Scan | None:
    """The try that counted this person on this way, as it stood when `tried` was made."""
    way, _colon, pk = tried.point.partition(":")
    vehicles = Vehicle.objects.filter(visit__vehicles=int(pk))
    names = [f"{way}:{vehicle}" for vehicle in vehicles.values_list("pk", flat=True)]
    rows = Scan.objects.filter(participant=tried.participant_id, point__in=names, result=Result.OK)
    rows = rows.filter(received_at__lte=tried.received_at).exclude(void_at__lt=tried.received_at)
    return rows.order_by("-received_at", "-id").first()


@dataclass(frozen=True)
class HeadCount:
    """How many are aboard of how many expected, and who is missing, by delegation and name."""

    aboard: int
    expected: int
    missing: list[VisitBooking]


def head_count(visit: FieldVisit, *, is_back: bool, vehicle: Vehicle | None = None) -> HeadCount:
    """Count a visit, or one vehicle of it, in one query.

    Out, those are expected who have a confirmed place (in a vehicle: a seat). Back, everybody is expected who went out
    (in a vehicle: who is aboard it, and who went out in it and is not back anywhere).
    """
    bookings = everybody(visit)
    if is_back:
        expected = [one for one in bookings if one.boarded_out_at]
        if vehicle:
            expected = [one for one in expected if vehicle == (one.back_vehicle or one.vehicle)]
        return _counted(expected, [one for one in expected if one.boarded_back_at])
    expected = [one for one in bookings if one.boarded_out_at or one.state == State.CONFIRMED]
    if vehicle:
        expected = [one for one in expected if one.vehicle == vehicle]
    return _counted(expected, [one for one in expected if one.boarded_out_at])


def _counted(expected: list[VisitBooking], aboard: Iterable[VisitBooking]) -> HeadCount:
    here = {one.pk for one in aboard}
    return HeadCount(len(here), len(expected), [one for one in expected if one.pk not in here])


def everybody(visit: FieldVisit) -> list[VisitBooking]:
    """Who has a confirmed place or went out, by delegation and name; one query."""
    rows = visit.bookings.select_related("participant__delegation", "vehicle", "back_vehicle")
    delegation = "participant__delegation__"
    rows = rows.order_by(f"{delegation}kind_rank", f"{delegation}sort_folded", "participant__sort_name", "pk")
    return [one for one in rows if one.boarded_out_at or one.state == State.CONFIRMED]
