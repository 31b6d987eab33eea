"""The button that writes to a group, pressed twice at one moment: one message, each mail once."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from events.models import Edition
from participants import bulk, registration
from participants.models import BulkMessage, Message
from tests import make
from tests.participants.races import again, at_once, meet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def edition() -> Edition:
    edition = make.edition()
    for _n in range(3):
        make.participant(edition)
    return edition


def press(edition: Edition, number: uuid.UUID) -> Callable[[], Any]:
    words = {"subject": "The bus", "text": "It leaves at 8.", "by": "sec"}
    return lambda: bulk.send_bulk(edition=edition, audience="status:confirmed", submission=number, **words)


@again
def test_two_presses_at_once_are_one_message():
    edition = make.edition()
    for _n in range(3):
        make.participant(edition)
    first, second = at_once(*[press(edition, uuid.uuid4())] * 2)
    assert first == second
    assert Message.objects.filter(bulk=first).count() == 3


def test_control_without_the_lock_the_second_press_finds_out_too_late(edition, monkeypatch):
    monkeypatch.setattr(bulk, "lock_edition", lambda pk: Edition.objects.get(pk=pk))
    meet(monkeypatch, (bulk, "recipients"))
    outcomes = at_once(*[press(edition, uuid.uuid4())] * 2)
    assert sorted(type(one).__name__ for one in outcomes) == ["BulkError", "BulkMessage"]
    assert Message.objects.filter(kind="group").count() == 3


def test_control_two_forms_are_two_messages(edition):
    at_once(press(edition, uuid.uuid4()), press(edition, uuid.uuid4()))
    assert BulkMessage.objects.count() == 2
    assert Message.objects.filter(kind="group").count() == 6


def test_whoever_is_confirmed_meanwhile_is_in_the_group_whole_or_not_at_all(edition):
    edition = make.edition(requires_review=True)
    make.participant(edition, "confirmed")
    person = make.participant(edition)

    def confirm() -> None:
        with transaction.atomic():
            registration.confirm(participant=person, by="sec")

    sent, _none = at_once(press(edition, uuid.uuid4()), confirm)
    assert sent.messages.count() == sent.recipients
