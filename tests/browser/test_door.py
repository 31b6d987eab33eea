"""The display at a door: on its own, with a wrong clock, without a connection, in both colours."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from events.scheduling import release_agenda
from tests import make
from tests.browser.looking import faults, is_too_wide

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edition():
    """A hall with two sessions, the second cancelled, and a third."""
    made = make.edition(slug="2030-tirana")
    hall = make.room(made)
    make.speaker(make.session(made, "Opening", 9, 10, room=hall))
    make.session(made, "Software", 10, 11, room=hall, status="cancelled", cancelled_note="The speaker is ill.")
    make.session(made, "Depots", 11, 12, room=hall)
    make.session(made, "Reading", 10, 11, room=make.room(made, "Library"))
    release_agenda(edition=made, by="sec")
    return made


@pytest.fixture
def it_is(edition, monkeypatch):
    """Sets the clock of the server, also in the head that its answers carry."""

    def at(hour, minute=0):
        moment = make.local(edition, hour, minute)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment.astimezone(dt.UTC))
        monkeypatch.setattr(
            "http.server.BaseHTTPRequestHandler.date_time_string",
            lambda self, timestamp=None: f"{moment.astimezone(dt.UTC):%a, %d %b %Y %H:%M:%S GMT}",
        )
        monkeypatch.setattr(
            "wsgiref.handlers.format_date_time", lambda when: f"{moment.astimezone(dt.UTC):%a, %d %b %Y %H:%M:%S GMT}"
        )

    return at


def path(edition):
    return f"/editions/2030-tirana/rooms/{edition.rooms.get(name='Hall A').pk}/"


def test_the_clock_and_the_countdown_are_those_of_the_server_whatever_the_display_thinks(visit, edition, it_is):
    it_is(9, 40)
    page = visit(path(edition), timezone_id="Asia/Tokyo")
    page.get_by_text("20 min left").wait_for()
    assert page.locator(".door-clock").inner_text() == "09:40"
    assert page.get_by_text("in 1 h 20 min").is_visible()
    assert "Opening" in page.locator(".door-now").inner_text()


def test_it_changes_by_itself_when_the_session_ends(visit, edition, it_is):
    it_is(9, 59)
    page = visit("/")
    page.clock.install()
    page.goto(path(edition))
    page.get_by_text("less than 1 min left").wait_for()
    it_is(10)
    page.clock.run_for(31_000)
    page.get_by_text("Nothing in this room now.").wait_for()
    text = page.locator("main").inner_text()
    for words in ("Cancelled", "The speaker is ill.", "Now in other rooms:", "Library", "starts at 11:00"):
        assert words in text


def test_without_a_connection_it_says_so_and_shows_no_session_as_now_after_its_end(visit, edition, it_is):
    it_is(9, 50)
    page = visit("/")
    page.clock.install()
    page.goto(path(edition))
    page.get_by_text("10 min left").wait_for()
    page.context.set_offline(True)
    page.clock.run_for(60_000)
    page.get_by_text("No connection since 09:5").wait_for()
    assert page.locator(".door-now").is_visible(), "it still runs"
    page.clock.run_for(10 * 60_000)
    page.wait_for_selector(".door-now", state="hidden")
    assert page.get_by_text("Today in this room").is_visible()
    assert page.locator(".door-day .is-now").count() == 0, "the second is cancelled"
    page.clock.run_for(60 * 60_000)
    expect(page.locator(".door-day .is-now")).to_contain_text("Depots")


@pytest.mark.parametrize("look", ["", "dark", "light"])
@pytest.mark.parametrize("at", ["2030-10-08T09:30", "2030-10-08T10:30", "2030-10-12T09:00"])
def test_it_is_clean_and_fits_in_both_colours(visit, edition, look, at):
    page = visit(f"{path(edition)}?at={at}&look={look}")
    assert faults(page) == []
    for width, height in ((1920, 1080), (1280, 720), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert not is_too_wide(page)
    page.set_viewport_size({"width": 1920, "height": 1080})
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080, "nobody scrolls at a door"
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)") > 90


def test_without_a_script_it_loads_itself_anew(visit, edition):
    page = visit(path(edition), scripts=False)
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "60"
    assert page.locator(".door-clock").is_hidden()
