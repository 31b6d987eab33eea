"""Hears from the database that what the public sees of an agenda has changed. See the triggers in events/migrations."""

from __future__ import annotations

import select
import threading
import time
from typing import Any

import psycopg2
from django.db import DatabaseError, connections

CHANNEL = "rasr_agenda"
PAUSE = 1.0  # seconds between two tries to connect


class Listening:
    """One connection that listens, for all threads of this process. Nothing runs by itself: it is looked at when asked.

    PostgreSQL sends the word as a change is committed, whoever made it; here it lies in the socket, so that looking
    costs no way to the database and back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._database: Any = None
        self._poll = select.poll()
        self._descriptor = -1
        self._try_at = 0.0

    def changes(self) -> int | None:
        """How many changes were heard of; None while nobody listens, when anything may have changed."""
        with self._lock:
            if self._database is None and not self._begin():
                return None
            if self._poll.poll(0):
                self._hear()
            return self._number if self._database else None

    def _begin(self) -> bool:
        """Connect and listen. What was before is unknown, so it counts as a change."""
        if time.monotonic() < self._try_at:
            return False
        self._try_at = time.monotonic() + PAUSE
        database = connections.create_connection("default")
        try:
            with database.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
        except DatabaseError:
            database.close()
            return False
        self._database = database
        self._number += 1
        self._descriptor = database.connection.fileno()
        self._poll.register(self._descriptor, select.POLLIN)
        return True

    def _hear(self) -> None:
        """Something lies in the socket: news, or the end of the connection."""
        try:
            self._database.connection.poll()
            if self._database.connection.notifies:
                self._database.connection.notifies.clear()
                self._number += 1
        except psycopg2.Error:
            self.end()

    def end(self) -> None:
        """Hang up; whoever asks next connects anew."""
        if self._database is not None:
            self._poll.unregister(self._descriptor)
            self._database.close()
            self._database = None
