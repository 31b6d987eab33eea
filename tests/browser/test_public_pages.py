"""The public pages as a reader meets them: on a phone, in the dark, by keyboard, without a script."""

import datetime as dt
import gzip
from contextlib import suppress

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright import sync_api

from events.models import KeyStatement, Session, Talk, Topic
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],  # quicker: nothing is told of what passes
}
# What depends on colours and on the width; the rest is asked once a page.
OF_LOOK = RULES | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size"]}}
SCREENS = [(1280, "light", RULES), (390, "light", OF_LOOK), (390, "dark", OF_LOOK), (320, "light", OF_LOOK)]
HAS_RING = """() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3;
}"""
IN_SIGHT = """() => {
    const at = document.activeElement.getBoundingClientRect();
    return at.width > 0 && at.bottom > 0 && at.top < innerHeight && at.right > 0 && at.left < innerWidth;
}"""


@pytest.fixture
def edition():
    """An edition of three days with everything that a programme can hold, in its second release."""
    made = make.edition(slug="2030-tirana", summary="Two days.", footnotes={"en": "* Without prejudice."})
    topic = Topic.objects.create(edition=made, name="Disposal of large-scale ammunition")
    hall = make.room(made)
    opening = make.session(made, "Opening", room=hall, kind="opening", abstract="Words of welcome.")
    opening.topics.add(topic)
    make.speaker(opening, "Petro Koçi", honorific="Mr", function="Deputy Minister of Defence of Kosovo*")
    for letter in "ABC":
        group = make.session(made, f"Subject {letter}", 10, 12, letter=letter, kind="working_group")
        make.speaker(group, state="to_be_confirmed")
    Talk.objects.create(session=group, title="Fences first")
    make.session(made, "Coffee", 10, 11, kind="break", on=1)
    make.session(made, "Software", 14, 15, status="cancelled", cancelled_note="The speaker cannot travel.")
    make.session(made, "Reception", 20, 22, kind="social")
    make.session(made, "Time open", None)
    make.visit(made, capacity=5, what_to_wear="Strong shoes", rules="Stay with your group.", asks_identity=True)
    release_agenda(edition=made, by="sec")
    Session.objects.filter(pk=opening.pk).update(title="Opening of the workshop")
    release_agenda(edition=made, by="sec", note="The opening has a new title.")
    return made


@pytest.fixture
def past():
    """An edition that is over, with what was reported of it."""
    made = make.edition(slug="2018-tirana", status="archived", registration_opens=None, registration_closes=None)
    KeyStatement.objects.create(edition=made, name="Petro Koçi", function="Deputy Minister", statement="Good practice.")
    return made


def paths(edition, past):
    """Every public page, the agenda in each of its forms."""
    agenda = f"/editions/{edition.slug}/agenda/"
    visit = edition.sessions.get(kind="field_visit").visit
    sessions = [edition.sessions.get(title__contains=words).pk for words in ("Opening", "Subject C", "Software")]
    return [
        "/",
        "/editions/",
        f"/editions/{edition.slug}/",
        f"/editions/{past.slug}/",
        agenda,
        f"{agenda}?at=2030-10-08T10:30",
        f"{agenda}?release=1",
        f"{agenda}?day=2030-10-08",
        f"{agenda}?room=999",
        f"{agenda}changes/",
        f"/editions/{past.slug}/agenda/",
        *[f"/editions/{edition.slug}/sessions/{pk}/" for pk in sessions],
        f"/editions/{edition.slug}/visits/{visit.pk}/",
        "/privacy/",
        "/nothing/",
        f"{agenda}?day=x",
    ]


def box(page):
    """What the box of now and next says."""
    return page.get_by_role("region", name="Now and next").inner_text()


def test_every_page_is_clean_for_assistive_technology_and_fits(visit, edition, past):
    page = visit("/")
    for path in paths(edition, past):
        page.goto(path)
        page.evaluate(Axe().axe_script)
        for width, colours, rules in SCREENS:
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=colours)
            found = page.evaluate("rules => axe.run(document, rules)", rules)["violations"]
            faults = [(fault["id"], fault["nodes"][0]["html"]) for fault in found]
            is_too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
            assert (path, width, colours, faults, is_too_wide) == (path, width, colours, [], False)


