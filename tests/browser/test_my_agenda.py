"""My agenda on a phone: without a script, and with the stars that the browser kept."""

import datetime as dt
import re

import pytest

from events.models import Session
from events.scheduling import release_agenda
from participants.models import StarredSession
from tests import make
from tests.browser.looking import faults, is_too_wide
from tests.participants.registered import path_of_link

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edition():
    made = make.edition()
    depots = make.session(made, "Depots and " + "Verylongwordwithoutanyspace" * 4, room=make.room(made))
    make.session(made, "Marking", 11, 12, kind="working_group", letter="A", room=make.room(made, "Lake Room"))
    make.session(made, "Disposal", 11, 12, kind="working_group", letter="B", status="cancelled")
    make.session(made, "Clinic", 15, 16, kind="side_event")
    make.session(made, "Lunch", 12, 13, kind="meal")
    make.visit(made, meeting_point="At the gate")
    release_agenda(edition=made, by="test")
    Session.objects.filter(pk=depots.pk).update(start=make.local(made, 8), end=make.local(made, 9))
    release_agenda(edition=made, by="test")
    return made


@pytest.fixture
def person(edition):
    return make.participant(edition, "confirmed")


def opened(visit, person, **more):
    page = visit(path_of_link(person), **more)
    page.get_by_role("link", name="Open my agenda").click()
    page.wait_for_load_state()
    return page


def test_stars_and_a_group_are_chosen_on_a_phone_without_a_script(visit, person):
    page = opened(visit, person, width=390, scripts=False)
    assert page.locator("del", has_text="09:00 to 10:00").is_visible()
    page.get_by_label("A. Marking").check()
    page.get_by_role("button", name="Save my choice").click()
    page.wait_for_url("**/agenda/#groups-*")
    page.wait_for_load_state()
    assert page.get_by_label("A. Marking").is_checked()
    assert page.get_by_text("Your working group", exact=True).is_visible()
    page.get_by_text("1 more session of this day").first.click()
    page.get_by_role("button", name=re.compile("Star this session.*Clinic")).click()
    assert page.get_by_role("button", name=re.compile("Take the star away.*Clinic")).is_visible()
    assert StarredSession.objects.filter(participant=person).count() == 2
    assert not page.get_by_role("heading", name="Stars in this browser").is_visible()


def test_the_calendar_address_is_shown_once_on_a_phone_without_a_script(visit, person):
    page = opened(visit, person, width=390, scripts=False)
    page.get_by_role("button", name="Make my calendar address").click()
    address = page.locator(".address a")
    assert address.inner_text().endswith(".ics")
    page.goto(page.url.partition("#")[0])
    assert address.count() == 0
    page.get_by_role("button", name="End the address").click()
    assert page.get_by_role("button", name="Make my calendar address").is_visible()


def test_the_stars_that_the_browser_kept_are_offered_and_added(visit, edition, person):
    page = visit("/", width=390)
    kept = [one.pk for one in edition.sessions.filter(kind__in=["side_event", "working_group"])]
    page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [f"rasr-stars-{edition.slug}", str(kept)])
    page.goto(path_of_link(person))
    page.goto(f"/my/{person.reference}/agenda/")
    assert page.get_by_text("and not on this page yet: 3").is_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Add these stars").click()
    assert page.get_by_text("2 stars are added to your agenda.").is_visible()
    assert not page.get_by_role("button", name="Add these stars").is_visible()
    assert StarredSession.objects.filter(participant=person).count() == 2


@pytest.mark.parametrize("kept", ["no JSON", '{"a": 1}', '["x", null, 1.5]', "[]"])
def test_what_is_no_list_of_stars_is_not_offered(visit, edition, person, kept):
    page = visit("/", width=390)
    page.evaluate("([key, kept]) => localStorage.setItem(key, kept)", [f"rasr-stars-{edition.slug}", kept])
    page.goto(path_of_link(person))
    page.goto(f"/my/{person.reference}/agenda/")
    assert not page.get_by_role("button", name="Add these stars").is_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (390, True)])
def test_nothing_is_wrong_with_the_page_in_any_width_and_colour(visit, person, width, dark):
    make.booking(Session.objects.get(visit__isnull=False).visit, "confirmed", person)
    page = opened(visit, person, width=width, dark=dark)
    page.get_by_text("1 more session of this day").first.click()
    assert faults(page) == []
    assert not is_too_wide(page)
    page.get_by_role("button", name="Make my calendar address").click()
    assert faults(page) == []
    assert not is_too_wide(page)


def test_the_names_of_the_days_stand_over_what_is_on_them(visit, person):
    page = opened(visit, person, width=390)
    days = [heading.inner_text() for heading in page.locator(".day > h2").all()]
    first = dt.date(2030, 10, 8)
    assert [day.split(",")[0] for day in days] == [f"{first + dt.timedelta(days=n):%A}" for n in range(3)]
