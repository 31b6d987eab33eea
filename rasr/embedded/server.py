"""A private PostgreSQL for development and tests, never for production.

The first process that connects starts it, all share it, the last to end stops it. Who uses it is known by a shared file
lock, which the system drops however a process ends, so that `kill -9` leaves nothing to clean up.
"""

import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2

from rasr.embedded import places, programs

DATABASE = ROLE = "rasr"
_OPTIONS = (
    "listen_addresses=''",
    "max_connections=100",
    "shared_buffers=64MB",
    "jit=off",
    "synchronous_commit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "unix_socket_permissions=0700",
)
_BUILTIN_LOCALE_SINCE = 17  # older servers need the C library's C.UTF-8
_held: int | None = None


def hold() -> None:
    """Count this process among the users of the server until it ends."""
    global _held
    if _held is None:
        places.make_directories()
        descriptor = os.open(places.state_dir() / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)  # waits while somebody is stopping the server
        _held = descriptor
        atexit.register(_release, os.getpid())


def start() -> bool:
    """Start the server unless it answers; whether it had to be started. Raises RuntimeError with the server's words."""
    hold()
    with (places.state_dir() / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _answers():
            return False
        _start(programs.directory())
        return True


def stop() -> None:
    """Stop the server, whoever uses it."""
    for pid_file in places.server_dir().glob("data-*/postmaster.pid"):
        programs.run([programs.directory() / "pg_ctl", "-D", pid_file.parent, "-w", "-t", "30", "-m", "fast", "stop"])


def socket_dir() -> Path:
    """The host name to connect with."""
    return places.socket_dir()


def _connect(database: str) -> psycopg2.extensions.connection:
    return psycopg2.connect(host=str(places.socket_dir()), dbname=database, user=ROLE, connect_timeout=3)


def _answers() -> bool:
    try:
        _connect("postgres").close()
    except psycopg2.OperationalError:
        return False
    return True


def _start(bin_dir: Path) -> None:
    data = _cluster(bin_dir)
    _forget_dead_server(data)
    options = f"-k '{places.socket_dir()}' " + " ".join(f"-c {option}" for option in _OPTIONS)
    log = places.server_dir() / "server.log"
    code, printed = programs.run([bin_dir / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", log, "-o", options, "start"])
    if code:
        raise RuntimeError(
            f"PostgreSQL did not start.\n{printed[-500:]}{log.read_text()[-2000:] if log.exists() else ''}"
        )
    _make_database()


def _cluster(bin_dir: Path) -> Path:
    """The data directory of this major version; made if missing, whole or not at all."""
    major = int(programs.run([bin_dir / "postgres", "--version"])[1].split()[2].split(".")[0])
    data = places.server_dir() / f"data-{major}"
    if not (data / "PG_VERSION").exists():
        half = places.server_dir() / "initdb"
        shutil.rmtree(half, ignore_errors=True)
        builtin = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        locale = builtin if major >= _BUILTIN_LOCALE_SINCE else ["--locale=C.UTF-8"]
        initdb: list[str | Path] = [
            bin_dir / "initdb",
            "-D",
            half,
            "-U",
            ROLE,
            "-E",
            "UTF8",
            *locale,
            "-A",
            "trust",
            "-N",
        ]
        code, printed = programs.run(initdb)
        if code:
            raise RuntimeError(f"PostgreSQL could not make its data directory.\n{printed[-1000:]}")
        half.rename(data)
    return data


def _forget_dead_server(data: Path) -> None:
    """Remove what a killed server left behind: its number is free, a zombie's or somebody else's by now."""
    pid_file = data / "postmaster.pid"
    if pid_file.exists() and not _is_server(int(pid_file.read_text().split("\n", 1)[0] or 0)):
        pid_file.unlink()
        for leftover in places.socket_dir().glob(".s.PGSQL.*"):
            leftover.unlink()


def _is_server(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return not Path("/proc").exists()  # without /proc let PostgreSQL judge
    return "(postgres)" in stat and stat.rsplit(")", 1)[1].split()[0] != "Z"


def _make_database() -> None:
    connection = _connect("postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not cursor.fetchone():
            cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    connection.close()


def _release(pid: int) -> None:
    """Stop the server if this process was its last user. A forked child is not a user."""
    global _held
    if _held is None or os.getpid() != pid:
        return
    try:
        fcntl.flock(_held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        pass  # others still use it
    else:
        stop()
    os.close(_held)
    _held = None


def _exec(command: list[str]) -> int:
    """Keep the server up while a command runs; Ctrl-C and SIGTERM end the command first."""
    start()
    child = subprocess.Popen(command)  # noqa: S603
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return child.wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["exec"]:
        sys.exit(_exec(sys.argv[2:]))
    elif sys.argv[1:] == ["stop"]:
        stop()
    elif sys.argv[1:] == ["destroy"]:
        stop()
        shutil.rmtree(places.state_dir(), ignore_errors=True)
    else:
        sys.exit("Usage: python -m rasr.embedded.server exec COMMAND | stop | destroy")
