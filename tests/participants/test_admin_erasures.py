"""The page of those who asked to be erased: what would happen is said, a second press does it."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from participants import attendance, registration
from participants.models import Participant, StaffRole
from tests import make

pytestmark = pytest.mark.django_db
PAGE = "/admin/participants/participant/erasures/"


@pytest.fixture
def edition():
    today = timezone.now().date()
    return make.edition(first_day=today - dt.timedelta(days=10), last_day=today - dt.timedelta(days=8))


@pytest.fixture
def office(edition):
    browser = Client()
    browser.force_login(make.staff(StaffRole.Role.SECRETARIAT, edition))
    return browser


def asks(person):
    """Remember that the person asked."""
    person.erasure_asked_at = timezone.now()
    person.save(update_fields=["erasure_asked_at"])
    return person


def text(response):
    return response.content.decode()


def test_those_who_asked_are_listed_and_nobody_else(office, edition):
    asks(make.participant(edition, "declined", family_name="Askić"))
    make.participant(edition, "confirmed", family_name="Otherić")
    page = text(office.get(PAGE))
    assert "Askić" in page
    assert "Otherić" not in page


def test_nobody_waits(office):
    assert "Nobody waits to be erased." in text(office.get(PAGE))


def test_the_next_page_says_what_would_happen_and_changes_nothing(office, edition):
    person = asks(make.participant(edition, "declined", family_name="Askić"))
    page = text(office.get(PAGE, {"_selected_action": person.pk}))
    assert "Askić" in page
    assert "Everything is erased, the name too." in page
    assert Participant.objects.get(pk=person.pk).erased_at is None


def test_of_who_was_there_it_says_that_the_name_stays_and_for_how_long(office, edition):
    person = make.participant(edition, "confirmed")
    attendance.mark(participant=person, day=edition.days[0], by="desk")
    page = text(office.get(PAGE, {"_selected_action": person.pk}))
    assert "The person was there, so name and attendance are kept for 7 years. Everything else is erased." in page


def test_of_who_is_to_come_it_says_that_the_place_goes_on():
    coming = make.edition()
    person = make.participant(coming, "confirmed")
    browser = Client()
    browser.force_login(make.staff())
    page = text(browser.get(PAGE, {"_selected_action": person.pk}))
    assert "The registration is withdrawn. Its place goes to the next in line." in page


def test_the_second_press_erases_and_leads_back(office, edition):
    person = asks(make.participant(edition, "declined", family_name="Askić"))
    answer = office.post(PAGE, {"_selected_action": person.pk}, follow=True)
    person.refresh_from_db()
    assert person.family_name == ""
    assert "1 registration is erased." in text(answer)
    assert "Nobody waits to be erased." in text(answer)


def test_pressed_twice_it_is_erased_once(office, edition):
    person = asks(make.participant(edition, "declined"))
    for _n in range(2):
        office.post(PAGE, {"_selected_action": person.pk})
    assert edition.history.filter(verb="erase").count() == 1


def test_the_action_of_the_list_leads_to_the_page_and_erases_nothing(office, edition):
    person = make.participant(edition, "declined")
    chosen = {"action": "erase", "_selected_action": [person.pk]}
    answer = office.post("/admin/participants/participant/", chosen)
    assert answer["Location"] == f"{PAGE}?_selected_action={person.pk}"
    assert Participant.objects.get(pk=person.pk).erased_at is None


@pytest.mark.parametrize("method", ["get", "post"])
def test_people_of_another_edition_are_not_found(office, method):
    elsewhere = asks(make.participant(make.edition(), "confirmed", family_name="Foreign"))
    page = text(getattr(office, method)(PAGE, {"_selected_action": elsewhere.pk}, follow=True))
    assert "Foreign" not in page
    elsewhere.refresh_from_db()
    assert elsewhere.family_name == "Foreign"


@pytest.mark.parametrize("role", ["observer", "check-in", "visit-officer"])
def test_other_staff_may_not(edition, role):
    browser = Client()
    browser.force_login(make.staff(role, edition))
    person = asks(make.participant(edition, "declined"))
    for answer in (browser.get(PAGE), browser.post(PAGE, {"_selected_action": person.pk})):
        assert answer.status_code == 403
    assert Participant.objects.get(pk=person.pk).erased_at is None


@pytest.mark.parametrize("key", ["", "x", "-1", "9" * 40, "१", "1\x00", "1 OR 1"])
def test_keys_that_are_none_choose_nobody(office, edition, key):
    person = make.participant(edition, "declined", family_name="Safe")
    assert office.get(PAGE, {"_selected_action": key}).status_code in {200, 400}
    answer = office.post(PAGE, {"_selected_action": key}, follow=True)
    assert answer.status_code == 400 or "Choose at least one person. Nothing was erased." in text(answer)
    person.refresh_from_db()
    assert person.family_name == "Safe"


def test_a_row_that_was_erased_is_shown_and_nobody_edits_it(office, edition):
    person = make.participant(edition, "declined")
    office.post(PAGE, {"_selected_action": person.pk})
    page = office.get(f"/admin/participants/participant/{person.pk}/change/")
    assert page.status_code == 200
    assert 'name="family_name"' not in text(page)
    saved = office.post(f"/admin/participants/participant/{person.pk}/change/", {"family_name": "Again"})
    assert saved.status_code == 403
    assert "(erased)" in text(office.get("/admin/participants/participant/?edition=all"))


def test_the_list_costs_the_same_with_one_and_with_three(office, edition):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            office.get(PAGE)
        return len(queries)

    asks(make.participant(edition, "declined"))
    with_one = cost()
    for _n in range(2):
        asks(make.participant(edition, "declined"))
    assert cost() == with_one


def test_a_confirmed_one_who_never_came_keeps_the_status(office, edition):
    person = make.participant(edition, "confirmed")
    office.post(PAGE, {"_selected_action": person.pk})
    person.refresh_from_db()
    assert (person.status, person.family_name) == (registration.Status.CONFIRMED, "")
