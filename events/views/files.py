"""Files as answers: handed out to be kept, never to be run, whole or in part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, parse_etags

from events.models import Document
from events.uploads import KINDS

_CHUNK = 64 * 1024
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})\Z")
PRIVATE, PUBLIC = "private, no-store", "public, no-cache"  # whoever keeps a public one asks again each time


def file_answer(request: HttpRequest, document: Document, cache: str) -> tuple[HttpResponseBase, bool]:
    """The file of a document, and whether this answer begins a download that is to be counted.

    Raises OSError where the file is away.
    """
    tag = f'"{PurePosixPath(str(document.file.name)).stem}"'  # each file that is taken has a name of its own
    size = document.file.size
    response: HttpResponseBase
    if tag in [known.removeprefix("W/") for known in parse_etags(request.headers.get("If-None-Match", ""))]:
        response, begins = HttpResponse(status=304), False
        del response["Content-Type"]
    elif request.method == "HEAD":
        response, begins = HttpResponse(headers={"Content-Length": str(size)}), False
    else:
        asked = _range(request, tag, size)
        response = _whole(document) if asked is None else _part(document, asked, size)
        begins = asked is None or asked[0] == 0 < asked[1]
    if response.status_code == 200:
        response["Content-Type"] = KINDS[document.kind]
    response["ETag"] = tag
    response["Accept-Ranges"] = "bytes"
    return to_be_kept(response, document.file_name, cache), begins


def to_be_kept(response: HttpResponseBase, name: str, cache: str) -> HttpResponseBase:
    """The answer as a download of that name: nothing in it runs here, whatever it is."""
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = cache
    if cache == PRIVATE:
        response["X-Robots-Tag"] = "noindex"
    return response


def _whole(document: Document) -> FileResponse:
    return FileResponse(document.file.open("rb"))


def _range(request: HttpRequest, tag: str, size: int) -> tuple[int, int] | None:
    """(first, behind the last) of one range of bytes; (0, 0) for one that is not in the file. None: all of it."""
    found = _ONE_RANGE.match(request.headers.get("Range", ""))
    if not found or not any(found.groups()) or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = found.groups()
    if not first:
        return (max(size - int(last), 0), size) if int(last) else (0, 0)
    if last and int(last) < int(first):
        return None
    behind = min(int(last) + 1, size) if last else size
    return (int(first), behind) if int(first) < size else (0, 0)


def _part(document: Document, asked: tuple[int, int], size: int) -> HttpResponseBase:
    first, behind = asked
    if not behind:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    pieces = _pieces(document, first, behind - first)
    response = StreamingHttpResponse(pieces, status=206, content_type=KINDS[document.kind])
    response["Content-Length"] = str(behind - first)
    response["Content-Range"] = f"bytes {first}-{behind - 1}/{size}"
    return response


def _pieces(document: Document, first: int, left: int) -> Iterator[bytes]:
    with document.file.open("rb") as file:
        file.seek(first)
        while left and (piece := file.read(min(_CHUNK, left))):
            left -= len(piece)
            yield piece
