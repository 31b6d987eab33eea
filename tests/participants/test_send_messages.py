"""The command that runs the mail worker, with a mail server on the wire."""

import io
import signal
import threading
from collections.abc import Iterator

import pytest
from django.core.management import call_command

from participants.models import Message
from tests import make
from tests.participants import mail_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[mail_server.MailServer]:
    with mail_server.running() as one:
        yield one


def test_once_sends_what_is_due_and_says_how_many():
    for _n in range(2):
        make.participant(make.edition())
    out = io.StringIO()
    call_command("send_messages", "--once", stdout=out)
    assert out.getvalue() == "2 sent.\n"


def test_a_worker_that_is_told_to_end_finishes_the_mail_in_hand_and_takes_no_other(server):
    in_hand, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        in_hand.set()
        go_on.wait(timeout=60)

    server.before_accepting = hold
    for _n in range(2):
        make.participant(make.edition())
    with mail_server.worker(server) as running:
        assert in_hand.wait(timeout=60)
        running.send_signal(signal.SIGTERM)
        go_on.set()
        assert running.wait(timeout=60) == 0
        assert running.stdout is not None
        assert running.stdout.read() == "Sending messages.\n"
    assert len(server.accepted) == 1
    assert sorted(Message.objects.values_list("state", flat=True)) == ["queued", "sent"]


def test_an_idle_worker_ends_when_it_is_told_to(server):
    with mail_server.worker(server) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "Sending messages.\n"
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=60) == 0
