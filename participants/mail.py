"""Every mail to a participant: one function per message. Each is queued as a row in the transaction that causes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from email.utils import make_msgid
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import override

from events.models import Edition
from events.scheduling import released_agenda
from participants import links
from participants.models import Message, Participant

REPEATED_LINKS_AN_HOUR = 3


@dataclass
class Letter:
    """What a mail says, before it becomes text and HTML."""

    subject: str
    paragraphs: list[str]
    link: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    calendar: str = ""


def _queue(participant: Participant, kind: str, letter: Letter) -> Message:
    edition = participant.edition
    # The calendar and the HTML are drawn here, so that a mail that cannot be drawn stops the change that caused it.
    context = {"letter": letter, "participant": participant, "edition": edition, "language": participant.language}
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
            facts=_facts(participant),
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
        letter = Letter(
            _subject(participant.edition, _("your place is confirmed")),
            paragraphs,
            facts=[*_facts(participant), (_("Badge code"), participant.code)],
            calendar=calendar(participant),
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
            facts=_facts(participant),
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


def already_registered(participant: Participant) -> Message | None:
    """Somebody registered the same address again: the owner gets the link. A few times an hour at most, else None."""
    return _link_again(
        participant,
        "already registered",
        _("A registration with your address was sent again. You are registered already. Nothing was changed."),
    )


def lost_link(participant: Participant) -> Message | None:
    """The link again, because somebody asked for it. A few times an hour at most, else None."""
    return _link_again(participant, "lost link", _("You asked for the link to your registration."))


def _link_again(participant: Participant, kind: str, why: str) -> Message | None:
    recent = Message.objects.filter(
        participant=participant,
        kind__in=["already registered", "lost link"],
        queued_at__gt=clock.now() - dt.timedelta(hours=1),
    )
    if recent.count() >= REPEATED_LINKS_AN_HOUR:
        return None
    with override(participant.language):
        letter = Letter(
            _subject(participant.edition, _("the link to your registration")),
            [why, _("If you did not ask for it, you can ignore this message.")],
            link=links.my_link(participant),
        )
        return _queue(participant, kind, letter)


# -- Facts and calendar -------------------------------------------------------------------------------------------


def _span(edition: Edition) -> tuple[dt.datetime, dt.datetime] | None:
    """From the first start to the last end of the released agenda, within the edition's days."""
    agenda = released_agenda(edition.slug)
    timed = [i for i in agenda.items if i.start and i.day in edition.days and not i.is_cancelled] if agenda else []
    moments = [moment for item in timed for moment in (item.start, item.end) if moment]
    if not moments or max(moments) <= min(moments):
        return None
    return min(moments).astimezone(edition.zone), max(moments).astimezone(edition.zone)


def _facts(participant: Participant) -> list[tuple[str, str]]:
    edition = participant.edition
    facts = [(_("Workshop"), str(edition.title))]
    if edition.first_day and edition.last_day:
        first, last = (formats.date_format(day, "DATE_FORMAT") for day in (edition.first_day, edition.last_day))
        facts.append(
            (_("Days"), _("%(first)s to %(last)s") % {"first": first, "last": last} if first != last else first)
        )
    if span := _span(edition):
        begins = _("%(day)s, %(time)s (%(place)s time)") % {
            "day": formats.date_format(span[0].date(), "DATE_FORMAT"),
            "time": f"{span[0]:%H:%M}",
            "place": edition.city,
        }
        facts.append((_("Begins"), begins))
    place = [edition.venue, edition.address, edition.place]
    facts.append((_("Place"), ", ".join(part for part in place if part)))
    facts.append((_("Reference"), participant.reference))
    return facts


def calendar(participant: Participant) -> str:
    """The edition as one event of RFC 5545, for the participant's own calendar."""
    edition = participant.edition
    if not edition.first_day or not edition.last_day:
        return ""
    event = icalendar.Event()
    event.add("uid", f"{edition.slug}-{participant.reference}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", clock.now())
    event.add("summary", str(edition.title))
    event.add("location", ", ".join(part for part in (edition.venue, edition.address, edition.place) if part))
    event.add("status", "CONFIRMED")
    if span := _span(edition):
        event.add("dtstart", span[0])
        event.add("dtend", span[1])
    else:
        event.add("dtstart", edition.first_day)
        event.add("dtend", edition.last_day + dt.timedelta(days=1))
    whole = icalendar.Calendar()
    whole.add("version", "2.0")
    whole.add("prodid", "-//RASR//Registration//EN")
    whole.add("method", "PUBLISH")
    whole.add_component(event)
    whole.add_missing_timezones()
    return whole.to_ical().decode()
