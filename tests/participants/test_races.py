"""Places hold under any race: real threads, real connections, and controls that oversell when the lock is off."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import close_old_connections, connection, connections

from events.models import Edition
from participants import capacity, delivery, places, registration
from participants.models import Message, Participant
from participants.registration import RegistrationError
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 5


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run each call in a thread with its own connection, all let go together; what each returned or raised."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        close_old_connections()
        connection.ensure_connection()
        barrier.wait()
        try:
            outcomes[index] = call()
        except Exception as error:
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def register(edition: Edition, submission: uuid.UUID | None = None, **more: Any) -> Callable[[], Any]:
    given = make.answers(make.delegation(edition), **more)
    number = submission or uuid.uuid4()
    return lambda: registration.submit(edition=edition, answers=given, submission=number, by="test")


def held(edition: Edition) -> int:
    return edition.participants.holding_places().count()


def without_lock(monkeypatch: pytest.MonkeyPatch, people: int) -> None:
    """The control: the edition is read without its lock, and everybody counts before anybody writes."""
    monkeypatch.setattr(registration, "lock_edition", lambda pk: Edition.objects.get(pk=pk))
    counted = threading.Barrier(people)

    def slow(*args: Any, **kwargs: Any) -> bool:
        answer = capacity.has_place(*args, **kwargs)
        counted.wait(timeout=10)
        return answer

    monkeypatch.setattr(registration, "has_place", slow)


@pytest.mark.parametrize("_n", range(TIMES))
def test_the_last_place_is_given_once(_n):
    edition = make.edition(capacity=2)
    make.participant(edition)
    outcomes = at_once(*[register(edition) for _i in range(4)])
    assert sorted(p.status for p in outcomes) == ["confirmed", "waitlisted", "waitlisted", "waitlisted"]
    assert held(edition) == 2


def test_without_the_lock_the_last_place_is_given_twice(monkeypatch):
    edition = make.edition(capacity=1)
    calls = [register(edition) for _i in range(2)]
    without_lock(monkeypatch, 2)
    at_once(*calls)
    assert held(edition) == 2


@pytest.mark.parametrize("_n", range(TIMES))
def test_two_members_of_staff_confirm_no_more_than_there_are_places(_n):
    edition = make.edition(capacity=2, requires_review=True)
    people = [make.participant(edition) for _i in range(4)]
    at_once(*[lambda p=p: registration.confirm(participant=p, by="staff") for p in people])
    assert held(edition) == 2
    assert edition.participants.filter(status="waitlisted").count() == 2


@pytest.mark.parametrize("_n", range(TIMES))
def test_one_person_confirmed_twice_gets_one_mail(_n):
    person = make.participant(make.edition(requires_review=True))
    outcomes = at_once(*[lambda: registration.confirm(participant=person, by="staff") for _i in range(3)])
    assert sum(isinstance(outcome, RegistrationError) for outcome in outcomes) == 2
    assert person.messages.filter(kind="confirmed").count() == 1


@pytest.mark.parametrize("_n", range(TIMES))
def test_a_place_freed_while_others_register_goes_to_the_first_in_line(_n):
    edition = make.edition(capacity=1)
    leaving, first = make.participant(edition), make.participant(edition)
    at_once(lambda: registration.withdraw(participant=leaving, by="test"), register(edition), register(edition))
    first.refresh_from_db()
    assert first.status == "confirmed"
    assert held(edition) == 1


@pytest.mark.parametrize("_n", range(TIMES))
def test_a_raise_and_a_withdrawal_at_once_promote_two_and_nobody_twice(_n):
    edition = make.edition(capacity=1)
    leaving = make.participant(edition)
    waiting = [make.participant(edition) for _i in range(3)]
    at_once(
        lambda: registration.withdraw(participant=leaving, by="test"),
        lambda: places.set_capacity(edition=edition, capacity=2, by="staff"),
    )
    states = [Participant.objects.get(pk=person.pk).status for person in waiting]
    assert states == ["confirmed", "confirmed", "waitlisted"]
    assert Message.objects.filter(kind="promoted").count() == 2


@pytest.mark.parametrize("_n", range(TIMES))
def test_a_cut_and_a_registration_at_once_never_leave_more_people_than_places(_n):
    edition = make.edition(capacity=2)
    make.participant(edition)
    at_once(lambda: places.set_capacity(edition=edition, capacity=1, by="staff"), register(edition))
    edition.refresh_from_db()
    assert held(edition) <= (edition.capacity or 0)


@pytest.mark.parametrize("_n", range(TIMES))
def test_a_quota_holds_too(_n):
    edition = make.edition()
    make.delegation(edition, quota=1)
    at_once(*[register(edition) for _i in range(3)])
    assert edition.participants.confirmed().count() == 1


@pytest.mark.parametrize("_n", range(TIMES))
def test_one_address_sent_by_two_forms_at_once_is_one_registration(_n):
    edition = make.edition()
    outcomes = at_once(*[register(edition, email="one@example.org") for _i in range(3)])
    assert edition.participants.count() == 1
    assert sum(outcome is None for outcome in outcomes) == 2


@pytest.mark.parametrize("_n", range(TIMES))
def test_a_double_click_is_one_registration(_n):
    edition = make.edition()
    number = uuid.uuid4()
    outcomes = at_once(*[register(edition, number, email="one@example.org") for _i in range(3)])
    assert len({outcome.pk for outcome in outcomes}) == 1
    assert Message.objects.count() == 1


@pytest.mark.parametrize("_n", range(TIMES))
def test_several_workers_send_each_mail_once(_n, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    from django.core import mail

    edition = make.edition()
    for _i in range(6):
        make.participant(edition)
    mail.outbox = []
    outcomes = at_once(*[lambda: delivery.run(lambda: False, once=True) for _i in range(3)])
    assert sum(outcomes) == 6
    assert len({m.extra_headers["Message-ID"] for m in mail.outbox}) == len(mail.outbox) == 6
