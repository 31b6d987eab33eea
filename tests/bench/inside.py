"""What is measured inside a process of the site: drawing from nothing, and queries."""

from __future__ import annotations

import gc
import logging
from functools import cache

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import scheduling
from events.caching import bodies
from tests.bench import figures, programmes, site

PAGES = {**figures.FORMS, "Atom": "agenda/changes.atom", "changes": "agenda/changes/"}


def prepare(sizes: list[int]) -> None:
    """Tables, collected files and one released programme of each size."""
    logging.disable(logging.INFO)  # of this process; the server logs as it always does
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    for size in sizes:
        programmes.made(size)
    gc.collect()
    gc.freeze()  # as rasr/wsgi.py does


@cache
def _reader() -> Client:
    """One client for all: a new one sets up every middleware anew."""
    return Client(SERVER_NAME=site.HOST)


def body(path: str, encoding: str = "gzip") -> bytes:
    """The body of an answer, as a reader behind the proxy gets it."""
    answer = _reader().get(path, headers={"accept-encoding": encoding, "x-forwarded-proto": "https"})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return bytes(answer.content)


def _forget() -> None:
    bodies.clear()
    scheduling._parsed.cache_clear()


def drawing_times(size: int) -> dict[str, figures.Spread]:
    """Every form of the agenda of that size, drawn and compressed by a process that keeps nothing of it."""
    body(f"/editions/bench-{size}/agenda/")  # templates are read once
    return {
        form: figures.drawn(lambda path=f"/editions/bench-{size}/{below}": body(path), _forget)  # type: ignore[misc]
        for form, below in PAGES.items()
    }


def queries(size: int) -> dict[str, int]:
    """How many queries a second asking of each address costs."""
    counted = {}
    for form, below in PAGES.items():
        path = f"/editions/bench-{size}/{below}"
        body(path)
        with CaptureQueriesContext(connection) as asked:
            body(path)
        counted[form] = len(asked)
    return counted


def hang_up() -> None:
    """Leave the database to the server."""
    connection.close()
