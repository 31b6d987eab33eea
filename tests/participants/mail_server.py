"""A mail server for tests that speaks SMTP on this machine and answers as it is told, and a worker that uses it."""

from __future__ import annotations

import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection


class MailServer(socketserver.ThreadingTCPServer):
    """Keeps what it accepted. `answers` maps a command to the line it gets; an empty line hangs up instead."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.answers: dict[str, str] = {}
        self.accepted: list[str] = []
        self.recipients: list[str] = []
        self.before_accepting: Callable[[], None] = lambda: None

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        """One conversation."""
        if not self._answer("CONNECT", "220 ready"):
            return
        while line := self.rfile.readline():
            command = line.split()[0].decode().upper() if line.split() else ""
            if command == "RCPT":
                self.server.recipients.append(line.decode().partition(":")[2].strip(" <>\r\n"))
            if command == "QUIT":
                self._answer(command, "221 bye")
                return
            if not self._answer(command, "354 go on" if command == "DATA" else "250 ok"):
                return
            if command == "DATA" and "DATA" not in self.server.answers and not self._take_mail():
                return

    def _take_mail(self) -> bool:
        text = b"".join(iter(self.rfile.readline, b".\r\n")).decode()
        self.server.before_accepting()
        if not self.server.answers.get("MAIL-END", "250").startswith(("4", "5")):
            self.server.accepted.append(text)
        return self._answer("MAIL-END", "250 accepted")

    def _answer(self, command: str, usual: str) -> bool:
        line = self.server.answers.get(command, usual)
        if line:
            self.wfile.write(line.encode() + b"\r\n")
        return bool(line)


@contextmanager
def running() -> Iterator[MailServer]:
    """A server that answers until the block ends."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def worker(server: MailServer) -> Iterator[subprocess.Popen[str]]:
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
