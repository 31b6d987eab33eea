"""Answers that a shared cache may keep: drawn once, compressed once, told apart by their ETag."""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date_safe

MAX_AGE = 30  # seconds that a cache may answer without asking us
_KEPT = 256  # bodies in the memory of one process


@lru_cache(maxsize=_KEPT)
def _body(key: str, make: _Maker) -> tuple[bytes, bytes]:
    plain = make.call()
    return plain, gzip.compress(plain, 6, mtime=0)


class _Maker:
    """How a body is drawn; not part of what tells bodies apart."""

    def __init__(self, call: Callable[[], bytes]) -> None:
        self.call = call

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Maker)

    def __hash__(self) -> int:
        return 0


def cached_answer(
    request: HttpRequest, *, key: str, modified: dt.datetime, content_type: str, make: Callable[[], bytes]
) -> HttpResponse:
    """Answer GET or HEAD with the body that `key` names, drawing it with `make` only if this process has not yet.

    `key` holds everything that the body depends on. Answers 304 to a reader who has it; sets no cookie.
    """
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    tag = hashlib.sha256(key.encode()).hexdigest()[:24]
    is_zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    etag = f'"{tag}-gz"' if is_zipped else f'"{tag}"'
    if _has_it(request, etag, modified):
        response = HttpResponse(status=304)
        del response["Content-Type"]
    else:
        plain, zipped = _body(key, _Maker(make))
        response = HttpResponse(zipped if is_zipped else plain, content_type=content_type)
        if is_zipped:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Last-Modified"] = http_date(modified.timestamp())
    response["Cache-Control"] = f"public, max-age={MAX_AGE}"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _has_it(request: HttpRequest, etag: str, modified: dt.datetime) -> bool:
    """RFC 9110, 13.2.2: If-None-Match is asked first, If-Modified-Since only without it."""
    if known := request.headers.get("If-None-Match"):
        tags = [tag.removeprefix("W/") for tag in parse_etags(known)]
        return "*" in tags or etag in tags
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(modified.timestamp()) <= since
