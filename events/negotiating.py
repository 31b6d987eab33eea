"""What a reader takes and what it already has, read from the headers of a request. RFC 9110."""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.http import parse_etags, parse_http_date_safe

ENCODINGS = ("br", "gzip")  # what we compress with, the smaller answer first
PLAIN = ""
WEIGHT = re.compile(r"[01](\.\d{0,3})?\Z", re.ASCII)


def encoding_for(accept: str) -> str:
    """The encoding to answer with to this Accept-Encoding; PLAIN where none of ours is taken."""
    return _encoding_for(accept) if len(accept) < 200 else _encoding_for.__wrapped__(accept)


@lru_cache(maxsize=256)
def _encoding_for(accept: str) -> str:
    """12.5.3: named, or meant by the asterisk, and not with a weight of nothing. The heaviest wins."""
    weights: dict[str, float] = {}
    for offer in accept.lower().split(","):
        name, _semicolon, weight = offer.replace(" ", "").replace("\t", "").partition(";q=")
        weights[name] = float(weight) if _semicolon and WEIGHT.match(weight) else float(not _semicolon)
    offered = {name: weights.get(name, weights.get("*", 0.0)) for name in ENCODINGS}
    best = max(offered, key=lambda name: offered[name])
    return best if offered[best] else PLAIN


def has_it(etag: str, modified: int, *, none_match: str, modified_since: str) -> bool:
    """13.2.2: If-None-Match is asked first, If-Modified-Since (in seconds, as `modified`) only without it."""
    if none_match:
        tags = [tag.removeprefix("W/") for tag in parse_etags(none_match)]
        return "*" in tags or etag in tags
    since = parse_http_date_safe(modified_since)
    return since is not None and modified <= since
