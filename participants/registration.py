"""A registration from the form to the end: one function for each change of state. Nothing else changes a status."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import Edition, FieldVisit, record
from participants import mail
from participants import visits as booking
from participants.addresses import address_key
from participants.capacity import has_place, is_admissible, lock_delegation, lock_edition, next_in_line, no_place
from participants.models import Delegation, Participant
from participants.models.participant import CODE_LETTERS

Status = Participant.Status

PRIVACY_VERSION = "2026-11"
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING: frozenset({Status.CONFIRMED, Status.WAITLISTED, Status.DECLINED, Status.WITHDRAWN}),
    Status.WAITLISTED: frozenset({Status.CONFIRMED, Status.DECLINED, Status.WITHDRAWN}),
    Status.CONFIRMED: frozenset({Status.DECLINED, Status.WITHDRAWN}),
    Status.DECLINED: frozenset({Status.PENDING}),
    Status.WITHDRAWN: frozenset(),
}
# What a person writes in the form and may correct later; everything else belongs to a verb.
DETAILS = (
    *("title", "given_name", "family_name", "printed_name", "gender", "service", "rank", "rank_code", "function"),
    *("organisation", "phone", "language", "dietary", "access_needs"),
)


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
    at: dt.datetime | None = None,
) -> Participant | None:
    """Take a registration: pending, confirmed or waitlisted, with its mail. Returns the participant.

    `submission` is the number of the form: sent twice, it is one registration. An address that has a live registration
    gets its link again and None is returned. `answers` are cleaned form answers; delegation is a Delegation.
    Raises RegistrationError outside the window and for a delegation or visit of another edition.
    """
    at = at or clock.now()
    edition = lock_edition(edition.pk)
    if sent := Participant.objects.filter(submission=submission).first():
        if sent.status not in Participant.LIVE or sent.edition_id != edition.pk:
            raise _sent_before()
        return sent
    check_window(edition, at)
    participant = _filled_in(edition, answers, submission, at)
    if twin := live_twin(participant):
        mail.already_registered(twin, submission=submission)
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
    _tell(participant)
    return participant


def _sent_before() -> RegistrationError:
    return RegistrationError(_("This form was sent before, and that registration has ended. Load the page again."))


def _filled_in(edition: Edition, answers: dict[str, Any], submission: uuid.UUID, at: dt.datetime) -> Participant:
    """The answers as a participant that is not saved yet."""
    try:
        delegation = lock_delegation(answers["delegation"].pk)
    except Delegation.DoesNotExist:
        delegation = None
    if delegation is None or delegation.edition_id != edition.pk:
        raise RegistrationError(_("Choose your delegation."), "delegation")
    return Participant(
        edition=edition,
        delegation=delegation,
        submission=submission,
        reference=_new_reference(),
        email=answers["email"],
        role=answers.get("role") or Participant.Role.DELEGATE,
        registered_at=at,
        status_changed_at=at,
        **{name: answers.get(name) or "" for name in DETAILS if name != "language"},
        language=answers.get("language") or "en",
        **_consents(answers, at),
    )


def check_window(edition: Edition, at: dt.datetime) -> None:
    """Raise RegistrationError unless registrations are taken at that moment; the sentence says since or from when."""
    state = edition.registration_state(at)
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


def live_twin(participant: Participant) -> Participant | None:
    live = participant.edition.participants.live().filter(shares_mailbox=False)
    return live.filter(email_key=address_key(participant.email)).select_related("edition").first()


def _first_status(edition: Edition, participant: Participant) -> Status:
    if edition.requires_review or not is_admissible(edition, participant):
        return Status.PENDING
    is_free = has_place(edition, participant.delegation, counts=participant.counts_against_capacity)
    return Status.CONFIRMED if is_free else Status.WAITLISTED


def _consents(answers: dict[str, Any], at: dt.datetime) -> dict[str, Any]:
    return {
        "consent_version": PRIVACY_VERSION,
        "consent_privacy_at": at if answers.get("consent_privacy") else None,
        "consent_photo_at": at if answers.get("consent_photo") else None,
        "consent_list_at": at if answers.get("consent_list") else None,
    }


def _new_reference() -> str:
    return "RASR-" + "".join(secrets.choice(CODE_LETTERS) for _n in range(7))


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


def _tell(participant: Participant) -> None:
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
    if not has_place(edition, delegation, counts=participant.counts_against_capacity):
        if is_waiting:
            raise RegistrationError(no_place(edition, delegation, counts=participant.counts_against_capacity))
        return _put_on_waiting_list(participant, by, at)
    _place(participant, "confirm", by, at, from_waiting_list=is_waiting)
    return participant


def _place(participant: Participant, verb: str, by: str, at: dt.datetime | None, *, from_waiting_list: bool) -> None:
    """Confirm, see to the visits that were asked for, and write to the person."""
    _move(participant, Status.CONFIRMED, verb, by, at)
    booking.settle(participant=participant, by=by, at=at, told=True)
    mail.confirmed(participant, from_waiting_list=from_waiting_list)


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
    edition, participant = lock(participant)
    _check(participant, to)
    held_place = participant.status == Status.CONFIRMED
    _move(participant, to, verb, by, at)
    booking.withdraw_all(participant=participant, by=by, at=at)
    _tell(participant)
    if held_place:
        fill_places(edition, by, at)
    return participant


@transaction.atomic
def reopen(*, participant: Participant, by: str, at: dt.datetime | None = None) -> Participant:
    """Take a declined registration up again. Raises RegistrationError when the address has registered anew since."""
    _edition, participant = lock(participant)
    _check(participant, Status.PENDING)
    if not participant.shares_mailbox and live_twin(participant):
        raise RegistrationError(_("This address has another registration that stands."))
    return _move(participant, Status.PENDING, "reopen", by, at)


def fill_places(edition: Edition, by: str, at: dt.datetime | None) -> int:
    """Confirm who is next as long as there is a place. Call under the lock of the edition."""
    promoted = 0
    while person := next_in_line(edition):
        person.edition = edition
        _place(person, "promote", by, at, from_waiting_list=True)
        promoted += 1
    return promoted
