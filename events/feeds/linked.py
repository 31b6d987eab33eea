"""An edition as schema.org describes an event: only what its page says to everybody."""

from __future__ import annotations

from typing import Any

from events.agenda import said
from events.models import Edition, Partnership
from events.scheduling import texts

ORGANISERS = (Partnership.Role.HOST, Partnership.Role.ORGANISER)


def event_of(edition: Edition, partnerships: list[Partnership], *, address: str, language: str) -> dict[str, Any]:
    """The edition in that language, at that address of its page. What is not known is left out."""
    found = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": said(texts(edition.title), language),
        "description": said(texts(edition.summary), language),
        "url": address,
        "startDate": edition.first_day.isoformat() if edition.first_day else "",
        "endDate": edition.last_day.isoformat() if edition.last_day else "",
        "eventStatus": "https://schema.org/EventScheduled",
        "location": _place(edition),
        "organizer": _bodies(partnerships, *ORGANISERS),
        "funder": _bodies(partnerships, Partnership.Role.DONOR),
        "inLanguage": edition.working_languages,
    }
    return {name: value for name, value in found.items() if value}


def _place(edition: Edition) -> dict[str, Any]:
    address = {
        "streetAddress": edition.address,
        "addressLocality": edition.city,
        "addressCountry": edition.country,
    }
    known = {name: value for name, value in address.items() if value}
    if not known and not edition.venue:
        return {}
    place: dict[str, Any] = {"@type": "Place", "name": edition.venue or edition.place or edition.address}
    return place | ({"address": {"@type": "PostalAddress"} | known} if known else {})


def _bodies(partnerships: list[Partnership], *roles: str) -> list[dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for one in partnerships:
        if one.role in roles:
            site = {"url": one.organisation.website} if one.organisation.website else {}
            found[one.organisation.name] = {"@type": "Organization", "name": one.organisation.name} | site
    return list(found.values())
