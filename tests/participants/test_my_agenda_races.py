"""Own agendas and their mails at the same moment: one group, one address, each change told once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from events.models import Edition, Session
from events.scheduling import release_agenda
from participants import delivery, links, my_agenda
from participants.models import Link, Message, Participant
from tests import make
from tests.participants.races import again, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def released() -> tuple[Edition, Participant, list[Session]]:
    """An edition with two groups at one time, released, and somebody who comes."""
    edition = make.edition()
    groups = [make.session(edition, letter, kind="working_group", letter=letter) for letter in "AB"]
    release_agenda(edition=edition, by="test")
    return edition, make.participant(edition, "confirmed"), groups


def star(person: Participant, session: Session) -> Any:
    return lambda: my_agenda.star(participant=person, session=session.pk, by="test")


def release(edition: Edition) -> Any:
    return lambda: release_agenda(edition=edition, by="test")


def moved(session: Session, hour: int) -> None:
    start, end = (make.local(session.edition, hour + n) for n in (0, 1))
    Session.objects.filter(pk=session.pk).update(start=start, end=end)


def told(edition: Edition, *states: str) -> list[Message]:
    return list(edition.messages.filter(kind="agenda changed", state__in=states or ["queued"]))


@again
def test_two_groups_chosen_at_once_are_one_choice():
    _edition, person, groups = released()
    outcomes = at_once(*(star(person, group) for group in groups))
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert person.starred.count() == 1


def test_control_without_the_lock_both_groups_are_chosen(without_lock):
    _edition, person, groups = released()
    without_lock((my_agenda, "_lock"))
    at_once(*(star(person, group) for group in groups))
    assert person.starred.count() == 2


@again
def test_a_button_pressed_twice_at_once_stars_once():
    _edition, person, groups = released()
    outcomes = at_once(star(person, groups[0]), star(person, groups[0]))
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert person.starred.count() == 1


@again
def test_two_addresses_made_at_once_leave_one():
    _edition, person, _groups = released()
    at_once(*[lambda: my_agenda.give_calendar(participant=person, by="test")] * 2)
    assert links.good().filter(participant=person, purpose=Link.Purpose.CALENDAR).count() == 1


@again
def test_two_releases_at_once_are_told_in_one_mail():
    edition, person, groups = released()
    star(person, groups[0])()
    moved(groups[0], 12)
    outcomes = at_once(release(edition), release(edition))
    assert sorted(one.number for one in outcomes) == [2, 3]
    (message,) = told(edition)
    assert message.since_release == 1
    assert "12:00 to 13:00, was 09:00 to 10:00" in message.text


@again
def test_a_release_while_the_mail_is_sent_tells_what_the_reader_does_not_know_yet():
    Message.objects.all().delete()
    edition, person, groups = released()
    star(person, groups[0])()
    Message.objects.exclude(kind="agenda changed").delete()
    moved(groups[0], 12)
    release(edition)()
    moved(groups[0], 14)
    at_once(delivery.send_next, release(edition))
    sent, waiting = told(edition, "sent"), told(edition)
    if sent and not waiting:  # the worker came last, and sent the one mail that tells both
        assert len(sent) == 1
        return
    (message,) = waiting
    assert f"14:00 to 15:00, was {'12:00 to 13:00' if sent else '09:00 to 10:00'}" in message.text


@again
def test_who_stars_at_the_moment_of_a_release_is_told_or_sees_it_on_the_page():
    edition, person, groups = released()
    moved(groups[0], 12)
    outcomes = at_once(star(person, groups[0]), release(edition))
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert len(told(edition)) in {0, 1}
    assert person.starred.count() == 1


def test_a_release_does_not_wait_for_the_worker_that_has_a_mail_in_hand():
    edition, person, groups = released()
    star(person, groups[0])()
    Message.objects.exclude(kind="agenda changed").delete()
    moved(groups[0], 12)
    release(edition)()
    moved(groups[0], 14)
    in_hand, is_released = threading.Event(), threading.Event()

    def hold() -> bool:
        with transaction.atomic():
            assert delivery.take(timezone.now()) is not None
            in_hand.set()
            return is_released.wait(timeout=20)

    def release_then() -> None:
        assert in_hand.wait(timeout=20)
        release(edition)()
        is_released.set()

    assert at_once(hold, release_then) == [True, None]
    texts = sorted(message.text for message in told(edition))
    assert ["was 09:00" in texts[0], "was 12:00" in texts[1]] == [True, True]
