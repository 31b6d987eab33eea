"""People board on a phone, and the secretariat gives seats, in a real browser."""

import pytest

from tests.browser.test_desk import assert_fits_and_is_accessible, signed_in_as
from tests.participants import on_the_bus
from tests.participants.at_the_desk import running_edition, staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def one():
    edition = running_edition(requires_review=False)
    return on_the_bus.bus(on_the_bus.visit(edition), "Bus 1", 3)


@pytest.fixture
def edition(one):
    return one.visit.session.edition


def count_at(page, label):
    page.get_by_text("You count here").click()
    page.get_by_label("Day, session or vehicle").select_option(label=label)
    page.get_by_role("button", name="Count here").click()


def board(page, name):
    page.get_by_label("Name, organisation or code").fill(name)
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Count aboard").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_people_board_out_and_back_until_nobody_is_missing(visit, live_server, one, edition, scripts):
    on_the_bus.seated(one, "Primjerić", "Serbia"), on_the_bus.seated(one, "Vzorec", "Kosovo*")
    state = signed_in_as(live_server, staff(edition=edition))
    page = visit(f"/checkin/{edition.slug}/", width=390, scripts=scripts, **state)
    for way, first in (("to the visit", "1 of 2 aboard Bus 1."), ("back", "1 aboard Bus 1. 1 of 2 are back.")):
        page.goto(f"/checkin/{edition.slug}/")
        day = page.locator("option", has_text=f"Bus 1, {way}").text_content()
        count_at(page, day)
        board(page, "primj")
        assert page.get_by_role("heading", name="Aboard").is_visible()
        assert first in page.locator(".task").inner_text()
        assert page.get_by_role("link", name="Next person").bounding_box()["y"] < 844
        page.get_by_role("link", name="Next person").click()
        assert "Boris Vzorec, Kosovo*" in page.locator(".headcount").inner_text()
        board(page, "vzorec")
        page.get_by_role("link", name="Next person").click()
    assert "Nobody is missing." in page.locator(".headcount").inner_text()


@pytest.mark.parametrize("dark", [True, False])
def test_boarding_fits_a_phone_and_is_accessible(visit, live_server, one, edition, dark):
    two = on_the_bus.bus(one.visit, "Bus 2", 1)
    on_the_bus.seated(one, "Primjerić", "Serbia"), on_the_bus.seated(two, "Vzorec")
    on_the_bus.booked(one.visit, "Seatless")
    state = signed_in_as(live_server, staff(edition=edition))
    page = visit(f"/checkin/{edition.slug}/", width=390, dark=dark, **state)
    count_at(page, page.locator("option", has_text="Bus 1, to the visit").text_content())
    assert_fits_and_is_accessible(page)
    board(page, "vzorec")
    assert page.get_by_role("heading", name="Aboard. Other vehicle").is_visible()
    assert_fits_and_is_accessible(page)
    page.get_by_role("link", name="Next person").click()
    count_at(page, page.locator("option", has_text="Bus 1, back").text_content())
    assert page.get_by_text("1 is missing").is_visible()
    assert_fits_and_is_accessible(page)
    page.goto(f"/checkin/{edition.slug}/?q=boris")
    assert_fits_and_is_accessible(page)
    page.get_by_role("button", name="See why Boris Seatless").click()
    assert page.get_by_role("heading", name="Stop. Not counted out").is_visible()
    assert_fits_and_is_accessible(page)


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_the_page_of_seats_fits_and_is_accessible(visit, live_server, one, edition, width, dark):
    on_the_bus.seated(one, "Primjerić", "Serbia"), on_the_bus.booked(one.visit, "Seatless")
    state = signed_in_as(live_server, staff("secretariat", edition))
    page = visit(f"/admin/participants/vehicle/visits/{one.visit.pk}/", width=width, dark=dark, **state)
    page.get_by_label("New vehicle: label").fill("Bus 2")
    page.get_by_label("Seats", exact=True).fill("20")
    page.get_by_role("button", name="Add vehicle").click()
    page.get_by_label("Boris Seatless").select_option(label="Bus 2")
    page.get_by_role("button", name="Save seats").click()
    assert page.get_by_text("1 seat was changed.").is_visible()
    assert_fits_and_is_accessible(page)
