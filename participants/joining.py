"""Where a nomination and a registration meet: the second key."""

from __future__ import annotations

import contextlib
import datetime as dt

from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import record
from participants.capacity import lock_nomination
from participants.models import Nomination, Participant
from participants.registration import RegistrationError, join, lock


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
    _edition, participant = lock(participant)
    nomination = lock_nomination(nomination.pk)
    if nomination.withdrawn_at or nomination.delegation_id != participant.delegation_id:
        raise RegistrationError(_("Choose a nomination by the delegation of this person."), "nomination")
    holders = Participant.objects.filter(nomination=nomination).exclude(pk=participant.pk)
    if holders.live().exists():
        raise RegistrationError(_("Another registration has this nomination."), "nomination")
    return join(participant, nomination, by, at)
