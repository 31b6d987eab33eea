"""What a mail says about the workshop: days, place, field visits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from events.models import Edition, HistoryLine
from events.scheduling import released_agenda
from events.text import days_in_words
from participants.mail.letters import in_words
from participants.models import Participant, VisitBooking


@dataclass
class Programme:
    """What is read once for a mail: from when to when the agenda goes, its release (0: none), the visits."""

    span: tuple[dt.datetime, dt.datetime] | None
    release: int
    bookings: list[VisitBooking]


def programme_of(participant: Participant) -> Programme:
    """From the first start to the last end of the released agenda within the edition's days; the visits not refused."""
    edition = participant.edition
    agenda = released_agenda(edition.slug)
    timed = [i for i in agenda.items if i.start and i.day in edition.days and not i.is_cancelled] if agenda else []
    moments = [moment.astimezone(edition.zone) for item in timed for moment in (item.start, item.end) if moment]
    span = (min(moments), max(moments)) if moments and min(moments) < max(moments) else None
    ended = [VisitBooking.State.REFUSED, VisitBooking.State.WITHDRAWN]
    bookings = participant.bookings.exclude(state__in=ended).select_related("visit__session")
    return Programme(span, agenda.number if agenda else 0, list(bookings.order_by("visit__session__start", "pk")))


def had_place(participant: Participant) -> bool:
    """Whether the registration was ever confirmed, so that mails with the dates went out."""
    lines = HistoryLine.objects.filter(subject="participant", subject_id=participant.pk)
    return lines.filter(after=Participant.Status.CONFIRMED).exists()


def once_confirmed(participant: Participant) -> list[VisitBooking]:
    """The visits on which the participant ever had a place."""
    lines = HistoryLine.objects.filter(subject="visitbooking", after=VisitBooking.State.CONFIRMED)
    bookings = participant.bookings.filter(pk__in=lines.values("subject_id")).select_related("visit__session")
    return list(bookings.order_by("visit__session__start", "pk"))


def facts_of(participant: Participant, programme: Programme) -> list[tuple[str, str]]:
    edition = participant.edition
    facts = [(_("Workshop"), str(edition.title))]
    if edition.first_day and edition.last_day:
        facts.append((_("Days"), days_in_words(edition.first_day, edition.last_day)))
    if programme.span:
        facts.append((_("Begins"), in_words(programme.span[0], edition)))
    facts.append((_("Place"), where(edition)))
    facts += [(_("Field visit"), visit_in_words(booking)) for booking in programme.bookings]
    facts.append((_("Reference"), participant.reference))
    return facts


def visit_in_words(booking: VisitBooking) -> str:
    """The site, when, and whether there is a place."""
    states: dict[str, str] = {
        VisitBooking.State.ASKED: _("you asked for a place"),
        VisitBooking.State.CONFIRMED: _("your place is confirmed"),
        VisitBooking.State.WAITLISTED: _("you are on the waiting list"),
    }
    start = booking.visit.session.start
    parts = str(booking.visit.site), in_words(start, booking.participant.edition), states.get(booking.state, "")
    return ", ".join(part for part in parts if part)


def feed(participant: Participant, programme: Programme) -> list[tuple[str, str]]:
    """Where calendar programs read the agenda and its changes, once there is one."""
    if not programme.release:
        return []
    address = settings.SITE_URL + reverse("events:agenda_ics", args=[participant.edition.slug])
    return [(_("Agenda for your calendar"), address)]


def where(edition: Edition) -> str:
    """Venue, address, city and State; the city once, also where it stands in the address."""
    city = "" if edition.city in edition.address.split(", ") else edition.city
    return ", ".join(part for part in (edition.venue, edition.address, city, edition.country) if part)
