"""Who wants to be erased: what is said before, and what happens."""

import datetime as dt

import pytest

from participants import attendance, registration
from tests.participants.registered import home, open_edition, participant, path_of_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return open_edition()


@pytest.fixture
def person(edition):
    return participant(edition)


def test_erasure_is_asked_once_more_and_ends_the_registration(bearer, person):
    page = bearer.get(home(person) + "erase/").content.decode()
    assert "Do you want us to erase your data?" in page
    assert "Your registration ends at once." in page
    assert "Your name and when you attended" not in page
    for _double_click in range(2):
        assert bearer.post(home(person) + "erase/").status_code == 302
    person.refresh_from_db()
    assert person.status == "withdrawn"
    page = bearer.get(home(person)).content.decode()
    assert "You asked us to erase your data." in page
    assert ">Erase my data<" not in page
    assert bearer.get(home(person) + "erase/").status_code == 302


def test_who_has_come_is_told_what_is_kept_and_until_when(client, edition):
    person = participant(edition)
    registration.confirm(participant=person, by="test")
    attendance.mark(participant=person, day=edition.days[0], mark="present", source="grid", by="test")
    edition.first_day, edition.last_day = dt.date(2026, 3, 2), dt.date(2026, 3, 4)
    edition.save()
    client.get(path_of_link(person))
    page = client.get(home(person) + "erase/").content.decode()
    assert "Your name and when you attended, until March 2033." in page
    assert "Your registration ends at once." not in page
    assert "<li>Your name.</li>" not in page
    edition.keep_attendance_years = 0
    edition.save()
    page = client.get(home(person) + "erase/").content.decode()
    assert "Your name and when you attended" not in page
    assert "<li>Your name.</li>" in page


@pytest.mark.parametrize(
    ("last", "until"), [(dt.date(2028, 2, 29), "February 2128"), (dt.date(2100, 12, 31), "December 2200")]
)
def test_the_longest_that_a_name_can_be_kept_is_said_too(client, edition, last, until):
    person = participant(edition)
    registration.confirm(participant=person, by="test")
    attendance.mark(participant=person, day=edition.days[0], mark="present", source="grid", by="test")
    edition.first_day = edition.last_day = last
    edition.keep_attendance_years = 100
    edition.save()
    client.get(path_of_link(person))
    page = client.get(home(person) + "erase/")
    assert f"Your name and when you attended, until {until}." in page.content.decode()
