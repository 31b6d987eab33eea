"""The secretariat builds a day in a real browser: by mouse, by keys, by touch and without a script."""

import pytest

from events.models import Session
from events.slots import slot_of
from tests import make
from tests.browser.looking import faults_of_ours, is_too_wide
from tests.browser.test_admin import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "/admin/events/session/timetable/2030-tirana/"


@pytest.fixture
def edition():
    edition = make.edition(slug="2030-tirana")
    hall = make.room(edition, "Hall A", capacity=80)
    make.room(edition, "Hall B", order=1)
    make.speaker(make.session(edition, "Depots", 9, 10, room=hall))
    make.session(edition, "Opening", 11, 12, room=hall)
    make.session(edition, "Without a time", None)
    return edition


def opened(visit, edition, **more):
    return signed_in(visit, make.staff("secretariat", edition), PATH, **more)


def block(page, title):
    return page.locator(".tt-block", has_text=title)


def lane(page, room):
    return page.locator(".tt-column", has_text=room).locator(".tt-lane")


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=3)
    page.mouse.move(*end, steps=3)
    page.mouse.up()


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def times(title):
    slot = slot_of(next(one for one in Session.objects.all() if str(one.title) == title))
    return slot.start and f"{slot.start:%H:%M}", slot.end and f"{slot.end:%H:%M}", slot.room and slot.room.name


def is_saved(page, title):
    page.locator(".messagelist", has_text=title).wait_for()


def test_a_session_is_dragged_stretched_and_put_away_by_mouse(visit, edition):
    page = opened(visit, edition)
    hour = block(page, "Depots").bounding_box()["height"]
    x, y = middle(block(page, "Depots"))
    target = middle(lane(page, "Hall B"))[0]
    drag(page, (x, y), (target, y + hour / 2))
    is_saved(page, "“Depots” is now")
    assert times("Depots") == ("09:30", "10:30", "Hall B")
    box = block(page, "Depots").bounding_box()
    edge = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 3)
    drag(page, edge, (edge[0], edge[1] + hour / 4))
    is_saved(page, "09:30–10:45, Hall B.")
    assert times("Depots") == ("09:30", "10:45", "Hall B")
    drag(page, middle(block(page, "Depots")), middle(page.locator(".tt-tray")))
    is_saved(page, "is now: no day")
    assert times("Depots") == (None, None, None)


def test_from_the_tray_into_a_room_and_on_to_another_day(visit, edition):
    page = opened(visit, edition)
    box = lane(page, "Hall B").bounding_box()
    drag(page, middle(block(page, "Without a time")), (box["x"] + 40, box["y"] + 20))
    is_saved(page, "“Without a time” is now")
    assert times("Without a time")[2] == "Hall B"
    drag(page, middle(block(page, "Without a time")), middle(page.locator(".tt-days a").nth(1)))
    page.get_by_text("9 October 2030").first.wait_for()
    assert Session.objects.filter(day=edition.days[1], room__name="Hall B").count() == 1
    assert page.locator(".tt-days a[aria-current]").inner_text() == "Wed 9 Oct"


def test_a_taken_room_is_explained_and_the_two_are_swapped(visit, edition):
    page = opened(visit, edition)
    hour = block(page, "Depots").bounding_box()["height"]
    x, y = middle(block(page, "Depots"))
    drag(page, (x, y), (x, y + 2 * hour))
    page.locator(".errornote", has_text="“Opening” holds this room at that time.").wait_for()
    assert times("Depots") == ("09:00", "10:00", "Hall A")
    page.get_by_role("button", name="Swap the two").click()
    is_saved(page, "were swapped")
    assert (times("Depots"), times("Opening")) == (("11:00", "12:00", "Hall A"), ("09:00", "10:00", "Hall A"))


