"""Places given and taken by the secretariat: capacity, quotas, and moves between delegations and roles."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Edition, record
from participants.capacity import (
    is_admissible,
    lock_delegation,
    lock_edition,
    no_place,
    places_kept,
    places_left,
    places_taken,
    quota_kept,
    quota_left,
    quota_used,
)
from participants.models import Delegation, Nomination, Participant
from participants.registration import RegistrationError, Status, end_hold, fill_places, lock


@transaction.atomic
def set_capacity(*, edition: Edition, capacity: int | None, by: str) -> Edition:
    """Change the number of places (None: no limit). A raise promotes at once.

    Raises RegistrationError for a cut below the confirmed and the places kept for substitutes, with their number.
    """
    edition = lock_edition(edition.pk)
    taken = places_taken(edition)
    if capacity is not None and capacity < taken:
        raise RegistrationError(_too_few(taken, places_kept(edition).count()), "capacity")
    before, edition.capacity = edition.capacity, capacity
    edition.save(update_fields=["capacity", "changed_at"])
    record(edition, "set capacity", by=by, edition=edition, before=_limit(before), after=_limit(capacity))
    fill_places(edition, by, None)
    return edition


@transaction.atomic
def set_quota(*, delegation: Delegation, quota: int | None, by: str) -> Delegation:
    """Change the quota of a delegation (None: no limit). A raise promotes at once.

    Raises RegistrationError for a cut below its confirmed and the places it keeps, with their number.
    """
    edition = lock_edition(delegation.edition_id)
    delegation = lock_delegation(delegation.pk)
    used = quota_used(delegation)
    if quota is not None and quota < used:
        raise RegistrationError(_too_few(used, quota_kept(delegation).count()), "quota")
    before, delegation.quota = delegation.quota, quota
    delegation.save(update_fields=["quota"])
    record(delegation, "set quota", by=by, edition=edition, before=_limit(before), after=_limit(quota))
    fill_places(edition, by, None)
    return delegation


def _too_few(held: int, kept: int) -> str:
    if kept:
        return _("%(held)s places are taken, of them %(kept)s kept for substitutes. Write %(held)s or more.") % {
            "held": held,
            "kept": kept,
        }
    return ngettext(
        "%(held)s person is confirmed. Write %(held)s or more.",
        "%(held)s people are confirmed. Write %(held)s or more.",
        held,
    ) % {"held": held}


def _limit(number: int | None) -> str:
    return "no limit" if number is None else str(number)


def _free_nomination(participant: Participant) -> Nomination | None:
    """The one standing nomination by their delegation under their address with which nobody else registered."""
    named = participant.delegation.nominations.filter(email_key=participant.email_key, withdrawn_at=None)
    found = list(named.filter(participant=None)[:2])
    return found[0] if len(found) == 1 else None


def _has_another_head(participant: Participant) -> bool:
    """Whether their delegation has somebody else as its head, or has nominated somebody else as such."""
    delegation = participant.delegation
    heads = delegation.participants.live().filter(role=Participant.Role.HEAD).exclude(pk=participant.pk)
    named = delegation.nominations.filter(is_head=True, withdrawn_at=None).exclude(pk=participant.nomination_id or 0)
    return heads.exists() or named.exists()


@transaction.atomic
def reassign(*, participant: Participant, role: str, delegation: Delegation, by: str) -> Participant:
    """Give another role or delegation. A place kept for them ends with both.

    Whom the new delegation has nominated under the same address is joined with that nomination.
    Raises RegistrationError where a confirmed person would have no place there, or would lack the nomination that the
    edition asks for, and for a second head of a delegation: the nominated one comes first.
    """
    edition, participant = lock(participant)
    before = f"{participant.role}, delegation {participant.delegation_id}"
    delegation = lock_delegation(delegation.pk)
    if delegation.edition_id != edition.pk:
        raise RegistrationError(_("Choose a delegation of this edition."), "delegation")
    held = participant.status == Status.CONFIRMED
    counted, moved = participant.counts_against_capacity, participant.delegation_id != delegation.pk
    participant.role, participant.delegation = role, delegation
    left, quota = places_left(edition), quota_left(delegation)
    needs_place = held and participant.counts_against_capacity and not counted
    is_full, is_used_up = left is not None and left <= 0, quota is not None and quota <= 0
    if (needs_place and is_full) or (held and moved and is_used_up):
        raise RegistrationError(no_place(edition, delegation, counts=needs_place), "delegation")
    if moved or not participant.counts_against_capacity:
        end_hold(participant.nomination, edition, by)
    if moved:
        participant.nomination = _free_nomination(participant)
        if held and not is_admissible(edition, participant):
            words = {"delegation": delegation}
            raise RegistrationError(_("A nomination by %(delegation)s is missing.") % words, "delegation")
    if role == Participant.Role.HEAD and _has_another_head(participant):
        raise RegistrationError(_("This delegation already has a head."), "role")
    participant.version += 1
    participant.save(update_fields=["role", "delegation", "nomination", "version"])
    record(participant, "reassign", by=by, edition=edition, before=before, after=f"{role}, delegation {delegation.pk}")
    fill_places(edition, by, None)
    participant.refresh_from_db(fields=["status", "status_changed_at", "version"])
    return participant
