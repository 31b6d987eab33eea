"""Answers that a shared cache may keep: drawn once, compressed once, told apart by their ETag."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date_safe

MAX_AGE = 30  # seconds that a cache may answer without asking us
ROOM = 32 * 2**20  # bytes of bodies in the memory of one process


@dataclass(frozen=True)
class Body:
    """A drawn answer, plain and compressed. Its tag covers what it was drawn from and what came out."""

    tag: str
    plain: bytes
    zipped: bytes

    @classmethod
    def drawn(cls, key: str, plain: bytes) -> Body:
        """The body with its tag: a new version of the site that draws the same agenda otherwise has another."""
        tag = hashlib.sha256(key.encode() + b"\0" + plain).hexdigest()[:24]
        return cls(tag, plain, gzip.compress(plain, 6, mtime=0))


class Bodies:
    """The bodies asked for last, as many as fit into some bytes. Threads may share it."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._kept: OrderedDict[str, Body] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], bytes]) -> Body:
        """The body of this key, drawn with `make` when it is not here."""
        with self._lock:
            if body := self._kept.get(key):
                self._kept.move_to_end(key)
                return body
        body = Body.drawn(key, make())
        with self._lock:
            self._kept[key] = body
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and self._size() > self._room:
                self._kept.popitem(last=False)
        return body

    def clear(self) -> None:
        """Forget every body."""
        with self._lock:
            self._kept.clear()

    def _size(self) -> int:
        return sum(len(body.plain) + len(body.zipped) for body in self._kept.values())


bodies = Bodies(ROOM)


def cached_answer(
    request: HttpRequest,
    *,
    key: str,
    modified: dt.datetime,
    content_type: str,
    make: Callable[[], bytes],
    keep: bool = True,
) -> HttpResponse:
    """Answer GET or HEAD with the body that `key` names, drawing it with `make` only if this process has not yet.

    `key` holds everything that the body depends on. Answers 304 to a reader who has it; sets no cookie. What anybody
    can ask for in endless variants (a search) is not kept, so that it pushes nothing out.
    """
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    body = bodies.get(key, make) if keep else Body.drawn(key, make())
    is_zipped = _takes_gzip(request)
    etag = f'"{body.tag}-gz"' if is_zipped else f'"{body.tag}"'
    if _has_it(request, etag, modified):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        response = HttpResponse(body.zipped if is_zipped else body.plain, content_type=content_type)
        if is_zipped:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified.timestamp())
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _takes_gzip(request: HttpRequest) -> bool:
    """RFC 9110, 12.5.3: named, and not with a weight of nothing."""
    for offer in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _semicolon, weight = offer.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or weight == ""
    return False


def _has_it(request: HttpRequest, etag: str, modified: dt.datetime) -> bool:
    """RFC 9110, 13.2.2: If-None-Match is asked first, If-Modified-Since only without it."""
    if known := request.headers.get("If-None-Match"):
        tags = [tag.removeprefix("W/") for tag in parse_etags(known)]
        return "*" in tags or etag in tags
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(modified.timestamp()) <= since
