"""Stars on sessions: kept in this browser, shown alone, the same in every tab."""

import pytest
from playwright.sync_api import expect

from events.scheduling import release_agenda
from tests import make
from tests.browser.looking import faults, is_too_wide

pytestmark = pytest.mark.django_db(transaction=True)
AGENDA = "/editions/2030-tirana/agenda/"
KEPT = "localStorage.getItem('rasr-stars-2030-tirana')"


@pytest.fixture
def edition():
    """Three sessions on two days."""
    made = make.edition(slug="2030-tirana")
    make.session(made, "Opening", 9, 10)
    make.session(made, "Coffee", 10, 11, kind="break")
    make.session(made, "Depots", 11, 12)
    make.session(made, "Closing", 9, 10, on=1)
    release_agenda(edition=made, by="sec")
    return made


def star(page, title):
    return page.get_by_role("button", name=f"Star: {title}")


def pk(edition, title):
    return edition.sessions.get(title__contains=title).pk


def titles(page):
    return page.locator(".sess h3:visible").all_inner_texts()


def test_a_star_is_kept_in_this_browser_and_stands_on_both_pages(visit, edition):
    page = visit(AGENDA)
    star(page, "Depots").click()
    assert star(page, "Depots").get_attribute("aria-pressed") == "true"
    assert page.evaluate(KEPT) == f"[{pk(edition, 'Depots')}]"
    page.get_by_role("link", name="Depots").click()
    button = page.get_by_role("button", name="Star this session")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert page.evaluate(KEPT) == "[]"
    page.go_back()
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)


def test_my_stars_only_hides_the_rest_says_how_many_and_stays_after_a_reload(visit, edition):
    page = visit(AGENDA, width=390)
    star(page, "Depots").click()
    only = page.get_by_role("button", name="My stars only")
    only.click()
    assert titles(page) == ["Depots"]
    assert page.get_by_text("Sessions with your star: 1 of 4.").is_visible()
    assert page.get_by_text("kept in this browser only").is_visible()
    assert faults(page) == []
    assert not is_too_wide(page)
    page.reload()
    assert titles(page) == ["Depots"]
    assert page.url.endswith("?stars=1")
    only.click()
    assert len(titles(page)) == 4


def test_without_a_star_the_page_says_how_to_set_one(visit, edition):
    page = visit(AGENDA + "?stars=1")
    assert titles(page) == []
    assert page.get_by_text("You have no star here yet.").is_visible()


def test_by_keyboard_a_star_is_set_and_taken_back(visit, edition):
    page = visit(AGENDA)
    star(page, "Opening").focus()
    page.keyboard.press("Space")
    assert star(page, "Opening").get_attribute("aria-pressed") == "true"
    page.keyboard.press("Enter")
    assert star(page, "Opening").get_attribute("aria-pressed") == "false"


def test_another_tab_shows_the_star_at_once_and_neither_loses_any(visit, edition):
    one = visit(AGENDA)
    two = one.context.new_page()
    two.goto(AGENDA)
    star(one, "Opening").click()
    two.wait_for_selector("[data-star][aria-pressed=true]")
    star(two, "Depots").click()
    expect(one.locator("[data-star][aria-pressed=true]")).to_have_count(2)
    assert one.evaluate(f"JSON.parse({KEPT}).length") == 2


@pytest.mark.parametrize(
    "broken",
    [
        "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };",
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });",
    ],
)
def test_where_nothing_can_be_kept_the_star_lasts_as_long_as_the_page_and_it_says_so(visit, edition, broken):
    page = visit("/")
    page.add_init_script(broken)
    page.goto(AGENDA)
    star(page, "Opening").click()
    star(page, "Depots").click()
    assert page.locator("[data-star][aria-pressed=true]").count() == 2
    assert page.get_by_text("This browser cannot keep your stars.").is_visible()
    page.get_by_role("button", name="My stars only").click()
    assert titles(page) == ["Opening", "Depots"]


@pytest.mark.parametrize("kept", ["{", "null", "7", '{"a": 1}', '["x", null, 1.5]', "[" * 10_000])
def test_what_is_no_list_of_stars_is_passed_over(visit, edition, kept):
    page = visit(AGENDA)
    page.evaluate("kept => localStorage.setItem('rasr-stars-2030-tirana', kept)", kept)
    page.reload()
    assert page.locator("[data-star][aria-pressed=true]").count() == 0
    star(page, "Opening").click()
    assert page.evaluate(KEPT) == f"[{pk(edition, 'Opening')}]"


def test_without_a_script_there_is_no_star(visit, edition):
    page = visit(AGENDA, scripts=False)
    assert page.locator("[data-star]").first.is_hidden()
    assert page.get_by_role("button", name="My stars only").count() == 0
