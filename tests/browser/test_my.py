"""My registration on a phone, without a script, by keyboard: address, request, erasure."""

import datetime as dt
import re

import pytest
from django.utils import timezone as clock

from participants import changing, registration
from participants.models import Message, Participant
from tests.browser.looking import faults, is_too_wide
from tests.participants.registered import open_edition, open_visit, participant, path_of_link

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edition():
    return open_edition(footnotes={"en": "* This designation is without prejudice to positions on status."})


@pytest.fixture
def person(edition):
    made = participant(edition, dietary="no pork\n" * 5, organisation="Ministry of " + "Examples" * 20)
    registration.booking.ask(participant=made, visit=open_visit(edition), by="test")
    return made


def path_in_mail(kind):
    text = Message.objects.filter(kind=kind).latest("pk").text
    return "/" + re.findall(r"https?://\S+", text)[0].split("/", 3)[3]


def close_details(edition):
    edition.details_deadline = clock.now() - dt.timedelta(hours=1)
    edition.save()


def test_an_address_is_changed_on_a_phone_without_a_script(visit, person):
    page = visit(path_of_link(person), width=390, scripts=False)
    page.get_by_role("link", name="Change e-mail address").click()
    page.get_by_label("New e-mail address").fill("new")
    page.get_by_role("button", name="Send the link").click()
    assert page.title().startswith("Error: ")
    page.get_by_role("link", name="Write one e-mail address").click()
    page.get_by_label("New e-mail address").fill("new@example.org")
    page.get_by_role("button", name="Send the link").click()
    assert page.get_by_text("We wrote to new@example.org.").is_visible()
    page.goto(path_in_mail("confirm address"))
    page.get_by_role("button", name="Use this address").click()
    assert page.get_by_role("heading", name="Your new address is confirmed").is_visible()
    page.goto(path_in_mail("address changed"))
    assert page.get_by_text("new@example.org").is_visible()
    assert page.get_by_text("confirmed by you").is_visible()


def test_after_the_deadline_a_change_is_asked_for_without_a_script(visit, edition, person):
    close_details(edition)
    page = visit(path_of_link(person), width=390, scripts=False)
    page.get_by_role("link", name="Ask for a change").click()
    page.get_by_label("Military", exact=True).check()
    page.get_by_role("button", name="Send my request").click()
    page.get_by_role("link", name="Write your rank").click()
    page.get_by_label("Rank", exact=True).fill("pukovnik")
    page.get_by_label("NATO rank code").select_option("OF-5")
    page.get_by_role("button", name="Send my request").click()
    assert page.get_by_text("You asked for a change.").is_visible()
    assert page.get_by_text("You want to change: Civil or military, Rank, NATO rank code").is_visible()
    assert Participant.objects.get().service == "civil"


def press_until(page, name):
    """Walk with Tab to what has this name; every stop on the way has to show where it is."""
    for _n in range(60):
        page.keyboard.press("Tab")
        shown = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [(e.innerText || e.value || '').trim(), s.outlineStyle !== 'none' || s.boxShadow !== 'none'] })()"
        )
        assert shown[1], shown[0]
        if shown[0] == name:
            return
    raise AssertionError(f"{name} is not reached by Tab")


def test_erasure_is_asked_for_by_keyboard(visit, person):
    page = visit(path_of_link(person))
    press_until(page, "Erase my data")
    page.keyboard.press("Enter")
    page.wait_for_url("**/erase/")
    press_until(page, "Erase my data")
    page.keyboard.press("Enter")
    page.get_by_text("You asked us to erase your data.").wait_for()
    assert Participant.objects.get().erasure_asked_at


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (390, True), (320, False)])
def test_the_pages_are_clean_for_assistive_technology_and_fit(visit, edition, person, width, dark):
    home = f"/my/{person.reference}/"
    page = visit(path_of_link(person), width=width, dark=dark)

    def check(path):
        page.goto(path)
        assert (path, faults(page), is_too_wide(page)) == (path, [], False)

    for below in ("", "address/", "erase/"):
        check(home + below)
    page.goto(home + "address/")
    page.get_by_role("button", name="Send the link").click()
    assert (faults(page), is_too_wide(page)) == ([], False)
    changing.ask_new_address(participant=person, email="n" * 60 + "@" + "example" * 8 + ".org", by="test")
    close_details(edition)
    changing.request_change(
        participant=person, answers={"function": "Director", "dietary": ""}, version=person.version, by="test"
    )
    for path in (home, home + "details/", path_in_mail("confirm address"), "/address/confirmed/"):
        check(path)
    changing.ask_for_erasure(participant=person, by="test")
    check(home)
    page.goto(path_in_mail("confirm address"))
    assert (faults(page), is_too_wide(page)) == ([], False)
