"""Places on visits hold under any race: whatever meets, never more than there are, and nobody gets two."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from events.models import FieldVisit
from participants import visit_places, visits
from participants.models import Message, Participant, VisitBooking
from tests import make
from tests.participants.races import Call, again, at_once, meet, register, take_locks_away, withdraw

pytestmark = pytest.mark.django_db(transaction=True)


def ask(person: Participant, visit: FieldVisit) -> Call:
    return lambda: visits.ask(participant=person, visit=visit, by="participant")


def accept(booking: VisitBooking) -> Call:
    return lambda: visits.accept_rules(booking=booking, version=1, by="participant")


def give_back(booking: VisitBooking) -> Call:
    return lambda: visits.withdraw_booking(booking=booking, by="participant")


def set_capacity(visit: FieldVisit, number: int) -> Call:
    return lambda: visits.set_visit_capacity(visit=visit, capacity=number, by="staff")


def remind(visit: FieldVisit) -> Call:
    return lambda: visits.remind_incomplete(visit=visit, by="staff")


def held(visit: FieldVisit) -> int:
    return visit.bookings.filter(state="confirmed").count()


def states(*bookings: VisitBooking) -> list[str]:
    return [VisitBooking.objects.get(pk=booking.pk).state for booking in bookings]


def places_told(*bookings: VisitBooking) -> list[int]:
    """How many mails about a place each of them got."""
    people = [booking.participant_id for booking in bookings]
    return [Message.objects.filter(participant=person, kind="visit place").count() for person in people]


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """The control: nothing is locked, and two callers of that function of `visit_places` leave it together."""

    def off(name: str) -> None:
        take_locks_away(monkeypatch)
        meet(monkeypatch, (visit_places, name))

    return off


@again
def test_the_last_place_is_given_once_however_it_is_asked_for():
    edition = make.edition()
    visit = make.visit(edition, capacity=1)
    people = [make.participant(edition) for _n in range(2)]
    at_once(*[ask(person, visit) for person in people], register(edition, of="Serbia", visits=[visit]))
    assert sorted(visit.bookings.values_list("state", flat=True)) == ["confirmed", "waitlisted", "waitlisted"]


def test_without_the_lock_the_last_place_is_given_twice(without_lock):
    edition = make.edition()
    visit = make.visit(edition, capacity=1, rules="Stay")
    bookings = [make.booking(visit) for _n in range(2)]
    without_lock("places_left")
    at_once(*map(accept, bookings))
    assert held(visit) == 2


@again
def test_rules_accepted_by_two_at_once_give_the_last_place_to_one():
    visit = make.visit(make.edition(), capacity=1, rules="Stay")
    bookings = [make.booking(visit) for _n in range(3)]
    at_once(*map(accept, bookings))
    assert sorted(states(*bookings)) == ["confirmed", "waitlisted", "waitlisted"]


@again
def test_a_double_click_asks_once_and_gets_one_mail():
    edition = make.edition()
    visit, person = make.visit(edition, capacity=5), make.participant(edition)
    outcomes = at_once(*[ask(person, visit) for _n in range(3)])
    assert len({booking.pk for booking in outcomes}) == 1
    assert places_told(outcomes[0]) == [1]


@again
def test_a_place_given_back_while_another_asks_goes_to_the_first_in_line():
    edition = make.edition()
    visit = make.visit(edition, capacity=1)
    leaving, first = make.booking(visit), make.booking(visit)
    late = make.participant(edition)
    at_once(give_back(leaving), ask(late, visit))
    assert states(leaving, first) == ["withdrawn", "confirmed"]
    assert held(visit) == 1
    assert places_told(first) == [1]


@again
def test_two_places_given_back_at_once_go_to_two():
    visit = make.visit(make.edition(), capacity=2)
    leaving = [make.booking(visit) for _n in range(2)]
    waiting = [make.booking(visit) for _n in range(3)]
    at_once(*map(give_back, leaving))
    assert states(*waiting) == ["confirmed", "confirmed", "waitlisted"]
    assert places_told(*waiting) == [1, 1, 0]


def test_without_the_lock_two_places_given_back_tell_one_person_twice(without_lock):
    visit = make.visit(make.edition(), capacity=2)
    leaving = [make.booking(visit) for _n in range(2)]
    first = make.booking(visit)
    without_lock("is_ready")
    at_once(*map(give_back, leaving))
    assert places_told(first) == [2]


@again
def test_one_place_given_back_by_a_double_click_is_one_place():
    visit = make.visit(make.edition(), capacity=1)
    leaving, first, second = (make.booking(visit) for _n in range(3))
    outcomes = at_once(give_back(leaving), give_back(leaving))
    assert sum(isinstance(outcome, visits.VisitError) for outcome in outcomes) == 1
    assert states(first, second) == ["confirmed", "waitlisted"]


@again
def test_a_raise_and_a_place_given_back_promote_two_and_nobody_twice():
    visit = make.visit(make.edition(), capacity=1)
    leaving = make.booking(visit)
    waiting = [make.booking(visit) for _n in range(3)]
    at_once(give_back(leaving), set_capacity(visit, 2))
    assert states(*waiting) == ["confirmed", "confirmed", "waitlisted"]
    assert places_told(*waiting) == [1, 1, 0]


@again
def test_a_cut_while_somebody_asks_never_leaves_more_people_than_places():
    edition = make.edition()
    visit, person = make.visit(edition, capacity=1), make.participant(edition)
    at_once(set_capacity(visit, 0), ask(person, visit))
    visit.refresh_from_db()
    assert held(visit) <= (visit.capacity or 0)


def test_without_the_lock_a_cut_leaves_more_people_than_places(monkeypatch):
    edition = make.edition()
    visit, person = make.visit(edition, capacity=1), make.participant(edition)
    take_locks_away(monkeypatch)
    meet(monkeypatch, (visit_places, "places_left"), (visits, "record"))
    at_once(set_capacity(visit, 0), ask(person, visit))
    visit.refresh_from_db()
    assert held(visit) > (visit.capacity or 0)


@again
def test_a_registration_that_ends_while_its_place_is_given_back_frees_one_place():
    visit = make.visit(make.edition(), capacity=1)
    leaving, first, second = (make.booking(visit) for _n in range(3))
    at_once(withdraw(leaving.participant), give_back(leaving))
    assert states(leaving, first, second) == ["withdrawn", "confirmed", "waitlisted"]


@again
def test_a_refusal_and_an_acceptance_of_the_rules_at_once_leave_the_place_to_nobody():
    visit = make.visit(make.edition(), capacity=1, rules="Stay")
    booking = make.booking(visit)
    at_once(accept(booking), lambda: visits.refuse(booking=booking, reason="not listed", by="staff"))
    assert states(booking) == ["refused"]
    assert held(visit) == 0


@again
def test_two_visits_asked_for_in_either_order_by_two_people_never_block_each_other():
    edition = make.edition()
    one, two = make.visit(edition, capacity=1), make.visit(edition, capacity=1)
    people = [make.participant(edition) for _n in range(2)]

    def both(person: Participant, *wanted: FieldVisit) -> Call:
        return lambda: [ask(person, visit)() for visit in wanted]

    outcomes = at_once(
        both(people[0], one, two),
        both(people[1], two, one),
        withdraw(people[0]),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception) and not is_a_no(outcome)]
    assert held(one) <= 1
    assert held(two) <= 1


def is_a_no(outcome: Exception) -> bool:
    """A rule said no; nothing failed."""
    return isinstance(outcome, visits.VisitError)


@again
def test_a_reminder_pressed_by_two_at_once_writes_to_each_once():
    visit = make.visit(make.edition(), rules="Stay")
    bookings = [make.booking(visit) for _n in range(2)]
    assert sorted(at_once(remind(visit), remind(visit), remind(visit))) == [0, 0, 2]
    assert Message.objects.filter(participant__bookings__in=bookings, kind="visit incomplete").count() == 2


def test_without_the_lock_a_reminder_pressed_twice_writes_twice(monkeypatch):
    visit = make.visit(make.edition(), rules="Stay")
    make.booking(visit)
    take_locks_away(monkeypatch)
    meet(monkeypatch, (visits, "own_tasks"))
    at_once(remind(visit), remind(visit))
    assert Message.objects.filter(kind="visit incomplete").count() == 2
