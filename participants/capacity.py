"""How many places there are, who holds them, who is next. Ask under the lock of the edition, or the answer is old."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Edition
from participants.models import Delegation, Nomination, Participant


def lock_edition(pk: int) -> Edition:
    """The edition, locked until the transaction ends: every change of places in it waits here for its turn."""
    return Edition.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def lock_delegation(pk: int) -> Delegation:
    """The delegation as it is now, locked after its edition: a quota that was read earlier may have changed."""
    return Delegation.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def lock_nomination(pk: int) -> Nomination:
    """The nomination as it is now, locked after its edition, its delegation and whoever registered with it."""
    return Nomination.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def places_kept(edition: Edition) -> QuerySet[Nomination]:
    """For whom a place of the edition is kept: substitutes who are not confirmed yet. Nobody else gets it."""
    return Nomination.objects.filter(delegation__edition=edition, holds_place=True)


def quota_kept(delegation: Delegation) -> QuerySet[Nomination]:
    """For whom a place of the delegation is kept."""
    return delegation.nominations.filter(holds_place=True)


def places_taken(edition: Edition) -> int:
    """Places of the edition that are given to somebody or kept for a substitute."""
    return _together(edition.participants.holding_places(), places_kept(edition))


def quota_used(delegation: Delegation) -> int:
    """Places of the delegation that are given to somebody or kept for a substitute."""
    return _together(delegation.participants.confirmed(), quota_kept(delegation))


def _together(people: QuerySet[Participant], kept: QuerySet[Nomination]) -> int:
    return people.order_by().values("pk").union(kept.order_by().values("pk"), all=True).count()


def places_left(edition: Edition) -> int | None:
    """Free places of the edition; None where it has no limit. Never negative in a database that kept the rules."""
    return None if edition.capacity is None else edition.capacity - places_taken(edition)


def quota_left(delegation: Delegation) -> int | None:
    """Free places of the delegation; None where it has no quota."""
    return None if delegation.quota is None else delegation.quota - quota_used(delegation)


def is_kept_for(person: Participant) -> bool:
    """Whether the delegation kept a place for this substitute: it is theirs however full the edition is."""
    return person.nomination is not None and person.nomination.holds_place


def has_place(edition: Edition, person: Participant) -> bool:
    """Whether this person can be confirmed: a place is kept for them, or one is free and their delegation has quota."""
    if is_kept_for(person):
        return True
    counts = person.counts_against_capacity
    left, quota = places_left(edition), quota_left(person.delegation)
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
    """The waiting list in its order."""
    return in_order(edition.participants.filter(status=Participant.Status.WAITLISTED, erased_at=None))


def in_order(people: QuerySet[Participant]) -> list[Participant]:
    """People in the order in which they get places: by time of registration, in one delegation as it nominated them."""
    line = list(people.select_related("delegation", "nomination").order_by("registered_at", "id"))
    by_delegation: dict[int, list[Participant]] = defaultdict(list)
    for person in line:
        by_delegation[person.delegation_id].append(person)
    for members in by_delegation.values():
        members.sort(
            key=lambda p: (p.nomination is None, p.nomination.order if p.nomination else 0, p.registered_at, p.pk)
        )
    # Each delegation keeps the positions its people hold; who of them stands where, it has said itself.
    turns = {pk: iter(members) for pk, members in by_delegation.items()}
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
        is_kept = is_kept_for(person)
        is_free = is_kept or not person.counts_against_capacity or left is None or left > 0
        quota = quota_left(person.delegation) if is_free and not is_kept else 0
        if is_free and (is_kept or quota is None or quota > 0) and is_admissible(edition, person):
            return person
    return None


def is_admissible(edition: Edition, person: Participant) -> bool:
    """Whether both keys are there: a nomination that stands, where the edition asks for one."""
    return not edition.requires_nomination or (person.nomination is not None and person.nomination.withdrawn_at is None)
