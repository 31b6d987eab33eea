"""The dates of a participant for their own calendar (RFC 5545), attached to mails."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.utils import timezone as clock

from participants.mail.programme import Programme, where
from participants.models import Participant, VisitBooking


def calendar(participant: Participant, programme: Programme) -> str:
    """The edition and the visits on which the participant has a place, as RFC 5545, for their own calendar."""
    edition = participant.edition
    if not edition.first_day or not edition.last_day:
        return ""
    whole = icalendar.Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//RASR//Registration//EN")
    whole.add("method", "PUBLISH")
    place = where(edition)
    start, end = programme.span or (edition.first_day, edition.last_day + dt.timedelta(days=1))
    whole.add_component(_event(f"{edition.slug}-{participant.reference}", str(edition.title), place, start, end))
    for booking in programme.bookings:
        session = booking.visit.session
        if booking.state == VisitBooking.State.CONFIRMED and session.start:
            uid, title = f"visit-{booking.visit_id}-{participant.reference}", str(booking.visit.site)
            meets = (booking.visit.meets_at or session.start).astimezone(edition.zone)
            ends = session.end and session.end.astimezone(edition.zone)
            whole.add_component(_event(uid, title, str(booking.visit.meeting_point), meets, ends))
    whole.add_missing_timezones()
    return whole.to_ical().decode()


def _event(uid: str, title: str, place: str, start: dt.date, end: dt.date | None) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", f"{uid}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", clock.now())
    event.add("summary", title)
    event.add("status", "CONFIRMED")
    event.add("dtstart", start)
    if place:
        event.add("location", place)
    if end:
        event.add("dtend", end)
    return event
