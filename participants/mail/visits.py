"""Mails about places on field visits."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from participants import links
from participants.mail.calendars import visit_calendar
from participants.mail.letters import Letter, in_words, subject_line, to_participant
from participants.mail.programme import once_confirmed, visit_in_words
from participants.models import Message, VisitBooking


def visit_place(booking: VisitBooking) -> Message:
    """A participant has a place on a field visit now, with its date for the calendar."""
    participant = booking.participant
    with override(participant.language):
        letter = _letter(
            booking,
            _("your place on the field visit is confirmed"),
            [_("You have a place on the field visit."), _("If you cannot come, give the place back. Open the link.")],
        )
        letter.calendar = visit_calendar(booking)
        return to_participant(participant, "visit place", letter)


def visit_waitlisted(booking: VisitBooking) -> Message:
    """All is there but a place: the participant waits."""
    participant = booking.participant
    with override(participant.language):
        told = [_("All places are taken."), _("If a place is free for you, we write to you at once.")]
        letter = _letter(booking, _("you are on the waiting list of the field visit"), told)
        return to_participant(participant, "visit waitlisted", letter)


def visit_refused(booking: VisitBooking) -> Message:
    """The host cannot receive the participant; why is for the secretariat alone."""
    participant = booking.participant
    with override(participant.language):
        told = [_("The host cannot receive you on this field visit."), _("Your registration stays as it is.")]
        letter = _letter(booking, _("you have no place on the field visit"), told)
        letter.calendar = _taken_out(booking)
        return to_participant(participant, "visit refused", letter)


def visit_withdrawn(booking: VisitBooking) -> Message:
    """A place or a wish was given back."""
    participant = booking.participant
    with override(participant.language):
        told = [
            _("You do not come on this field visit."),
            _("Your registration stays as it is."),
            _("You can book a place again until sign-up ends."),
        ]
        letter = _letter(booking, _("you gave back your place on the field visit"), told)
        letter.calendar = _taken_out(booking)
        return to_participant(participant, "visit withdrawn", letter)


def visit_rules_changed(booking: VisitBooking) -> Message:
    """The rules that the participant accepted are not those in force any more."""
    participant = booking.participant
    with override(participant.language):
        told = [_("The rules of the field visit have changed."), _("Read them and accept them again. Open the link.")]
        letter = _letter(booking, _("accept the new rules of the field visit"), told)
        return to_participant(participant, "visit rules changed", letter)


def visit_incomplete(booking: VisitBooking, *, rules: bool = True, record: bool = True) -> Message:
    """What the participant has still to do for a field visit, and until when."""
    participant = booking.participant
    with override(participant.language):
        ends = in_words(booking.visit.host_list_deadline, participant.edition)
        told = [_("Something is missing for your field visit.")]
        if ends:
            told.append(_("Do this before %(when)s. After that we cannot name you to the host.") % {"when": ends})
        letter = _letter(booking, _("something is missing for your field visit"), told)
        if rules:
            letter.facts.append((_("Missing"), _("Accept the rules of the visit")))
        if record:
            letter.facts.append((_("Missing"), _("Write what the host asks for")))
        return to_participant(participant, "visit incomplete", letter)


def _taken_out(booking: VisitBooking) -> str:
    """Takes the visit out of the calendar, where an earlier mail put it in."""
    return visit_calendar(booking) if booking in once_confirmed(booking.participant) else ""


def _letter(booking: VisitBooking, about: str, told: list[str]) -> Letter:
    """A letter with the visit and the participant's own link, in the language that is switched on."""
    return Letter(
        subject_line(booking.participant.edition, about),
        told,
        facts=[(_("Field visit"), visit_in_words(booking))],
        link=links.my_link(booking.participant),
    )
