"""A kept place under any race: it is promised once, and never beside somebody else's."""

from __future__ import annotations

import pytest

from participants import nominating, places, registration, substitution
from participants.capacity import places_taken, quota_used
from participants.models import Nomination, Participant
from participants.registration import RegistrationError
from tests import make
from tests.participants.races import Call, again, at_once, confirm, register, set_capacity, statuses, withdraw

pytestmark = pytest.mark.django_db(transaction=True)


def substitute(person: Participant | Nomination, name: str = "Vesna Zamjena") -> Call:
    return lambda: make.substitute(person, name)


def take_back(nomination: Nomination) -> Call:
    return lambda: nominating.withdraw_nomination(nomination=nomination, by="contact")


def come(nomination: Nomination) -> Call:
    return lambda: make.registered(nomination)


def refused(outcomes: list[object]) -> int:
    """How many were told no with a sentence; nothing else may have gone wrong."""
    errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert all(isinstance(error, RegistrationError) for error in errors), errors
    return len(errors)


def kept(edition):
    return Nomination.objects.filter(delegation__edition=edition, holds_place=True).count()


def promoted(edition):
    return edition.messages.filter(kind="promoted").count()


# -- Two who replace, or one who replaces and one who leaves ------------------------------------------------------


@again
def test_a_person_replaced_twice_at_once_is_replaced_once():
    edition = make.edition(capacity=1)
    nomination = make.named(make.delegation(edition))
    person = make.registered(nomination)
    outcomes = at_once(substitute(person, "One"), substitute(nomination, "Two"))
    assert refused(outcomes) == 1
    assert (kept(edition), places_taken(edition)) == (1, 1)
    assert Nomination.objects.filter(delegation=person.delegation, withdrawn_at=None).count() == 1


def test_without_the_lock_a_person_is_replaced_twice_and_one_place_is_kept_twice(without_lock):
    edition = make.edition(capacity=1)
    nomination = make.named(make.delegation(edition))
    person = make.registered(nomination)
    without_lock((substitution, "_replaced"))
    at_once(substitute(person, "One"), substitute(nomination, "Two"))
    assert places_taken(edition) == 2


@again
def test_who_is_replaced_and_withdraws_at_once_leaves_one_place_to_one_person():
    edition = make.edition(capacity=1)
    person = make.participant(edition)
    waiting = make.participant(edition)
    outcomes = at_once(substitute(person), withdraw(person))
    assert refused(outcomes) == 1
    assert places_taken(edition) == 1
    assert kept(edition) + promoted(edition) == 1
    assert statuses(waiting) == ["confirmed" if promoted(edition) else "waitlisted"]


def test_without_the_lock_the_place_is_kept_and_given_away(without_lock):
    edition = make.edition(capacity=1)
    person = make.participant(edition)
    make.participant(edition)
    without_lock((substitution, "_replaced"), (registration, "next_in_line"))
    at_once(substitute(person), withdraw(person))
    assert places_taken(edition) == 2


@again
def test_a_place_freed_beside_a_kept_one_goes_to_one_person():
    edition = make.edition(capacity=2)
    replaced, leaving = make.participant(edition), make.participant(edition)
    waiting = [make.participant(edition) for _n in range(2)]
    assert refused(at_once(substitute(replaced), withdraw(leaving))) == 0
    assert statuses(*waiting) == ["confirmed", "waitlisted"]
    assert (kept(edition), places_taken(edition)) == (1, 2)


@again
def test_a_kept_place_and_another_given_back_at_once_go_to_two_people():
    edition = make.edition(capacity=2)
    new, leaving = make.substitute(make.participant(edition)), make.participant(edition)
    waiting = [make.participant(edition) for _n in range(3)]
    assert refused(at_once(take_back(new), withdraw(leaving))) == 0
    assert statuses(*waiting) == ["confirmed", "confirmed", "waitlisted"]
    assert promoted(edition) == 2


def test_without_the_lock_both_places_go_to_the_same_person(without_lock):
    edition = make.edition(capacity=2)
    new, leaving = make.substitute(make.participant(edition)), make.participant(edition)
    first = make.participant(edition)
    without_lock((registration, "next_in_line"))
    at_once(take_back(new), withdraw(leaving))
    assert first.messages.filter(kind="promoted").count() == 2


# -- The substitute comes -----------------------------------------------------------------------------------------


@again
def test_a_kept_place_is_used_once_while_others_register():
    edition = make.edition(capacity=1)
    new = make.substitute(make.participant(edition))
    outcomes = at_once(come(new), register(edition), register(edition, of="Serbia"))
    assert sorted(person.status for person in outcomes) == ["confirmed", "waitlisted", "waitlisted"]
    assert (kept(edition), places_taken(edition)) == (0, 1)
    assert Participant.objects.get(edition=edition, status="confirmed").nomination == new


@again
def test_a_substitute_who_sends_two_forms_at_once_is_registered_once():
    edition = make.edition(capacity=1)
    new = make.substitute(make.participant(edition))
    calls = [register(edition, nomination=new) for _n in range(2)]
    outcomes = at_once(*calls)
    assert sum(outcome is None for outcome in outcomes) == 1
    assert places_taken(edition) == Participant.objects.filter(nomination=new).count() == 1


def test_without_the_lock_the_second_form_of_a_substitute_is_a_fault(without_lock):
    edition = make.edition(capacity=1)
    new = make.substitute(make.participant(edition))
    calls = [register(edition, nomination=new) for _n in range(2)]
    without_lock((registration, "has_place"))
    assert sum(outcome is None for outcome in at_once(*calls)) == 0


@again
def test_a_substitute_confirmed_and_taken_back_at_once_has_a_place_or_has_none():
    edition = make.edition(capacity=1, requires_review=True)
    new = make.substitute(make.participant(edition, "confirmed"))
    person = make.registered(new)
    waiting = make.participant(edition, "waitlisted")
    assert refused(at_once(confirm(person), take_back(new))) <= 1
    assert statuses(person, waiting) == ["withdrawn", "confirmed"]
    assert (kept(edition), places_taken(edition)) == (0, 1)


@again
def test_a_substitute_confirmed_by_two_at_once_has_one_place_and_one_mail():
    edition = make.edition(capacity=1, requires_review=True)
    person = make.registered(make.substitute(make.participant(edition, "confirmed")))
    assert refused(at_once(confirm(person), confirm(person))) == 1
    assert person.messages.filter(kind="confirmed").count() == 1
    assert places_taken(edition) == 1


# -- Limits that change -------------------------------------------------------------------------------------------


@again
def test_a_cut_while_somebody_is_replaced_leaves_no_more_promises_than_places():
    edition = make.edition(capacity=2)
    delegation = make.delegation(edition, quota=2)
    person, leaving = make.participant(edition), make.participant(edition)
    at_once(
        substitute(person),
        withdraw(leaving),
        set_capacity(edition, 1),
        lambda: places.set_quota(delegation=delegation, quota=1, by="sec"),
    )
    edition.refresh_from_db()
    delegation.refresh_from_db()
    assert places_taken(edition) == quota_used(delegation) == 1
    assert min(edition.capacity or 0, delegation.quota or 0) >= 1


@again
def test_a_raise_while_a_kept_place_is_given_back_promotes_two():
    edition = make.edition(capacity=1)
    new = make.substitute(make.participant(edition))
    waiting = [make.participant(edition) for _n in range(3)]
    assert refused(at_once(take_back(new), set_capacity(edition, 2))) == 0
    assert statuses(*waiting) == ["confirmed", "confirmed", "waitlisted"]
    assert promoted(edition) == 2
