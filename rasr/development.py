"""`make run`: the database, the site and the mail worker together, ended together by Ctrl-C or SIGTERM."""

import os
import signal
import subprocess
import sys
import time
from types import FrameType

from rasr.embedded import places, server

MANAGE = [sys.executable, "manage.py"]
PATIENCE = 10  # seconds that a process gets to end by itself


def commands(port: str) -> list[list[str]]:
    """What runs side by side: the web server and the worker that sends messages."""
    web = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", port]
    web += ["--workers", "1", "--blocking-threads", "8", "--log-level", "error", "--no-ws", "rasr.wsgi:application"]
    return [web, [*MANAGE, "send_messages"]]


def main() -> int:
    """Set up, say where things are, and run until the first of the processes ends or a signal comes."""
    port = os.environ.get("PORT", "8000")
    if not os.environ.get("DATABASE_URL"):
        server.start()
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], check=True)  # noqa: S603
    subprocess.run([*MANAGE, "demo", "--if-empty"], check=True)  # noqa: S603
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    # A group of their own: Ctrl-C reaches us alone, and each is then ended in order.
    running = [subprocess.Popen(command, start_new_session=True) for command in commands(port)]  # noqa: S603
    sys.stdout.write(
        f"\nThe site:   http://127.0.0.1:{port}/\n"
        f"Back office: http://127.0.0.1:{port}/admin/   sign in as `secretariat`, password `{DEMO_PASSWORD}`\n"
        f"Check-in:   http://127.0.0.1:{port}/checkin/\n"
        f"Mails are written to {places.CHECKOUT / 'var' / 'mail'}\n"
        "Ctrl-C stops everything.\n\n"
    )
    sys.stdout.flush()
    while not stopping and all(process.poll() is None for process in running):
        time.sleep(0.2)
    return _end(running, wanted=stopping)


def _end(running: list[subprocess.Popen[bytes]], *, wanted: bool) -> int:
    """End what still runs; 0 when that was asked for."""
    for process in running:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return 0 if wanted else 1


DEMO_PASSWORD = "demonstration-only"  # noqa: S105 - the demo account exists on development sites only

if __name__ == "__main__":
    sys.exit(main())
