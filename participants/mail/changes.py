"""Mails about changes of a registration: details after their deadline, another address, erasure."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from participants import links
from participants.mail.letters import Letter, in_words, subject_line, to_participant
from participants.models import Message, Participant

# They go to an address that is not in force: not yet, or not any more.
TO_ANOTHER_ADDRESS = ("confirm address", "address left")


def change_accepted(participant: Participant) -> Message:
    """The secretariat made the change that was asked for."""
    with override(participant.language):
        sentence = _("We made the change that you asked for. Look at your details with this link.")
        return _about_the_request(participant, "change accepted", sentence)


def change_refused(participant: Participant) -> Message:
    """The secretariat did not make the change."""
    with override(participant.language):
        sentences = (
            _("We could not make the change that you asked for. Your details are as before."),
            _("Write to the secretariat if you have a question."),
        )
        return _about_the_request(participant, "change refused", *sentences)


def _about_the_request(participant: Participant, kind: str, *paragraphs: str) -> Message:
    letter = Letter(
        subject_line(participant.edition, _("the change of your details")),
        list(paragraphs),
        link=links.my_link(participant),
    )
    return to_participant(participant, kind, letter)


def confirm_address(participant: Participant, *, to: str, token: str, ends: dt.datetime) -> Message:
    """To the new address: the link that makes it the address of the registration."""
    with override(participant.language):
        letter = Letter(
            subject_line(participant.edition, _("confirm your new e-mail address")),
            [
                _("You asked us to use this e-mail address for your registration. Confirm it with this link."),
                _("The link works until %(when)s.") % {"when": in_words(ends, participant.edition)},
                _("If you did not ask for it, you can ignore this message."),
            ],
            link=settings.SITE_URL + reverse("participants:confirm-address", args=[token]),
            link_words=_("Confirm this address"),
        )
        return to_participant(participant, "confirm address", letter, to=to)


def address_asked(participant: Participant) -> Message:
    """To the address in force: somebody wants to change it."""
    with override(participant.language):
        letter = Letter(
            subject_line(participant.edition, _("another e-mail address for your registration")),
            [
                _("You asked us to use another e-mail address for your registration."),
                _("We use it when you confirm it with the link that we sent there."),
                _("If it was not you, open this link and choose “Keep my address”. Then write to the secretariat."),
            ],
            link=links.my_link(participant),
        )
        return to_participant(participant, "address asked", letter)


def address_changed(participant: Participant, *, before: str) -> list[Message]:
    """To the new address the link to the registration; to the one before, that it is not used any more."""
    with override(participant.language):
        subject = subject_line(participant.edition, _("your e-mail address is changed"))
        new = Letter(
            subject,
            [
                _("We use this e-mail address for your registration from now on."),
                _("This is your new link. The links in older messages do not work any more. Keep it to yourself."),
            ],
            link=links.my_link(participant),
        )
        old = Letter(
            subject,
            [
                _("We do not use this e-mail address for your registration any more."),
                _("If you did not ask for it, write to the secretariat at once."),
            ],
        )
        return [
            to_participant(participant, "address changed", new),
            to_participant(participant, "address left", old, to=before),
        ]


def erasure_asked(participant: Participant) -> Message:
    """We know that the person wants to be erased."""
    with override(participant.language):
        letter = Letter(
            subject_line(participant.edition, _("you asked us to erase your data")),
            [
                _("We received your request. The secretariat erases your data, and keeps only what it must keep."),
                _("If you did not ask for it, write to the secretariat at once."),
            ],
            facts=[(_("Reference"), participant.reference)],
        )
        return to_participant(participant, "erasure asked", letter)
