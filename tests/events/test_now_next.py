"""What the display at the door of a room shows at a moment."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from events.now_next import in_room
from events.scheduling import build_agenda
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    """A hall with two sessions and a cancelled one between, a library with one at the time of the gap."""
    made = make.edition()
    hall, library = make.room(made, "Hall"), make.room(made, "Library")
    make.session(made, "First", 9, 10, room=hall)
    make.session(made, "Off", 10, 11, room=hall, status="cancelled")
    make.session(made, "Books", 10, 12, room=library)
    make.session(made, "Second", 12, None, room=hall)
    make.session(made, "Third", 9, 10, room=hall, on=1)
    return made


def shown(edition, hour, minute=0, day=0, room="Hall", zone=None):
    at = make.local(edition, hour, minute, day)
    found = in_room(build_agenda(edition), edition.rooms.get(name=room).pk, at.astimezone(zone) if zone else at)
    return {
        name: [str(item.title["en"]) for item in getattr(found, name)]
        for name in ("now", "next", "called_off", "elsewhere")
    }


@pytest.mark.parametrize(
    ("when", "now", "coming", "off", "elsewhere"),
    [
        ((8, 0), [], ["First"], [], []),
        ((9, 0), ["First"], ["Second"], [], []),
        ((9, 59), ["First"], ["Second"], [], []),
        ((10, 0), [], ["Second"], ["Off"], ["Books"]),
        ((11, 0), [], ["Second"], [], ["Books"]),
        ((12, 0), ["Second"], ["Third"], [], []),
        ((23, 59), ["Second"], ["Third"], [], []),
        ((0, 0, 1), [], ["Third"], [], []),
        ((10, 0, 1), [], [], [], []),
    ],
)
def test_the_door_of_a_room_before_during_between_and_after(edition, when, now, coming, off, elsewhere):
    expected = {"now": now, "next": coming, "called_off": off, "elsewhere": elsewhere}
    assert shown(edition, *when) == expected


def test_a_cancelled_session_is_announced_while_nothing_comes_before_it(edition):
    edition.sessions.filter(title__contains="First").delete()
    assert shown(edition, 8)["called_off"] == ["Off"]


def test_the_zone_of_who_asks_makes_no_difference(edition):
    assert shown(edition, 9, zone=ZoneInfo("Pacific/Kiritimati")) == shown(edition, 9)


def test_it_says_when_the_picture_changes_also_by_what_runs_elsewhere(edition):
    found = in_room(build_agenda(edition), edition.rooms.get(name="Hall").pk, make.local(edition, 10, 30))
    assert found.since == make.local(edition, 10)
    assert found.changes_at == make.local(edition, 11), "the cancelled one would end"
    assert found.until is None
    during = in_room(build_agenda(edition), edition.rooms.get(name="Hall").pk, make.local(edition, 9, 30))
    assert during.until == make.local(edition, 10)


def test_an_agenda_without_times_shows_nothing(edition):
    edition.sessions.update(start=None, end=None)
    found = in_room(build_agenda(edition), edition.rooms.first().pk, dt.datetime(2030, 10, 8, tzinfo=dt.UTC))
    assert (found.now, found.next, found.changes_at) == ((), (), None)
