"""A delegation that acts twice at one moment says one thing: one person, one head, one order."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from participants import nominating
from participants.models import Nomination
from participants.nominating import LINKS_AN_HOUR
from participants.registration import RegistrationError
from tests import make
from tests.participants.races import Call, again, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def nominate(delegation, name="Vesna", **more) -> Call:
    return lambda: make.named(delegation, name, **{"email": f"{name}@example.org"} | more)


def make_head(nomination) -> Call:
    return lambda: nominating.set_head(nomination=nomination, by="contact")


def move(nomination, *, up: bool) -> Call:
    return lambda: nominating.move(nomination=nomination, up=up, by="contact")


def faults(outcomes: list[object]) -> list[type]:
    return [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)]


def heads(delegation) -> int:
    return Nomination.objects.filter(delegation=delegation, is_head=True, withdrawn_at=None).count()


@again
def test_one_person_nominated_twice_at_once_is_nominated_once_with_one_mail():
    delegation = make.delegation(make.edition())
    assert faults(at_once(nominate(delegation), nominate(delegation))) == [RegistrationError]
    assert delegation.nominations.get().messages.count() == 1


def test_without_the_lock_the_second_nomination_is_a_fault(without_lock):
    delegation = make.delegation(make.edition())
    without_lock((nominating, "typed_person"))
    assert faults(at_once(nominate(delegation), nominate(delegation))) == [IntegrityError]


@again
def test_of_two_heads_named_at_once_one_is_head():
    delegation = make.delegation(make.edition())
    calls = [nominate(delegation, name, is_head=True) for name in ("One", "Two")]
    assert faults(at_once(*calls)) == [RegistrationError]
    assert heads(delegation) == 1


def test_without_the_lock_the_second_head_is_a_fault(without_lock):
    delegation = make.delegation(make.edition())
    calls = [nominate(delegation, name, is_head=True) for name in ("One", "Two")]
    without_lock((nominating, "next_order"))
    assert faults(at_once(*calls)) == [IntegrityError]


@again
def test_of_two_made_head_at_once_the_later_is_head():
    delegation = make.delegation(make.edition())
    people = [make.named(delegation, name) for name in ("One", "Two")]
    assert faults(at_once(*map(make_head, people))) == []
    assert heads(delegation) == 1


def test_without_the_lock_the_second_made_head_is_a_fault(without_lock):
    delegation = make.delegation(make.edition())
    people = [make.named(delegation, name) for name in ("One", "Two")]
    without_lock((nominating, "lock_standing"))
    assert faults(at_once(*map(make_head, people))) == [IntegrityError]


@again
def test_several_named_and_moved_at_once_stand_in_one_order():
    delegation = make.delegation(make.edition())
    first, last = make.named(delegation, "One"), make.named(delegation, "Two")
    calls = [move(first, up=False), move(last, up=True), nominate(delegation, "A"), nominate(delegation, "B")]
    assert faults(at_once(*calls)) == []
    assert sorted(Nomination.objects.filter(delegation=delegation).values_list("order", flat=True)) == [1, 2, 3, 4]


def test_without_the_lock_two_stand_in_one_place(without_lock):
    delegation = make.delegation(make.edition())
    without_lock((nominating, "next_order"))
    at_once(nominate(delegation, "A"), nominate(delegation, "B"))
    assert list(Nomination.objects.filter(delegation=delegation).values_list("order", flat=True)) == [1, 1]


@again
def test_a_link_asked_for_by_many_at_once_is_sent_a_few_times():
    nomination = make.named(make.delegation(make.edition()))
    at_once(*[lambda: nominating.invite_nominee(nomination=nomination, by="contact") for _n in range(4)])
    assert nomination.messages.count() == LINKS_AN_HOUR
