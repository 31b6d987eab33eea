"""Mails to delegations and to those whom they name: invitation, nomination, replacement, and its end."""

from __future__ import annotations

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import override

from events.models import Edition
from events.text import days_in_words
from participants import links
from participants.mail.calendars import ending
from participants.mail.letters import Letter, in_words, subject_line, to_contact, to_nominee, to_participant
from participants.mail.programme import where
from participants.models import Delegation, Message, Nomination, Participant


def invitation(delegation: Delegation) -> Message:
    """The contact person is asked to nominate: the text of the edition, and the link to the delegation's page."""
    edition = delegation.edition
    with override(delegation.language):
        text = [line.strip() for line in str(edition.invitation).splitlines() if line.strip()]
        paragraphs = [
            *(text or [_("We invite %(delegation)s to this workshop.") % {"delegation": delegation.name}]),
            _("With this link you nominate people, replace one by another, and see who has registered."),
            _("Keep the link to yourself: whoever has it acts for your delegation."),
        ]
        facts = _facts(edition)
        if delegation.quota is not None:
            facts.append((_("Places for your delegation"), str(delegation.quota)))
        if edition.nomination_deadline:
            facts.append((_("Nominate before"), in_words(edition.nomination_deadline, edition)))
        letter = Letter(
            subject_line(edition, _("invitation")),
            paragraphs,
            facts=facts,
            link=links.delegation_link(delegation),
            link_words=_("Page of the delegation"),
        )
        return to_contact(delegation, "invitation", letter)


def nominated(nomination: Nomination) -> Message:
    """A delegation has nominated the person, who registers by this link."""
    return _asked_to_register(nomination, "nominated", [])


def substitute(nomination: Nomination) -> Message:
    """A delegation sends the person instead of somebody else, and keeps that place for them."""
    with override(nomination.delegation.language):
        kept = [_("A place is kept for you. It is yours as soon as your registration is confirmed.")]
    return _asked_to_register(nomination, "substitute", kept)


def _asked_to_register(nomination: Nomination, kind: str, more: list[str]) -> Message:
    edition, delegation = nomination.delegation.edition, nomination.delegation
    with override(delegation.language):
        paragraphs = [
            _("%(delegation)s has nominated you for this workshop.") % {"delegation": delegation.name},
            *more,
            _("Register with this link. It is for you alone: please do not pass it on."),
        ]
        letter = Letter(
            subject_line(edition, _("you are nominated, please register")),
            paragraphs,
            facts=[*_facts(edition), *_window(nomination)],
            link=links.nominee_link(nomination),
            link_words=_("Register"),
        )
        return to_nominee(nomination, kind, letter)


def replaced(person: Participant | Nomination) -> Message:
    """The delegation sends somebody else. It does not say whom."""
    with override(_language(person)):
        return _ended(person, "replaced", _("Your delegation sends another person in your place."))


def nomination_withdrawn(person: Participant | Nomination) -> Message:
    """The delegation, or the secretariat for it, took the nomination back."""
    with override(_language(person)):
        return _ended(person, "nomination withdrawn", _("Your nomination for this workshop was withdrawn."))


def _language(person: Participant | Nomination) -> str:
    return person.language if isinstance(person, Participant) else person.delegation.language


def _ended(person: Participant | Nomination, kind: str, why: str) -> Message:
    """Written to the registration where there is one, else to the nominated address."""
    edition = person.delegation.edition
    question = _("If you have a question, write to your delegation or to the secretariat.")
    if isinstance(person, Participant):
        if person.bookings.exists():
            ended = _("Your registration has ended with it, and so have your places on field visits.")
        else:
            ended = _("Your registration has ended with it.")
        letter = ending(person, _("your registration has ended"), [why, ended, question])
        return to_participant(person, kind, letter)
    ended = _("The link that we sent you does not work any more.")
    letter = Letter(
        subject_line(edition, _("your nomination has ended")), [why, ended, question], facts=_facts(edition)
    )
    return to_nominee(person, kind, letter)


def _facts(edition: Edition) -> list[tuple[str, str]]:
    facts = [(_("Workshop"), str(edition.title))]
    if edition.first_day and edition.last_day:
        facts.append((_("Days"), days_in_words(edition.first_day, edition.last_day)))
    place = where(edition)
    return [*facts, (_("Place"), place)] if place else facts


def _window(nomination: Nomination) -> list[tuple[str, str]]:
    """From when and until when the person can register; a kept place has its own end."""
    edition = nomination.delegation.edition
    if nomination.holds_place and edition.first_day:
        return [(_("Register before"), formats.date_format(edition.first_day, "DATE_FORMAT"))]
    if nomination.holds_place or edition.registration_closes is None:
        return []
    facts = [(_("Register before"), in_words(edition.registration_closes, edition))]
    if edition.registration_state() == "early":
        facts.insert(0, (_("Registration opens"), in_words(edition.registration_opens, edition)))
    return facts
