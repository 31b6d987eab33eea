"""The development database: started by the first, shared, stopped with the last, whatever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

CONNECT = """
import sys
from rasr.embedded import server
started = server.start()
import psycopg2
c = psycopg2.connect(host=str(server.socket_dir()), dbname="rasr", user="rasr")
c.cursor().execute("create table if not exists kept (n int)")
c.commit()
print("started" if started else "found", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A directory for a server of the test's own, which the account that runs it can reach."""
    directory = tmp_path
    for parent in [directory, *directory.parents]:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    yield directory / "db"
    subprocess.run(
        [sys.executable, "-m", "rasr.embedded.server", "destroy"], cwd=settings.BASE_DIR, env=env(directory / "db")
    )


def env(place: Path) -> dict[str, str]:
    return {**os.environ, "RASR_EMBEDDED_DIR": str(place), "HOME": "", "PYTHONPATH": str(settings.BASE_DIR)}


def user_of(place: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CONNECT], env=env(place), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=40)


def server_pid(place: Path) -> int | None:
    files = list((place / "server").glob("data-*/postmaster.pid"))
    return int(files[0].read_text().split("\n")[0]) if files else None


def test_many_at_once_start_one_server_and_the_last_one_stops_it(place):
    users = [user_of(place) for _n in range(4)]
    assert sorted(said(user) for user in users) == ["found", "found", "found", "started"]
    for user in users[:-1]:
        end(user)
    assert server_pid(place)
    end(users[-1])
    assert server_pid(place) is None


def test_a_killed_user_leaves_nothing_behind(place):
    killed, other = user_of(place), user_of(place)
    said(killed), said(other)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert server_pid(place)
    end(other)
    assert server_pid(place) is None


def test_a_killed_server_starts_again_and_keeps_what_it_held(place):
    first = user_of(place)
    said(first)
    pid = server_pid(place)
    assert pid
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    second = user_of(place)
    assert said(second) == "started"
    assert time.monotonic() < deadline
    connection = psycopg2.connect(host=str(place / "server" / "socket"), dbname="rasr", user="rasr")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from kept")
        assert cursor.fetchone() == (0,)
    connection.close()
    first.kill()
    first.communicate()
    end(second)


def test_without_programs_the_sentence_says_what_to_do(place, monkeypatch):
    from rasr.embedded import programs

    monkeypatch.setattr(programs, "_candidates", lambda: iter([]))
    with pytest.raises(RuntimeError, match="set DATABASE_URL"):
        programs.directory()
