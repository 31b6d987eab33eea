"""Now and next while the page stays open: asleep, without a connection, over a new release, in another zone."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from events.models import Session
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
AGENDA = "/editions/2030-tirana/agenda/"
WAKE = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def edition():
    """Two days; the second session of the first has no end, the last passes midnight."""
    made = make.edition(slug="2030-tirana")
    hall = make.room(made)
    make.session(made, "Opening", 9, 10, room=hall)
    make.session(made, "Depots", 10, None)
    make.session(made, "Software", 10, 11, status="cancelled")
    night = make.session(made, "Night walk", 23, None, kind="social")
    Session.objects.filter(pk=night.pk).update(end=make.local(made, 1, day=1))
    make.session(made, "Closing", 9, 10, on=1)
    release_agenda(edition=made, by="sec")
    return made


@pytest.fixture
def it_is(edition, monkeypatch):
    """Sets the clock of the server."""

    def at(hour, minute=0, day=0):
        moment = make.local(edition, hour, minute, day).astimezone(dt.UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        monkeypatch.setattr("wsgiref.handlers.format_date_time", lambda when: f"{moment:%a, %d %b %Y %H:%M:%S GMT}")

    return at


def opened(visit, path=AGENDA, **more):
    page = visit(path, service_workers="block", **more)
    page.route("**/agenda/**", lambda route: route.continue_())  # keeps the browser's own store out
    return page


def box(page):
    return page.get_by_role("region", name="Now and next")


def marked(page):
    """The starts of the slots that are marked as now."""
    return [text[:5] for text in page.locator(".slot:has(.now)").all_inner_texts()]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_a_phone_in_another_zone_and_with_a_wrong_clock_shows_what_the_server_says(visit, edition, it_is, zone):
    it_is(9, 30)
    page = opened(visit, timezone_id=zone)
    assert "Opening" in box(page).inner_text()
    page.evaluate("Date.now = () => 0")
    it_is(10, 30)
    page.evaluate(WAKE)
    page.locator(".nn-now").get_by_text("until 23:00").wait_for()
    assert marked(page) == ["10:00"]


def test_a_page_that_slept_over_night_is_right_when_it_wakes(visit, edition, it_is):
    it_is(9, 30)
    page = opened(visit)
    it_is(9, 30, day=1)
    page.evaluate(WAKE)
    box(page).get_by_text("Closing").wait_for()
    assert marked(page) == ["09:00"]
    today = page.locator(".days [aria-current=date]")
    assert (today.count(), "Wed 9" in today.inner_text()) == (1, True)


def test_a_page_taken_from_a_store_after_its_time_asks_at_once(visit, edition, it_is):
    it_is(9, 30)
    page = opened(visit)
    kept = page.content()
    it_is(10, 30)
    page.route("**/agenda/?from=store", lambda route: route.fulfill(body=kept, content_type="text/html"))
    page.clock.install(time=make.local(edition, 10, 30))
    page.goto(AGENDA + "?from=store")
    page.locator(".nn-now").get_by_text("until 23:00").wait_for()


def test_without_a_connection_it_is_worked_out_and_says_so_until_the_server_answers(visit, edition, it_is):
    it_is(9, 30)
    page = opened(visit)
    page.clock.install(time=make.local(edition, 9, 30))
    page.reload()
    page.unroute("**/agenda/**")
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.context.set_offline(True)
    page.clock.run_for(31 * 60_000)
    box(page).get_by_text("Worked out from this page").wait_for()
    text = box(page).inner_text()
    assert "Depots" in text
    assert "until 23:00" in text, "without an end it lasts until the next start"
    assert "Software" not in text, "it is cancelled"
    assert marked(page) == ["10:00"]
    page.clock.run_for(14 * 3_600_000)
    page.locator(".nn-now").get_by_text("until 01:00").wait_for()
    page.clock.run_for(48 * 3_600_000)
    box(page).get_by_text("The programme has ended.").wait_for()
    assert marked(page) == []
    it_is(9, 30)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator(".nn-now").get_by_text("until 10:00").wait_for()
    assert marked(page) == ["09:00"]


def test_a_new_release_is_announced_and_nothing_moves_under_the_reader(visit, edition, it_is):
    it_is(9, 30)
    page = opened(visit)
    assert page.get_by_text("A new release of the agenda is here.").is_hidden()
    Session.objects.filter(title__contains="Closing").update(title="Farewell")
    release_agenda(edition=edition, by="sec")
    page.evaluate(WAKE)
    page.get_by_text("A new release of the agenda is here.").wait_for()
    assert page.locator(".sess", has_text="Closing").is_visible()
    page.get_by_role("link", name="Show the new agenda").click()
    assert page.locator(".sess", has_text="Farewell").is_visible()
    assert page.get_by_text("A new release of the agenda is here.").is_hidden()


def test_marks_follow_in_a_filtered_page_too(visit, edition, it_is):
    it_is(9, 30)
    page = opened(visit, AGENDA + "?day=2030-10-08")
    assert marked(page) == ["09:00"]
    it_is(10, 30)
    page.evaluate(WAKE)
    expect(page.locator(".slot:has(.now)")).to_contain_text("10:00")
    assert box(page).count() == 0
    assert page.locator(".sess", has_text="Closing").count() == 0


def test_a_moment_that_was_asked_for_stands_still(visit, edition):
    page = opened(visit, AGENDA + "?at=2030-10-08T09:30")
    page.evaluate(WAKE)
    page.evaluate("dispatchEvent(new Event('online'))")
    assert "As of 8 October 2030, 09:30" in box(page).inner_text()
    assert marked(page) == ["09:00"]
