"""The page of a visit's vehicles in the back office: seats by hand and automatically, and what it refuses."""

import pytest

from events.models import HistoryLine
from participants.models import Vehicle
from tests import make
from tests.participants.on_the_bus import booked, bus, scan, seat_of, seated, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def held():
    return visit()


@pytest.fixture
def office(client, held):
    client.force_login(make.staff("secretariat", held.session.edition))
    return client


def at(held):
    return f"/admin/participants/vehicle/visits/{held.pk}/"


def press(office, held, do, **typed):
    """Press a button of the page; the page that follows, as text."""
    answer = office.post(at(held), {"do": do} | {name.replace("_", "-"): value for name, value in typed.items()})
    page = office.get(at(held)) if answer.status_code == 302 else answer
    return answer.status_code, page.content.decode()


def test_vehicles_are_added_changed_and_deleted(office, held):
    status, page = press(office, held, "add", label="Bus 1", seats="40")
    assert (status, "Bus 1 was added." in page) == (302, True)
    vehicle = Vehicle.objects.get()
    press(office, held, "change", vehicle=vehicle.pk, label="Minibus", seats="8")
    vehicle.refresh_from_db()
    assert (vehicle.label, vehicle.seats) == ("Minibus", 8)
    assert "Minibus was deleted." in press(office, held, "remove", vehicle=vehicle.pk)[1]
    assert not Vehicle.objects.exists()


@pytest.mark.parametrize("seats", ["", "0", "-1", "abc", "1.5", "١", "9" * 30, "501", "\x00"])
def test_seats_that_are_no_number_are_explained(office, held, seats):
    status, page = press(office, held, "add", label="Bus 1", seats=seats)
    assert status in {422, 400}
    assert "Write a number of seats from 1 to 500." in page or status == 400
    assert not Vehicle.objects.exists()


@pytest.mark.parametrize("label", ["", "\u200b", "x" * 61])
def test_a_label_that_is_none_is_explained(office, held, label):
    assert "Write a label" in press(office, held, "add", label=label, seats="4")[1]


def test_fewer_seats_than_people_and_a_vehicle_with_people_are_refused(office, held):
    vehicle = bus(held)
    seated(vehicle), seated(vehicle)
    status, page = press(office, held, "change", vehicle=vehicle.pk, label="Bus 1", seats="1")
    assert (status, "2 people sit in Bus 1. Write 2 or more." in page) == (422, True)
    assert press(office, held, "remove", vehicle=vehicle.pk)[0] == 422
    assert Vehicle.objects.get().seats == 10


def test_a_seat_is_given_by_hand_and_what_was_not_changed_stays(office, held):
    one, two = bus(held), bus(held, "Bus 2")
    first, second = booked(held, "First"), seated(one, "Second")
    page = office.get(at(held)).content.decode()
    assert "1 has no seat." in page
    typed = {f"was-{first.pk}": "", f"seat-{first.pk}": str(two.pk)}
    typed |= {f"was-{second.pk}": str(two.pk), f"seat-{second.pk}": str(two.pk)}
    status, page = press(office, held, "seats", **typed)
    assert (status, "1 seat was changed." in page, "Everybody has a seat." in page) == (302, True, True)
    assert (seat_of(first), seat_of(second)) == (two, one)


def test_a_full_vehicle_is_said_and_the_choice_is_kept(office, held):
    vehicle = bus(held, seats=1)
    seated(vehicle, "Sits")
    stands = booked(held, "Stands")
    status, page = press(office, held, "seats", **{f"was-{stands.pk}": "", f"seat-{stands.pk}": str(vehicle.pk)})
    assert (status, "Bus 1 has 1 seat and it is taken." in page) == (422, True)
    assert page.count(f'<option value="{vehicle.pk}" selected>') == 2
    assert seat_of(stands) is None


def test_all_are_assigned_by_one_press(office, held):
    bus(held, seats=1)
    booked(held), booked(held)
    assert "1 person has none: add a vehicle or seats." in press(office, held, "assign-all")[1]
    bus(held, "Bus 2", 1)
    assert "Everybody has a seat." in press(office, held, "assign-all")[1]


def test_who_was_counted_wrongly_is_taken_back_and_shown_as_not_aboard(office, held):
    vehicle = bus(held)
    booking = seated(vehicle, "Wrong")
    scan(booking, vehicle)
    scan(booking, vehicle, "back")
    page = office.get(at(held)).content.decode()
    assert f'value="back:{booking.pk}"' in page
    assert f'value="out:{booking.pk}"' not in page
    assert press(office, held, "take-back", who=f"out:{booking.pk}")[0] == 422
    for way in ("back", "out"):
        assert "is not counted as aboard any more." in press(office, held, "take-back", who=f"{way}:{booking.pk}")[1]
    booking.refresh_from_db()
    assert booking.boarded_out_at is None
    assert HistoryLine.objects.filter(verb__startswith="take back").count() == 2


@pytest.mark.parametrize("do", ["", "x", "change", "remove", "take-back", "seats"])
@pytest.mark.parametrize("key", ["", "0", "abc", "-1", "9" * 30, "out:9", "in:1", "\ud800"])
def test_what_no_page_of_ours_sends_changes_nothing(office, held, do, key):
    vehicle = bus(held)
    booking = seated(vehicle)
    foreign = str(bus(visit()).pk)
    typed = {"vehicle": key or foreign, "who": key, f"seat-{booking.pk}": key or foreign, f"was-{booking.pk}": "x"}
    try:
        status, _page = press(office, held, do, **typed, label="Bus 1", seats="1")
    except UnicodeEncodeError:
        return  # no client can send it
    assert status in {422, 400} or (do, key) == ("seats", "")
    assert seat_of(booking) == vehicle
    assert Vehicle.objects.count() == 2


def test_the_page_belongs_to_the_edition(client, office, held):
    assert office.get("/admin/participants/vehicle/visits/").content.decode().count(at(held)) == 1
    other = visit()
    assert office.get(at(other)).status_code == 404
    assert office.post(at(other), {"do": "add", "label": "Bus", "seats": "1"}).status_code == 404
    assert office.get("/admin/participants/vehicle/visits/99999999999999999999/").status_code == 404
    assert str(other.pk) not in office.get("/admin/participants/vehicle/visits/").content.decode().split("visits/")[1:]
    client.force_login(make.staff("visit-officer", held.session.edition))
    assert client.get(at(held)).status_code == 200
    for role in ("check-in", "observer"):
        client.force_login(make.staff(role, held.session.edition))
        assert client.get("/admin/participants/vehicle/visits/").status_code == 403
        assert client.get(at(held)).status_code == 404


def test_the_list_leads_to_the_page_and_has_no_forms_of_its_own(office, held):
    vehicle = bus(held)
    seated(vehicle)
    page = office.get("/admin/participants/vehicle/").content.decode()
    assert f'href="{at(held)}"' in page
    assert '<td class="field-taken">1</td>' in page
    assert office.get("/admin/participants/vehicle/add/").status_code == 403
    assert office.post(f"/admin/participants/vehicle/{vehicle.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_page_costs_the_same_with_more_people(office, held, django_assert_max_num_queries):
    vehicle = bus(held)
    for _n in range(6):
        seated(vehicle)
    with django_assert_max_num_queries(14):
        office.get(at(held))
