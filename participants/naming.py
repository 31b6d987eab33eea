"""What every verb about a nomination needs: locks, deadlines, a clean name and address, and the link that goes out."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from events.models import Edition
from events.text import fold
from participants import mail
from participants.addresses import address_key
from participants.capacity import lock_delegation, lock_edition, lock_nomination
from participants.joining import link_nomination
from participants.models import Delegation, Nomination, Participant
from participants.registration import RegistrationError
from participants.typed import Address, Line


def lock_named(delegation: Delegation) -> tuple[Edition, Delegation]:
    """Edition first, then the delegation as it is now."""
    edition = lock_edition(delegation.edition_id)
    delegation = lock_delegation(delegation.pk)
    delegation.edition = edition
    return edition, delegation


def lock_standing(nomination: Nomination) -> tuple[Edition, Nomination, Participant | None]:
    """Edition, delegation, whoever registered with it, then the nomination. Raises for one that was withdrawn."""
    edition, delegation = lock_named(nomination.delegation)
    holder = lock_person(delegation, nomination=nomination.pk)
    nomination = lock_nomination(nomination.pk)
    if nomination.withdrawn_at:
        raise RegistrationError(_("This nomination was withdrawn already."))
    nomination.delegation = delegation
    if holder:
        holder.nomination = nomination
    return edition, nomination, holder


def lock_person(delegation: Delegation, **which: Any) -> Participant | None:
    """One participant of the delegation, under its lock."""
    locked = delegation.participants.select_for_update(of=("self",), no_key=True)
    person = locked.filter(**which).first()
    if person:
        person.edition, person.delegation = delegation.edition, delegation
    return person


def check_open(edition: Edition, at: dt.datetime, *, by_contact: bool = False) -> None:
    """Raise RegistrationError while the edition is a draft and when it is over; for a contact person also after the
    nomination deadline, or where there is none, once the edition has begun.
    """
    if edition.status == Edition.Status.DRAFT and by_contact:
        raise RegistrationError(_("This edition is not public yet. You can nominate when it is."))
    if edition.status == Edition.Status.DRAFT:
        raise RegistrationError(_("Publish the edition first. Before that, no link in a mail works."))
    if edition.is_over(at):
        raise RegistrationError(_("This edition is over."))
    deadline = edition.nomination_deadline
    if by_contact and deadline and at >= deadline:
        when = mail.in_words(deadline, edition)
        raise RegistrationError(_("Nominations ended on %(when)s. Write to the secretariat.") % {"when": when})
    if by_contact and edition.has_begun(at):
        raise RegistrationError(_("The edition has begun. Write to the secretariat."))


def typed_person(delegation: Delegation, name: str, email: str, but: Nomination | None = None) -> dict[str, str]:
    """Name and address, cleaned; refused where they are none, or are those of somebody nominated already."""
    fields: dict[str, Any] = {"name": Line(limit=200, ask=_("Write the name of the person.")), "email": Address()}
    fields["email"].error_messages["required"] = _("Write the e-mail address of the person.")
    typed = {field: clean_field(fields[field], value, field) for field, value in (("name", name), ("email", email))}
    others = delegation.nominations.filter(email_key=address_key(typed["email"]), withdrawn_at=None)
    if any(fold(other.name) == fold(typed["name"]) for other in others if other != but):
        raise RegistrationError(_("Your delegation has nominated this person already."), "name")
    return typed


def clean_field(field: forms.Field, value: object, name: str) -> str:
    """What was typed, cleaned by a form field; its complaint becomes a RegistrationError about `name`."""
    try:
        return str(field.clean(value))
    except ValidationError as error:
        raise RegistrationError(error.messages[0], name) from None


def write_to(nomination: Nomination, by: str, at: dt.datetime) -> Nomination:
    """Join the one registration that has proven the nominated address; where there is none, send the link."""
    people = nomination.delegation.participants.live().filter(email_key=nomination.email_key, nomination=None)
    known = list(people.exclude(email_proven_at=None)[:2])
    sharing = nomination.delegation.nominations.filter(email_key=nomination.email_key, withdrawn_at=None).count()
    if len(known) == sharing == 1:
        link_nomination(participant=known[0], nomination=nomination, by=by, at=at)
        nomination.refresh_from_db(fields=["holds_place"])
        return nomination
    return send_link(nomination, at)


def send_link(nomination: Nomination, at: dt.datetime) -> Nomination:
    """The mail with a new link, by which the person registers."""
    nomination.invited_at = at
    nomination.save(update_fields=["invited_at"])
    if nomination.holds_place:
        mail.substitute(nomination)
    else:
        mail.nominated(nomination)
    return nomination


def next_order(standing: QuerySet[Nomination]) -> int:
    """Behind the last of the nominations that stand."""
    return (standing.aggregate(last=Max("order"))["last"] or 0) + 1
