"""Places hold under any race: real threads, real connections, and controls that go wrong when the lock is off."""

from __future__ import annotations

import contextlib
import functools
import itertools
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail as sent_mail
from django.db import close_old_connections, connection, connections

from events.models import Edition, FieldVisit
from participants import delivery, places, registration, visit_places, visits
from participants import mail as letters
from participants.mail.registrations import REPEATED_LINKS_AN_HOUR
from participants.models import Delegation, Message, Participant, VisitBooking
from participants.registration import RegistrationError
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)
TIMES = 10
Call = Callable[[], Any]


def again(test: Callable[..., None]) -> Callable[..., None]:
    """Run the whole test several times: a race that is lost once in ten is lost."""

    @functools.wraps(test)
    def repeated(*args: Any, **kwargs: Any) -> None:
        for _n in range(TIMES):
            test(*args, **kwargs)

    return repeated


def at_once(*calls: Call) -> list[Any]:
    """Run each call in a thread with its own connection, all let go together; what each returned or raised."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(index: int, call: Call) -> None:
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


def register(edition: Edition, submission: uuid.UUID | None = None, *, of: str = "Albania", **more: Any) -> Call:
    visits_wanted = more.pop("visits", ())
    given = make.answers(make.delegation(edition, of), **more)
    number = submission or uuid.uuid4()
    return lambda: registration.submit(
        edition=edition, answers=given, submission=number, visits=visits_wanted, by="test"
    )


def confirm(person: Participant) -> Call:
    return lambda: registration.confirm(participant=person, by="staff")


def withdraw(person: Participant) -> Call:
    return lambda: registration.withdraw(participant=person, by="test")


def set_capacity(edition: Edition, number: int) -> Call:
    return lambda: places.set_capacity(edition=edition, capacity=number, by="staff")


def held(edition: Edition) -> int:
    return edition.participants.holding_places().count()


def statuses(*people: Participant) -> list[str]:
    return [Participant.objects.get(pk=person.pk).status for person in people]


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The control. Editions, delegations and visits are read without their lock, and two callers of the functions
    named, which count or look before something is written, wait there for each other."""

    def off(*points: tuple[Any, str]) -> None:
        unlocked_visits = FieldVisit.objects.select_related("session__edition")
        for where in (registration, places):
            monkeypatch.setattr(where, "lock_edition", lambda pk: Edition.objects.get(pk=pk))
            monkeypatch.setattr(where, "lock_delegation", lambda pk: Delegation.objects.get(pk=pk))
        for where in (visits, visit_places):
            monkeypatch.setattr(where, "lock_edition", lambda pk: Edition.objects.get(pk=pk))
            monkeypatch.setattr(where, "lock_visit", lambda pk: unlocked_visits.get(pk=pk))
        meet(monkeypatch, *points)

    return off


def meet(monkeypatch: pytest.MonkeyPatch, *points: tuple[Any, str]) -> None:
    """The first two who come out of one of these functions leave it together."""
    met = threading.Barrier(2)

    def slow(original: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            answer = original(*args, **kwargs)
            with contextlib.suppress(threading.BrokenBarrierError):
                met.wait(timeout=20)
                met.abort()
            return answer

        return called

    for module, name in points:
        monkeypatch.setattr(module, name, slow(getattr(module, name)))


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


def test_without_any_lock_one_person_confirmed_twice_gets_two_mails(without_lock, monkeypatch):
    person = make.participant(make.edition(requires_review=True))

    def unlocked(participant: Participant) -> tuple[Edition, Participant]:
        found = Participant.objects.select_related("edition", "delegation", "nomination").get(pk=participant.pk)
        return found.edition, found

    monkeypatch.setattr(registration, "lock", unlocked)
    without_lock((registration, "has_place"))
    at_once(confirm(person), confirm(person))
    assert person.messages.filter(kind="confirmed").count() == 2


# -- Places that become free or go ---------------------------------------------------------------------------------


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
    without_lock((registration, "live_twin"))
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
    without_lock((registration, "live_twin"))
    assert sum(isinstance(outcome, RegistrationError) for outcome in at_once(*calls)) == 1


@again
def test_one_number_sent_to_two_editions_at_once_is_one_registration_and_one_sentence():
    number = uuid.uuid4()
    outcomes = at_once(*[register(make.edition(), number) for _i in range(2)])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Participant", "RegistrationError"]


@again
def test_many_who_ask_for_a_lost_link_at_once_get_no_more_than_the_limit():
    person = make.participant(make.edition())
    at_once(*[lambda: letters.lost_link(person) for _i in range(5)])
    assert person.messages.filter(kind="lost link").count() == REPEATED_LINKS_AN_HOUR


# -- Workers ------------------------------------------------------------------------------------------------------


@pytest.fixture
def outbox(settings: Any) -> list[Any]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sent_mail.outbox = []
    return sent_mail.outbox


def work() -> int:
    return delivery.run(lambda: False, once=True)


@again
def test_several_workers_send_each_mail_once(outbox):
    outbox.clear()
    edition = make.edition()
    for _i in range(6):
        make.participant(edition)
    assert sum(at_once(work, work, work)) == 6
    assert len({mail.extra_headers["Message-ID"] for mail in outbox}) == len(outbox) == 6


@again
def test_two_workers_send_one_mail_once(outbox):
    outbox.clear()
    make.participant(make.edition())
    assert sorted(at_once(delivery.send_next, delivery.send_next), key=str) == [None, "sent"]
    assert len(outbox) == 1


def test_without_the_lock_two_workers_send_one_mail_twice(outbox, monkeypatch):
    make.participant(make.edition())
    monkeypatch.setattr(delivery, "take", lambda at: Message.objects.filter(state="queued").first())
    meet(monkeypatch, (delivery, "take"))
    at_once(delivery.send_next, delivery.send_next)
    assert len(outbox) == 2
