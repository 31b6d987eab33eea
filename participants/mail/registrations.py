"""Mails about a registration: it came in, it has a place or waits, it ended; and its link once more."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import override

from participants import links
from participants.mail.calendars import calendar, ending
from participants.mail.letters import Letter, subject_line, to_participant
from participants.mail.programme import facts_of, feed, had_place, programme_of
from participants.models import Message, Participant

REPEATED_LINKS_AN_HOUR = 3


def received(participant: Participant) -> Message:
    """The registration came in and waits for a decision."""
    with override(participant.language):
        paragraphs = [
            _("We received your registration. The secretariat answers by e-mail."),
            _("You can see your registration, or withdraw it, with this link. Keep it to yourself."),
        ]
        letter = Letter(
            subject_line(participant.edition, _("we received your registration")),
            paragraphs,
            facts=facts_of(participant, programme_of(participant)),
            link=links.my_link(participant),
        )
        return to_participant(participant, "received", letter)


def confirmed(participant: Participant, *, from_waiting_list: bool = False) -> Message:
    """The person has a place: when, where, and the dates for the calendar."""
    with override(participant.language):
        first = _("A place became free, and it is yours.") if from_waiting_list else _("Your place is confirmed.")
        paragraphs = [
            first,
            _("The dates are attached for your calendar. Show your badge code at the registration desk."),
            _("If you cannot come, withdraw with this link. Your place then goes to the next person."),
        ]
        programme = programme_of(participant)
        letter = Letter(
            subject_line(participant.edition, _("your place is confirmed")),
            paragraphs,
            facts=[
                *facts_of(participant, programme),
                (_("Badge code"), participant.code),
                *feed(participant, programme),
            ],
            calendar=calendar(participant, programme),
            link=links.my_link(participant),
        )
        return to_participant(participant, "promoted" if from_waiting_list else "confirmed", letter)


def waitlisted(participant: Participant) -> Message:
    """All places are taken."""
    with override(participant.language):
        paragraphs = [
            _("All places are taken at this time. You are on the waiting list."),
            _("When a place becomes free for you, we write to you at once. You do not need to do anything."),
        ]
        letter = Letter(
            subject_line(participant.edition, _("you are on the waiting list")),
            paragraphs,
            facts=facts_of(participant, programme_of(participant)),
            link=links.my_link(participant),
        )
        return to_participant(participant, "waitlisted", letter)


def declined(participant: Participant) -> Message:
    """The secretariat decided against it."""
    with override(participant.language):
        paragraphs = [
            _("We cannot offer you a place at this edition."),
            _("Write to the secretariat if you have a question."),
        ]
        letter = ending(participant, _("about your registration"), paragraphs)
        return to_participant(participant, "declined", letter)


def withdrawn(participant: Participant) -> Message:
    """The registration ended, by the person or by the secretariat."""
    with override(participant.language):
        paragraphs = [_("Your registration is withdrawn.")]
        if had_place(participant):
            paragraphs.append(_("Your place is free for another person."))
        paragraphs.append(_("If you did not ask for this, write to the secretariat."))
        letter = ending(participant, _("your registration is withdrawn"), paragraphs)
        return to_participant(participant, "withdrawn", letter)


def already_registered(participant: Participant, *, submission: uuid.UUID) -> Message | None:
    """Somebody registered the same address again: the owner gets the link, once for each form that was sent.

    A few times an hour at most, else None.
    """
    return _link_again(participant, "already registered", once_key=f"already registered {submission} {participant.pk}")


def lost_link(participant: Participant) -> Message | None:
    """The link again, because somebody asked for it. A few times an hour at most, else None."""
    return _link_again(participant, "lost link")


@transaction.atomic
def _link_again(participant: Participant, kind: str, once_key: str | None = None) -> Message | None:
    # Many who ask at once wait here for each other, so that the count below is true.
    locked = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    if locked.email_key != participant.email_key:  # another address was confirmed meanwhile: this one gets no link
        return None
    mails = Message.objects.filter(participant=participant, kind__in=["already registered", "lost link"])
    recent = mails.filter(queued_at__gt=clock.now() - dt.timedelta(hours=1)).count()
    if recent >= REPEATED_LINKS_AN_HOUR or (once_key and mails.filter(once_key=once_key).exists()):
        return None
    with override(participant.language):
        why = _("You asked for the link to your registration.")
        if kind == "already registered":
            why = _("A registration with your address was sent again. You are registered already. Nothing was changed.")
        letter = Letter(
            subject_line(participant.edition, _("the link to your registration")),
            [why, _("If you did not ask for it, you can ignore this message.")],
            link=links.my_link(participant),
        )
        return to_participant(participant, kind, letter, once_key)
