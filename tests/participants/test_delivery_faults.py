"""Workers that are killed, many at once, or lose the database: nothing is lost, and nothing is sent twice but the one
mail in flight, under the same Message-ID."""

from __future__ import annotations

import re
import signal
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from participants import delivery
from participants.models import Message
from tests import make
from tests.participants import mail_server
from tests.participants.races import at_once, meet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings) -> Iterator[mail_server.MailServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 30
    with mail_server.running() as one:
        settings.EMAIL_PORT = one.port
        yield one


def queued(number: int) -> list[str]:
    """Queue so many mails; their Message-IDs in the order in which they are due."""
    edition = make.edition()
    for _n in range(number):
        make.participant(edition)
    return list(Message.objects.order_by("next_try_at", "id").values_list("message_id", flat=True))


def arrived(server: mail_server.MailServer) -> Counter[str]:
    """How often the server has accepted each Message-ID."""
    return Counter(re.search(r"(?m)^Message-ID: (\S+)", mail)[1] for mail in server.accepted)  # type: ignore[index]


class Gate:
    """Holds the first mail on the server until it is let go, and says when the mail number `last` has come."""

    def __init__(self, server: mail_server.MailServer, last: int) -> None:
        self.in_hand, self.go_on, self.done = threading.Event(), threading.Event(), threading.Event()
        self.left = last
        server.before_accepting = self.hold

    def hold(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.done.set()
        if not self.in_hand.is_set():
            self.in_hand.set()
            self.go_on.wait(timeout=60)


def wait_for_locks() -> None:
    """Until no worker holds a message any more."""
    with transaction.atomic():
        list(Message.objects.defer(*delivery.TEXTS).select_for_update())


def test_a_worker_killed_with_a_mail_in_hand_loses_none_and_repeats_that_one_alone(server):
    first, *others = queued(3)
    gate = Gate(server, last=4)
    with mail_server.worker(server) as running:
        assert gate.in_hand.wait(timeout=60)
        running.send_signal(signal.SIGKILL)
        running.wait(timeout=60)
        gate.go_on.set()
    wait_for_locks()
    assert Message.objects.filter(state="queued").count() == 3
    assert delivery.run(lambda: False, once=True) == 3
    assert arrived(server) == {first: 2, **dict.fromkeys(others, 1)}
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_a_worker_killed_before_the_server_has_the_mail_repeats_nothing(server):
    numbers = queued(2)
    connected, go_on = threading.Event(), threading.Event()

    class Slow(dict[str, str]):
        def get(self, command, usual=None):
            if command == "CONNECT" and not connected.is_set():
                connected.set()
                go_on.wait(timeout=60)
            return usual

    server.answers = Slow()
    with mail_server.worker(server) as running:
        assert connected.wait(timeout=60)
        running.kill()
        running.wait(timeout=60)
        go_on.set()
    wait_for_locks()
    assert delivery.run(lambda: False, once=True) == 2
    assert arrived(server) == dict.fromkeys(numbers, 1)


def test_a_worker_that_loses_the_database_goes_on_and_repeats_the_mail_in_hand_alone(server):
    first, *others = queued(3)
    gate = Gate(server, last=4)
    with mail_server.worker(server) as running:
        assert gate.in_hand.wait(timeout=60)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        gate.go_on.set()
        assert gate.done.wait(timeout=60)
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=60) == 0
    assert arrived(server) == {first: 2, **dict.fromkeys(others, 1)}
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_workers_at_once_send_each_mail_once(server):
    numbers = queued(12)
    sent = at_once(*[lambda: delivery.run(lambda: False, once=True)] * 4)
    assert sum(sent) == 12
    assert arrived(server) == dict.fromkeys(numbers, 1)


def test_control_without_the_lock_two_workers_send_the_same_mail(server, monkeypatch):
    (number,) = queued(1)

    def unlocked(at):
        return Message.objects.filter(state="queued", next_try_at__lte=at).first()

    monkeypatch.setattr(delivery, "take", unlocked)
    meet(monkeypatch, (delivery, "take"))
    at_once(delivery.send_next, delivery.send_next)
    assert arrived(server) == {number: 2}


def test_a_mail_in_hand_holds_up_no_other_worker(server):
    first, *others = queued(3)
    gate = Gate(server, last=3)
    slow = threading.Thread(target=at_once, args=(delivery.send_next,))
    slow.start()
    assert gate.in_hand.wait(timeout=60)
    assert delivery.run(lambda: False, once=True) == 2
    assert arrived(server) == dict.fromkeys(others, 1)
    gate.go_on.set()
    slow.join()
    assert arrived(server) == dict.fromkeys([first, *others], 1)


def test_a_server_that_never_answers_is_given_up_and_tried_later(server, settings):
    settings.EMAIL_TIMEOUT = 0.3
    (number,) = queued(1)
    gate = Gate(server, last=2)
    assert delivery.send_next() == "queued"
    gate.go_on.set()
    message = Message.objects.get()
    assert message.log[-1]["what"] == "SMTPServerDisconnected"
    settings.EMAIL_TIMEOUT = 30
    assert delivery.send_next(message.next_try_at) == "sent"
    assert set(arrived(server)) == {number}


def test_a_server_without_the_encryption_that_we_ask_for_gets_nothing(server, settings):
    settings.EMAIL_USE_TLS = True
    queued(1)
    assert delivery.send_next() == "queued"
    assert server.recipients == []


# -- What no worker can send ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["to", "reply_to", "subject", "message_id", "kind"])
@pytest.mark.parametrize("poison", ["x\r\nBcc: other@example.org", "x\nBcc: other@example.org", "x\r\n\r\nbody"])
def test_a_row_with_a_line_break_in_a_header_fails_alone(server, column, poison):
    queued(2)
    broken, good = Message.objects.defer(*delivery.TEXTS).order_by("next_try_at", "id")
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE participants_message SET "{column}" = %s WHERE id = %s', [poison, broken.pk])
    assert delivery.run(lambda: False, once=True) == 1
    broken.refresh_from_db(fields=["state", "log"])
    good.refresh_from_db(fields=["state"])
    assert (broken.state, good.state) == ("failed", "sent")
    assert not any("Bcc" in mail for mail in server.accepted)
    assert len(server.recipients) == 1
