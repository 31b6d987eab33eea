"""Hears from the database that what the public sees of an agenda has changed; events/telling.py says how it is told."""

from __future__ import annotations

import select
import threading
import time
from typing import Any

import psycopg2
from django.db import DatabaseError, connections

from events.telling import CHANNEL, HEARD_AFTER

PAUSE = 1.0  # seconds between two tries to connect


class Listening:
    """One connection that listens, for all threads of this process. Nothing runs by itself: it is looked at when asked.

    A word that was sent lies in the socket, so that looking costs no way to the database and back; one way in each
    HEARD_AFTER seconds, however many ask, makes sure of it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._number = 0
        self._connection: Any = None
        self._poll = select.poll()
        self._descriptor = -1
        self._try_at = 0.0
        self._sure_until = 0.0

    def changes(self) -> int | None:
        """How many changes were heard of; None while nobody listens, when anything may have changed."""
        with self._lock:
            if self._connection is None and not self._begin():
                return None
            self._hear()
            return self._number if self._connection else None

    def _begin(self) -> bool:
        """Connect and listen. What was before is unknown, so it counts as a change."""
        if time.monotonic() < self._try_at:
            return False
        self._try_at = time.monotonic() + PAUSE
        try:
            database = connections.create_connection("default")
            database.connect()
            # Django's own wrapper around it may be used by the thread that made it alone.
            self._connection = database.connection
            self._ask(f"LISTEN {CHANNEL}")
        except (DatabaseError, psycopg2.Error):
            self.end()
            return False
        self._number += 1
        self._descriptor = self._connection.fileno()
        self._poll.register(self._descriptor, select.POLLIN)
        return True

    def _ask(self, statement: str) -> None:
        """One way to the database and back."""
        self._sure_until = time.monotonic() + HEARD_AFTER
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def _hear(self) -> None:
        """Take what has come: news, or the end of the connection. Now and then make sure that nothing is on its way."""
        try:
            if time.monotonic() >= self._sure_until:
                self._ask("SELECT 1")
            while self._poll.poll(0):  # one look does not always take all that has come
                self._connection.poll()
        except psycopg2.Error:
            self.end()
            return
        if self._connection.notifies:
            self._connection.notifies.clear()
            self._number += 1

    def end(self) -> None:
        """Hang up; whoever asks next connects anew."""
        if self._descriptor >= 0:
            self._poll.unregister(self._descriptor)
        if self._connection is not None:
            self._connection.close()
        self._connection, self._descriptor = None, -1
