"""Every mail to a participant: one function per message. Each is queued as a row in the transaction that causes it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass, field
from email.utils import make_msgid
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import formats
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import override

from events.models import Edition
from events.scheduling import released_agenda
from participants import links
from participants.models import Message, Participant, VisitBooking

REPEATED_LINKS_AN_HOUR = 3
# Mail programs make links of it. A stranger may write any name into the form, with the address of a victim.
LOOKS_LIKE_A_LINK = re.compile(r"://|@|www\.|\w\.\w{2,}", re.IGNORECASE)


@dataclass
class Letter:
    """What a mail says, before it becomes text and HTML."""

    subject: str
    paragraphs: list[str]
    link: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    calendar: str = ""


@dataclass
class Programme:
    """What is read once for a mail: from when to when the agenda goes, whether it is released, the visits."""

    span: tuple[dt.datetime, dt.datetime] | None
    is_released: bool
    bookings: list[VisitBooking]


def _queue(participant: Participant, kind: str, letter: Letter, once_key: str | None = None) -> Message:
    edition = participant.edition
    # The calendar and the HTML are drawn here, so that a mail that cannot be drawn stops the change that caused it.
    name = "" if LOOKS_LIKE_A_LINK.search(participant.name) else participant.name
    context = {"letter": letter, "name": name, "edition": edition, "language": participant.language}
    return Message.objects.create(
        edition=edition,
        participant=participant,
        kind=kind,
        to=participant.email,
        reply_to=edition.contact_email,
        language=participant.language,
        subject=letter.subject,
        text=render_to_string("participants/mail/letter.txt", context),
        html=render_to_string("participants/mail/letter.html", context),
        calendar=letter.calendar,
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
        next_try_at=clock.now(),
        once_key=once_key,
    )


def _subject(edition: Edition, words: str) -> str:
    return f"RASR {edition.city}: {words}" if edition.city else f"RASR: {words}"


def received(participant: Participant) -> Message:
    """The registration came in and waits for a decision."""
    with override(participant.language):
        paragraphs = [
            _("We received your registration. The secretariat answers by e-mail."),
            _("You can see your registration, or withdraw it, with this link. Keep it to yourself."),
        ]
        letter = Letter(
            _subject(participant.edition, _("we received your registration")),
            paragraphs,
            facts=_facts(participant, _programme(participant)),
            link=links.my_link(participant),
        )
        return _queue(participant, "received", letter)


def confirmed(participant: Participant, *, from_waiting_list: bool = False) -> Message:
    """The person has a place: when, where, and the dates for the calendar."""
    with override(participant.language):
        first = _("A place became free, and it is yours.") if from_waiting_list else _("Your place is confirmed.")
        paragraphs = [
            first,
            _("The dates are attached for your calendar. Show your badge code at the registration desk."),
            _("If you cannot come, withdraw with this link. Your place then goes to the next person."),
        ]
        programme = _programme(participant)
        letter = Letter(
            _subject(participant.edition, _("your place is confirmed")),
            paragraphs,
            facts=[
                *_facts(participant, programme),
                (_("Badge code"), participant.code),
                *_feed(participant, programme),
            ],
            calendar=calendar(participant, programme),
            link=links.my_link(participant),
        )
        return _queue(participant, "promoted" if from_waiting_list else "confirmed", letter)


def waitlisted(participant: Participant) -> Message:
    """All places are taken."""
    with override(participant.language):
        paragraphs = [
            _("All places are taken at this time. You are on the waiting list."),
            _("When a place becomes free for you, we write to you at once. You do not need to do anything."),
        ]
        letter = Letter(
            _subject(participant.edition, _("you are on the waiting list")),
            paragraphs,
            facts=_facts(participant, _programme(participant)),
            link=links.my_link(participant),
        )
        return _queue(participant, "waitlisted", letter)


def declined(participant: Participant) -> Message:
    """The secretariat decided against it."""
    with override(participant.language):
        paragraphs = [
            _("We cannot offer you a place at this edition."),
            _("Write to the secretariat if you have a question."),
        ]
        letter = Letter(_subject(participant.edition, _("about your registration")), paragraphs)
        return _queue(participant, "declined", letter)


def withdrawn(participant: Participant) -> Message:
    """The registration ended, by the person or by the secretariat."""
    with override(participant.language):
        paragraphs = [
            _("Your registration is withdrawn. Your place is free for another person."),
            _("If you did not ask for this, write to the secretariat."),
        ]
        letter = Letter(_subject(participant.edition, _("your registration is withdrawn")), paragraphs)
        return _queue(participant, "withdrawn", letter)


def visit_place(booking: VisitBooking) -> Message:
    """A place on a field visit became free for somebody who waited."""
    participant = booking.participant
    with override(participant.language):
        letter = Letter(
            _subject(participant.edition, _("your place on the field visit is confirmed")),
            [_("You have a place on the field visit."), _("If you cannot come, write to the secretariat.")],
            facts=[(_("Field visit"), _visit_in_words(booking))],
            calendar=calendar(participant, _programme(participant)),
            link=links.my_link(participant),
        )
        return _queue(participant, "visit place", letter)


def already_registered(participant: Participant, *, submission: uuid.UUID) -> Message | None:
    """Somebody registered the same address again: the owner gets the link, once for each form that was sent.

    A few times an hour at most, else None.
    """
    return _link_again(participant, "already registered", once_key=f"already registered {submission}")


def lost_link(participant: Participant) -> Message | None:
    """The link again, because somebody asked for it. A few times an hour at most, else None."""
    return _link_again(participant, "lost link")


@transaction.atomic
def _link_again(participant: Participant, kind: str, once_key: str | None = None) -> Message | None:
    # Many who ask at once wait here for each other, so that the count below is true.
    Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    mails = Message.objects.filter(participant=participant, kind__in=["already registered", "lost link"])
    recent = mails.filter(queued_at__gt=clock.now() - dt.timedelta(hours=1)).count()
    if recent >= REPEATED_LINKS_AN_HOUR or (once_key and mails.filter(once_key=once_key).exists()):
        return None
    with override(participant.language):
        why = _("You asked for the link to your registration.")
        if kind == "already registered":
            why = _("A registration with your address was sent again. You are registered already. Nothing was changed.")
        letter = Letter(
            _subject(participant.edition, _("the link to your registration")),
            [why, _("If you did not ask for it, you can ignore this message.")],
            link=links.my_link(participant),
        )
        return _queue(participant, kind, letter, once_key)


# -- Facts and calendar -------------------------------------------------------------------------------------------


def _programme(participant: Participant) -> Programme:
    """From the first start to the last end of the released agenda within the edition's days; the visits not refused."""
    edition = participant.edition
    agenda = released_agenda(edition.slug)
    timed = [i for i in agenda.items if i.start and i.day in edition.days and not i.is_cancelled] if agenda else []
    moments = [moment.astimezone(edition.zone) for item in timed for moment in (item.start, item.end) if moment]
    span = (min(moments), max(moments)) if moments and min(moments) < max(moments) else None
    ended = [VisitBooking.State.REFUSED, VisitBooking.State.WITHDRAWN]
    bookings = participant.bookings.exclude(state__in=ended).select_related("visit__session")
    return Programme(span, agenda is not None, list(bookings.order_by("visit__session__start", "pk")))


