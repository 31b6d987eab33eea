"""Addresses and requests under any race: one address, one owner; one request, one answer."""

import uuid
from typing import Any

import pytest
from django.db import IntegrityError

from events.models import Edition
from participants import changing, registration
from participants.models import ChangeRequest, Message, Participant
from participants.registration import RegistrationError
from tests import make
from tests.participants.races import again, at_once, meet

pytestmark = pytest.mark.django_db(transaction=True)


def wish(edition, email="new@example.org"):
    """The link of somebody who asked for that address."""
    person = make.participant(edition)
    return changing.ask_new_address(participant=person, email=email, by="participant")


def confirm(link):
    return lambda: changing.confirm_new_address(link=link, by="participant")


def owners(edition, email="new@example.org"):
    return edition.participants.live().filter(email_key=email).count()


@again
def test_two_who_confirm_one_address_at_once_are_one_owner_and_one_sentence():
    edition = make.edition()
    outcomes = at_once(confirm(wish(edition)), confirm(wish(edition)))
    assert {type(one) for one in outcomes} == {Participant, RegistrationError}
    assert owners(edition) == 1


def test_without_the_lock_the_database_has_to_refuse_the_second(monkeypatch):
    edition = make.edition()
    wishes = [wish(edition), wish(edition)]
    monkeypatch.setattr(registration, "lock_edition", lambda pk: Edition.objects.get(pk=pk))
    meet(monkeypatch, (changing, "_other_with"))
    outcomes = at_once(*[confirm(one) for one in wishes])
    assert {type(one) for one in outcomes} == {Participant, IntegrityError}


@again
def test_who_registers_while_an_address_is_confirmed_does_not_share_it():
    edition = make.edition()
    answers = make.answers(make.delegation(edition), email="new@example.org")
    at_once(
        confirm(wish(edition)),
        lambda: registration.submit(edition=edition, answers=answers, submission=uuid.uuid4(), by="participant"),
    )
    assert owners(edition) == 1


@again
def test_a_double_click_confirms_once():
    edition = make.edition()
    link = wish(edition)
    outcomes = at_once(*[confirm(link)] * 3)
    assert {type(one) for one in outcomes} == {Participant}
    assert Message.objects.filter(kind="address changed", participant=link.participant).count() == 1


@again
def test_of_two_requests_at_once_one_waits():
    person = make.participant(make.edition())

    def ask(function):
        return lambda: changing.request_change(
            participant=person, answers={"function": function}, version=person.version, by="participant"
        )

    outcomes = at_once(ask("Director"), ask("Head"))
    assert {type(one) for one in outcomes} == {ChangeRequest}
    states = ChangeRequest.objects.filter(participant=person).values_list("state", flat=True)
    assert sorted(states) == ["asked", "replaced"]


@again
def test_accepted_and_refused_at_once_it_has_one_answer():
    person = make.participant(make.edition())
    request: Any = changing.request_change(
        participant=person, answers={"function": "Director"}, version=person.version, by="participant"
    )
    outcomes = at_once(
        lambda: changing.accept_change(request=request, by="one"),
        lambda: changing.refuse_change(request=request, by="two"),
    )
    assert {type(one) for one in outcomes} == {ChangeRequest, RegistrationError}
    request.refresh_from_db()
    is_changed = Participant.objects.get(pk=person.pk).function == "Director"
    assert is_changed == (request.state == "accepted")
    assert Message.objects.filter(participant=person, kind__startswith="change ").count() == 1


def test_two_wishes_at_once_leave_one_open_link():
    person = make.participant(make.edition())

    def ask(email):
        return lambda: changing.ask_new_address(participant=person, email=email, by="participant")

    at_once(ask("one@example.org"), ask("two@example.org"))
    assert changing.open_address_links(person).count() == 1
