"""Private data ends: what is due by the settings of each edition, and what a person asks to be erased."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone as clock

from events.models import Edition, record
from events.text import fold
from participants import erasing, registration, substitution
from participants.addresses import address_key
from participants.capacity import lock_edition
from participants.lifetimes import ATTENDANCE, LETTERS, VISIT, Lifetime, end_of, is_due
from participants.models import Nomination, NominationLetter, Participant

log = logging.getLogger("rasr.retention")
BY = "retention"


@dataclass(frozen=True)
class Line:
    """How many of what were erased. No edition: what belongs to none. No number: nothing can be due there."""

    what: str
    edition: Edition | None
    number: int | None

    def __str__(self) -> str:
        where = self.edition.slug if self.edition else "all editions"
        return f"{where}: {self.what}" + ("" if self.number is None else f": {self.number}")


def erase_due(*, at: dt.datetime | None = None, dry_run: bool = False) -> list[Line]:
    """Erase what is due at that moment and return what it was, by edition. A dry run returns the same, changes nothing.

    Each edition is one transaction under its lock, with one history line for each kind. What was done before is not
    found again, so it can be interrupted, run twice at once, and run again after a restore. What an erasure had to
    leave, because a worker was sending it, goes with the next run, whether or not anything else is due.
    """
    at = at or clock.now()
    lines = []
    for pk in Edition.objects.order_by("pk").values_list("pk", flat=True):
        lines += _erase_edition(pk, at, dry_run=dry_run)
    return lines + _erase_the_rest(at, dry_run=dry_run)


@transaction.atomic
def _erase_edition(pk: int, at: dt.datetime, *, dry_run: bool) -> list[Line]:
    edition = lock_edition(pk)
    lines = _told(edition, "erase what was left", erasing.delete_left(edition))
    if edition.last_day is None and (erasing.named(edition).exists() or erasing.nominated(edition).exists()):
        lines.append(Line("no last day is known, so nothing is due", edition, None))
    for kind, lifetime in (("visit data", VISIT), ("people who did not come", LETTERS), ("everybody", ATTENDANCE)):
        end = end_of(edition, lifetime)
        if end is not None and at >= end:
            erased = _erase(edition, lifetime, at, end, with_files=not dry_run)
            lines += _told(edition, f"erase {kind}", erased)
    if dry_run:
        transaction.set_rollback(True)
    return lines


def _told(edition: Edition, verb: str, numbers: Counter[str]) -> list[Line]:
    """One history line for what was erased, if anything was, and the lines for who runs it."""
    erased = {what: number for what, number in numbers.items() if number}
    if erased:
        told = ", ".join(f"{what}: {number}" for what, number in erased.items())
        record(edition, verb, by=BY, edition=edition, after=told[:200])
    return [Line(what, edition, number) for what, number in erased.items()]


def _erase(
    edition: Edition, lifetime: Lifetime, at: dt.datetime, end: dt.datetime, *, with_files: bool
) -> Counter[str]:
    """Erase what ends with that lifetime at `end`."""
    erased: Counter[str] = Counter()
    if lifetime is VISIT:
        erased["needs"] = erasing.empty_needs(edition)
        erased.update(erasing.delete_visit_traces(edition, end))
        return erased
    people, nominations = erasing.named(edition), erasing.nominated(edition)
    if lifetime is LETTERS:
        people, nominations = people.exclude(erasing.came()), erasing.not_come(nominations, edition)
    erased["participants"] = erasing.empty_people(people, at)
    erased["nominations"] = erasing.empty_nominations(nominations)
    gone = edition.participants.filter(family_name="")
    erased["attendance"] = erasing.empty_marks(gone)
    erased.update(erasing.delete_traces(gone))
    erased.update(erasing.delete_traces_of_nominations(edition))
    letters = NominationLetter.objects.filter(delegation__edition=edition)
    erased["letters"] = erasing.delete_letters(edition, letters, with_files=with_files)
    erased.update(erasing.delete_correspondence(edition, end))
    if lifetime is ATTENDANCE:
        erased.update(erasing.delete_audit(edition))
    return erased


def _erase_the_rest(at: dt.datetime, *, dry_run: bool) -> list[Line]:
    """Sessions of browsers that have ended, and files without a row."""
    ended = Session.objects.filter(expire_date__lt=at)
    erased = {
        "ended sessions": ended.count() if dry_run else ended.delete()[0],
        "files without a row": erasing.delete_orphans(with_files=not dry_run),
    }
    return [Line(what, None, number) for what, number in erased.items() if number]


# -- On request ---------------------------------------------------------------------------------------------------


def is_kept(participant: Participant, at: dt.datetime | None = None) -> bool:
    """Whether name and attendance stay until their end: the person was there, and that end has not come yet."""
    was_there = Participant.objects.filter(erasing.attended(), pk=participant.pk).exists()
    return was_there and not is_due(participant.edition, ATTENDANCE, at)


@transaction.atomic
def erase_participant(*, participant: Participant, by: str, at: dt.datetime | None = None) -> Participant:
    """Erase at once what is held on the person of this registration in its edition. Twice is once. Returns it.

    It takes the registration; those of the same person under the same address that ended before; the nominations that
    these came with; and those by any delegation under these addresses and the same name, standing or withdrawn, unless
    another registration stands with them. Who shares the mailbox under another name is left alone.
    Of somebody who was there on a day, the name (as on the badge and in the travel document) and the attendance stay
    until keep_attendance_years have passed: the audit of the edition needs them. An edition that keeps them for 0 years
    keeps nothing. Of everybody else only what is counted stays: delegation, gender, service, role, status.
    What stands is withdrawn first, as long as the edition is not over, and its place goes to the next in line. No mail
    is sent: the address is gone.
    """
    at = at or clock.now()
    edition = lock_edition(participant.edition_id)
    participant = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    participant.edition = edition
    if participant.erased_at:
        return participant
    people = [participant, *_ended_before(participant)]
    nominations = _nominations_of(people)
    if not edition.is_over(at):
        _withdraw(participant, by, at)
        for standing in nominations.filter(withdrawn_at=None):
            substitution.withdraw_nomination(nomination=standing, by=by, at=at)
    for one in people:
        _erase_registration(one, by, at)
    _erase_nominations(nominations, edition)
    participant.refresh_from_db()
    return participant


def _withdraw(participant: Participant, by: str, at: dt.datetime) -> None:
    """End what stands: the nomination, and with it the registration."""
    nomination = participant.nomination
    if nomination and nomination.withdrawn_at is None:
        substitution.withdraw_nomination(nomination=nomination, by=by, at=at)
    elif participant.status in Participant.LIVE:
        registration.withdraw(participant=participant, by=by, at=at)


def _erase_registration(participant: Participant, by: str, at: dt.datetime) -> None:
    kept = is_kept(participant, at)
    alone = Participant.objects.filter(pk=participant.pk)
    erasing.empty_people(alone, at, but=erasing.NAMES if kept else ())
    erasing.delete_traces(alone)
    if not kept:
        erasing.empty_marks(alone)
    after = "all but name and attendance" if kept else "all"
    record(participant, "erase", by=by, edition=participant.edition, after=after)
    log.info("erased on request", extra={"row": participant.pk})


def _erase_nominations(nominations: QuerySet[Nomination], edition: Edition) -> None:
    """Nominations, and their letters where these name nobody else."""
    letters = list(NominationLetter.objects.filter(nominations__in=nominations).values_list("pk", flat=True))
    erasing.empty_nominations(nominations)
    erasing.delete_traces_of_nominations(edition)
    erasing.delete_letters(edition, NominationLetter.objects.filter(pk__in=letters), with_files=True)


# -- Whose rows ---------------------------------------------------------------------------------------------------


def _ended_before(person: Participant) -> list[Participant]:
    """The person's registrations under the same address that have ended, locked.

    The same name is theirs. Under another name it is theirs too where the mailbox is known to be one person's.
    """
    ended = person.edition.participants.filter(email_key=person.email_key, erased_at=None).exclude(pk=person.pk)
    ended = ended.exclude(status__in=Participant.LIVE)
    is_own = _has_own_mailbox(person)
    names = _names(person)
    theirs = [one.pk for one in ended if names & _names(one) or (is_own and not one.shares_mailbox)]
    locked = Participant.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=theirs).order_by("pk")
    found = list(locked)
    for one in found:
        one.edition = person.edition
    return found


def _has_own_mailbox(person: Participant) -> bool:
    """Whether the person has proven the address, and nobody is known to share it: no colleague, no contact person."""
    contact = person.delegation.contact_email
    if not person.email_proven_at or person.shares_mailbox or address_key(contact) == person.email_key:
        return False
    nominated = Nomination.objects.filter(delegation__edition=person.edition, email_key=person.email_key)
    return all(_words(one.name) in _names(person) for one in nominated)


def _nominations_of(people: list[Participant]) -> QuerySet[Nomination]:
    """The nominations that these registrations of one person came with, and others of the same address and name.

    The others are left while another registration of the person stands, or anybody's stands with them.
    """
    edition = people[0].edition
    own = list(Nomination.objects.filter(participant__in=people))
    keys = {one.email_key for one in people} | {one.email_key for one in own}
    names = set().union(*(_names(one) for one in people))
    found = {one.pk for one in own}
    others = edition.participants.live().exclude(pk__in=[one.pk for one in people])
    if not any(names & _names(one) for one in others.filter(email_key__in=keys)):
        named = Nomination.objects.filter(delegation__edition=edition, email_key__in=keys)
        free = named.exclude(pk__in=others.exclude(nomination=None).values("nomination"))
        found |= {one.pk for one in free if _words(one.name) in names}
    return Nomination.objects.filter(pk__in=found).select_related("delegation").order_by("pk")


def _names(person: Participant) -> set[tuple[str, ...]]:
    """What a nomination of that person may say, by _words."""
    plain = f"{person.given_name} {person.family_name}"
    written = (plain, person.printed_name, f"{person.title} {plain}", f"{person.rank} {plain}")
    return {_words(name) for name in written} - {()}


def _words(name: str) -> tuple[str, ...]:
    """A name in the form in which names are compared: the order of its words, script and accents do not count."""
    return tuple(sorted(fold(name).split()))
