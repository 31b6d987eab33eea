"""Two at the timetable at the same moment: real threads."""

import datetime as dt

import pytest

from events.models import Session
from events.slots import Slot, SlotError, slot_of
from events.timetable import StaleError, add_session, place_session, swap_sessions, version_of
from tests import make
from tests.participants.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def ends_of(*acts):
    """What each raised when all ran at the same moment; None for who got through."""
    return [type(end) if isinstance(end, Exception) else None for end in at_once(*acts)]


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def hall(edition):
    return make.room(edition)


def noon(edition, room=None):
    return Slot(edition.days[0], dt.time(12), dt.time(13), room=room)


def test_one_room_is_given_to_one_of_two_and_the_other_is_told(edition, hall):
    def add(title):
        return lambda: add_session(edition=edition, title=title, slot=noon(edition, hall), by=title)

    assert sorted(map(str, ends_of(*map(add, ("A", "B", "C"))))) == sorted(map(str, [None, SlotError, SlotError]))
    assert Session.objects.count() == 1


def test_of_two_who_move_one_session_the_second_is_told(edition):
    session = make.session(edition)
    seen = version_of(session)

    def move(hour):
        slot = Slot(edition.days[0], dt.time(hour), dt.time(hour + 1))
        return lambda: place_session(session=Session.objects.get(), seen=seen, slot=slot, by=str(hour))

    assert sorted(map(str, ends_of(*map(move, (11, 14, 16))))) == sorted(map(str, [None, StaleError, StaleError]))


def test_two_swaps_of_the_same_two_do_not_wait_for_each_other_for_ever(edition, hall):
    one, other = make.session(edition, "One", 9, 10, room=hall), make.session(edition, "Other", 10, 11, room=hall)
    versions = {session.pk: version_of(session) for session in (one, other)}

    def swap(first, second):
        return lambda: swap_sessions(
            one=first, seen=versions[first.pk], other=second, other_seen=versions[second.pk], by="test"
        )

    ends = ends_of(swap(one, other), swap(other, one))
    assert sorted(map(str, ends)) == sorted(map(str, [None, StaleError]))
    one.refresh_from_db()
    other.refresh_from_db()
    assert (slot_of(one).start, slot_of(other).start) == (dt.time(10), dt.time(9))
