"""How often something may be tried: counters in the cache, one per fixed span of time."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True)
class Limit:
    """At most `most` tries within each span of `seconds`."""

    name: str
    most: int
    seconds: int

    def wait_after_try(self, key: str) -> int:
        """Count one more try of that key; 0 while it is allowed, else the seconds until the span ends."""
        span, passed = divmod(int(time.time()), self.seconds)
        digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
        entry = f"tries:{self.name}:{span}:{digest}"
        cache.add(entry, 0, timeout=self.seconds)
        try:
            tries = cache.incr(entry)
        except ValueError:  # the span ended, or a full cache dropped the counter, between the two calls
            return 0
        return self.seconds - passed if tries > self.most else 0


LINK_MISSES = Limit("link-misses", most=30, seconds=600)
LOST_PER_ADDRESS = Limit("lost-per-address", most=5, seconds=3600)
LOST_PER_CLIENT = Limit("lost-per-client", most=20, seconds=3600)


def client_address(request: HttpRequest) -> str:
    """Where the request came from: the address that the outermost of our own proxies saw, never what a client claims.

    Each trusted proxy adds one address at the right of X-Forwarded-For. An IPv6 network counts as one client,
    since one household owns 2**64 addresses.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= settings.TRUSTED_PROXIES:
            address = hops[-settings.TRUSTED_PROXIES]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)
