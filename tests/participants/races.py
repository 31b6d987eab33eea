"""What every test of a race is made of: real threads with real connections, and the locks taken away for a control."""

from __future__ import annotations

import contextlib
import functools
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import close_old_connections, connection, connections
from django.db.models import QuerySet

from events.models import Edition
from participants import places, registration
from participants.models import Participant
from tests import make

TIMES = 20
Call = Callable[[], Any]


def again(test: Callable[..., None]) -> Callable[..., None]:
    """Run the whole test several times: a race that is lost once in ten is lost."""

    @functools.wraps(test)
    def repeated(*args: Any, **kwargs: Any) -> None:
        for _n in range(TIMES):
            test(*args, **kwargs)

    return repeated


def at_once(*calls: Call) -> list[Any]:
    """Run each call in a thread with its own connection, all let go together; what each returned or raised."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(index: int, call: Call) -> None:
        close_old_connections()
        connection.ensure_connection()
        barrier.wait()
        try:
            outcomes[index] = call()
        except Exception as error:
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def register(edition: Edition, submission: uuid.UUID | None = None, *, of: str = "Albania", **more: Any) -> Call:
    visits, nomination = more.pop("visits", ()), more.pop("nomination", None)
    given = make.answers(make.delegation(edition, of), **more)
    number = submission or uuid.uuid4()
    return lambda: registration.submit(
        edition=edition, answers=given, submission=number, visits=visits, nomination=nomination, by="test"
    )


def confirm(person: Participant) -> Call:
    return lambda: registration.confirm(participant=person, by="staff")


def withdraw(person: Participant) -> Call:
    return lambda: registration.withdraw(participant=person, by="test")


def set_capacity(edition: Edition, number: int) -> Call:
    return lambda: places.set_capacity(edition=edition, capacity=number, by="staff")


def held(edition: Edition) -> int:
    return edition.participants.holding_places().count()


def statuses(*people: Participant) -> list[str]:
    return [Participant.objects.get(pk=person.pk).status for person in people]


def take_locks_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row is read without its lock."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_how: rows)


def meet(monkeypatch: pytest.MonkeyPatch, *points: tuple[Any, str]) -> None:
    """The first two who come out of one of these functions leave it together."""
    met = threading.Barrier(2)

    def slow(original: Callable[..., Any]) -> Callable[..., Any]:
        def called(*args: Any, **kwargs: Any) -> Any:
            answer = original(*args, **kwargs)
            with contextlib.suppress(threading.BrokenBarrierError):
                met.wait(timeout=20)
                met.abort()
            return answer

        return called

    for module, name in points:
        monkeypatch.setattr(module, name, slow(getattr(module, name)))
