"""The desk at a vehicle: how people stand there, the answers on the screen, and who is missing."""

import re
import uuid

import pytest
from django.utils import timezone

from participants import registration
from participants.models import Scan, VisitBooking
from participants.views import points
from tests import make
from tests.participants.at_the_desk import running_edition, signed_in, staff
from tests.participants.on_the_bus import booked, bus, scan, seated, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def one():
    return bus(visit(running_edition(requires_review=False)), "Bus 1", 3)


@pytest.fixture
def edition(one):
    return one.visit.session.edition


@pytest.fixture
def phone(edition):
    return signed_in(staff(edition=edition))


def at(edition, page=""):
    return f"/checkin/{edition.slug}/{page}"


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.S))


def choose(phone, vehicle, way="out"):
    edition = vehicle.visit.session.edition
    assert phone.post(at(edition), {"choose": f"vehicle-{way}:{vehicle.pk}"}).status_code == 302
    return phone.get(at(edition))


def press(phone, booking, vehicle, way="out"):
    """Count somebody aboard by the button of the page; the answer."""
    edition = vehicle.visit.session.edition
    point, code = f"vehicle-{way}:{vehicle.pk}", booking.participant.code
    answer = phone.post(at(edition), {"code": code, "point": point, "nonce": str(uuid.uuid4())})
    return phone.get(answer["Location"])


def test_every_vehicle_is_a_point_to_choose_out_and_back(phone, edition, one):
    page = phone.get(at(edition)).content.decode()
    for way in ("out", "back"):
        assert f'<option value="vehicle-{way}:{one.pk}">' in page
    shown = text_of(choose(phone, one))
    assert "You count here:" in shown
    assert "Bus 1, to the visit" in shown
    assert "Not today" in shown


def test_the_missing_are_named_with_their_delegation_and_nothing_else(phone, one):
    booking = seated(one, "Vzorec", "Slovenia")
    booking.participant.phone = "+355672123456"
    aboard = seated(one, "Aboard")
    booked(one.visit, "Seatless", "Croatia")
    scan(aboard, one)
    shown = text_of(choose(phone, one))
    assert "1 of 2 aboard Bus 1." in shown
    assert "1 is missing Boris Vzorec , Slovenia" in shown
    assert "1 comes and has no seat in any vehicle Boris Seatless , Croatia" in shown
    assert "All vehicles of the visit: 1 of 3 aboard." in shown
    for secret in (booking.participant.email, booking.participant.reference, "Ministry"):
        assert secret not in shown.split("Last check-ins")[0]


def test_on_the_way_back_somebody_missing_is_red_until_all_are_back(phone, one):
    people = [seated(one, name) for name in ("First", "Second")]
    for booking in people:
        scan(booking, one)
    page = choose(phone, one, "back")
    assert "b-err" in page.content.decode()
    assert "2 are missing Boris First , Albania (Bus 1)" in text_of(page)
    scan(people[0], one, "back")
    assert "1 is missing Boris Second" in text_of(phone.get(at(one.visit.session.edition)))
    scan(people[1], one, "back")
    page = phone.get(at(one.visit.session.edition))
    assert ("b-err" in page.content.decode(), "b-ok" in page.content.decode()) == (False, True)
    assert "2 aboard Bus 1. 2 of 2 are back. Nobody is missing." in text_of(page)


def test_a_search_says_how_people_stand_at_the_vehicle(phone, edition, one):
    two = bus(one.visit, "Bus 2", 3)
    seated(two, "Primerova"), booked(one.visit, "Primerovski"), make.participant(edition, family_name="Primer")
    gone, aboard = seated(one, "Primjerić"), seated(one, "Primerić")
    registration.withdraw(participant=gone.participant, by="test")
    scan(aboard, one)
    choose(phone, one)
    shown = text_of(phone.get(at(edition), {"q": "prim"}))
    for words in ("Seat in Bus 2", "No seat yet", "No place on the visit", "Withdrawn", "Aboard Bus 1 since"):
        assert words in shown
    choose(phone, one, "back")
    scan(aboard, two, "back")
    other = seated(one, "Primerčić")
    scan(other, one)
    shown = text_of(phone.get(at(edition), {"q": "prim"}))
    for words in ("Not counted on the way to the visit", "Went out in Bus 1", "Aboard Bus 2 since"):
        assert words in shown