def test_keys_move_and_stretch_and_nothing_is_saved_before_enter(visit, edition):
    page = opened(visit, edition)
    said = page.locator("#content-main > [role=status]")
    block(page, "Depots").focus()
    for key in ("ArrowDown", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    assert said.inner_text() == "“Depots”: 09:15–10:30, Hall B. Press Enter to save, Escape to put it back."
    assert times("Depots") == ("09:00", "10:00", "Hall A")
    page.keyboard.press("Escape")
    assert said.inner_text() == "“Depots” is where it was."
    for key in ("ArrowUp", "Shift+ArrowUp", "Enter"):
        page.keyboard.press(key)
    is_saved(page, "“Depots” is now")
    assert times("Depots") == ("08:45", "09:30", "Hall A")
    assert "“Depots” is now: 8 October 2030, 08:45–09:30, Hall A." in said.inner_text()
    # The keys go on where they were.
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("button", name="Save the new place").is_visible()
    block(page, "Opening").focus()
    page.keyboard.press("ArrowDown")
    assert said.inner_text() == "Save or put back “Depots” first."
    page.get_by_role("button", name="Put it back").click()


def test_who_was_overtaken_is_told(visit, edition):
    page = opened(visit, edition)
    session = Session.objects.get(start=make.local(edition, 9))
    session.save()
    block(page, "Depots").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".errornote", has_text="Somebody else changed “Depots” after you opened it.").wait_for()
    assert page.get_by_label("Start").first.input_value() == "09:15"
    assert times("Depots") == ("09:00", "10:00", "Hall A")
    page.get_by_role("button", name="Save the place and time").click()
    is_saved(page, "“Depots” is now")
    assert times("Depots")[0] == "09:15"


def test_a_finger_takes_a_session_by_its_grip_and_scrolls_elsewhere(visit, edition):
    page = opened(visit, edition, width=390, has_touch=True)
    touch = page.context.new_cdp_session(page)

    def swipe(start, end):
        for kind, points in (("Start", [start]), ("Move", [end]), ("Move", [end]), ("End", [])):
            where = [{"x": x, "y": y} for x, y in points]
            touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": where})

    block(page, "Depots").evaluate("block => block.scrollIntoView({block: 'center'})")
    hour = block(page, "Depots").bounding_box()["height"]
    x, y = middle(block(page, "Depots").locator(".tt-grip"))
    swipe((x, y), (x, y + hour))
    is_saved(page, "“Depots” is now")
    assert times("Depots") == ("10:00", "11:00", "Hall A")
    x, y = middle(block(page, "Depots"))
    swipe((x - 20, y), (x - 20, y - hour))
    assert page.locator(".tt-ghost, .is-dragged, [aria-busy]").count() == 0
    assert times("Depots") == ("10:00", "11:00", "Hall A")


def test_three_sessions_in_a_row_are_typed_quickly(visit, edition):
    page = opened(visit, edition)
    box = lane(page, "Hall B").bounding_box()
    page.mouse.click(box["x"] + 40, box["y"] + 5)
    page.keyboard.type("First")
    page.keyboard.press("Enter")
    is_saved(page, "“First” was added")
    for title, end in (("Second", "10:00"), ("Third", "10:30")):
        page.keyboard.type(title)
        page.locator("#id_addform_end").fill(end)
        page.keyboard.press("Enter")
        is_saved(page, f"“{title}” was added")
    assert times("Third") == ("10:00", "10:30", "Hall B")


@pytest.mark.parametrize("width", [1280, 390])
def test_everything_is_done_without_a_script(visit, edition, width):
    page = opened(visit, edition, scripts=False, width=width)
    page.get_by_role("row", name="09:00–10:00 Hall A Depots").get_by_role("link").click()
    form = page.locator(".tt-chosen")
    form.get_by_label("Start").fill("22:00")
    form.get_by_label("End", exact=True).fill("00:30")
    form.get_by_label("It ends on the next day").check()
    form.get_by_role("button", name="Save the place and time").click()
    assert page.get_by_text("“Depots” is now: 8 October 2030, 22:00–00:30, Hall A.").is_visible()
    form.get_by_label("Name, as printed").fill("Boris Primjerić")
    form.get_by_role("button", name="Add the speaker").click()
    assert form.get_by_role("link", name="Boris Primjerić").is_visible()
    form.get_by_role("link", name="Open all of the session").click()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(f"**{PATH}?*")
    page.get_by_role("link", name="Without a time").first.click()
    form.get_by_label("The other session").select_option(index=1)
    form.get_by_role("button", name="Swap the two").click()
    assert page.get_by_text("were swapped").is_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)])
def test_it_is_accessible_and_fits(visit, edition, width, dark):
    page = opened(visit, edition, width=width, dark=dark)
    assert (faults_of_ours(page), is_too_wide(page)) == ([], False)
    block(page, "Depots").click()
    page.locator(".tt-chosen").wait_for()
    assert (faults_of_ours(page), is_too_wide(page)) == ([], False)
    page.get_by_label("Start").first.fill("11:00")
    page.get_by_role("button", name="Save the place and time").click()
    page.locator(".errornote").wait_for()
    assert (faults_of_ours(page), is_too_wide(page)) == ([], False)
    block(page, "Depots").focus()
    page.keyboard.press("ArrowDown")
    assert (faults_of_ours(page), is_too_wide(page)) == ([], False)
