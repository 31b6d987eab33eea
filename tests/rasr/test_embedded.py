"""The development database: started by the first, shared, stopped with the last, whatever is killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from tests.rasr.ports import free_port

CONNECT = """
import sys
from rasr.embedded import server
print("started" if server.start() else "found", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory for a server of the test's own, which the account that runs it can reach; pytest's it cannot."""
    directory = Path(tempfile.mkdtemp(prefix="rasr-"))
    directory.chmod(0o711)
    yield directory / "db"
    command = [sys.executable, "-m", "rasr.embedded.server", "destroy"]
    subprocess.run(command, cwd=settings.BASE_DIR, env=env(directory / "db"))
    shutil.rmtree(directory)


def env(place: Path) -> dict[str, str]:
    return {**os.environ, "RASR_EMBEDDED_DIR": str(place), "HOME": "", "PYTHONPATH": str(settings.BASE_DIR)}


@pytest.fixture
def user_of() -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """Starts processes that use a server until they are told to end; none outlives the test."""
    users = []

    def started(place: Path) -> subprocess.Popen[str]:
        users.append(
            subprocess.Popen(
                [sys.executable, "-c", CONNECT],
                env=env(place),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return users[-1]

    yield started
    for user in users:
        user.kill()
        user.communicate()


def connect(place: Path) -> psycopg2.extensions.connection:
    return psycopg2.connect(host=str(place / "server" / "socket"), dbname="rasr", user="rasr")


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=40)


def server_pid(place: Path) -> int | None:
    files = list((place / "server").glob("data-*/postmaster.pid"))
    return int(files[0].read_text().split("\n")[0]) if files else None


def test_many_at_once_start_one_server_and_the_last_one_stops_it(place, user_of):
    users = [user_of(place) for _n in range(4)]
    assert sorted(said(user) for user in users) == ["found", "found", "found", "started"]
    for user in users[:-1]:
        end(user)
    assert server_pid(place)
    end(users[-1])
    assert server_pid(place) is None


def test_a_killed_user_leaves_nothing_behind(place, user_of):
    killed, other = user_of(place), user_of(place)
    said(killed), said(other)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert server_pid(place)
    end(other)
    assert server_pid(place) is None


def test_a_killed_server_starts_again_and_keeps_what_it_held(place, user_of):
    first = user_of(place)
    said(first)
    with connect(place) as connection, connection.cursor() as cursor:
        cursor.execute("set synchronous_commit = on")
        cursor.execute("create table kept as select 7 as n")
    connection.close()
    pid = server_pid(place)
    assert pid
    os.kill(pid, signal.SIGKILL)
    second = user_of(place)
    assert said(second) == "started"
    with connect(place) as connection, connection.cursor() as cursor:
        cursor.execute("select n from kept")
        assert cursor.fetchone() == (7,)
    connection.close()
    end(first)
    assert server_pid(place)
    end(second)
    assert server_pid(place) is None


def test_without_programs_the_sentence_says_what_to_do(place, monkeypatch):
    from rasr.embedded import programs

    monkeypatch.setattr(programs, "_candidates", lambda: iter([]))
    with pytest.raises(RuntimeError, match="set DATABASE_URL"):
        programs.directory()


@pytest.mark.parametrize("command", [["manage.py", "migrate"], ["-m", "rasr.development"]])
def test_a_server_that_cannot_start_is_told_in_one_sentence(tmp_path, command):
    (tmp_path / "file").touch()
    done = subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={**env(tmp_path / "file"), "DEVELOPMENT": "1", "DATABASE_URL": "", "PORT": str(free_port())},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("RASR cannot start: The embedded PostgreSQL cannot keep its files in")
    assert done.stderr.endswith("Set DATABASE_URL.\n")
    assert done.stderr.count("\n") == 1
