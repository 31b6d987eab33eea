"""Boarding out and back through the desk: true counts, reasons in words, taken back within a quarter of an hour."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.utils import timezone

from events.models import HistoryLine
from participants import boarding, checkin, registration, vehicles
from participants.attendance import AttendanceError
from participants.models import Attendance, Scan, VisitBooking
from tests import make
from tests.participants.on_the_bus import booked, bus, scan, seat_of, seated, visit

pytestmark = pytest.mark.django_db
MOVED = "This person was on the list of %s. Now the person is counted here."


@pytest.fixture
def one():
    return bus(visit(), "Bus 1", 2)


@pytest.fixture
def two(one):
    return bus(one.visit, "Bus 2", 2)


def told(tried):
    answer = checkin.answer(tried)
    return answer["status"], answer["reason"]


def count(vehicle, way="out"):
    found = boarding.head_count(vehicle.visit, is_back=way == "back", vehicle=vehicle)
    return found.aboard, found.expected, [missing.participant.family_name for missing in found.missing]


def whole(vehicle, way="out"):
    found = boarding.head_count(vehicle.visit, is_back=way == "back")
    return found.aboard, found.expected, [missing.participant.family_name for missing in found.missing]


# -- Out ----------------------------------------------------------------------------------------------------------


def test_who_has_a_seat_boards_and_is_counted(one):
    booking = seated(one)
    tried = scan(booking, one)
    booking.refresh_from_db()
    assert booking.boarded_out_at == tried.received_at
    assert checkin.answer(tried) == {
        "status": "ok",
        "reason": "",
        "at": tried.received_at.isoformat(),
        "participant": {"name": "Boris Primjerić", "delegation": "Albania", "role": "delegate"},
    }
    assert count(one) == (1, 1, [])
    line = HistoryLine.objects.get(verb="board out")
    assert (line.subject, line.subject_id, line.after, line.actor) == ("visitbooking", booking.pk, str(one.pk), "desk")
    assert not Attendance.objects.exists()


def test_who_has_a_place_and_no_seat_gets_a_free_one(one):
    booking = booked(one.visit)
    assert told(scan(booking, one)) == ("ok", "")
    assert seat_of(booking) == one


def test_boarding_another_vehicle_with_a_free_seat_moves_the_seat_and_says_so(one, two):
    booking = seated(two)
    tried = scan(booking, one)
    assert told(tried) == ("ok", MOVED % "Bus 2")
    assert seat_of(booking) == one
    assert (count(one), count(two)) == ((1, 1, []), (0, 0, []))


def test_boarding_a_full_vehicle_is_refused_and_says_where_the_seat_is(one, two):
    booking = seated(two)
    seated(one), seated(one)
    assert told(scan(booking, one)) == (
        "refused",
        "All seats of this vehicle are taken. This person has a seat in Bus 2.",
    )
    assert told(scan(booked(one.visit), one)) == ("refused", "All seats of this vehicle are taken.")
    assert seat_of(booking) == two
    assert count(two) == (0, 1, ["Primjerić"])


def test_who_changes_the_vehicle_when_aboard_counts_in_one_only(one, two):
    booking = seated(one)
    first = scan(booking, one)
    assert told(scan(booking, two)) == ("ok", MOVED % "Bus 1")
    first.refresh_from_db()
    assert first.void_at is not None
    assert (count(one), count(two)) == ((0, 0, []), (1, 1, []))
    assert told(scan(booking, one))[0] == "ok"
    assert (count(one), count(two)) == ((1, 1, []), (0, 0, []))


def test_the_second_time_tells_the_first_time(one):
    booking = seated(one)
    first = scan(booking, one, device="a", by="first")
    again = scan(booking, one, device="b")
    assert checkin.answer(again)["status"] == "already"
    assert checkin.answer(again)["at"] == first.received_at.isoformat()
    seen = checkin.seen(again)
    assert seen is not None
    assert (seen.by, "Bus 1, to the visit" in seen.where) == ("first", True)
    assert told(scan(booking, one, device="a")) == ("ok", "")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("asked", "is not confirmed yet"),
        ("waitlisted", "waiting list of the visit"),
        ("refused", "has no place on the visit"),
        ("withdrawn", "gave the place on the visit back"),
    ],
)
def test_without_a_place_on_the_visit_nobody_boards(one, state, words):
    booking = booked(one.visit)
    VisitBooking.objects.update(state=state, refusal_reason="secret reason")
    tried = scan(booking, one)
    assert tried.result == "refused"
    assert words in told(tried)[1]
    assert "secret" not in told(tried)[1]
    assert count(one) == (0, 0, [])


def test_who_never_asked_or_has_no_registration_is_refused(one):
    edition = one.visit.session.edition
    assert told(scan(make.participant(edition), one)) == ("refused", "This person did not ask for this visit.")
    gone = seated(one)
    registration.withdraw(participant=gone.participant, by="test")
    assert told(scan(gone, one)) == ("refused", "This registration was withdrawn.")
    assert told(scan("BCDF2345", one))[1] == "No registration of this edition has this code."
    assert told(scan(make.participant(make.edition()), one))[1] == "This badge is of another edition."
    assert Scan.objects.filter(result="refused").count() == 4


# -- Back ---------------------------------------------------------------------------------------------------------


def test_only_who_went_out_comes_back(one):
    booking = seated(one)
    assert told(scan(booking, one, "back")) == (
        "refused",
        "This person was not counted on the way to the visit. Count the person there first.",
    )
    scan(booking, one)
    assert told(scan(booking, one, "back")) == ("ok", "")
    booking.refresh_from_db()
    assert booking.back_vehicle == one
    assert told(scan(booking, one, "back"))[0] == "already"
    # Whoever is back does not go out again.
    assert told(scan(booking, one))[0] == "already"


def test_people_come_back_in_any_vehicle_and_count_where_they_sit(one, two):
    first, second = seated(one, "First"), seated(two, "Second")
    for booking, vehicle in ((first, one), (second, two)):
        scan(booking, vehicle)
    assert whole(one, "back") == (0, 2, ["First", "Second"])
    assert told(scan(first, two, "back")) == ("ok", "")
    assert whole(one, "back") == (1, 2, ["Second"])
    assert (count(one, "back"), count(two, "back")) == ((0, 0, []), (1, 2, ["Second"]))
    assert told(scan(first, one, "back")) == (
        "ok",
        "This person was on the list of Bus 2. Now the person is counted here.",
    )
    assert count(one, "back") == (1, 1, [])
    scan(second, two, "back")
    assert whole(two, "back") == (2, 2, [])


def test_two_in_full_vehicles_come_back_each_in_the_others(one, two):
    people = [seated(vehicle) for vehicle in (one, one, two, two)]
    for booking, vehicle in zip(people, (one, one, two, two), strict=True):
        scan(booking, vehicle)
    for booking, vehicle in zip(people, (two, two, one, one), strict=True):
        assert told(scan(booking, vehicle, "back")) == ("ok", "")


def test_a_vehicle_full_on_the_way_back_takes_nobody_more(one):
    large = bus(one.visit, "Bus 2", 3)
    people = [seated(large) for _n in range(3)]
    for booking in people:
        scan(booking, large)
    for booking in people[:2]:
        scan(booking, one, "back")
    assert told(scan(people[2], one, "back")) == ("refused", "All seats of this vehicle are taken.")
    with pytest.raises(vehicles.VehicleError, match="2 people sit in Bus 1"):
        vehicles.set_seats(vehicle=one, seats=1, by="office")


def test_who_went_out_is_missing_until_back_whatever_becomes_of_the_place(one):
    booking = seated(one, "Lost")
    scan(booking, one)
    registration.withdraw(participant=booking.participant, by="office")
    assert seat_of(booking) == one
    assert count(one) == (1, 1, [])
    assert whole(one, "back") == (0, 1, ["Lost"])
    assert told(scan(booking, one, "back")) == ("ok", "")
    assert whole(one, "back") == (1, 1, [])


# -- Points -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *("vehicle-out:0", "vehicle-back:999999999", "vehicle-out:", "vehicle-in:1", "vehicle-out:１", "vehicle:1"),
        *("vehicle-out:-1", "vehicle-out:99999999999999999999", "vehicle-out:1\x00", "VEHICLE-OUT:1"),
    ],
)
def test_a_vehicle_that_is_none_is_an_unknown_point(one, name):
    with pytest.raises(AttendanceError, match="a vehicle of this edition"):
        scan(booked(one.visit), one, point=name)
    assert not Scan.objects.exists()


def test_a_vehicle_of_another_edition_is_an_unknown_point(one):
    with pytest.raises(AttendanceError, match="a vehicle of this edition"):
        scan(booked(one.visit), one, point=f"vehicle-out:{bus(visit()).pk}")


def test_points_are_each_vehicle_out_and_then_back_of_visits_that_take_place(one, two):
    names = [f"vehicle-{way}:{vehicle.pk}" for way in ("out", "back") for vehicle in (one, two)]
    edition = one.visit.session.edition
    assert [point.name for point in boarding.points(edition)] == names
    assert str(boarding.points(edition)[0]) == "Wednesday 9 October, Bus 1, to the visit"
    edition.sessions.update(status="cancelled")
    assert boarding.points(edition) == []


# -- The same number, undo ----------------------------------------------------------------------------------------


def test_the_same_number_gives_the_same_answer(one, two):
    booking, nonce = seated(two), uuid.uuid4()
    answer = checkin.answer(scan(booking, one, nonce=nonce))
    assert checkin.answer(scan(booking, one, nonce=nonce)) == answer
    scan(booking, two)
    assert checkin.answer(scan(booking, one, nonce=nonce)) == answer
    assert seat_of(booking) == two


def test_undo_takes_a_boarding_back_and_gives_the_former_seat_again(one, two):
    booking = seated(two)
    tried = checkin.undo(scan=scan(booking, one), by="a")
    assert (tried.void_by, seat_of(booking)) == ("a", two)
    assert (count(one), count(two)) == ((0, 0, []), (0, 1, ["Primjerić"]))
    assert told(scan(booking, two)) == ("ok", "")


def test_undo_leaves_the_seat_where_the_former_one_is_taken(one, two):
    booking = seated(two)
    tried = scan(booking, one)
    seated(two), seated(two)
    checkin.undo(scan=tried, by="a")
    assert seat_of(booking) == one


def test_undo_of_the_way_out_waits_for_the_way_back(one):
    booking = seated(one)
    out = scan(booking, one)
    back = scan(booking, one, "back")
    with pytest.raises(AttendanceError, match="Undo that first"):
        checkin.undo(scan=out, by="a")
    for tried in (back, out, out):
        assert checkin.undo(scan=tried, by="a").void_at is not None
    booking.refresh_from_db()
    assert (booking.boarded_out_at, booking.boarded_back_at, booking.back_vehicle) == (None, None, None)
    assert count(one) == (0, 1, ["Primjerić"])


def test_after_a_quarter_of_an_hour_the_secretariat_corrects(one):
    booking = seated(one)
    tried = scan(booking, one)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        with pytest.raises(AttendanceError, match="Ask the secretariat"):
            checkin.undo(scan=tried, by="a")
        boarding.take_back(booking=booking, is_back=False, by="office")
        boarding.take_back(booking=booking, is_back=True, by="office")
    tried.refresh_from_db()
    assert tried.void_by == "office"
    assert count(one) == (0, 1, ["Primjerić"])
    assert HistoryLine.objects.filter(verb__startswith="take back").count() == 1


def test_the_verbs_refuse_by_themselves_too(one):
    booking = seated(one)
    with pytest.raises(AttendanceError, match="there first"):
        boarding.board_back(participant=booking.participant, vehicle=one, by="a")
    boarding.board_out(participant=booking.participant, vehicle=one, by="a")
    with pytest.raises(AttendanceError, match="counted already"):
        boarding.board_out(participant=booking.participant, vehicle=one, by="a")


# -- Head counts --------------------------------------------------------------------------------------------------


def test_the_missing_are_named_by_delegation_and_name_in_one_query(one, two, django_assert_num_queries):
    seated(one, "Zorec", "Serbia"), seated(two, "Aboard", "Serbia")
    seated(one, "Abazi", "Serbia"), booked(one.visit, "Seatless", "Albania")
    scan(VisitBooking.objects.get(participant__family_name="Aboard"), two)
    with django_assert_num_queries(1):
        assert whole(one) == (1, 4, ["Seatless", "Abazi", "Zorec"])
    assert count(one) == (0, 2, ["Abazi", "Zorec"])
    assert count(two) == (1, 1, [])
