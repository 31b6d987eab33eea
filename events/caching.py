"""Answers that a shared cache may keep: drawn once, compressed once, told apart by their ETag."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import brotli
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date

from events.negotiating import PLAIN, encoding_for, has_it

MAX_AGE = 30  # seconds that a cache may answer without asking us
ROOM = 32 * 2**20  # bytes of bodies in the memory of one process
ROOM_FOR_QUESTIONS = 4 * 2**20  # for what anybody can ask for in any number of ways
FOREVER = dt.datetime.max.replace(tzinfo=dt.UTC)

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda plain: bytes(brotli.compress(plain, quality=5)),
    "gzip": lambda plain: gzip.compress(plain, 6, mtime=0),
}


@dataclass
class Body:
    """A drawn answer in the forms asked for so far. Its tag covers what it was drawn from and what came out."""

    tag: str
    forms: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def drawn(cls, key: str, plain: bytes) -> Body:
        """The body with its tag: a new version of the site that draws the same agenda otherwise has another."""
        tag = hashlib.sha256(key.encode() + b"\0" + plain).hexdigest()[:24]
        return cls(tag, {PLAIN: plain})

    def etag(self, encoding: str) -> str:
        """The tag of one form."""
        return f'"{self.tag}-{encoding}"' if encoding else f'"{self.tag}"'

    def form(self, encoding: str) -> bytes:
        """One form, made now if it is not here."""
        return self.forms[encoding] if encoding in self.forms else COMPRESS[encoding](self.forms[PLAIN])

    def size(self) -> int:
        """Bytes of all forms."""
        return sum(map(len, self.forms.values()))


class Bodies:
    """The bodies asked for last, as many as fit into some bytes. Threads may share it: each body is drawn by one."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[str, Body] = OrderedDict()
        self._at_work: set[str] = set()
        self._changed = threading.Condition()

    def get(self, key: str, encoding: str, make: Callable[[], bytes]) -> Body:
        """The body of this key in this form; drawn with `make` when it is not here. Whoever else asks waits for it."""
        with self._changed:
            self._changed.wait_for(lambda: key not in self._at_work)
            body = self._kept.get(key)
            if body and encoding in body.forms:
                self._kept.move_to_end(key)
                return body
            self._at_work.add(key)
        try:
            body = body or Body.drawn(key, make())
            self._keep(key, body, encoding, body.form(encoding))
        finally:
            with self._changed:
                self._at_work.discard(key)
                self._changed.notify_all()
        return body

    def clear(self) -> None:
        """Forget every body."""
        with self._changed:
            self._kept.clear()

    def _keep(self, key: str, body: Body, encoding: str, form: bytes) -> None:
        with self._changed:
            body.forms[encoding] = form
            self._kept[key] = body
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(each.size() for each in self._kept.values()) > self._room:
                self._kept.popitem(last=False)


bodies = Bodies(ROOM)
questions = Bodies(ROOM_FOR_QUESTIONS)


class Lasting(HttpResponse):
    """An answer that is the same for everybody until a moment, or until a change is told."""

    until: dt.datetime


def cached_answer(
    request: HttpRequest,
    *,
    key: str,
    modified: dt.datetime,
    content_type: str,
    make: Callable[[], bytes],
    keep: bool = True,
    until: dt.datetime | None = None,
) -> HttpResponse:
    """Answer GET or HEAD with the body that `key` names, drawing it with `make` only if this process has not yet.

    `key` holds everything that the body depends on. Answers 304 to a reader who has it; sets no cookie.

    `until` is for what depends on nothing but the address, the clock and what events/telling.py tells of: the moment
    from which the clock makes another body of it (FOREVER: never). Such answers are remembered before Django, see
    rasr/remembered.py.
    What anybody can ask for in endless variants (a search) is kept apart (`keep` False), so that it pushes nothing out.
    """
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    encoding = encoding_for(request.headers.get("Accept-Encoding", ""))
    body = (bodies if keep else questions).get(key, encoding, make)
    etag = body.etag(encoding)
    kind = HttpResponse if until is None else Lasting
    if _has_it(request, etag, modified):
        response = kind(status=304)
        del response["Content-Type"]
    else:
        response = kind(body.forms[encoding], content_type=content_type)
        if encoding:
            response["Content-Encoding"] = encoding
    if isinstance(response, Lasting) and until is not None:
        response.until = until
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified.timestamp())
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _has_it(request: HttpRequest, etag: str, modified: dt.datetime) -> bool:
    return has_it(
        etag,
        int(modified.timestamp()),
        none_match=request.headers.get("If-None-Match", ""),
        modified_since=request.headers.get("If-Modified-Since", ""),
    )
