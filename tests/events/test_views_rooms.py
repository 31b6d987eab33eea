"""The display at the door of a room."""

import pytest
import time_machine
from django.test import Client

from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    """A hall with two sessions, a library with one."""
    made = make.edition(footnotes={"en": "* Without prejudice."})
    hall, library = make.room(made, "Hall A"), make.room(made, "Library")
    make.speaker(make.session(made, "Depots of Kosovo*", 9, 10, room=hall), "Petro Koçi", honorific="Mr")
    make.session(made, "Software", 14, 15, room=hall, status="cancelled", cancelled_note="The speaker is ill.")
    make.session(made, "Fences", 11, 12, room=hall)
    make.session(made, "Reading", 10, 11, room=library)
    make.session(made, "Closing", 9, 10, room=hall, on=2)
    release_agenda(edition=made, by="sec")
    return made


def path(edition, query="", room="Hall A"):
    return f"/editions/{edition.slug}/rooms/{edition.rooms.get(name=room).pk}/{query}"


def text(*where):
    return Client().get(path(*where)).content.decode()


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2030-10-05T09:00", ["Nothing in this room now.", "starts on Tuesday, 8 October, 09:00", "Depots"]),
        ("2030-10-08T08:00", ["Nothing in this room now.", "starts at 09:00"]),
        ("2030-10-08T09:30", ["until 10:00", "Mr Petro Koçi", "starts at 11:00", "Fences", "Without prejudice"]),
        ("2030-10-08T10:30", ["Nothing in this room now.", "Now in other rooms:", "Reading", "Library"]),
        ("2030-10-08T14:30", ["Cancelled", "Software", "The speaker is ill."]),
        ("2030-10-08T22:00", ["starts on Thursday, 10 October, 09:00"]),
        ("2030-10-10T12:00", ["Nothing more in this room."]),
        ("2030-10-11T00:00", ["The workshop has ended."]),
    ],
)
def test_the_display_says_what_runs_and_what_comes(edition, at, words):
    body = text(edition, f"?at={at}")
    assert [word for word in words if word not in body] == []


def test_it_follows_the_clock_of_the_server_in_the_zone_of_the_edition(edition):
    with time_machine.travel(make.local(edition, 9, 30), tick=False):
        body = text(edition)
    assert '<section class="door-now">' in body
    assert "Depots" in body
    assert '<meta http-equiv="refresh" content="60">' in body, "without a script it still changes"


def test_a_moment_that_was_asked_for_stands_still(edition):
    assert "http-equiv" not in text(edition, "?at=2030-10-08T09:30")


def test_an_empty_moment_is_none_and_does_not_stop_the_display_of_others(edition):
    assert "http-equiv" in text(edition, "?at=")
    assert "http-equiv" in text(edition)


def test_between_two_edges_it_is_the_same_page_and_a_reader_who_has_it_gets_304(edition):
    with time_machine.travel(make.local(edition, 9, 1), tick=False):
        first = Client().get(path(edition))
    with time_machine.travel(make.local(edition, 9, 59), tick=False):
        again = Client().get(path(edition), headers={"If-None-Match": first["ETag"]})
    with time_machine.travel(make.local(edition, 10), tick=False):
        after = Client().get(path(edition), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, after.status_code) == (304, 200)
    assert first["Cache-Control"] == "public, max-age=30"
    assert not first.cookies


def test_the_colours_can_be_chosen(edition):
    assert 'class="door is-dark"' in text(edition, "?look=dark")
    assert Client().get(path(edition, "?look=pink")).status_code == 400


@pytest.mark.parametrize("query", ["?at=x", "?at=0001-01-01T00:00%2B14:00", "?room=x"])
def test_what_cannot_be_read_is_refused_in_words(edition, query):
    assert Client().get(path(edition, query)).status_code == 400


def test_a_moment_long_before_the_release_is_shown(edition):
    assert Client().get(path(edition, "?at=2001-01-01T00:00")).status_code == 200


def test_a_room_of_another_edition_and_one_that_was_never_released_are_not_there(edition):
    other = make.room(make.edition(), "Elsewhere")
    assert Client().get(f"/editions/{edition.slug}/rooms/{other.pk}/").status_code == 404
    unreleased = make.room(edition, "New")
    assert Client().get(f"/editions/{edition.slug}/rooms/{unreleased.pk}/").status_code == 404


def test_it_speaks_the_language_of_its_address(edition):
    body = Client().get("/sq" + path(edition)).content.decode()
    assert '<html lang="sq">' in body
