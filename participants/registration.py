"""A registration from the form to the end: one function for each change of state. Nothing else changes a status."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import Edition, FieldVisit, record
from participants import links, mail
from participants import visits as booking
from participants.addresses import address_key
from participants.answers import DETAILS as DETAILS
from participants.answers import filled_in
from participants.capacity import (
    has_place,
    is_admissible,
    lock_delegation,
    lock_edition,
    lock_nomination,
    next_in_line,
    no_place,
)
from participants.models import Delegation, Link, Nomination, Participant

Status = Participant.Status

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.CONFIRMED, Status.WAITLISTED, Status.DECLINED, Status.WITHDRAWN}),
    Status.WAITLISTED: frozenset({Status.CONFIRMED, Status.DECLINED, Status.WITHDRAWN}),
    Status.CONFIRMED: frozenset({Status.DECLINED, Status.WITHDRAWN}),
    Status.DECLINED: frozenset({Status.PENDING}),
    Status.WITHDRAWN: frozenset(),
}


class RegistrationError(Exception):
    """A change that the rules do not allow; the text is a sentence for a person, `field` the form field it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


# -- Submitting ---------------------------------------------------------------------------------------------------


@transaction.atomic
def submit(
    *,
    edition: Edition,
    answers: dict[str, Any],
    submission: uuid.UUID,
    by: str,
    visits: Iterable[FieldVisit] = (),
    nomination: Nomination | None = None,
    at: dt.datetime | None = None,
) -> Participant | None:
    """Take a registration: pending, confirmed or waitlisted, with its mail. Returns the participant.

    `submission` is the number of the form: sent twice, it is one registration. An address that has a live registration
    gets its link again and None is returned. `answers` are cleaned form answers; delegation is a Delegation.
    `nomination` is the one whose link the person opened: both keys meet at once, and it says the delegation. Whoever
    registered with it before gets their link again.
    Raises RegistrationError outside the window, for a withdrawn nomination, and for a delegation or visit of another
    edition.
    """
    at = at or clock.now()
    edition = lock_edition(edition.pk)
    if sent := Participant.objects.filter(submission=submission).first():
        if sent.status not in Participant.LIVE or sent.edition_id != edition.pk:
            raise _sent_before()
        return sent
    named = _standing(edition, nomination) if nomination else None
    check_window(edition, at, named)
    participant = filled_in(edition, _its_delegation(edition, answers, named), answers, submission, at)
    if known := _known(participant, named, by, at):
        for owner in known:
            mail.already_registered(owner, submission=submission)
        return None
    participant.status = _first_status(edition, participant)
    try:
        with transaction.atomic():
            participant.save()
    except IntegrityError:  # the same number at the same moment at another edition, where another lock is held
        raise _sent_before() from None
    record(participant, "submit", by=by, edition=edition, after=participant.status)
    _ask_for_visits(participant, visits, by, at)
    booking.settle(participant=participant, by=by, at=at, told=True)
    tell(participant)
    if participant.status == Status.CONFIRMED and end_hold(participant.nomination, edition, by):
        fill_places(edition, by, at)  # a role that takes no place leaves the kept one to somebody else
    return participant


def _sent_before() -> RegistrationError:
    return RegistrationError(_("This form was sent before, and that registration has ended. Load the page again."))


def _its_delegation(edition: Edition, answers: dict[str, Any], named: Nomination | None) -> Delegation:
    """The delegation that was chosen, locked; the nomination knows better."""
    try:
        delegation = named.delegation if named else lock_delegation(answers["delegation"].pk)
    except Delegation.DoesNotExist:
        delegation = None
    if delegation is None or delegation.edition_id != edition.pk:
        raise RegistrationError(_("Choose your delegation."), "delegation")
    return delegation


def _standing(edition: Edition, nomination: Nomination) -> Nomination:
    """The nomination as it is now, locked after its delegation."""
    delegation = lock_delegation(nomination.delegation_id)
    nomination = lock_nomination(nomination.pk)
    nomination.delegation = delegation
    if nomination.withdrawn_at or delegation.edition_id != edition.pk:
        raise RegistrationError(_("This nomination was withdrawn. Write to your delegation."))
    return nomination