def test_the_answers_are_green_amber_and_red(phone, one):
    two = bus(one.visit, "Bus 2", 1)
    first, second, third = seated(one, "First"), seated(one, "Second"), booked(one.visit, "Third")
    page = press(phone, first, one)
    assert "r-ok" in page.content.decode()
    assert "Aboard Boris First" in text_of(page).replace("  ", " ")
    assert "1 of 2 aboard Bus 1." in text_of(page)
    assert "Badge" not in text_of(page)
    page = press(phone, second, two)
    assert "r-warn" in page.content.decode()
    assert "Aboard. Other vehicle" in text_of(page)
    assert "This person was on the list of Bus 1. Now the person is counted here." in text_of(page)
    page = press(phone, third, two)
    assert "r-stop" in page.content.decode()
    assert "Stop. No free seat" in text_of(page)
    page = press(phone, third, one, "back")
    assert "Stop. Not counted out" in text_of(page)
    assert "choose the vehicle “to the visit”" in text_of(page)
    page = press(signed_in(staff(name="l.sample")), first, one)
    assert "Already aboard" in text_of(page)
    assert "seen by d.sample" in text_of(page)


def test_an_undone_boarding_is_amber_and_the_person_is_missing_again(phone, edition, one):
    booking = seated(one)
    page = press(phone, booking, one)
    assert "Undo this boarding" in text_of(page)
    assert phone.post(at(edition, "undo/"), {"nonce": str(Scan.objects.get().nonce)}).status_code == 302
    shown = phone.get(at(edition, f"result/{Scan.objects.get().pk}/"))
    assert "took this check-in back" in text_of(shown)
    assert "1 is missing Boris Primjerić" in text_of(choose(phone, one))
    assert "Bus 1, to the visit" in text_of(phone.get(at(edition))).split("Last check-ins")[1]


def test_a_moved_boarding_can_be_undone_by_its_button(phone, one):
    two = bus(one.visit, "Bus 2", 1)
    assert "Undo this boarding" in text_of(press(phone, seated(one), two))


@pytest.mark.parametrize("state", ["asked", "waitlisted", "refused", "withdrawn"])
def test_who_has_no_place_on_the_visit_is_stopped_with_the_reason(phone, one, state):
    booking = booked(one.visit)
    VisitBooking.objects.update(state=state, refusal_reason="The host said no")
    shown = text_of(press(phone, booking, one))
    assert "Stop. No place on the visit" in shown
    assert "Do not let the person board here." in shown
    assert "The host" not in shown


@pytest.mark.parametrize("point", ["vehicle-out:0", "vehicle-back:999999999", "vehicle-out:x", "vehicle-out:"])
def test_a_vehicle_that_is_none_is_answered_with_the_desk(phone, edition, one, point):
    typed = {"code": booked(one.visit).participant.code, "point": point, "nonce": str(uuid.uuid4())}
    for sent in ({"choose": point}, typed, typed | {"point": f"vehicle-out:{bus(visit()).pk}"}):
        answer = phone.post(at(edition), sent)
        assert answer.status_code == 422
        assert "a vehicle of this edition" in text_of(answer)
    body = {"at": timezone.now().isoformat()} | typed
    answer = phone.post(at(edition, "scan/"), body, content_type="application/json")
    assert (answer.status_code, "a vehicle" in answer.json()["error"]) == (400, True)
    assert not Scan.objects.exists()


def test_a_program_boards_by_the_same_contract(phone, edition, one):
    booking = seated(bus(one.visit, "Bus 2"))
    body = {"code": booking.participant.code, "point": f"vehicle-out:{one.pk}", "nonce": str(uuid.uuid4())}
    body |= {"at": timezone.now().isoformat()}
    first = phone.post(at(edition, "scan/"), body, content_type="application/json").json()
    assert (first["status"], first["reason"]) == (
        "ok",
        "This person was on the list of Bus 2. Now the person is counted here.",
    )
    assert set(first) == {"status", "reason", "at", "participant"}
    assert phone.post(at(edition, "scan/"), body, content_type="application/json").json() == first
    undone = phone.post(at(edition, "undo/"), {"nonce": body["nonce"]}, content_type="application/json")
    assert undone.json()["status"] == "undone"


def test_a_vehicle_that_is_gone_falls_back_to_the_day(phone, edition, one):
    choose(phone, one)
    one.delete()
    assert "people are here" in text_of(phone.get(at(edition)))


def test_the_page_costs_the_same_with_more_people(phone, edition, one, django_assert_max_num_queries):
    large = bus(one.visit, "Coach", 40)
    for number in range(8):
        scan(seated(large, f"Primer{number}"), large)
    choose(phone, large)
    with django_assert_max_num_queries(15):
        phone.get(at(edition), {"q": "primer"})


def test_every_code_of_a_refusal_has_its_words():
    for code in points.boarding.REASONS:
        assert "Stop." in points.headline(Scan(point="vehicle-out:1", reason=code), "refused")
