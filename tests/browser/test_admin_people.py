"""The secretariat decides about changes and ends registrations, in a real browser."""

import pytest

from participants import changing
from participants.models import Participant
from tests import make
from tests.browser.looking import faults_of_ours, is_too_wide
from tests.browser.test_admin import signed_in

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = "/admin/participants/participant/"


@pytest.fixture
def person():
    edition = make.edition(requires_review=True)
    made = make.participant(edition)
    answers = {"function": "Director of " + "Examples" * 20, "dietary": "no pork\n" * 9, "phone": "+355672123456"}
    changing.request_change(participant=made, answers=answers, version=made.version, by="participant")
    return made


def test_a_change_is_accepted_from_the_first_page(visit, person):
    page = signed_in(visit, make.staff("secretariat"))
    page.get_by_role("link", name="1 changes to decide").click()
    page.get_by_role("link", name="Boris Primjerić").click()
    page.get_by_role("button", name="Accept the change").click()
    page.get_by_text("The details are changed. The person is told by e-mail.").wait_for()
    assert Participant.objects.get().function.startswith("Director")


def test_withdrawing_asks_again_and_can_be_left(visit, person):
    page = signed_in(visit, make.staff("secretariat"), PEOPLE)

    def choose():
        page.locator("#result_list .action-select").check()
        page.locator("select[name=action]").select_option(label="Withdraw (for good)")
        page.get_by_role("button", name="Go", exact=True).click()
        page.get_by_text("Boris Primjerić, Albania: pending").wait_for()

    choose()
    page.get_by_role("link", name="Change nothing").click()
    page.wait_for_url(f"**{PEOPLE}")
    assert Participant.objects.get().status == "pending"
    choose()
    page.get_by_role("button", name="Withdraw", exact=True).click()
    page.get_by_text("Now 1 × withdrawn.").wait_for()
    assert Participant.objects.get().status == "withdrawn"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)])
def test_the_pages_are_accessible_and_fit(visit, person, width, dark):
    page = signed_in(visit, make.staff("secretariat"), width=width, dark=dark)
    request = person.change_requests.get()
    page.goto(f"/admin/participants/changerequest/{request.pk}/change/")
    assert (faults_of_ours(page), is_too_wide(page)) == ([], False)
    page.goto(f"{PEOPLE}{person.pk}/change/")
    assert not is_too_wide(page)
    page.goto(PEOPLE)
    page.locator("#result_list .action-select").check()
    page.locator("select[name=action]").select_option(label="Decline")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_text("Boris Primjerić, Albania: pending").wait_for()
    assert (faults_of_ours(page), is_too_wide(page)) == ([], False)
