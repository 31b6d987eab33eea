"""Mails under any race: each is sent once, and nobody is flooded."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail as sent_mail

from participants import delivery
from participants import mail as letters
from participants.mail.registrations import REPEATED_LINKS_AN_HOUR
from participants.models import Message
from tests import make
from tests.participants.races import again, at_once, meet

pytestmark = pytest.mark.django_db(transaction=True)


@again
def test_many_who_ask_for_a_lost_link_at_once_get_no_more_than_the_limit():
    person = make.participant(make.edition())
    at_once(*[lambda: letters.lost_link(person) for _i in range(5)])
    assert person.messages.filter(kind="lost link").count() == REPEATED_LINKS_AN_HOUR


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
