"""Mails about places on field visits."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from participants import links
from participants.mail.calendars import calendar
from participants.mail.letters import Letter, subject_line, to_participant
from participants.mail.programme import programme_of, visit_in_words
from participants.models import Message, VisitBooking


def visit_place(booking: VisitBooking) -> Message:
    """A place on a field visit became free for somebody who waited."""
    participant = booking.participant
    with override(participant.language):
        letter = Letter(
            subject_line(participant.edition, _("your place on the field visit is confirmed")),
            [_("You have a place on the field visit."), _("If you cannot come, write to the secretariat.")],
            facts=[(_("Field visit"), visit_in_words(booking))],
            calendar=calendar(participant, programme_of(participant)),
            link=links.my_link(participant),
        )
        return to_participant(participant, "visit place", letter)
