"""The command that runs the mail worker."""

import io
import os
import signal
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.core.management import call_command

from tests import make


@pytest.mark.django_db(transaction=True)
def test_once_sends_what_is_due_and_says_how_many():
    for _n in range(2):
        make.participant(make.edition())
    out = io.StringIO()
    call_command("send_messages", "--once", stdout=out)
    assert out.getvalue() == "2 sent.\n"


def test_the_worker_ends_when_it_is_told_to():
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "send_messages"], cwd=settings.BASE_DIR, env={**os.environ, "DEVELOPMENT": "1"}
    )
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(timeout=2)
    started = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=10) == 0
    assert time.monotonic() - started < 10
