"""Details and choices: changed until the deadline, asked for after it, never lost."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from participants import changing, registration
from tests import make
from tests.participants.registered import home, open_edition, participant, path_of_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return open_edition()


@pytest.fixture
def person(edition):
    return participant(edition)


def details(person, **changed):
    """The form of details as the browser would send it back."""
    return {name: str(getattr(person, name)) for name in (*registration.DETAILS, "version")} | changed


def test_details_are_corrected(bearer, person):
    page = bearer.get(home(person) + "details/").content.decode()
    assert 'value="Primjerić"' in page
    answer = bearer.post(home(person) + "details/", details(person, function="Director", phone="+355672123456"))
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.function, str(person.phone)) == ("Director", "+355672123456")
    assert person.email_proven_at


def test_a_consent_is_taken_back_as_easily_as_it_is_given(bearer, person):
    answers = details(person, consent_photo="on", consent_list="on")
    bearer.post(home(person) + "details/", answers)
    person.refresh_from_db()
    assert person.consent_photo_at
    assert person.consent_list_at
    given = person.consent_list_at
    assert bearer.get(home(person) + "details/").content.decode().count("checked") == 4
    bearer.post(home(person) + "details/", details(person, consent_list="on"))
    person.refresh_from_db()
    assert person.consent_photo_at is None
    assert person.consent_list_at == given


def test_a_wrong_detail_is_told_and_the_text_kept(bearer, person):
    answer = bearer.post(home(person) + "details/", details(person, function="\u200b", dietary="no pork"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert "Write your function" in page
    assert "no pork</textarea>" in page


def test_who_changed_it_meanwhile_is_not_overwritten_unseen_and_the_text_is_kept(bearer, person):
    stale = details(person, function="Mine")
    changing.change_details(participant=person, answers={"function": "Theirs"}, version=person.version, by="staff")
    answer = bearer.post(home(person) + "details/", stale)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else changed this registration" in page
    assert 'value="Mine"' in page
    person.refresh_from_db()
    assert person.function == "Theirs"
    assert f'name="version" value="{person.version}"' in page
    assert bearer.post(home(person) + "details/", stale | {"version": person.version}).status_code == 302
    person.refresh_from_db()
    assert person.function == "Mine"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_is_none_saves_nothing(bearer, person, version):
    answer = bearer.post(home(person) + "details/", details(person, function="Mine", version=version))
    assert answer.status_code == 422
    person.refresh_from_db()
    assert person.function == "Head of section"


def close_details(edition):
    edition.details_deadline = timezone.now() - dt.timedelta(minutes=1)
    edition.save()


def test_after_the_deadline_the_form_asks_the_secretariat(bearer, edition, person):
    close_details(edition)
    page = bearer.get(home(person) + "details/").content.decode()
    assert "Send my request" in page
    assert "Save my details" not in page
    answers = details(person, function="Late", consent_list="on")
    assert bearer.post(home(person) + "details/", answers).status_code == 302
    person.refresh_from_db()
    assert person.function == "Head of section"
    assert person.consent_list_at  # a consent needs nobody's yes
    page = bearer.get(home(person)).content.decode()
    assert "You asked for a change." in page
    assert "You want to change: Function</p>" in page
    held = bearer.get(home(person) + "data.json").json()
    assert held["change_requests"][0]["answers"] == '{"function": "Late"}'
    form = bearer.get(home(person) + "details/").content.decode()
    assert 'value="Late"' in form
    assert "it takes the place of that request" in form


def test_a_form_opened_before_the_deadline_and_sent_after_it_becomes_a_request(bearer, edition, person):
    typed = details(person, function="Late")
    assert "Save my details" in bearer.get(home(person) + "details/").content.decode()
    close_details(edition)
    assert bearer.post(home(person) + "details/", typed).status_code == 302
    assert "You asked for a change." in bearer.get(home(person)).content.decode()


def test_a_form_open_for_a_long_time_is_shown_again_with_the_answers(person):
    browser = Client(enforce_csrf_checks=True)
    browser.get(path_of_link(person))
    answer = browser.post(home(person) + "details/", details(person, function="Mine"))
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Send the form again" in page
    assert 'value="Mine"' in page
    person.refresh_from_db()
    assert person.function == "Head of section"
    token = re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', page)[0]
    again = details(person, function="Mine", csrfmiddlewaretoken=token)
    assert browser.post(home(person) + "details/", again).status_code == 302


def test_the_first_thing_done_may_be_a_change_of_details_by_somebody_nominated(client):
    edition = open_edition(requires_nomination=True)
    person = participant(edition)
    make.nomination(person.delegation, email=person.email)
    client.get(path_of_link(person))
    assert client.post(home(person) + "details/", details(person, function="Director")).status_code == 302
    person.refresh_from_db()
    assert person.function == "Director"
    assert person.nomination
