"""Nominations, and where they meet a registration."""

from __future__ import annotations

import contextlib
import datetime as dt

from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import record
from participants.models import Nomination, Participant
from participants.registration import RegistrationError, Status, fill_places, give_place, lock


@transaction.atomic
def prove_address(*, participant: Participant, by: str) -> Participant:
    """Remember that the person has read the mailbox: they acted by a link sent there. Twice is once.

    Where the delegation nominated exactly one person under that address, nomination and registration meet.
    """
    _edition, participant = lock(participant)
    if participant.email_proven_at is None:
        participant.email_proven_at = clock.now()
        participant.save(update_fields=["email_proven_at"])
        record(participant, "prove address", by=by, edition=participant.edition)
        named = list(participant.delegation.nominations.filter(email_key=participant.email_key, withdrawn_at=None)[:2])
        if participant.nomination is None and participant.status in Participant.LIVE and len(named) == 1:
            with contextlib.suppress(RegistrationError):  # somebody else came on it: the secretariat decides
                return link_nomination(participant=participant, nomination=named[0], by=by)
    return participant


@transaction.atomic
def link_nomination(
    *, participant: Participant, nomination: Nomination, by: str, at: dt.datetime | None = None
) -> Participant:
    """Join a registration with a nomination by its delegation: the second key. Where nothing else is missing, the
    person gets a place at once, or comes on the waiting list.

    Raises RegistrationError for a nomination that is withdrawn, of another delegation, or has a live registration.
    """
    edition, participant = lock(participant)
    nomination = Nomination.objects.select_for_update(of=("self",), no_key=True).get(pk=nomination.pk)
    if nomination.withdrawn_at or nomination.delegation_id != participant.delegation_id:
        raise RegistrationError(_("Choose a nomination by the delegation of this person."), "nomination")
    holder = Participant.objects.filter(nomination=nomination).exclude(pk=participant.pk).first()
    if holder and holder.status in Participant.LIVE:
        raise RegistrationError(_("Another registration has this nomination."), "nomination")
    if holder:
        holder.nomination = None
        holder.save(update_fields=["nomination"])
        record(holder, "unlink nomination", by=by, edition=edition, before=f"nomination {nomination.pk}")
    participant.nomination = nomination
    if nomination.is_head and participant.counts_against_capacity:
        participant.role = Participant.Role.HEAD
    participant.version += 1
    participant.save(update_fields=["nomination", "role", "version"])
    record(participant, "link nomination", by=by, edition=edition, after=f"nomination {nomination.pk}")
    if participant.status == Status.PENDING and not edition.requires_review:
        return give_place(participant, by, at)
    fill_places(edition, by, at)
    participant.refresh_from_db(fields=["status", "status_changed_at", "version"])
    return participant
