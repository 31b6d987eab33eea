"""A registration keeps the limits and is one, whoever comes at the same moment."""

from __future__ import annotations

import contextlib
import itertools
import uuid

import pytest

from participants import registration, visit_places
from participants.models import VisitBooking
from participants.registration import RegistrationError
from tests import make
from tests.participants.races import again, at_once, confirm, held, register

pytestmark = pytest.mark.django_db(transaction=True)


# -- The last place -----------------------------------------------------------------------------------------------


@again
def test_the_last_place_is_given_once():
    edition = make.edition(capacity=2)
    make.participant(edition)
    outcomes = at_once(*[register(edition, of=f"State {i}") for i in range(4)])
    assert sorted(p.status for p in outcomes) == ["confirmed", "waitlisted", "waitlisted", "waitlisted"]
    assert held(edition) == 2


def test_without_the_lock_the_last_place_is_given_twice(without_lock):
    edition = make.edition(capacity=1)
    calls = [register(edition) for _i in range(2)]
    without_lock((registration, "has_place"))
    at_once(*calls)
    assert held(edition) == 2


@again
def test_a_quota_holds_too():
    edition = make.edition()
    make.delegation(edition, quota=1)
    at_once(*[register(edition) for _i in range(3)])
    assert edition.participants.confirmed().count() == 1


def test_without_the_lock_a_quota_is_exceeded(without_lock):
    edition = make.edition()
    make.delegation(edition, quota=1)
    calls = [register(edition) for _i in range(2)]
    without_lock((registration, "has_place"))
    at_once(*calls)
    assert edition.participants.confirmed().count() == 2


@again
def test_the_last_place_of_a_visit_is_given_once():
    edition = make.edition()
    visit = make.visit(edition, capacity=1)
    at_once(*[register(edition, of=f"State {i}", visits=[visit]) for i in range(3)])
    states = VisitBooking.objects.filter(visit=visit).values_list("state", flat=True)
    assert sorted(states) == ["confirmed", "waitlisted", "waitlisted"]


def test_without_the_lock_the_last_place_of_a_visit_is_given_twice(without_lock):
    edition = make.edition()
    visit = make.visit(edition, capacity=1)
    calls = [register(edition, of=f"State {i}", visits=[visit]) for i in range(2)]
    without_lock((visit_places, "is_ready"))
    at_once(*calls)
    assert VisitBooking.objects.filter(visit=visit, state="confirmed").count() == 2


# -- Several members of staff -------------------------------------------------------------------------------------


@again
def test_two_members_of_staff_confirm_no_more_than_there_are_places():
    edition = make.edition(capacity=2, requires_review=True)
    people = [make.participant(edition) for _i in range(4)]
    at_once(*map(confirm, people))
    assert held(edition) == 2
    assert edition.participants.filter(status="waitlisted").count() == 2


def test_without_the_lock_two_members_of_staff_confirm_too_many(without_lock):
    edition = make.edition(capacity=1, requires_review=True)
    people = [make.participant(edition) for _i in range(2)]
    without_lock((registration, "has_place"))
    at_once(*map(confirm, people))
    assert held(edition) == 2


@again
def test_a_list_confirmed_by_two_at_once_is_confirmed_once_with_one_mail_each():
    edition = make.edition(capacity=3, requires_review=True)
    people = [make.participant(edition) for _i in range(4)]

    def whole_list() -> list[str]:
        done = []
        for person in people:
            with contextlib.suppress(RegistrationError):
                done.append(registration.confirm(participant=person, by="staff").status)
        return done

    outcomes = at_once(whole_list, whole_list)
    assert sorted(itertools.chain(*outcomes)) == ["confirmed", "confirmed", "confirmed", "waitlisted"]
    assert edition.messages.exclude(kind="received").count() == 4


def test_without_the_lock_one_person_confirmed_twice_gets_two_mails(without_lock):
    person = make.participant(make.edition(requires_review=True))
    without_lock((registration, "has_place"))
    at_once(confirm(person), confirm(person))
    assert person.messages.filter(kind="confirmed").count() == 2


# -- The same form, the same address ------------------------------------------------------------------------------


@again
def test_one_address_sent_by_several_forms_at_once_is_one_registration():
    edition = make.edition()
    outcomes = at_once(*[register(edition, email="one@example.org") for _i in range(3)])
    assert edition.participants.count() == 1
    assert sum(outcome is None for outcome in outcomes) == 2


def test_without_the_lock_one_of_two_forms_with_one_address_is_answered_otherwise(without_lock):
    edition = make.edition()
    calls = [register(edition, email="one@example.org") for _i in range(2)]
    without_lock((registration, "live_twins"))
    assert sum(isinstance(outcome, RegistrationError) for outcome in at_once(*calls)) == 1


@again
def test_a_double_click_is_one_registration_with_one_mail_and_one_answer():
    edition = make.edition()
    number = uuid.uuid4()
    outcomes = at_once(*[register(edition, number, email="one@example.org") for _i in range(3)])
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert edition.messages.count() == 1


def test_without_the_lock_a_double_click_is_answered_with_an_error(without_lock):
    edition = make.edition()
    number = uuid.uuid4()
    calls = [register(edition, number, email="one@example.org") for _i in range(2)]
    without_lock((registration, "live_twins"))
    assert sum(isinstance(outcome, RegistrationError) for outcome in at_once(*calls)) == 1


@again
def test_one_number_sent_to_two_editions_at_once_is_one_registration_and_one_sentence():
    number = uuid.uuid4()
    outcomes = at_once(*[register(make.edition(), number) for _i in range(2)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Participant", "RegistrationError"]
