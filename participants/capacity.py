"""How many places there are, who holds them, who is next. Ask under the lock of the edition, or the answer is old."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Edition
from participants.models import Delegation, Participant


def lock_edition(pk: int) -> Edition:
    """The edition, locked until the transaction ends: every change of places in it waits here for its turn."""
    return Edition.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def lock_delegation(pk: int) -> Delegation:
    """The delegation as it is now, locked after its edition: a quota that was read earlier may have changed."""
    return Delegation.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def places_left(edition: Edition) -> int | None:
    """Free places of the edition; None where it has no limit. Never negative in a database that kept the rules."""
    if edition.capacity is None:
        return None
    return edition.capacity - edition.participants.holding_places().count()


def quota_left(delegation: Delegation) -> int | None:
    """Free places of the delegation; None where it has no quota."""
    if delegation.quota is None:
        return None
    return delegation.quota - delegation.participants.confirmed().count()


def has_place(edition: Edition, delegation: Delegation, *, counts: bool) -> bool:
    """Whether one more person can be confirmed; `counts`: their role takes one of the edition's places."""
    left, quota = places_left(edition), quota_left(delegation)
    return (not counts or left is None or left > 0) and (quota is None or quota > 0)


def no_place(edition: Edition, delegation: Delegation, *, counts: bool) -> str:
    """Why one more person cannot be confirmed, as a sentence with the number."""
    left = places_left(edition)
    if counts and left is not None and left <= 0:
        return ngettext(
            "The %(places)s place of the edition is taken.",
            "All %(places)s places of the edition are taken.",
            edition.capacity or 0,
        ) % {"places": edition.capacity}
    return _("%(delegation)s has used its quota of %(quota)s.") % {"delegation": delegation, "quota": delegation.quota}


def waiting_line(edition: Edition) -> list[Participant]:
    """The waiting list in its order: by time of registration, within one delegation in its nomination order."""
    waiting = edition.participants.filter(status=Participant.Status.WAITLISTED).order_by("registered_at", "id")
    line = list(waiting.select_related("delegation", "nomination"))
    by_delegation: dict[int, list[Participant]] = defaultdict(list)
    for person in line:
        by_delegation[person.delegation_id].append(person)
    for people in by_delegation.values():
        people.sort(
            key=lambda p: (p.nomination is None, p.nomination.order if p.nomination else 0, p.registered_at, p.pk)
        )
    # Each delegation keeps the positions its people hold; who of them stands where, it has said itself.
    turns = {pk: iter(people) for pk, people in by_delegation.items()}
    return [next(turns[person.delegation_id]) for person in line]


def number_in_line(participant: Participant) -> int | None:
    """Which number somebody has who waits, from 1; None for everybody else."""
    if participant.status != Participant.Status.WAITLISTED:
        return None
    line = [person.pk for person in waiting_line(participant.edition)]
    return line.index(participant.pk) + 1 if participant.pk in line else None


def next_in_line(edition: Edition) -> Participant | None:
    """The first who waits, for whom there is a place and whose delegation has quota left."""
    left = places_left(edition)
    for person in waiting_line(edition):
        is_free = not person.counts_against_capacity or left is None or left > 0
        quota = quota_left(person.delegation) if is_free else 0
        if is_free and (quota is None or quota > 0) and is_admissible(edition, person):
            return person
    return None


def is_admissible(edition: Edition, person: Participant) -> bool:
    """Whether both keys are there: a nomination that stands, where the edition asks for one."""
    return not edition.requires_nomination or (person.nomination is not None and person.nomination.withdrawn_at is None)