def _known(participant: Participant, named: Nomination | None, by: str, at: dt.datetime) -> list[Participant]:
    """Who is registered already: with this nomination, or under this address. If nobody, the new one is joined.

    The nominee's link came to the nominated address: typed again, it is proven, and a registration under it is joined.
    """
    if named is None:
        return live_twins(participant)
    if holder := named.delegation.participants.live().filter(nomination=named).select_related("edition").first():
        return [holder]
    is_proven = address_key(participant.email) == named.email_key
    sharing = named.delegation.nominations.filter(email_key=named.email_key, withdrawn_at=None).count()
    participant.shares_mailbox = is_proven and sharing > 1
    twins = [] if participant.shares_mailbox else live_twins(participant)
    if not twins:
        participant.email_proven_at = at if is_proven else None
        _take_nomination(participant, named, by)
    elif is_proven and twins[0].nomination_id is None and twins[0].delegation_id == named.delegation_id:
        join(lock(twins[0])[1], named, by, at)
    return twins


def check_window(edition: Edition, at: dt.datetime, nomination: Nomination | None = None) -> None:
    """Raise RegistrationError unless registrations are taken at that moment; the sentence says since or from when.

    A nominee for whom a place is kept may register until the edition begins.
    """
    state = edition.registration_state(at)
    is_kept = nomination is not None and nomination.holds_place and edition.status == Edition.Status.PUBLISHED
    if is_kept and not edition.has_begun(at):
        return
    if state == "early":
        raise RegistrationError(
            _("Registration opens on %(when)s.") % {"when": mail.in_words(edition.registration_opens, edition)}
        )
    if state == "closed":
        raise RegistrationError(
            _("Registration closed on %(when)s.") % {"when": mail.in_words(edition.registration_closes, edition)}
        )
    if state != "open":
        raise RegistrationError(_("This edition takes no registrations."))


def live_twins(participant: Participant) -> list[Participant]:
    """The registrations under this address that stand; several where a delegation nominated people with one mailbox."""
    same = participant.edition.participants.live().filter(email_key=address_key(participant.email))
    return list(same.select_related("edition").order_by("shares_mailbox", "pk"))


def _first_status(edition: Edition, participant: Participant) -> Status:
    if edition.requires_review or not is_admissible(edition, participant):
        return Status.PENDING
    return Status.CONFIRMED if has_place(edition, participant) else Status.WAITLISTED


def _ask_for_visits(participant: Participant, wanted: Iterable[FieldVisit], by: str, at: dt.datetime) -> None:
    wanted = sorted(wanted, key=lambda visit: visit.pk)
    open_now = {visit.pk for visit in booking.open_visits(participant.edition_id, at)} if wanted else set()
    for visit in wanted:
        if visit.session.edition_id != participant.edition_id:
            raise RegistrationError(_("Choose a field visit of this edition."), "visits")
        if visit.pk not in open_now:
            raise RegistrationError(_("Sign-up for this field visit has ended. Take away the tick."), "visits")
        try:
            booking.ask(participant=participant, visit=visit, by=by, at=at, told=True)
        except booking.VisitError as error:  # what was looked at above has changed since
            raise RegistrationError(str(error), "visits") from None


def tell(participant: Participant) -> None:
    """Write to the person how the registration stands."""
    messages = {
        Status.PENDING: mail.received,
        Status.CONFIRMED: mail.confirmed,
        Status.WAITLISTED: mail.waitlisted,
        Status.DECLINED: mail.declined,
        Status.WITHDRAWN: mail.withdrawn,
    }
    messages[Status(participant.status)](participant)


# -- Changes of state ---------------------------------------------------------------------------------------------


