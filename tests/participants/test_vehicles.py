"""Vehicles and seats: never more people than seats, delegations together, nothing taken from under somebody."""

import pytest

from events.models import HistoryLine
from participants import registration, vehicles
from participants.models import Vehicle, VisitBooking
from participants.vehicles import VehicleError
from tests import make
from tests.participants.on_the_bus import booked, bus, scan, seat_of, seated, visit

pytestmark = pytest.mark.django_db


def seats(*bookings):
    return [str(seat_of(one) or "") for one in bookings]


# -- Vehicles -----------------------------------------------------------------------------------------------------


def test_a_vehicle_is_written_down_with_its_history():
    vehicle = vehicles.add_vehicle(visit=visit(), label=" Bus\n1 ", seats=40, by="office")
    assert (vehicle.label, vehicle.seats) == ("Bus 1", 40)
    line = HistoryLine.objects.get(subject="vehicle")
    assert (line.verb, line.after, line.actor) == ("add", "40 seats", "office")


@pytest.mark.parametrize("label", ["", " ", "\u200b", "\x00", "x" * 61])
def test_a_label_that_is_none_is_refused(label):
    with pytest.raises(VehicleError, match="Write a label"):
        vehicles.add_vehicle(visit=visit(), label=label, seats=4, by="office")


def test_a_label_is_used_once_on_a_visit_and_again_on_another():
    first = bus(visit(), "Bus 1")
    with pytest.raises(VehicleError, match="has this label") as refused:
        bus(first.visit, "Bus  1")
    assert refused.value.field == "label"
    assert bus(visit(), "Bus 1").label == "Bus 1"


@pytest.mark.parametrize("number", [-1, 0, 501, 99999])
def test_a_number_of_seats_that_is_none_is_refused(number):
    vehicle = bus(visit())
    with pytest.raises(VehicleError, match="from 1 to 500"):
        vehicles.set_seats(vehicle=vehicle, seats=number, by="office")
    with pytest.raises(VehicleError, match="from 1 to 500"):
        bus(vehicle.visit, "Bus 2", number)


def test_fewer_seats_than_people_are_refused_with_their_number():
    vehicle = bus(visit(), seats=3)
    for _n in range(2):
        seated(vehicle)
    with pytest.raises(VehicleError, match=r"2 people sit in Bus 1\. Write 2 or more\."):
        vehicles.set_seats(vehicle=vehicle, seats=1, by="office")
    changed = vehicles.set_seats(vehicle=vehicle, seats=2, label="Minibus", by="office")
    assert (changed.seats, changed.label) == (2, "Minibus")
    assert Vehicle.objects.get().label == "Minibus"


def test_a_vehicle_with_people_is_not_removed():
    vehicle = bus(visit())
    booking = seated(vehicle)
    with pytest.raises(VehicleError, match="1 person sits in Bus 1"):
        vehicles.remove_vehicle(vehicle=vehicle, by="office")
    vehicles.assign(booking=booking, vehicle=None, by="office")
    vehicles.remove_vehicle(vehicle=vehicle, by="office")
    assert not Vehicle.objects.exists()
    with pytest.raises(VehicleError, match="not in the list"):
        vehicles.remove_vehicle(vehicle=Vehicle(pk=vehicle.pk, visit=vehicle.visit), by="office")


def test_a_vehicle_at_which_people_were_counted_stays():
    vehicle, other = bus(visit()), None
    booking = seated(vehicle)
    scan(booking, vehicle)
    other = bus(vehicle.visit, "Bus 2")
    scan(booking, other)
    with pytest.raises(VehicleError, match="People were counted at Bus 1"):
        vehicles.remove_vehicle(vehicle=vehicle, by="office")


# -- By hand ------------------------------------------------------------------------------------------------------


def test_a_seat_is_given_changed_and_taken_away():
    first = bus(visit())
    second, booking = bus(first.visit, "Bus 2"), booked(first.visit)
    for vehicle in (first, second, None):
        assert vehicles.assign(booking=booking, vehicle=vehicle, by="office").vehicle == vehicle
        assert seat_of(booking) == vehicle
    lines = HistoryLine.objects.filter(subject="visitbooking", verb="assign").order_by("pk")
    pairs = [(str(first.pk), str(second.pk)), (str(second.pk), "")]
    assert [(one.before, one.after) for one in lines] == [("", str(first.pk)), *pairs]