def in_words(moment: dt.datetime | None, edition: Edition) -> str:
    """A moment as people say it at the place of the edition, with the zone; empty for none."""
    if moment is None:
        return ""
    local = moment.astimezone(edition.zone)
    day = formats.date_format(local.date(), "DATE_FORMAT")
    return _("%(day)s, %(time)s (%(place)s time)") % {"day": day, "time": f"{local:%H:%M}", "place": edition.city}


def _visit_in_words(booking: VisitBooking) -> str:
    """The site, when, and whether there is a place."""
    states: dict[str, str] = {
        VisitBooking.State.ASKED: _("you asked for a place"),
        VisitBooking.State.CONFIRMED: _("your place is confirmed"),
        VisitBooking.State.WAITLISTED: _("you are on the waiting list"),
    }
    start = booking.visit.session.start
    parts = str(booking.visit.site), in_words(start, booking.participant.edition), states.get(booking.state, "")
    return ", ".join(part for part in parts if part)


def _feed(participant: Participant, programme: Programme) -> list[tuple[str, str]]:
    """Where calendar programs read the agenda and its changes, once there is one."""
    if not programme.is_released:
        return []
    address = settings.SITE_URL + reverse("events:agenda_ics", args=[participant.edition.slug])
    return [(_("Agenda for your calendar"), address)]


def _where(edition: Edition) -> str:
    """Venue, address, city and State; the city once, also where it stands in the address."""
    city = "" if edition.city in edition.address.split(", ") else edition.city
    return ", ".join(part for part in (edition.venue, edition.address, city, edition.country) if part)


def _facts(participant: Participant, programme: Programme) -> list[tuple[str, str]]:
    edition = participant.edition
    facts = [(_("Workshop"), str(edition.title))]
    if edition.first_day and edition.last_day:
        first, last = (formats.date_format(day, "DATE_FORMAT") for day in (edition.first_day, edition.last_day))
        facts.append(
            (_("Days"), _("%(first)s to %(last)s") % {"first": first, "last": last} if first != last else first)
        )
    if programme.span:
        facts.append((_("Begins"), in_words(programme.span[0], edition)))
    facts.append((_("Place"), _where(edition)))
    facts += [(_("Field visit"), _visit_in_words(booking)) for booking in programme.bookings]
    facts.append((_("Reference"), participant.reference))
    return facts


def calendar(participant: Participant, programme: Programme) -> str:
    """The edition and the visits on which the participant has a place, as RFC 5545, for their own calendar."""
    edition = participant.edition
    if not edition.first_day or not edition.last_day:
        return ""
    whole = icalendar.Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//RASR//Registration//EN")
    whole.add("method", "PUBLISH")
    place = _where(edition)
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
