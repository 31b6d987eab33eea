"""Seats hold under any race: real threads, and controls that go wrong when the lock is off."""

import pytest

from events.models import FieldVisit
from participants import boarding, checkin, registration, vehicles
from participants.attendance import AttendanceError
from participants.models import Vehicle, VisitBooking
from participants.vehicles import VehicleError
from tests.participants.at_the_desk import at_once
from tests.participants.on_the_bus import booked, bus, scan, seated, visit
from tests.participants.races import meet

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = range(20)


def assign(booking, vehicle):
    return lambda: vehicles.assign(booking=booking, vehicle=vehicle, by="office")


def board(booking, vehicle, way="out"):
    return lambda: scan(booking, vehicle, way)


def oversold():
    return [one for one in Vehicle.objects.all() if one.bookings.count() > one.seats]


@pytest.fixture
def without_lock(monkeypatch):
    """The control: visits and bookings are read without a lock, and two who have counted go on together."""

    def off(*points):
        def read(visit):
            return FieldVisit.objects.select_related("session__edition").get(pk=visit.pk)

        for module in (vehicles, boarding, checkin):
            monkeypatch.setattr(module, "lock_both", read)
        rows = VisitBooking.objects.select_related("participant__delegation", "vehicle")
        monkeypatch.setattr(vehicles, "lock_bookings", lambda held: list(rows.filter(visit=held)))
        meet(monkeypatch, *points)

    return off


def test_two_members_of_staff_give_the_last_seat_once():
    for _n in TIMES:
        vehicle = bus(visit(), seats=1)
        answers = at_once(*[assign(booked(vehicle.visit), vehicle) for _m in range(2)])
        assert sum(isinstance(answer, VehicleError) for answer in answers) == 1
        assert vehicle.bookings.count() == 1


def test_without_the_lock_the_last_seat_is_given_twice(without_lock):
    vehicle = bus(visit(), seats=1)
    calls = [assign(booked(vehicle.visit), vehicle) for _m in range(2)]
    without_lock((vehicles, "seats_left"))
    at_once(*calls)
    assert vehicle.bookings.count() == 2


def test_two_desks_board_two_people_on_the_last_seat_once():
    for _n in TIMES:
        vehicle = bus(visit(), seats=1)
        answers = at_once(*[board(booked(vehicle.visit), vehicle) for _m in range(2)])
        assert sorted(answer.result for answer in answers) == ["ok", "refused"]
        assert vehicle.bookings.filter(boarded_out_at__isnull=False).count() == vehicle.bookings.count() == 1


def test_without_the_lock_two_desks_board_two_people_on_the_last_seat(without_lock):
    vehicle = bus(visit(), seats=1)
    calls = [board(booked(vehicle.visit), vehicle) for _m in range(2)]
    without_lock((boarding, "seats_left"))
    at_once(*calls)
    assert oversold() == [vehicle]


def test_one_person_at_two_vehicles_at_once_counts_in_one():
    for _n in TIMES:
        one = bus(visit())
        two, booking = bus(one.visit, "Bus 2"), booked(one.visit)
        assert [answer.result for answer in at_once(board(booking, one), board(booking, two))] == ["ok", "ok"]
        counts = [boarding.head_count(one.visit, is_back=False, vehicle=vehicle).aboard for vehicle in (one, two)]
        assert sorted(counts) == [0, 1]
        assert booking.participant.scans.filter(result="ok", void_at=None).count() == 1


def test_one_badge_at_one_vehicle_from_two_desks_is_one_ok_and_one_already():
    for _n in TIMES:
        booking = seated(bus(visit()))
        answers = at_once(*[board(booking, booking.vehicle)] * 2)
        assert sorted(answer.result for answer in answers) == ["already", "ok"]
        assert len({checkin.answer(answer)["at"] for answer in answers}) == 1


def test_seats_given_automatically_while_people_board_hold():
    for _n in TIMES:
        vehicle = bus(visit(), seats=2)
        people = [booked(vehicle.visit) for _m in range(3)]
        every = lambda held=vehicle.visit: vehicles.assign_all(visit=held, by="office")  # noqa: E731
        answers = at_once(every, board(people[2], vehicle), every)
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        assert vehicle.bookings.count() == 2
        aboard = answers[1].result == "ok"
        assert vehicle.bookings.filter(boarded_out_at__isnull=False).count() == aboard


def test_a_cut_of_seats_while_a_seat_is_given_holds():
    for _n in TIMES:
        vehicle = bus(visit(), seats=2)
        seated(vehicle)
        at_once(
            assign(booked(vehicle.visit), vehicle),
            lambda bus=vehicle: vehicles.set_seats(vehicle=bus, seats=1, by="office"),
        )
        assert not oversold()


def test_a_vehicle_removed_while_a_seat_in_it_is_given_is_never_half_gone():
    for _n in TIMES:
        vehicle = bus(visit())
        booking = booked(vehicle.visit)
        answers = at_once(
            assign(booking, vehicle), lambda bus=vehicle: vehicles.remove_vehicle(vehicle=bus, by="office")
        )
        assert sum(isinstance(answer, VehicleError) for answer in answers) == 1
        assert Vehicle.objects.filter(pk=vehicle.pk).count() == vehicle.bookings.count()


def test_undo_and_the_way_back_at_once_leave_nobody_back_who_never_went():
    for _n in TIMES:
        vehicle = bus(visit())
        booking = seated(vehicle)
        tried = scan(booking, vehicle)
        answers = at_once(lambda one=tried: checkin.undo(scan=one, by="a"), board(booking, vehicle, "back"))
        booking.refresh_from_db()
        assert isinstance(answers[0], AttendanceError) == (answers[1].result == "ok")
        assert (booking.boarded_out_at is None) == (booking.boarded_back_at is None)


def test_a_withdrawal_while_the_person_boards_waits_for_nobody_for_ever():
    for _n in TIMES:
        booking = seated(bus(visit()))
        vehicle, person = booking.vehicle, booking.participant
        answers = at_once(
            board(booking, vehicle), lambda one=person: registration.withdraw(participant=one, by="participant")
        )
        assert answers[1].status == "withdrawn"
        assert answers[0].result in {"ok", "refused"}
        booking.refresh_from_db()
        assert (booking.boarded_out_at is None) == (answers[0].result == "refused")
