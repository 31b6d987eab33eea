"""Secret links: a random token goes out by mail, only its hash stays here."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.translation import override

from participants.models import Link, Participant

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")  # 256 random bits in URL-safe base64


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(purpose: Link.Purpose, *, expires_at: dt.datetime, **subject: object) -> str:
    """Make a link of that purpose for participant=, nomination= or delegation=, and return its token, this once."""
    token = secrets.token_urlsafe(32)
    Link.objects.create(purpose=purpose, token_hash=_hash(token), expires_at=expires_at, **subject)
    return token


def find(token: str, purpose: Link.Purpose, *, at: dt.datetime | None = None) -> Link | None:
    """The link of this token while it is good; None for everything else, whatever is wrong with it."""
    if not TOKEN.match(token):
        return None
    return good(at).filter(token_hash=_hash(token), purpose=purpose).first()


def good(at: dt.datetime | None = None) -> QuerySet[Link]:
    """Links that were not revoked and have not ended."""
    links = Link.objects.filter(revoked_at=None, expires_at__gt=at or clock.now())
    return links.select_related("participant__edition", "participant__delegation")


def revoke_all(participant: Participant) -> int:
    """End every link of a participant at once; returns how many."""
    return Link.objects.filter(participant=participant, revoked_at=None).update(revoked_at=clock.now())


def my_end(participant: Participant) -> dt.datetime:
    """When a participant's link ends: with the private data of the edition."""
    edition = participant.edition
    last = edition.last_day or clock.now().date()
    end = dt.datetime.combine(last, dt.time(23, 59), edition.zone) + dt.timedelta(days=edition.keep_unconfirmed_days)
    return max(end, clock.now() + dt.timedelta(days=1))


def my_link(participant: Participant) -> str:
    """A new address under which the participant manages the registration, in their language."""
    token = issue(Link.Purpose.MY, participant=participant, expires_at=my_end(participant))
    with override(participant.language):
        return settings.SITE_URL + reverse("participants:enter", args=[token])
