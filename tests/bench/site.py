"""The site to measure: a database of its own, the files collected, the server that docs/operating.md starts."""

from __future__ import annotations

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg2
from cryptography.fernet import Fernet

from rasr.embedded import server as embedded

HOST = "bench.example"
WORKERS, THREADS = 2, 4
PATIENCE = 60  # seconds until the server must answer


def _maintain(statement: str) -> None:
    with closing(psycopg2.connect(host=str(embedded.socket_dir()), dbname="postgres", user=embedded.ROLE)) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(statement)


@contextmanager
def database() -> Iterator[str]:
    """A new empty database on the embedded server, dropped at the end; gives its address."""
    embedded.start()
    name = f"rasr_bench_{os.getpid()}"
    _maintain(f'CREATE DATABASE "{name}"')
    try:
        yield f"postgres://{embedded.ROLE}@{quote(str(embedded.socket_dir()), safe='')}/{name}"
    finally:
        _maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def settle(address: str, static: Path) -> None:
    """Set what a real site must be given. Processes that are started later inherit it."""
    os.environ.pop("DEVELOPMENT", None)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "DATABASE_URL": address,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "PRIVATE_DATA_KEYS": Fernet.generate_key().decode(),
        "SITE_URL": f"https://{HOST}",
        "TRUSTED_PROXIES": "1",
        "BENCH_STATIC": str(static),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(log: Path) -> Iterator[int]:
    """The production server on a free port, with what it says in a file; ended at the end."""
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(WORKERS), "--blocking-threads", str(THREADS), "tests.bench.wsgi:application"]
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if fetched(port, "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server did not start.")


def fetched(port: int, path: str, encoding: str = "gzip") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer, as a reader behind the proxy gets it."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
        connection.request(
            "GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https", "Accept-Encoding": encoding}
        )
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
