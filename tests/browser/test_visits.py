"""A practitioner books a visit on a phone, without a script and by keyboard; the secretariat decides in the office."""

import pytest

from participants.models import VisitBooking
from tests import make
from tests.browser.looking import faults, faults_of_ours, is_too_wide
from tests.browser.test_admin import signed_in
from tests.participants.registered import path_of_link

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edition():
    return make.edition(slug="2030-tirana")


@pytest.fixture
def asking(edition):
    """A visit that asks everything of those who come."""
    return make.visit(
        edition,
        capacity=1,
        rules="Stay on the path.\nFollow the officer.",
        what_to_wear="Closed shoes",
        asks_identity=True,
        needs_host_approval=True,
        signup_deadline=make.local(edition, 18),
        host_list_deadline=make.local(edition, 20),
    )


def check(page):
    """It fits, and axe finds nothing."""
    assert (page.url, faults(page), is_too_wide(page)) == (page.url, [], False)


def test_a_visit_is_booked_accepted_and_given_back_on_a_phone_without_a_script(visit, edition, asking):
    person = make.participant(edition)
    page = visit(path_of_link(person), width=390, scripts=False)
    page.get_by_role("link", name="Open my field visits").click()
    page.get_by_role("button", name="Book a place").click()
    assert page.get_by_text("You have no place yet.").is_visible()
    page.get_by_role("button", name="I accept the rules of the visit").click()
    assert page.get_by_text("You accepted version 1").is_visible()
    assert page.get_by_role("link", name="Write what the host asks for").is_visible()
    page.get_by_role("link", name="Take back my wish").click()
    page.get_by_role("button", name="Take back my wish").click()
    assert page.get_by_text("Given back").is_visible()
    assert VisitBooking.objects.get().state == "withdrawn"


def test_the_same_by_keyboard_alone(visit, edition, asking):
    page = visit(path_of_link(make.participant(edition)))
    page.goto(page.url + "visits/")
    for name in ("Book a place", "I accept the rules of the visit"):
        for _n in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText").strip() == name:
                break
        with page.expect_navigation():
            page.keyboard.press("Enter")
    page.get_by_text("You accepted version 1").wait_for()
    assert VisitBooking.objects.get().rules_version == 1


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (390, True), (320, False)])
def test_the_pages_fit_and_are_accessible(visit, edition, asking, width, dark):
    person = make.participant(edition)
    make.booking(asking, person=person)
    make.booking(make.visit(edition, capacity=3), person=person)
    page = visit(path_of_link(person), width=width, dark=dark)
    for path in ("visits/", f"visits/{asking.pk}/give-back/"):
        page.goto(f"/my/{person.reference}/{path}")
        check(page)


@pytest.mark.parametrize("width", [1280, 390])
def test_the_secretariat_refuses_and_the_pages_fit(visit, edition, asking, width):
    booking = make.booking(asking)
    path = f"/admin/participants/visitbooking/visit/{asking.pk}/"
    page = signed_in(visit, make.staff("secretariat", edition), path, width=width)
    for one in (path, path + "rules/"):
        page.goto(one)
        assert (one, faults_of_ours(page), is_too_wide(page)) == (one, [], False)
    page.goto(path)
    page.get_by_label(f"Choose {booking.participant.name}").check()
    page.get_by_role("button", name="The host refuses…").click()
    assert faults_of_ours(page) == []
    page.get_by_label("Reason that the host gave").fill("Not on the list")
    page.get_by_role("button", name="Write down the refusal").click()
    page.get_by_text("Now 1 × refused.").wait_for()
    assert VisitBooking.objects.get().refusal_reason == "Not on the list"