def lock(participant: Participant) -> tuple[Edition, Participant]:
    """Edition first, then the participant as it is now."""
    edition = lock_edition(participant.edition_id)
    locked = Participant.objects.select_for_update(of=("self",), no_key=True)
    found = locked.select_related("delegation", "nomination").get(pk=participant.pk)
    found.edition = edition
    return edition, found


def _check(participant: Participant, to: Status) -> None:
    if participant.erased_at:
        raise RegistrationError(_("The data of this registration were erased. It stays as it is."))
    if to == participant.status:
        words = {"status": to.label, "when": mail.in_words(participant.status_changed_at, participant.edition)}
        raise RegistrationError(_("This registration is “%(status)s” already, since %(when)s.") % words)
    if to not in TRANSITIONS[Status(participant.status)]:
        words = {"status": participant.get_status_display(), "to": to.label}
        raise RegistrationError(_("This registration is “%(status)s”; it cannot become “%(to)s”.") % words)


def _move(participant: Participant, to: Status, verb: str, by: str, at: dt.datetime | None) -> Participant:
    before, participant.status = participant.status, to
    participant.status_changed_at = at or clock.now()
    participant.version += 1
    participant.save(update_fields=["status", "status_changed_at", "version"])
    if to not in Participant.LIVE:
        links.revoke_for(participant=participant, purpose=Link.Purpose.CALENDAR)
    record(participant, verb, by=by, edition=participant.edition, before=before, after=to)
    return participant


@transaction.atomic
def confirm(*, participant: Participant, by: str, at: dt.datetime | None = None) -> Participant:
    """Give a place to somebody pending or waiting. A pending one goes to the waiting list where there is none.

    Raises RegistrationError without the nomination that the edition asks for, or when somebody waiting finds no place.
    """
    edition, participant = lock(participant)
    _check(participant, Status.CONFIRMED)
    if not is_admissible(edition, participant):
        raise RegistrationError(
            _("A nomination by %(delegation)s is missing.") % {"delegation": participant.delegation}, "nomination"
        )
    return give_place(participant, by, at)


def give_place(participant: Participant, by: str, at: dt.datetime | None) -> Participant:
    """Confirm somebody under the lock, or put a pending one on the waiting list. Raises where one waits in vain."""
    edition, delegation = participant.edition, participant.delegation
    is_waiting = participant.status == Status.WAITLISTED
    if not has_place(edition, participant):
        if is_waiting:
            raise RegistrationError(no_place(edition, delegation, counts=participant.counts_against_capacity))
        return _put_on_waiting_list(participant, by, at)
    if _place(participant, "confirm", by, at, from_waiting_list=is_waiting):
        fill_places(edition, by, at)
    return participant


def _place(participant: Participant, verb: str, by: str, at: dt.datetime | None, *, from_waiting_list: bool) -> bool:
    """Confirm, see to the visits that were asked for, and write to the person. Whether a kept place was used."""
    _move(participant, Status.CONFIRMED, verb, by, at)
    booking.settle(participant=participant, by=by, at=at, told=True)
    mail.confirmed(participant, from_waiting_list=from_waiting_list)
    return end_hold(participant.nomination, participant.edition, by)


def end_hold(nomination: Nomination | None, edition: Edition, by: str) -> bool:
    """Keep no place for this substitute any longer; whether one was kept. Whoever calls gives free places away."""
    if nomination is None or not nomination.holds_place:
        return False
    nomination.holds_place = False
    nomination.save(update_fields=["holds_place"])
    record(nomination, "end hold", by=by, edition=edition)
    return True


def _put_on_waiting_list(participant: Participant, by: str, at: dt.datetime | None) -> Participant:
    _move(participant, Status.WAITLISTED, "waitlist", by, at)
    mail.waitlisted(participant)
    return participant


@transaction.atomic
def waitlist(*, participant: Participant, by: str, at: dt.datetime | None = None) -> Participant:
    """Put somebody pending on the waiting list. Raises RegistrationError from any other status."""
    _edition, participant = lock(participant)
    _check(participant, Status.WAITLISTED)
    return _put_on_waiting_list(participant, by, at)


