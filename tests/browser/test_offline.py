"""The agenda without a connection: the saved copy, what it says, and what is never kept."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from events.models import Session
from events.scheduling import release_agenda
from tests import make
from tests.browser.looking import faults, is_too_wide

pytestmark = pytest.mark.django_db(transaction=True)
AGENDA = "/editions/2030-tirana/agenda/"
STORED = """async () => {
    const paths = [];
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) { paths.push(new URL(request.url).pathname); }
    }
    return paths;
}"""


@pytest.fixture
def edition():
    """Two sessions on one day, one on the next."""
    made = make.edition(slug="2030-tirana")
    hall = make.room(made)
    make.session(made, "Opening", 9, 10, room=hall)
    make.session(made, "Depots", 10, 12, room=hall)
    make.session(made, "Closing", 9, 10, on=1)
    release_agenda(edition=made, by="sec")
    return made


def until(page, condition):
    """Wait for an asynchronous condition of the page: wait_for_function takes a promise for a yes."""
    page.evaluate(f"""async () => {{
        for (let tries = 0; !(await ({condition})); tries++) {{
            if (tries > 400) throw new Error("it never came to be");
            await new Promise(done => setTimeout(done, 50));
        }}
    }}""")


def has_stored(page, *paths):
    until(page, f"({STORED})().then(all => {list(paths)}.every(path => all.includes(path)))")


def kept(visit, path=AGENDA, **more):
    """A page that was opened once and is kept."""
    page = visit(path, **more)
    has_stored(page, path)
    page.evaluate(
        "navigator.serviceWorker.controller || new Promise(done => "
        "navigator.serviceWorker.addEventListener('controllerchange', done))"
    )
    return page


def saved(page):
    banner = page.locator("#saved")
    banner.wait_for()
    return banner.inner_text()


def test_the_first_visit_is_enough_for_a_copy_that_says_when_it_was_saved(visit, edition):
    page = kept(visit, width=390)
    page.context.set_offline(True)
    page.goto(AGENDA)
    words = saved(page)
    now = dt.datetime.now(edition.zone)
    assert any(f"saved at {now - dt.timedelta(minutes=ago):%H:%M}." in words for ago in (0, 1, 2))
    assert "Rooms can be different now." in words
    assert page.locator(".sess").count() == 3
    assert page.evaluate("getComputedStyle(document.querySelector('.mast')).display") == "block", "with its colours"
    assert faults(page) == []
    assert not is_too_wide(page)
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.locator("html[data-saved]")).to_have_count(0)
    assert page.locator("#saved").is_hidden()


def test_each_language_has_its_own_copy(visit, edition):
    page = kept(visit)
    page.goto("/sq" + AGENDA)
    has_stored(page, "/sq" + AGENDA)
    page.context.set_offline(True)
    page.goto("/sq" + AGENDA)
    saved(page)
    assert page.locator("html").get_attribute("lang") == "sq"
    page.goto(AGENDA)
    assert page.locator("html").get_attribute("lang") == "en"


def test_a_session_keeps_the_agenda_too_and_what_was_never_seen_says_so(visit, edition):
    opening, depots = (
        f"/editions/2030-tirana/sessions/{edition.sessions.get(title__contains=title).pk}/"
        for title in ("Opening", "Depots")
    )
    page = kept(visit, opening)
    has_stored(page, AGENDA)
    page.context.set_offline(True)
    page.goto(opening)
    assert "saved at" in saved(page)
    page.goto(depots)
    assert page.get_by_role("heading", name="No connection").is_visible()
    assert page.get_by_text("This page is not saved on your device").is_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Agenda, Edition").click()
    assert page.locator(".sess").count() == 3


def test_a_search_without_a_connection_shows_all_and_says_so(visit, edition):
    page = kept(visit)
    page.context.set_offline(True)
    page.goto(AGENDA + "?q=depots")
    assert "Filters and search need a connection" in saved(page)
    page.goto(AGENDA + "?release=1")
    assert page.get_by_role("heading", name="No connection").is_visible(), "another release is another page"


def test_only_the_agenda_and_what_it_is_drawn_with_is_kept(visit, edition):
    page = kept(visit)
    for path in ("/", "/my/lost/", "/editions/2030-tirana/", "/editions/2030-tirana/register/", "/accounts/login/"):
        page.goto(path)
    page.goto(AGENDA + "?q=depots")
    page.goto(AGENDA)
    page.wait_for_load_state("networkidle")
    paths = {path for path in page.evaluate(STORED) if not path.startswith("/static/")}
    assert paths == {AGENDA, "/offline/"}
    page.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        page.goto("/my/lost/")


def test_online_the_newest_is_shown_and_saved(visit, edition):
    page = kept(visit)
    Session.objects.filter(title__contains="Depots").update(title="Barracks")
    release_agenda(edition=edition, by="sec")
    page.goto(AGENDA)
    assert page.get_by_role("link", name="Barracks").first.is_visible()
    has_stored(page, AGENDA)
    until(page, f"caches.match({AGENDA!r}).then(copy => copy.text()).then(text => text.includes('Barracks'))")
    page.context.set_offline(True)
    page.goto(AGENDA)
    saved(page)
    assert page.get_by_role("link", name="Barracks").first.is_visible()


def test_an_edition_that_is_no_longer_public_is_forgotten(visit, edition):
    page = kept(visit)
    edition.status = "draft"
    edition.save()
    page.goto(AGENDA)
    until(page, f"caches.match({AGENDA!r}).then(copy => copy === undefined)")


def test_a_new_version_takes_the_copies_along_and_the_old_ones_away(visit, edition, monkeypatch):
    page = kept(visit)
    first = page.evaluate("caches.keys()")
    monkeypatch.setattr("events.views.offline.PARTS", ("site.css",))
    page.evaluate("navigator.serviceWorker.getRegistration().then(one => one.update())")
    until(page, f"caches.keys().then(names => names.length === 1 && names[0] !== {first[0]!r})")
    has_stored(page, AGENDA)
    page.context.set_offline(True)
    page.goto(AGENDA)
    assert "saved at" in saved(page)


def test_now_and_next_of_a_saved_copy_follow_the_clock(visit, edition):
    page = kept(visit)
    page.context.set_offline(True)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")  # else it answers for half a minute
    page.clock.install(time=make.local(edition, 9, 30))
    page.goto(AGENDA)
    box = page.get_by_role("region", name="Now and next")
    box.get_by_text("Worked out from this page").wait_for()
    assert "Opening" in box.inner_text()
    assert "until 10:00" in box.inner_text()
    assert "saved on" in saved(page)
    assert page.locator(".slot:has(.now)").inner_text().startswith("09:00")
    assert page.locator(".days [aria-current]").inner_text().split() == ["Tue", "8", "October,", "Today"]
    page.clock.run_for(31 * 60_000)
    expect(page.locator(".nn-now")).to_contain_text("until 12:00")
    assert page.locator(".slot:has(.now)").inner_text().startswith("10:00")
