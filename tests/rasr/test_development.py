"""`make run`: what it starts ends with it, however it is ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from rasr import development
from tests.rasr.ports import free_port

# The same program with other things to run side by side: each writes its number and waits.
SCRIPT = """
import sys
from rasr import development
development.SET_UP = {set_up!r}
development.PATIENCE = 2
development.commands = lambda port: {commands!r}
sys.exit(development.main())
"""
# In one piece: two processes share the pipe.
WAIT = "import os, time; os.write(1, b'%d\\n' % os.getpid()); time.sleep(30)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}"


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


class Started:
    """A supervisor under test, and the numbers of what it runs."""

    def __init__(self, *commands: list[str], set_up: list[list[str]] | None = None, port: int | str = 0) -> None:
        script = SCRIPT.format(set_up=set_up or [], commands=list(commands))
        self.process = subprocess.Popen(
            python(script),
            cwd=settings.BASE_DIR,
            # A database that is given is not started; nothing here connects to it.
            env={**os.environ, "DATABASE_URL": "postgres://x/x", "PORT": str(port or free_port())},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def children(self, count: int) -> list[int]:
        """Wait until so many have said their numbers."""
        numbers: list[int] = []
        assert self.process.stdout
        while len(numbers) < count:
            line = self.process.stdout.readline()
            assert line, "ended too early"
            if line.strip().isdigit():
                numbers.append(int(line))
        return numbers

    def end(self) -> tuple[int, str]:
        """Its exit code and its complaints."""
        _said, complaints = self.process.communicate(timeout=30)
        return self.process.returncode, complaints


@pytest.fixture
def start() -> Iterator[type[Started]]:
    made: list[Started] = []

    class Kept(Started):
        def __init__(self, *commands: list[str], **more: object) -> None:
            super().__init__(*commands, **more)  # type: ignore[arg-type]
            made.append(self)

    yield Kept
    for each in made:
        each.process.kill()
        each.process.communicate()


def lives(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_and_is_no_fault(start, number):
    supervisor = start(python(WAIT), python(WAIT))
    children = supervisor.children(2)
    supervisor.process.send_signal(number)
    assert supervisor.end() == (0, "")
    assert not any(map(lives, children))


def test_a_signal_during_set_up_ends_that_too(start):
    supervisor = start(python(WAIT), set_up=[python(WAIT)])
    (child,) = supervisor.children(1)
    supervisor.process.send_signal(signal.SIGTERM)
    assert supervisor.end() == (0, "")
    assert not lives(child)


def test_when_one_process_ends_the_other_is_ended(start):
    supervisor = start(python(WAIT), python("import os; os.write(1, b'1\\n')"))
    children = [number for number in supervisor.children(2) if number != 1]
    assert supervisor.end() == (1, "")
    assert not any(map(lives, children))


def test_a_process_that_does_not_listen_is_killed(start):
    supervisor = start(python(STUBBORN), python(WAIT))
    children = supervisor.children(2)
    supervisor.process.send_signal(signal.SIGINT)
    assert supervisor.end() == (0, "")
    assert not any(map(lives, children))


def test_a_set_up_that_fails_starts_nothing_and_adds_no_trace(start):
    supervisor = start(python("print('started')"), set_up=[python("raise SystemExit(3)")])
    said, complaints = supervisor.process.communicate(timeout=30)
    assert (supervisor.process.returncode, said, complaints) == (3, "", "")


@pytest.mark.parametrize("port", ["abc", "0x1F", "65536", "\u0661"])
def test_a_port_that_is_none_is_refused(start, port):
    code, complaints = start(port=port).end()
    assert code == 1
    assert "write a number from 1 to 65535" in complaints
    assert complaints.count("\n") == 1


def test_a_port_in_use_is_not_shared(start):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        code, complaints = start(port=port).end()
    assert code == 1
    assert f"port {port} cannot be used" in complaints


def test_the_site_and_the_mail_worker_run():
    web, worker = development.commands("8123")
    assert "8123" in web
    assert "rasr.wsgi:application" in web
    assert worker[-1] == "send_messages"


def test_the_password_that_is_printed_is_that_of_the_demonstration():
    from participants.demonstration import PASSWORD

    assert development.DEMO_PASSWORD == PASSWORD
