"""What a mail puts into the reader's calendar, and takes out again (RFC 5545 and 5546), as attachments.

A calendar that carries a METHOD holds one event (RFC 5546, 3.2.2), so that a mail may carry several calendars; they
stand one after the other in one text. The answer is in already (ACCEPTED), so that no program asks for one.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

import icalendar
from django.conf import settings
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import Edition
from events.vtimezone import vtimezone
from participants.addresses import address_key
from participants.mail.letters import Letter, shown, subject_line
from participants.mail.programme import Programme, had_place, once_confirmed, programme_of, where
from participants.models import Participant, VisitBooking


def calendar(participant: Participant, programme: Programme) -> str:
    """The days of the edition and each visit on which the participant has a place."""
    confirmed = [one for one in programme.bookings if one.state == VisitBooking.State.CONFIRMED]
    return _days(participant, programme) + "".join(_visit(participant, booking, programme) for booking in confirmed)


def visit_calendar(booking: VisitBooking) -> str:
    """One visit: put into the calendar while there is a place on it, taken out again after that; else nothing."""
    participant = booking.participant
    return _visit(participant, booking, programme_of(participant)) if booking in once_confirmed(participant) else ""


def visit_file(booking: VisitBooking) -> str:
    """The visit of somebody who has a place, as a file: nobody is invited by it. Empty while no time is known."""
    return _visit(booking.participant, booking, programme_of(booking.participant), is_mail=False)


def cancelled(participant: Participant) -> str:
    """Takes out what earlier mails put in; empty for somebody who never had a place."""
    if not had_place(participant):
        return ""
    programme = programme_of(participant)
    visits = [_visit(participant, booking, programme) for booking in once_confirmed(participant)]
    return _days(participant, programme) + "".join(visits)


def ending(participant: Participant, subject: str, paragraphs: list[str]) -> Letter:
    """A letter without a link that ends a registration, and takes out of the calendar what a confirmation put in."""
    off = cancelled(participant)
    if off:
        paragraphs = [*paragraphs, _("The attached file takes the dates out of your calendar.")]
    facts = [(_("Workshop"), str(participant.edition.title))]
    return Letter(subject_line(participant.edition, subject), paragraphs, facts=facts, calendar=off)


def _days(participant: Participant, programme: Programme) -> str:
    edition = participant.edition
    if not edition.first_day or not edition.last_day:
        return ""
    start, end = programme.span or (edition.first_day, edition.last_day + dt.timedelta(days=1))
    event = _event(participant, str(edition.title), where(edition), start, end)
    _invite(event, participant)
    event.add("uid", f"registration-{participant.reference}@rasr")
    event.add("sequence", participant.version + programme.release)
    return _whole(event, edition, is_on=participant.status == Participant.Status.CONFIRMED)


def _visit(participant: Participant, booking: VisitBooking, programme: Programme, *, is_mail: bool = True) -> str:
    edition, visit = participant.edition, booking.visit
    session = visit.session
    starts = visit.meets_at or session.start
    if not starts:
        return ""
    ends = session.end and session.end.astimezone(edition.zone)
    event = _event(participant, str(visit.site), str(visit.meeting_point), starts.astimezone(edition.zone), ends)
    if is_mail:
        _invite(event, participant)
    event.add("uid", f"visit-{visit.pk}-{participant.reference}@rasr")
    event.add("sequence", booking.version + participant.version + programme.release)
    return _whole(event, edition, is_on=booking.state == VisitBooking.State.CONFIRMED)


def _event(participant: Participant, title: str, place: str, start: dt.date, end: dt.date | None) -> icalendar.Event:
    # No token: calendars are shared, and copied to other servers. The page asks for the link of the mail.
    page = settings.SITE_URL + reverse("participants:my", args=[participant.reference])
    event = icalendar.Event()
    event.add("dtstamp", clock.now())
    event.add("summary", title)
    event.add("description", f"{_('Reference')}: {participant.reference}\n{_('My registration')}: {page}")
    event.add("url", page)
    event.add("dtstart", start)
    if end:
        event.add("dtend", end)
    if place:
        event.add("location", place)
    return event


def _invite(event: icalendar.Event, participant: Participant) -> None:
    """Who invites whom, as far as the edition has an address for it."""
    if contact := participant.edition.contact_email:
        event.add("organizer", _mailbox(contact, _("RASR secretariat")))
        answer = {"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
        event.add("attendee", _mailbox(participant.email, shown(participant.name), **answer))


def _mailbox(address: str, name: str, **parameters: str) -> icalendar.vCalAddress:
    local, _at, domain = address.rpartition("@")
    domain = address_key(address).rpartition("@")[2] if not domain.isascii() else domain
    mailbox = icalendar.vCalAddress(f"mailto:{quote(local, safe='+')}@{domain}")
    if name:
        mailbox.params["CN"] = name
    mailbox.params.update(parameters)
    return mailbox


def _whole(event: icalendar.Event, edition: Edition, *, is_on: bool) -> str:
    """The calendar around one event. Without an organiser nobody is asked anything: it is for information."""
    event.add("status", "CONFIRMED" if is_on else "CANCELLED")
    whole = icalendar.Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//RASR//Registration//EN")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", ("REQUEST" if is_on else "CANCEL") if "organizer" in event else "PUBLISH")
    start = event.decoded("dtstart")
    if isinstance(start, dt.datetime) and edition.zone.key != "UTC":
        whole.add_component(vtimezone(edition.zone, start.date(), start.date()))
    whole.add_component(event)
    return whole.to_ical().decode()
