"""Secret links: a random token goes out by mail, only its hash stays here."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.translation import override

from events.models import Edition, Session, Speaker
from participants.models import Delegation, Link, Nomination, Participant

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}\Z")  # 256 random bits in URL-safe base64


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(purpose: Link.Purpose, *, expires_at: dt.datetime, **subject: object) -> str:
    """Make a link of that purpose for participant=, nomination=, delegation=, or speaker= and session=, and return its
    token, this once.
    """
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
    return links.select_related(
        *("participant__edition", "participant__delegation", "nomination__delegation__edition", "delegation__edition"),
        *("session__edition", "speaker"),
    )


def revoke_all(participant: Participant) -> int:
    """End every link of a participant at once; returns how many."""
    return revoke_for(participant=participant)


def revoke_for(**subject: object) -> int:
    """End every link of participant=, nomination=, delegation= or speaker= and session= at once; returns how many."""
    return Link.objects.filter(**subject, revoked_at=None).update(revoked_at=clock.now())


def _end_of(edition: Edition, days: int) -> dt.datetime:
    """That many days after the last minute of the edition at its place; a day from now at least."""
    last = edition.last_day or clock.now().date()
    end = dt.datetime.combine(last, dt.time(23, 59), edition.zone) + dt.timedelta(days=days)
    return max(end, clock.now() + dt.timedelta(days=1))


def my_end(participant: Participant) -> dt.datetime:
    """When a participant's link ends: with the private data of the edition."""
    return _end_of(participant.edition, participant.edition.keep_unconfirmed_days)


def my_link(participant: Participant) -> str:
    """A new address under which the participant manages the registration, in their language."""
    token = issue(Link.Purpose.MY, participant=participant, expires_at=my_end(participant))
    return _address("participants:enter", token, participant.language)


def agenda_links(people: Iterable[Participant]) -> dict[int, str]:
    """For each participant, by key, a new address of their own agenda, in their language; one query for all."""
    tokens = {person: secrets.token_urlsafe(32) for person in people}
    Link.objects.bulk_create(
        Link(purpose=Link.Purpose.MY, participant=person, token_hash=_hash(token), expires_at=my_end(person))
        for person, token in tokens.items()
    )
    pages = {person: _address("participants:enter", token, person.language) for person, token in tokens.items()}
    return {person.pk: f"{page}?to=agenda" for person, page in pages.items()}


def calendar_address(participant: Participant) -> str:
    """A new address at which calendar programs read the participant's own agenda, in their language."""
    token = issue(Link.Purpose.CALENDAR, participant=participant, expires_at=my_end(participant))
    return _address("participants:calendar", token, participant.language)


def nominee_link(nomination: Nomination) -> str:
    """A new address under which somebody nominated registers, until the last day of the edition; as far as that day is
    unknown, as long as the private data are kept.
    """
    edition = nomination.delegation.edition
    end = _end_of(edition, 0 if edition.last_day else edition.keep_unconfirmed_days)
    token = issue(Link.Purpose.NOMINEE, nomination=nomination, expires_at=end)
    return _address("participants:nominee", token, nomination.delegation.language)


def delegation_link(delegation: Delegation) -> str:
    """A new address under which the contact person manages the delegation; it ends like a participant's."""
    end = _end_of(delegation.edition, delegation.edition.keep_unconfirmed_days)
    token = issue(Link.Purpose.DELEGATION, delegation=delegation, expires_at=end)
    return _address("participants:enter-delegation", token, delegation.language)


def hand_in_link(speaker: Speaker, session: Session, language: str) -> str:
    """A new address under which a speaker hands in a presentation; it ends like a delegation's."""
    end = _end_of(session.edition, session.edition.keep_unconfirmed_days)
    token = issue(Link.Purpose.HAND_IN, speaker=speaker, session=session, expires_at=end)
    return _address("participants:enter-hand-in", token, language)


def _address(page: str, token: str, language: str) -> str:
    with override(language):
        return settings.SITE_URL + reverse(page, args=[token])
