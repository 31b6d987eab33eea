"""How often one sender may try: counted in the cache, by a key that holds no address in clear."""

from __future__ import annotations

import hashlib
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def client_address(request: HttpRequest) -> str:
    """Where the request comes from: the socket, or what the last TRUSTED_PROXIES proxies wrote; IPv6 by its /64."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            address = hops[-settings.TRUSTED_PROXIES]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)


def _key(what: str, who: str) -> str:
    return "try-" + hashlib.sha256(f"{what} {who}".encode()).hexdigest()[:40]


def is_over(what: str, who: str, limit: int) -> bool:
    """Whether `who` has used up the tries of `what`."""
    return int(cache.get(_key(what, who)) or 0) >= limit


def count(what: str, who: str, seconds: int) -> int:
    """Count one try; the count is forgotten `seconds` after the first. Returns how many there were."""
    key = _key(what, who)
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ended between the two lines
        cache.set(key, 1, seconds)
        return 1


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """The page that asks to wait."""
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(seconds)
    return response
