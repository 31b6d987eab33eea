"""What the agenda is compared with: a Django view that returns bytes it holds, and does nothing else."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse


@cache
def _held(name: str) -> bytes:
    return Path(os.environ["BENCH_STATIC"], "bench", f"{name}.held").read_bytes()


def trivial(request: HttpRequest, name: str) -> HttpResponse:
    """The bytes that the agenda answers with, compressed as they are there."""
    held = _held(name)
    # Without a middleware nobody else says how long it is, and the server would send it in chunks.
    headers = {"Content-Type": "text/plain", "Content-Encoding": "gzip", "Content-Length": str(len(held))}
    return HttpResponse(held, headers=headers)
