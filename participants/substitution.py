"""Nominations that end: taken back, or replaced by another person for whom the place is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import Edition, record
from participants import links, mail
from participants.capacity import lock_nomination
from participants.models import Delegation, Nomination, Participant
from participants.naming import check_open, lock_named, lock_person, lock_standing, next_order, typed_person, write_to
from participants.registration import RegistrationError, Status, end, end_hold, fill_places


@transaction.atomic
def withdraw_nomination(
    *, nomination: Nomination, by: str, at: dt.datetime | None = None, by_contact: bool = False
) -> Nomination:
    """Take a nomination back and tell the person. A registration with it ends; a place that it had, or that was kept
    for it, goes to the next in line.

    Raises RegistrationError for one that is withdrawn already; for a contact person also after the nomination
    deadline, or where there is none, once the edition has begun.
    """
    edition, nomination, holder = lock_standing(nomination)
    at = at or clock.now()
    if by_contact:
        check_open(edition, at, by_contact=True)
    was_kept = _end(nomination, edition, by, at)
    record(nomination, "withdraw", by=by, edition=edition)
    if holder and holder.status in Participant.LIVE:
        end(holder, Status.WITHDRAWN, "withdraw", by, at, tell=mail.nomination_withdrawn)
    else:
        mail.nomination_withdrawn(nomination)
    if was_kept:
        fill_places(edition, by, at)
    return nomination


@transaction.atomic
def substitute(
    *,
    delegation: Delegation,
    name: str,
    email: str,
    by: str,
    nomination: Nomination | None = None,
    participant: Participant | None = None,
    at: dt.datetime | None = None,
    by_contact: bool = False,
) -> Nomination:
    """Replace somebody nominated, registered or not, or a participant without a nomination, by another person.

    The replaced person is told and their registration, if it stands, is withdrawn. The new nomination takes order, head
    mark and letter, nothing else. A place, confirmed or kept, is kept for the substitute until they are confirmed,
    declined or withdrawn. With a place one can replace until the edition begins; without one, a contact person only
    until the nomination deadline, because the substitute could not register any more.
    Raises RegistrationError for who has ended already, whose role takes no place, and as nominate does.
    """
    edition, delegation = lock_named(delegation)
    at = at or clock.now()
    leaving = _replaced(delegation, nomination, participant)
    person = leaving if isinstance(leaving, Participant) else None
    old = leaving.nomination if isinstance(leaving, Participant) else leaving
    keeps = bool(person and person.status == Status.CONFIRMED) or bool(old and old.holds_place)
    check_open(edition, at, by_contact=by_contact and not keeps)
    if edition.has_begun(at):
        raise RegistrationError(_("The edition has begun. Nobody can be replaced any more. Write to the secretariat."))
    typed = typed_person(delegation, name, email)
    mark = _mark_of(leaving)
    if old:
        _end(old, edition, by, at)
    new = Nomination(delegation=delegation, holds_place=keeps, **mark, **typed)
    new.save()
    before = f"{leaving._meta.model_name} {leaving.pk}"
    record(new, "substitute", by=by, edition=edition, before=before, after="a place is kept" if keeps else "")
    # The new one keeps the place already: nothing becomes free here.
    if person:
        end(person, Status.WITHDRAWN, "replace", by, at, tell=mail.replaced)
    else:
        mail.replaced(leaving)
    return write_to(new, by, at)


def _replaced(
    delegation: Delegation, nomination: Nomination | None, participant: Participant | None
) -> Participant | Nomination:
    """Who leaves, locked: the registration that stands, with its nomination, or the nomination alone."""
    which = {"nomination": nomination.pk} if nomination else {"pk": participant.pk if participant else None}
    person = lock_person(delegation, **which)
    named = nomination.pk if nomination else person and person.nomination_id
    old = lock_nomination(named) if named else None
    if person and old and old.withdrawn_at and nomination is None:
        old = None  # taken back before the registration was taken up again
    if old and old.delegation_id == delegation.pk:
        old.delegation = delegation
    elif old or person is None:
        raise RegistrationError(_("Choose a person of this delegation."))
    if old and old.withdrawn_at:
        raise RegistrationError(_("This nomination was withdrawn already."))
    if person is None or (old and person.status not in Participant.LIVE):
        return cast(Nomination, old)
    if person.status not in Participant.LIVE:
        raise RegistrationError(_("This registration has ended. Nominate another person."))
    if not person.counts_against_capacity:
        raise RegistrationError(
            _("Interpreters, media and the secretariat are not replaced here. Write to the secretariat.")
        )
    person.nomination = old
    return person


def _mark_of(leaving: Participant | Nomination) -> dict[str, Any]:
    """What the new nomination takes over: order and head mark, of somebody without one the head mark alone. The letter
    stays behind: it does not name the substitute.
    """
    old = leaving.nomination if isinstance(leaving, Participant) else leaving
    if old:
        return {"is_head": old.is_head, "order": old.order, "replaces": old}
    standing = leaving.delegation.nominations.filter(withdrawn_at=None)
    was_head = isinstance(leaving, Participant) and leaving.role == Participant.Role.HEAD
    is_head = was_head and not standing.filter(is_head=True).exists()
    return {"is_head": is_head, "order": next_order(standing)}


def _end(nomination: Nomination, edition: Edition, by: str, at: dt.datetime) -> bool:
    """Mark it as withdrawn, and its links are dead; whether a place was kept for it, which is free now."""
    was_kept = end_hold(nomination, edition, by)
    nomination.withdrawn_at = at
    nomination.save(update_fields=["withdrawn_at"])
    links.revoke_for(nomination=nomination)
    return was_kept
