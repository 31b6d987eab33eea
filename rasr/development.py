"""`make run`: the database, the site and the mail worker together, ended together by Ctrl-C, SIGTERM or SIGHUP."""

import os
import signal
import socket
import subprocess
import sys
import time
from types import FrameType

from rasr.embedded import places, server

MANAGE = [sys.executable, "manage.py"]
SET_UP = [[*MANAGE, "migrate", "--verbosity", "0"], [*MANAGE, "demo", "--if-empty"]]
PATIENCE = 10  # seconds that the processes get to end by themselves
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # the last when the terminal is closed

DEMO_PASSWORD = "demonstration-only"  # noqa: S105 - the demo account exists on development sites only


def commands(port: str) -> list[list[str]]:
    """What runs side by side: the web server and the worker that sends messages."""
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", port]
    web += ["--workers", "1", "--blocking-threads", "8", "--log-level", "error", "--no-ws", "rasr.wsgi:application"]
    return [web, [*MANAGE, "send_messages"]]


def main() -> int:
    """Set up, say where things are, run until a process ends or a signal comes. Returns the exit code."""
    for number in SIGNALS:
        signal.signal(number, _stop)
    port = os.environ.get("PORT", "8000")
    try:
        if complaint := _why_not(port):
            sys.stderr.write(f"RASR cannot start: {complaint}\n")
            return 1
        if not os.environ.get("DATABASE_URL"):
            server.start()
        for command in SET_UP:
            if code := subprocess.run(command, check=False).returncode:  # noqa: S603
                return code  # the command has said why
        return _run(port)
    except RuntimeError as error:  # of the database
        sys.stderr.write(f"RASR cannot start: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 0


def _stop(number: int, frame: FrameType | None) -> None:
    """Leave whatever is being done by way of its `finally`; what comes after must not be interrupted again."""
    _ignore_signals()
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _why_not(port: str) -> str:
    """What is wrong with the port. The web server would share one that is in use with whoever has it."""
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 2**16:
        return f"PORT is {port!r}: write a number from 1 to 65535."
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            return (
                f"port {port} cannot be used ({error.strerror}). Choose another: make run PORT={int(port) % 65535 + 1}"
            )
    return ""


def _run(port: str) -> int:
    """Until the first process ends (1) or a signal comes (0)."""
    running: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands(port):
            # A group of its own: Ctrl-C reaches us alone, and each is then ended in order.
            running.append(subprocess.Popen(command, start_new_session=True))  # noqa: S603
        sys.stdout.write(
            f"\nThe site:    http://127.0.0.1:{port}/\n"
            f"Back office: http://127.0.0.1:{port}/admin/   password `{DEMO_PASSWORD}`, sign in as\n"
            "             `secretariat`, or as `visit-officer` for visit records\n"
            f"Check-in:    http://127.0.0.1:{port}/checkin/\n"
            f"Mails are written to {places.CHECKOUT / 'var' / 'mail'}\n"
            "Ctrl-C stops everything.\n\n"
        )
        sys.stdout.flush()
        while all(process.poll() is None for process in running):
            time.sleep(0.2)
    finally:
        _end(running)
    return 1


def _end(running: list[subprocess.Popen[bytes]]) -> None:
    """Ask each to end, then end it."""
    _ignore_signals()
    for process in running:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