def test_a_full_vehicle_takes_nobody():
    vehicle = bus(visit(), seats=1)
    sits, stands = seated(vehicle), booked(vehicle.visit)
    with pytest.raises(VehicleError, match="Bus 1 has 1 seat and it is taken"):
        vehicles.assign(booking=stands, vehicle=vehicle, by="office")
    assert seats(sits, stands) == ["Bus 1", ""]


@pytest.mark.parametrize("state", ["asked", "waitlisted", "refused", "withdrawn"])
def test_only_a_confirmed_place_gets_a_seat(state):
    vehicle = bus(visit())
    booking = booked(vehicle.visit)
    VisitBooking.objects.update(state=state)
    with pytest.raises(VehicleError, match="has no confirmed place"):
        vehicles.assign(booking=booking, vehicle=vehicle, by="office")


def test_a_vehicle_of_another_visit_is_refused():
    booking = booked(visit())
    with pytest.raises(VehicleError, match="not in the list of the visit"):
        vehicles.assign(booking=booking, vehicle=bus(visit()), by="office")


def test_who_is_aboard_is_moved_by_the_desk_alone():
    vehicle = bus(visit())
    booking = seated(vehicle)
    scan(booking, vehicle)
    for wanted in (bus(vehicle.visit, "Bus 2"), None):
        with pytest.raises(VehicleError, match="is aboard already"):
            vehicles.assign(booking=booking, vehicle=wanted, by="office")
    assert vehicles.assign(booking=booking, vehicle=vehicle, by="office").vehicle == vehicle


def test_two_people_in_full_vehicles_change_places():
    one = bus(visit(), "Bus 1", 1)
    two = bus(one.visit, "Bus 2", 1)
    first, second = seated(one), seated(two)
    vehicles.assign_each(visit=one.visit, seats={first.pk: two, second.pk: one}, by="office")
    assert seats(first, second) == ["Bus 2", "Bus 1"]


def test_of_several_changes_all_are_made_or_none():
    vehicle = bus(visit(), seats=1)
    first, second = booked(vehicle.visit), booked(vehicle.visit)
    with pytest.raises(VehicleError, match="it is taken"):
        vehicles.assign_each(visit=vehicle.visit, seats={first.pk: vehicle, second.pk: vehicle}, by="office")
    with pytest.raises(VehicleError, match="not on this visit"):
        vehicles.assign_each(visit=vehicle.visit, seats={first.pk: vehicle, 0: vehicle}, by="office")
    assert seats(first, second) == ["", ""]


def test_who_withdraws_frees_the_seat():
    vehicle = bus(visit(), seats=1)
    leaving, coming = seated(vehicle), booked(vehicle.visit)
    registration.withdraw(participant=leaving.participant, by="participant")
    assert seat_of(leaving) is None
    vehicles.assign(booking=coming, vehicle=vehicle, by="office")


# -- Automatically ------------------------------------------------------------------------------------------------


def test_delegations_stay_together_and_who_sits_stays():
    held = visit()
    small, large = bus(held, "Car", 3), bus(held, "Bus", 6)
    driver = seated(small, "Vzorec", "Slovenia")
    serbia = [booked(held, of="Serbia") for _n in range(4)]
    albania = [booked(held, of="Albania") for _n in range(2)]
    assert vehicles.assign_all(visit=held, by="office") == []
    assert seats(driver) == ["Car"]
    assert set(seats(*serbia)) == {"Bus"}
    assert len(set(seats(*albania))) == 1
    assert large.bookings.count() + small.bookings.count() == 7


def test_a_second_press_changes_nothing():
    held = visit()
    bus(held, seats=3)
    people = [booked(held, of=name) for name in ("Serbia", "Albania", "Serbia")]
    vehicles.assign_all(visit=held, by="office")
    before, lines = seats(*people), HistoryLine.objects.count()
    assert vehicles.assign_all(visit=held, by="office") == []
    assert (seats(*people), HistoryLine.objects.count()) == (before, lines)


def test_who_finds_no_seat_is_named_and_who_has_no_place_gets_none():
    held = visit()
    bus(held, seats=1)
    first, second, asked = booked(held), booked(held), booked(held)
    VisitBooking.objects.filter(pk=asked.pk).update(state="asked")
    assert vehicles.assign_all(visit=held, by="office") == [second]
    assert seats(first, second, asked) == ["Bus 1", "", ""]


def test_a_visit_without_vehicles_leaves_everybody_standing():
    booking = booked(visit())
    assert vehicles.assign_all(visit=booking.visit, by="office") == [booking]
    assert vehicles.assign_all(visit=visit(make.edition()), by="office") == []
