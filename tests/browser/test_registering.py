"""A practitioner registers on a phone, finds the mail, opens the link and withdraws."""

import re

import pytest

from participants.models import Message, Participant
from tests.browser.looking import faults, is_too_wide
from tests.participants.registered import open_edition, open_visit, participant, path_of_link

pytestmark = pytest.mark.django_db(transaction=True)

REGISTER = "/editions/2027-tirana/register/"


@pytest.fixture
def edition():
    edition = open_edition()
    open_visit(edition)
    return edition


def fill(page):
    page.get_by_label("Family name").fill("Primjerić")
    page.get_by_label("Female", exact=True).check()
    page.get_by_label("Military", exact=True).check()
    page.get_by_label("Rank", exact=True).fill("pukovnik")
    page.get_by_label("NATO rank code").select_option("OF-5")
    page.get_by_label("Function").fill("Head of section")
    page.get_by_label("Organisation or unit").fill("Ministry of Examples")
    page.get_by_label("Delegation").select_option(label="Serbia")
    page.get_by_label("Clearance site").check()
    page.get_by_label("I agree that you use my answers").check()


def test_a_practitioner_registers_and_withdraws_on_a_phone_without_a_script(visit, edition, settings, live_server):
    settings.SITE_URL = live_server.url
    page = visit(REGISTER, width=390, scripts=False)
    fill(page)
    page.get_by_label("E-mail", exact=True).fill("mira")
    page.get_by_role("button", name="Send my registration").click()
    assert page.title().startswith("Error: ")
    assert page.get_by_label("Family name").input_value() == "Primjerić"
    assert page.get_by_label("Clearance site").is_checked()
    page.get_by_role("link", name="Write one e-mail address").click()
    page.get_by_label("E-mail", exact=True).fill("mira@example.org")
    page.get_by_role("button", name="Send my registration").click()
    assert page.get_by_role("heading", name="What happens next").is_visible()

    mail = Message.objects.get()
    (link,) = set(re.findall(rf"{live_server.url}/my/\S+", mail.text))
    page.goto(link)
    assert re.search(r"/my/RASR-\w+/$", page.url)
    assert page.get_by_text("Pending.").is_visible()
    page.get_by_role("button", name="Confirm my address").click()
    assert page.get_by_text("confirmed by you").is_visible()
    page.get_by_role("link", name="Withdraw my registration").click()
    page.get_by_role("button", name="Withdraw my registration").click()
    assert page.get_by_text("Withdrawn.").is_visible()
    assert Participant.objects.get().status == Participant.Status.WITHDRAWN


def test_the_error_summary_has_the_focus_and_leads_to_the_field(visit, edition):
    page = visit(REGISTER, scripts=True)
    page.get_by_role("button", name="Send my registration").click()
    assert page.evaluate("document.activeElement.id") == "errors"
    page.get_by_role("link", name="Choose your gender").click()
    assert page.evaluate("document.activeElement.id") == "id_gender_0"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (390, True), (320, False)])
def test_the_pages_are_clean_for_assistive_technology_and_fit(visit, edition, width, dark):
    person = participant(edition, printed_name="W" * 190, dietary="no pork\n" * 20)
    page = visit(REGISTER, width=width, dark=dark)
    assert (faults(page), is_too_wide(page)) == ([], False)
    page.get_by_role("button", name="Send my registration").click()
    assert (faults(page), is_too_wide(page)) == ([], False)
    paths = ["/editions/2027-tirana/register/sent/", "/my/lost/", "/my/lost/sent/", "/my/wrong/", path_of_link(person)]
    for path in [*paths, f"/my/{person.reference}/details/", f"/my/{person.reference}/withdraw/"]:
        page.goto(path)
        assert (path, faults(page), is_too_wide(page)) == (path, [], False)
