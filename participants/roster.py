"""Whom a delegation sends, in its order, and how it stands with each: what its contact may see of them, and no more."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from participants.erasing import NOWHERE
from participants.models import Delegation, Nomination, Participant

NOMINATED = "nominated"
Status = Participant.Status


@dataclass(frozen=True)
class Person:
    """A nomination, a registration, or both where they have met. Names and addresses are those the contact wrote;
    of somebody who registered without a nomination, the name alone."""

    name: str
    standing: str  # NOMINATED, or a status of a participant
    nomination: Nomination | None = None
    participant: Participant | None = None
    reserve: int = 0  # 1 for the first beyond the quota

    @property
    def email(self) -> str:
        """The address that the contact wrote; nothing once it is erased."""
        email = self.nomination.email if self.nomination else ""
        return "" if email.endswith(f"@{NOWHERE}") else email

    @property
    def has_ended(self) -> bool:
        """Whether this person takes part no more."""
        return self.standing in (Status.DECLINED, Status.WITHDRAWN)

    @property
    def has_place(self) -> bool:
        """Whether a place is theirs, or kept for them."""
        return self.standing == Status.CONFIRMED or (self.is_nominated and self.nomination.holds_place)  # type: ignore[union-attr]

    @property
    def is_nominated(self) -> bool:
        """Whether a nomination stands."""
        return self.nomination is not None and self.nomination.withdrawn_at is None


@dataclass(frozen=True)
class Roster:
    """The people of a delegation and who of them hold its quota."""

    quota: int | None
    coming: list[Person]
    ended: list[Person]
    taken: int  # people with a place
    kept: int  # places kept for substitutes

    @property
    def words(self) -> str:
        """How the quota stands, as a sentence without its full stop."""
        if self.quota is None:
            words = ngettext("%(taken)s place taken", "%(taken)s places taken", self.taken) % {"taken": self.taken}
        else:
            words = ngettext(
                "%(taken)s of %(quota)s place taken", "%(taken)s of %(quota)s places taken", self.quota
            ) % {"taken": self.taken, "quota": self.quota}
        if not self.kept:
            return words
        kept = ngettext("%(kept)s kept for a substitute", "%(kept)s kept for substitutes", self.kept)
        return _("%(taken)s, %(kept)s") % {"taken": words, "kept": kept % {"kept": self.kept}}

    @property
    def has_nominated(self) -> bool:
        """Whether a nomination stands that a letter could name."""
        return any(one.is_nominated for one in [*self.coming, *self.ended])

    @property
    def has_waiting(self) -> bool:
        """Whether somebody registered and waits for a place."""
        return any(one.standing == Status.WAITLISTED for one in self.coming)

    @property
    def taken_percent(self) -> int:
        """For the bar beside the words."""
        return min(100, round(100 * self.taken / self.quota)) if self.quota else 0

    @property
    def held_percent(self) -> int:
        """The same with the places that are kept."""
        return min(100, round(100 * (self.taken + self.kept) / self.quota)) if self.quota else 0


def roster(delegation: Delegation) -> Roster:
    """Everybody of the delegation; two queries, however many they are."""
    named = list(delegation.nominations.select_related("participant", "letter", "replaces").order_by("order", "id"))
    unnamed = delegation.participants.filter(nomination=None, erased_at=None).order_by("registered_at", "id")
    people = [_named(one) for one in named] + [Person(one.name, one.status, participant=one) for one in unnamed]
    taken = sum(1 for one in people if one.participant and one.participant.status == Status.CONFIRMED)
    kept = sum(1 for one in named if one.holds_place)
    coming = [one for one in people if not one.has_ended]
    if delegation.quota is not None:
        coming = _with_reserves(coming, delegation.quota - taken - kept)
    ended = [one for one in people if one.has_ended]
    return Roster(delegation.quota, coming, ended, taken, kept)


def _named(nomination: Nomination) -> Person:
    participant = getattr(nomination, "participant", None)
    if nomination.withdrawn_at:
        standing: str = Status.WITHDRAWN
    else:
        standing = participant.status if participant else NOMINATED
    return Person(nomination.name, standing, nomination, participant)


def _with_reserves(people: list[Person], left: int) -> list[Person]:
    """Those beyond the free places are reserves, numbered in the order of the delegation."""
    told, reserves = [], 0
    for one in people:
        if one.nomination is None or one.has_place:
            told.append(one)
        elif left > 0:
            left -= 1
            told.append(one)
        else:
            reserves += 1
            told.append(Person(one.name, one.standing, one.nomination, one.participant, reserves))
    return told
