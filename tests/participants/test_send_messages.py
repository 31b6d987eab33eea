"""The command that runs the mail worker, with a mail server on the wire."""

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from participants.models import Message
from tests import make
from tests.participants import mail_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[mail_server.MailServer]:
    with mail_server.running() as one:
        yield one


@contextmanager
def worker(server: mail_server.MailServer) -> Iterator[subprocess.Popen[str]]:
    """The command as its own program, on the database of the test; it has ended when the block ends."""
    names = connection.settings_dict
    user = f"{quote(names['USER'])}:{quote(names['PASSWORD'])}"
    where = urlencode({name.lower(): names[name] for name in ("HOST", "PORT") if names[name]})
    environment = os.environ | {
        "DEVELOPMENT": "1",
        "DATABASE_URL": f"postgres://{user}@/{names['NAME']}?{where}",
        "EMAIL_URL": f"smtp://127.0.0.1:{server.port}",
        "PRIVATE_DATA_KEYS": ",".join(settings.PRIVATE_DATA_KEYS),
    }
    command = [sys.executable, "manage.py", "send_messages"]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


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
    with worker(server) as running:
        assert in_hand.wait(timeout=60)
        running.send_signal(signal.SIGTERM)
        go_on.set()
        assert running.wait(timeout=60) == 0
        assert running.stdout is not None
        assert running.stdout.read() == "Sending messages.\n"
    assert len(server.accepted) == 1
    assert sorted(Message.objects.values_list("state", flat=True)) == ["queued", "sent"]


def test_an_idle_worker_ends_when_it_is_told_to(server):
    with worker(server) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "Sending messages.\n"
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=60) == 0