def test_the_agenda_works_without_a_script(visit, edition):
    page = visit("/editions/2030-tirana/agenda/?at=2030-10-08T09:30", width=390, scripts=False)
    assert "Opening of the workshop" in box(page)
    page.get_by_role("link", name="Now 09:00").click()
    assert page.evaluate("location.hash") == f"#t-{edition.sessions.get(kind='opening').pk}"

    page.get_by_text("Filter by day, kind, room or topic").click()
    page.get_by_role("link", name="Hall A").click()
    assert page.get_by_role("status").inner_text().startswith("1 session of 9 fits.")
    page.get_by_role("link", name="Show all").click()
    page.get_by_role("link", name="Show only this day").first.click()
    assert page.get_by_role("heading", level=2, name="Wednesday").count() == 0
    page.get_by_role("link", name="Wed 9").click()
    assert page.get_by_role("heading", level=2, name="Wednesday").is_visible()

    page.get_by_text("Language: English").click()
    page.get_by_role("link", name="Shqip").click()
    assert page.url.endswith("/sq/editions/2030-tirana/agenda/")
    assert page.locator("html").get_attribute("lang") == "sq"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2030-10-05T12:00", "In 3 days: Tuesday, 8 October 2030, 09:00"),
        ("2030-10-08T09:59", "until 10:00"),
        ("2030-10-08T10:00", "until 12:00"),
        ("2030-10-08T22:00", "Tomorrow: Wednesday, 9 October 2030, 10:00"),
        ("2030-10-10T12:00", "The programme has ended."),
    ],
)
def test_now_and_next_follow_the_clock(visit, edition, at, words):
    assert words in box(visit(f"/editions/2030-tirana/agenda/?at={at}", scripts=False))


def test_now_and_next_refresh_while_the_page_stays_open(visit, edition, monkeypatch):
    def it_is(hour, minute):
        moment = make.local(edition, hour, minute).astimezone(dt.UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    it_is(9, 59)
    # Neither the saved copy nor the browser's own store may answer.
    page = visit("/editions/2030-tirana/agenda/", service_workers="block")
    page.route("**/agenda/", lambda route: route.continue_())
    page.clock.install()
    page.reload()
    assert "Opening of the workshop" in box(page)
    page.get_by_role("link", name="Update").focus()
    it_is(10, 0)
    told = page.get_by_role("region", name="Now and next").get_by_text("Right until 12:00")
    for _minute in range(5):  # a busy browser begins to count after the first
        page.clock.run_for(61_000)
        with suppress(sync_api.TimeoutError):
            told.wait_for(timeout=5_000)
            break
    assert told.is_visible()
    assert "Subject A" in box(page)
    # The marks in the programme move along, and the reader keeps the place.
    assert page.locator(".slot .now").count() == 1
    assert "10:00 to 12:00" in page.locator(".slot:has(.now)").inner_text()
    assert page.evaluate("document.activeElement.id") == "update"


@pytest.mark.parametrize("width", [1280, 390])
def test_by_keyboard_the_first_stop_skips_the_menus_and_each_stop_shows_where_one_is(visit, edition, width):
    page = visit("/editions/2030-tirana/agenda/?at=2030-10-08T10:30", width=width, reduced_motion="reduce")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    seen = 0
    while page.evaluate("document.activeElement.tagName") != "BODY":
        where = page.evaluate("document.activeElement.outerHTML")
        assert (where, page.evaluate(HAS_RING), page.evaluate(IN_SIGHT)) == (where, True, True)
        page.keyboard.press("Tab")
        seen += 1
    assert seen > 25


def test_the_skip_link_leads_past_the_menus(visit, edition):
    page = visit("/editions/2030-tirana/agenda/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_the_first_view_of_the_agenda_is_light_and_sets_no_cookie(visit, edition):
    page = visit("/editions/2030-tirana/agenda/")
    parts = page.evaluate("performance.getEntriesByType('resource').map(part => part.name)")
    sizes = {part: len(gzip.compress(page.request.get(part).body())) for part in [page.url, *parts]}
    assert any("htmx" in url for url in sizes)
    assert sum(sizes.values()) < 60_000, sizes
    assert page.context.cookies() == []


def test_on_paper_the_agenda_says_what_it_is_and_leaves_the_menus_out(visit, edition):
    page = visit("/editions/2030-tirana/agenda/")
    page.emulate_media(media="print")
    assert page.locator("#release").get_by_text("Changes after this time:").is_visible()
    for away in (".mast", ".subnav", ".nn", ".days", ".foot"):
        assert not page.locator(away).is_visible(), away
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