@transaction.atomic
def decline(*, participant: Participant, by: str, at: dt.datetime | None = None) -> Participant:
    """Say no; a place that was held goes to the next in line. Raises RegistrationError where it ended already."""
    return _end(participant, Status.DECLINED, "decline", by, at)


@transaction.atomic
def withdraw(*, participant: Participant, by: str, at: dt.datetime | None = None) -> Participant:
    """End a registration; its place goes to the next in line. Raises RegistrationError where it has ended."""
    return _end(participant, Status.WITHDRAWN, "withdraw", by, at)


def _end(participant: Participant, to: Status, verb: str, by: str, at: dt.datetime | None) -> Participant:
    return end(lock(participant)[1], to, verb, by, at, tell=tell)


def end(
    participant: Participant, to: Status, verb: str, by: str, at: dt.datetime | None, *, tell: Callable[..., object]
) -> Participant:
    """End a registration under its lock, told by the mail `tell`; a place it held, or that was kept for it, is free."""
    _check(participant, to)
    held_place = participant.status == Status.CONFIRMED
    _move(participant, to, verb, by, at)
    booking.withdraw_all(participant=participant, by=by, at=at)
    tell(participant)
    if end_hold(participant.nomination, participant.edition, by) or held_place:
        fill_places(participant.edition, by, at)
    return participant


@transaction.atomic
def reopen(*, participant: Participant, by: str, at: dt.datetime | None = None) -> Participant:
    """Take a declined registration up again. Raises RegistrationError when the address has registered anew since."""
    _edition, participant = lock(participant)
    _check(participant, Status.PENDING)
    if _came_anew(participant):
        raise RegistrationError(_("This address has another registration that stands."))
    return _move(participant, Status.PENDING, "reopen", by, at)


def _came_anew(participant: Participant) -> bool:
    """Whether the address is taken since. Colleagues nominated with one mailbox, and who came before, are others."""
    twins = live_twins(participant)
    if participant.shares_mailbox and participant.nomination_id:
        return any(not one.shares_mailbox and one.registered_at > participant.registered_at for one in twins)
    return bool(twins)


def fill_places(edition: Edition, by: str, at: dt.datetime | None) -> int:
    """Confirm who is next as long as there is a place. Call under the lock of the edition."""
    promoted = 0
    while person := next_in_line(edition):
        person.edition = edition
        _place(person, "promote", by, at, from_waiting_list=True)
        promoted += 1
    return promoted


# -- The second key -----------------------------------------------------------------------------------------------


def join(participant: Participant, nomination: Nomination, by: str, at: dt.datetime | None) -> Participant:
    """Nomination and registration meet, both locked. Where nothing else is missing, the person gets a place at once, or
    comes on the waiting list. A place kept for somebody who is confirmed already goes to the next in line.
    """
    edition = participant.edition
    _take_nomination(participant, nomination, by)
    participant.version += 1
    participant.save(update_fields=["nomination", "role", "version"])
    record(participant, "link nomination", by=by, edition=edition, after=f"nomination {nomination.pk}")
    if participant.status == Status.PENDING and not edition.requires_review:
        return give_place(participant, by, at)
    if participant.status == Status.CONFIRMED:
        end_hold(nomination, edition, by)
    fill_places(edition, by, at)
    participant.refresh_from_db(fields=["status", "status_changed_at", "version"])
    return participant


def _take_nomination(participant: Participant, nomination: Nomination, by: str) -> None:
    """Give the nomination to this registration; one with it that has ended leaves it."""
    if former := Participant.objects.filter(nomination=nomination).exclude(pk=participant.pk).first():
        former.nomination = None
        former.save(update_fields=["nomination"])
        record(former, "unlink nomination", by=by, edition=participant.edition, before=f"nomination {nomination.pk}")
    participant.nomination = nomination
    if nomination.is_head and participant.counts_against_capacity:
        participant.role = Participant.Role.HEAD
