"""Answers of the site that are given again without asking the site: those drawn from released agendas alone.

Django needs longer to take a request and look for its view than these answers need altogether. So the first answer
is remembered as the site gave it, with every header, and given again byte for byte, until its moment is over or the
database says that something was released, published or taken back. All rules stay in the site.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.utils.http import parse_http_date

from events.caching import Lasting
from events.negotiating import encoding_for, has_it
from rasr.listening import Listening
from rasr.middleware import NUMBER_HEADER, new_number

ROOM = 32 * 2**20  # bytes of bodies in the memory of one process; most are shared with events.caching
FRESH = 5.0  # seconds after which the site is asked again, should the word of a change ever be lost
UNCHANGED = "304 Not Modified"
WHOLE = "200 OK"

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class Asked(NamedTuple):
    """What tells apart two requests for the same address, of those that are answered here."""

    path: str
    scheme: str
    forwarded: str
    encoding: str


@dataclass
class Kept:
    """What the site answered: whole, unchanged, or both so far. `number` counts the changes before it."""

    number: int
    until: float
    etag: str
    modified: int
    answers: dict[str, tuple[Headers, bytes]] = field(default_factory=dict)


@lru_cache(maxsize=64)
def _is_ours(host: str) -> bool:
    """Whether the site answers under this name."""
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def asked_of(environ: dict[str, Any]) -> Asked | None:
    """What is asked for; None for anything but a plain request, which the site has to look at itself."""
    ask = environ.get
    forwarded = ask("HTTP_X_FORWARDED_PROTO", "")
    is_plain = (
        ask("REQUEST_METHOD") in ("GET", "HEAD")
        and not ask("QUERY_STRING")
        and not ask("CONTENT_TYPE")
        and ask("CONTENT_LENGTH", "") in ("", "0")
        and not ask("HTTP_TRANSFER_ENCODING")
        and not ask("SCRIPT_NAME")
        and forwarded in ("", "http", "https")
        and ask("HTTP_ACCEPT_LANGUAGE", "").isascii()
        and _is_ours(ask("HTTP_HOST", ""))
    )
    if not is_plain:
        return None
    return Asked(
        environ["PATH_INFO"], environ["wsgi.url_scheme"], forwarded, encoding_for(ask("HTTP_ACCEPT_ENCODING", ""))
    )


class Remembered:
    """The application with a memory before it."""

    def __init__(self, site: Application, listening: Listening) -> None:
        self._site = site
        self._listening = listening
        self._kept: dict[Asked, Kept] = {}
        self._size = 0
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or let the site answer and remember that."""
        asked = asked_of(environ)
        number = self._listening.changes() if asked else None
        if asked is None or number is None:
            return self._site(environ, start_response)
        kept = self._kept.get(asked)
        if kept and kept.number == number and time.time() < kept.until:
            status = UNCHANGED if _has(environ, kept) else WHOLE
            if status in kept.answers:
                headers, body = kept.answers[status]
                start_response(status, [*headers, (NUMBER_HEADER, new_number())])
                return [body]
        return self._answer(environ, start_response, asked, number)

    def _answer(
        self, environ: dict[str, Any], start_response: StartResponse, asked: Asked, number: int
    ) -> Iterable[bytes]:
        said: list[tuple[str, Headers]] = []

        def listen(status: str, headers: Headers, *more: Any) -> Any:
            said.append((status, headers))
            return start_response(status, headers, *more)

        response = self._site(environ, listen)
        if isinstance(response, Lasting) and not response.cookies and said[-1][0] in (WHOLE, UNCHANGED):
            self._keep(asked, number, response, *said[-1])
        return response

    def _keep(self, asked: Asked, number: int, response: Lasting, status: str, headers: Headers) -> None:
        """`number` was asked for before the site was: a change since then makes it old at once."""
        etag, modified = response["ETag"], parse_http_date(response["Last-Modified"])
        until = min(response.until.timestamp(), time.time() + FRESH)
        own = [(name, value) for name, value in headers if name != NUMBER_HEADER]
        with self._lock:
            kept = self._kept.pop(asked, None)
            if kept:
                self._size -= _size(kept)
            if kept is None or (kept.number, kept.etag, kept.modified) != (number, etag, modified):
                kept = Kept(number, until, etag, modified)
            kept.until = until
            kept.answers[status] = (own, response.content)
            self._kept[asked] = kept  # as the youngest
            self._size += _size(kept)
            while len(self._kept) > 1 and self._size > ROOM:
                self._size -= _size(self._kept.pop(next(iter(self._kept))))


def _size(kept: Kept) -> int:
    return sum(len(body) + 1000 for _headers, body in kept.answers.values())


def _has(environ: dict[str, Any], kept: Kept) -> bool:
    none_match = environ.get("HTTP_IF_NONE_MATCH", "")
    since = environ.get("HTTP_IF_MODIFIED_SINCE", "")
    return bool(none_match or since) and has_it(kept.etag, kept.modified, none_match=none_match, modified_since=since)
