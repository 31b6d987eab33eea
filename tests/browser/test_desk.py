"""The desk on a phone and the attendance grid, in a real browser."""

from urllib.parse import urlsplit

import pytest
from django.conf import settings

from participants.models import Attendance, Scan
from tests.browser.looking import faults, faults_of_ours, is_too_wide
from tests.participants.at_the_desk import confirmed, running_edition, session, signed_in, staff
from tests.participants.registered import participant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edition():
    made = running_edition()
    session(made, "Opening")
    for name in ("Primjerić", "Vzorec", "Primerova"):
        confirmed(made, name)
    participant(made, "p@example.org", family_name="Pendingova")
    return made


def signed_in_as(live_server, user):
    """The cookies of a browser in which that account has signed in."""
    value = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "path": "/"}
    return {"storage_state": {"cookies": [cookie | {"domain": urlsplit(live_server.url).hostname}], "origins": []}}


def assert_fits_and_is_accessible(page):
    assert (page.url, faults(page), is_too_wide(page)) == (page.url, [], False)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_person_is_found_checked_in_and_taken_back(visit, live_server, edition, scripts):
    state = signed_in_as(live_server, staff(edition=edition))
    page = visit(f"/checkin/{edition.slug}/", width=390, scripts=scripts, **state)
    page.get_by_label("Name, organisation or code").fill("примјер")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Check in Mira Primjerić").click()
    assert page.get_by_role("heading", name="Checked in").is_visible()
    page.reload()
    assert Scan.objects.count() == 1
    assert page.get_by_role("link", name="Next person").bounding_box()["y"] < 844
    page.get_by_role("button", name="Undo this check-in").click()
    assert page.get_by_text("Undone").is_visible()
    assert not Attendance.objects.standing().exists()


@pytest.mark.parametrize("dark", [True, False])
def test_the_desk_fits_a_phone_and_is_accessible(visit, live_server, edition, dark):
    state = signed_in_as(live_server, staff(edition=edition))
    page = visit(f"/checkin/{edition.slug}/?q=mira", width=390, dark=dark, **state)
    assert_fits_and_is_accessible(page)
    for button, verdict in (
        ("Check in Mira Vzorec", "Checked in"),
        ("Check in again Mira Vzorec", "Checked in"),
        ("See why Mira Pendingova", "Stop. Not confirmed"),
    ):
        page.goto(f"/checkin/{edition.slug}/?q=mira")
        page.get_by_role("button", name=button).click()
        assert page.get_by_role("heading", name=verdict).is_visible()
        assert_fits_and_is_accessible(page)


def test_the_point_is_changed_and_named_on_the_answer(visit, live_server, edition):
    page = visit(f"/checkin/{edition.slug}/", width=390, **signed_in_as(live_server, staff(edition=edition)))
    page.get_by_text("You count here").click()
    page.get_by_label("Day, session or vehicle").select_option(label="· 09:00 Opening")
    page.get_by_role("button", name="Count here").click()
    page.get_by_label("Name, organisation or code").fill("vzorec")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Check in Mira Vzorec").click()
    assert "09:00 Opening" in page.get_by_text("Counted at").inner_text()
    assert Attendance.objects.get().session == edition.sessions.get()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_grid_is_ticked_and_saved(visit, live_server, edition, scripts):
    state = signed_in_as(live_server, staff("secretariat", edition))
    page = visit(f"/admin/participants/attendance/grid/{edition.slug}/", scripts=scripts, **state)
    box = page.get_by_role("checkbox", name="Mira Vzorec, ").first
    box.check()
    assert page.get_by_text("1 change waits").is_visible() is scripts
    page.get_by_role("button", name="Save attendance").click()
    assert page.get_by_text("1 present, 0 taken away").is_visible()
    assert page.get_by_role("checkbox", name="Mira Vzorec, ").first.is_checked()
    assert Attendance.objects.get().recorded_by == "d.sample"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)])
def test_the_grid_fits_and_is_accessible(visit, live_server, edition, width, dark):
    state = signed_in_as(live_server, staff("secretariat", edition))
    page = visit(f"/admin/participants/attendance/grid/{edition.slug}/", width=width, dark=dark, **state)
    page.get_by_role("checkbox", name="Mira Vzorec, ").first.check()
    page.get_by_role("button", name="Save attendance").click()
    assert (faults_of_ours(page), is_too_wide(page)) == ([], False)
