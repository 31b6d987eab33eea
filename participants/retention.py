"""Private data ends: what is due by the settings of each edition, and what a person asks to be erased."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from dataclasses import dataclass

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone as clock

from events.models import Edition, record
from participants import erasing, registration, substitution
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
    """Sessions of browsers that have ended, and files of letters without a row."""
    ended = Session.objects.filter(expire_date__lt=at)
    erased = {
        "ended sessions": ended.count() if dry_run else ended.delete()[0],
        "files without a letter": erasing.delete_orphans(with_files=not dry_run),
    }
    return [Line(what, None, number) for what, number in erased.items() if number]


# -- On request ---------------------------------------------------------------------------------------------------


def is_kept(participant: Participant, at: dt.datetime | None = None) -> bool:
    """Whether name and attendance stay until their end: the person was there, and that end has not come yet."""
    was_there = Participant.objects.filter(erasing.attended(), pk=participant.pk).exists()
    return was_there and not is_due(participant.edition, ATTENDANCE, at)


@transaction.atomic
def erase_participant(*, participant: Participant, by: str, at: dt.datetime | None = None) -> Participant:
    """Erase at once what is held on a participant. Twice is once. Returns the participant.

    Of somebody who was there on a day, the name (as on the badge and in the travel document) and the attendance stay
    until keep_attendance_years have passed: the audit of the edition needs them. An edition that keeps them for 0 years
    keeps nothing. Of everybody else only what is counted stays: delegation, gender, service, role, status.
    A registration that stands is withdrawn first, as long as the edition is not over, and its place goes to the next in
    line. No mail is sent: the address is gone.
    """
    at = at or clock.now()
    edition = lock_edition(participant.edition_id)
    participant = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    participant.edition = edition
    if participant.erased_at:
        return participant
    if not edition.is_over(at):
        _withdraw(participant, by, at)
    kept = is_kept(participant, at)
    alone = Participant.objects.filter(pk=participant.pk)
    erasing.empty_people(alone, at, but=erasing.NAMES if kept else ())
    erasing.delete_traces(alone)
    if not kept:
        erasing.empty_marks(alone)
    if participant.nomination_id:
        _erase_nomination(participant.nomination_id, edition)
    record(participant, "erase", by=by, edition=edition, after="all but name and attendance" if kept else "all")
    log.info("erased on request", extra={"row": participant.pk})
    participant.refresh_from_db()
    return participant


def _withdraw(participant: Participant, by: str, at: dt.datetime) -> None:
    """End what stands: the nomination, and with it the registration."""
    nomination = participant.nomination
    if nomination and nomination.withdrawn_at is None:
        substitution.withdraw_nomination(nomination=nomination, by=by, at=at)
    elif participant.status in Participant.LIVE:
        registration.withdraw(participant=participant, by=by, at=at)


def _erase_nomination(pk: int, edition: Edition) -> None:
    """One nomination, and its letter where it names nobody else."""
    own = Nomination.objects.filter(pk=pk)
    letters = NominationLetter.objects.filter(nominations__in=own)
    erasing.empty_nominations(own)
    erasing.delete_traces_of_nominations(edition)
    erasing.delete_letters(edition, letters, with_files=True)
