"""Places that become free or go: each is given to one person, told once."""

from __future__ import annotations

import pytest

from participants import places, registration
from participants.models import Delegation, Participant
from tests import make
from tests.participants.races import Call, again, at_once, held, register, set_capacity, statuses, withdraw

pytestmark = pytest.mark.django_db(transaction=True)


def reassign(person: Participant, delegation: Delegation) -> Call:
    return lambda: places.reassign(participant=person, role="delegate", delegation=delegation, by="staff")


@again
def test_a_place_freed_while_others_register_goes_to_the_first_in_line():
    edition = make.edition(capacity=1)
    leaving, first = make.participant(edition), make.participant(edition)
    at_once(withdraw(leaving), register(edition, of="Serbia"), register(edition, of="Croatia"))
    assert statuses(first) == ["confirmed"]
    assert held(edition) == 1


@again
def test_two_who_leave_at_once_give_their_places_to_two():
    edition = make.edition(capacity=2)
    leaving = [make.participant(edition) for _i in range(2)]
    waiting = [make.participant(edition) for _i in range(3)]
    at_once(*map(withdraw, leaving))
    assert statuses(*waiting) == ["confirmed", "confirmed", "waitlisted"]
    assert edition.messages.filter(kind="promoted").count() == 2


def test_without_the_lock_two_who_leave_give_both_places_to_the_same_person(without_lock):
    edition = make.edition(capacity=2)
    leaving = [make.participant(edition) for _i in range(2)]
    first = make.participant(edition)
    without_lock((registration, "next_in_line"))
    at_once(*map(withdraw, leaving))
    assert first.messages.filter(kind="promoted").count() == 2


@again
def test_a_raise_and_a_withdrawal_at_once_promote_two_and_nobody_twice():
    edition = make.edition(capacity=1)
    leaving = make.participant(edition)
    waiting = [make.participant(edition) for _i in range(3)]
    at_once(withdraw(leaving), set_capacity(edition, 2))
    assert statuses(*waiting) == ["confirmed", "confirmed", "waitlisted"]
    assert edition.messages.filter(kind="promoted").count() == 2


def test_without_the_lock_a_raise_and_a_withdrawal_promote_the_same_person(without_lock):
    edition = make.edition(capacity=1)
    leaving, first = make.participant(edition), make.participant(edition)
    without_lock((registration, "next_in_line"))
    at_once(withdraw(leaving), set_capacity(edition, 2))
    assert first.messages.filter(kind="promoted").count() == 2


@again
def test_a_cut_and_a_registration_at_once_never_leave_more_people_than_places():
    edition = make.edition(capacity=2)
    make.participant(edition)
    at_once(set_capacity(edition, 1), register(edition))
    edition.refresh_from_db()
    assert held(edition) <= (edition.capacity or 0)


def test_without_the_lock_a_cut_leaves_more_people_than_places(without_lock):
    edition = make.edition(capacity=2)
    make.participant(edition)
    calls = [set_capacity(edition, 1), register(edition)]
    without_lock((registration, "has_place"), (places, "record"))
    at_once(*calls)
    edition.refresh_from_db()
    assert held(edition) > (edition.capacity or 0)


@again
def test_a_quota_cut_while_a_form_is_sent_holds():
    edition = make.edition()
    delegation = make.delegation(edition, quota=1)
    at_once(register(edition), lambda: places.set_quota(delegation=delegation, quota=0, by="staff"))
    delegation.refresh_from_db()
    assert delegation.participants.confirmed().count() <= (delegation.quota or 0)


def test_without_the_lock_a_quota_cut_leaves_more_people_than_it_allows(without_lock):
    edition = make.edition()
    delegation = make.delegation(edition, quota=1)
    calls = [register(edition), lambda: places.set_quota(delegation=delegation, quota=0, by="staff")]
    without_lock((registration, "has_place"), (places, "record"))
    at_once(*calls)
    assert delegation.participants.confirmed().count() == 1


@again
def test_a_raised_quota_and_a_raised_capacity_at_once_promote_everybody_once():
    edition = make.edition(capacity=1)
    delegation = make.delegation(edition, quota=1)
    make.participant(edition)
    waiting = [make.participant(edition) for _n in range(2)]
    at_once(set_capacity(edition, 3), lambda: places.set_quota(delegation=delegation, quota=3, by="staff"))
    assert statuses(*waiting) == ["confirmed", "confirmed"]
    assert edition.messages.filter(kind="promoted").count() == 2


@again
def test_two_who_change_delegation_at_once_take_one_place_of_it():
    edition = make.edition()
    serbia = make.delegation(edition, "Serbia", quota=1)
    people = [make.participant(edition) for _n in range(2)]
    at_once(*[reassign(person, serbia) for person in people])
    assert serbia.participants.confirmed().count() == 1


def test_without_the_lock_two_who_change_delegation_take_the_same_place(without_lock):
    edition = make.edition()
    serbia = make.delegation(edition, "Serbia", quota=1)
    people = [make.participant(edition) for _n in range(2)]
    without_lock((places, "quota_left"))
    at_once(*[reassign(person, serbia) for person in people])
    assert serbia.participants.confirmed().count() == 2
