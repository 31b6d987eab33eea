"""A participant's own agenda: what stands in it, and the verbs that star sessions and choose working groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.agenda import Agenda, Item, starts
from events.models import Session, record
from events.scheduling import released_agenda
from participants import links
from participants.capacity import lock_edition
from participants.models import Link, Participant, StarredSession
from participants.visits import STANDING

Kind = Session.Kind


class MyAgendaError(Exception):
    """A change that the rules do not allow; the text is a sentence for a person."""


# -- What stands in it ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """The UIDs that a participant starred, and the visits with a place or a wish for one."""

    uids: frozenset[str]
    visits: frozenset[int]

    @classmethod
    def by(cls, participant: Participant) -> Chosen:
        """Of this participant; two queries, or none where both were read before."""
        bookings = [one for one in participant.bookings.all() if one.state in STANDING]
        starred = frozenset(str(one.uid) for one in participant.starred.all())
        return cls(starred, frozenset(one.visit_id for one in bookings))

    def holds(self, item: Item) -> bool:
        """Whether it was starred, or is the visit."""
        return item.uid in self.uids or item.visit in self.visits


def is_group(item: Item) -> bool:
    """Whether people choose it instead of others: a working group, or one of several parallel sessions."""
    return item.kind == Kind.WORKING_GROUP or bool(item.letter)


def is_for_all(item: Item) -> bool:
    """Whether it is in everybody's agenda: all but groups, side events and visits for which places are booked."""
    return not is_group(item) and item.kind != Kind.SIDE_EVENT and item.visit is None


def own(agenda: Agenda, chosen: Chosen) -> list[Item]:
    """What stands in the agenda of somebody who chose that, in the order of the agenda."""
    return [item for item in agenda.items if is_for_all(item) or chosen.holds(item)]


def beside(agenda: Agenda, group: Item) -> list[Item]:
    """The other groups that run at the same time as this one."""
    return [item for item in agenda.items if item.uid != group.uid and is_group(item) and _overlap(item, group)]


def _overlap(one: Item, other: Item) -> bool:
    if one.start is None or other.start is None:
        return False
    first, second = (one, other) if one.start <= other.start else (other, one)
    return first.start == second.start or bool(first.end and starts(second) < first.end)


# -- Stars ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def star(*, participant: Participant, session: int, by: str) -> StarredSession:
    """Put a session of the released agenda into the participant's own; a group takes the place of those beside it.

    `session` is its number in the agenda. Starring twice is starring once. Raises MyAgendaError where there is no such
    session, and for a registration or an edition that has ended.
    """
    participant, agenda = _lock(participant)
    item = _found(agenda, session)
    groups = beside(agenda, item) if is_group(item) else []
    return _write(participant, [item], [other.uid for other in groups], "star session", by)[0]


@transaction.atomic
def unstar(*, participant: Participant, session: int, by: str) -> Participant:
    """Take a star away; where there is none, nothing changes. Raises MyAgendaError as `star` does."""
    participant, agenda = _lock(participant)
    _write(participant, [], [_found(agenda, session).uid], "take star away", by)
    return participant


@transaction.atomic
def leave_groups(*, participant: Participant, session: int, by: str) -> Participant:
    """Choose none of the groups that run at the same time as that one. Raises MyAgendaError as `star` does."""
    participant, agenda = _lock(participant)
    item = _found(agenda, session)
    _write(participant, [], [item.uid, *(other.uid for other in beside(agenda, item))], "choose no group", by)
    return participant


@transaction.atomic
def keep(*, participant: Participant, sessions: Iterable[int], by: str) -> int:
    """Add the sessions that were starred in a browser, and return how many are new.

    What is in the agenda no more is passed over. A choice that stands is kept: a group beside it is passed over too,
    and of several groups at the same time the first is taken. Raises MyAgendaError as `star` does.
    """
    participant, agenda = _lock(participant)
    wanted = set(sessions)
    known = {str(one.uid) for one in participant.starred.all()}
    new = []
    for item in agenda.items:
        is_taken = is_group(item) and any(other.uid in known for other in beside(agenda, item))
        if item.id in wanted and item.uid not in known and not is_taken:
            known.add(item.uid)
            new.append(item)
    _write(participant, new, [], "keep stars", by)
    return len(new)


def _lock(participant: Participant) -> tuple[Participant, Agenda]:
    """Edition, then the participant as they are now, and the agenda from which they choose."""
    edition = lock_edition(participant.edition_id)
    locked = Participant.objects.select_for_update(of=("self",), no_key=True)
    participant = locked.get(pk=participant.pk)
    participant.edition = edition
    if participant.status not in Participant.LIVE or edition.is_over():
        raise MyAgendaError(_("Your registration or the workshop has ended. Your agenda stays as it is."))
    agenda = released_agenda(edition.slug)
    if agenda is None:
        raise MyAgendaError(_("The agenda is not released yet. Come back when it is."))
    return participant, agenda


def _found(agenda: Agenda, session: int) -> Item:
    item = agenda.item(session)
    if item is None:
        raise MyAgendaError(_("This session is not in the agenda any more. Choose another one."))
    return item


def _write(participant: Participant, new: list[Item], gone: list[str], verb: str, by: str) -> list[StarredSession]:
    """Add and take away stars under the lock. The history says how many there are, not which: that is private."""
    before = list(participant.starred.all())
    stay = {str(one.uid): one for one in before if str(one.uid) not in gone}
    participant.starred.filter(uid__in=[one.uid for one in before if str(one.uid) in gone]).delete()
    at = clock.now()
    added = [StarredSession(participant=participant, uid=i.uid, starred_at=at) for i in new if i.uid not in stay]
    StarredSession.objects.bulk_create(added)
    if added or len(stay) != len(before):
        after = len(stay) + len(added)
        record(participant, verb, by=by, edition=participant.edition, before=len(before), after=after)
    made = stay | {str(one.uid): one for one in added}
    return [made[item.uid] for item in new]


# -- The calendar address ---------------------------------------------------------------------------------------------


def calendar_link(participant: Participant) -> Link | None:
    """The link of the personal calendar that is in force."""
    return links.good().filter(participant=participant, purpose=Link.Purpose.CALENDAR).first()


@transaction.atomic
def give_calendar(*, participant: Participant, by: str) -> str:
    """Make a new address of the personal calendar and return it, this once; the one before ends.

    Raises MyAgendaError for a registration or an edition that has ended, and before the first release.
    """
    participant, _agenda = _lock(participant)
    ended = links.revoke_for(participant=participant, purpose=Link.Purpose.CALENDAR)
    record(participant, "make calendar address", by=by, edition=participant.edition, before=ended, after=1)
    return links.calendar_address(participant)


@transaction.atomic
def end_calendar(*, participant: Participant, by: str) -> int:
    """End the address of the personal calendar; returns how many there were. Never refused."""
    edition = lock_edition(participant.edition_id)
    ended = links.revoke_for(participant=participant, purpose=Link.Purpose.CALENDAR)
    if ended:
        record(participant, "end calendar address", by=by, edition=edition, before=ended, after=0)
    return ended
