"""Changes that a person makes or asks for: details and consents, another address, to be erased."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import record
from participants import delivery, joining, links, mail, registration
from participants.addresses import address_key
from participants.models import ChangeRequest, Link, Participant
from participants.registration import DETAILS, RegistrationError, lock

State = ChangeRequest.State
ADDRESS_LINK_DAYS = 3
ADDRESSES_AN_HOUR = 3


# -- Details ------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_details(*, participant: Participant, answers: dict[str, Any], version: int, by: str) -> Participant:
    """Correct what the person wrote, or give or take back a consent. `version` is the one the form showed.

    Raises RegistrationError when somebody else has changed the registration since, and for a military person without
    a rank code.
    """
    _edition, participant = lock(participant)
    _check_version(participant, version)
    asked = {name: answers[name] for name in (*DETAILS, "staff_note") if name in answers}
    changed = _differing(participant, asked) | _changed_consents(participant, answers)
    return _write(participant, changed, by)


def _check_version(participant: Participant, version: int) -> None:
    if participant.version != version:
        raise RegistrationError(
            _("Somebody else changed this registration while you wrote. Look at it, then save again.")
        )


def _differing(participant: Participant, asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if getattr(participant, name) != value}


def _changed_consents(participant: Participant, answers: dict[str, Any]) -> dict[str, Any]:
    names = [f"consent_{what}" for what in ("photo", "list") if f"consent_{what}" in answers]
    return {
        f"{name}_at": clock.now() if answers[name] else None
        for name in names
        if bool(answers[name]) != bool(getattr(participant, f"{name}_at"))
    }


def _write(participant: Participant, changed: dict[str, Any], by: str) -> Participant:
    if not changed:
        return participant
    for name, value in changed.items():
        setattr(participant, name, value)
    if participant.service == Participant.Service.MILITARY and not participant.rank_code:
        raise RegistrationError(_("Choose the rank code."), "rank_code")
    participant.version += 1
    participant.save(update_fields=[*changed, "version"])
    record(participant, "change details", by=by, edition=participant.edition, after=", ".join(changed))
    return participant


def _check_stands(participant: Participant) -> None:
    if participant.status not in Participant.LIVE:
        words = {"status": participant.get_status_display()}
        raise RegistrationError(_("This registration is “%(status)s”. It cannot be changed any more.") % words)


# -- Requests for a change, after the deadline --------------------------------------------------------------------


@transaction.atomic
def request_change(*, participant: Participant, answers: dict[str, Any], version: int, by: str) -> ChangeRequest | None:
    """Keep new details for the secretariat to decide, in place of a request that waits; consents take effect at once.

    `answers` are those of the whole form, `version` the one it showed. Returns the request that waits now: None where
    the answers are the details in force, which takes back a request. Raises RegistrationError for a registration or
    an edition that has ended, and when somebody else has changed the registration since.
    """
    edition, participant = lock(participant)
    _check_stands(participant)
    if edition.is_over():
        raise RegistrationError(_("This edition has ended. Details cannot be changed any more."))
    _check_version(participant, version)
    asked = _differing(participant, {name: answers[name] for name in DETAILS if name in answers})
    _write(participant, _changed_consents(participant, answers), by)
    waiting = participant.change_requests.select_for_update(of=("self",), no_key=True).filter(state=State.ASKED).first()
    if waiting and json.loads(waiting.answers) == asked:
        return waiting
    if waiting:
        _decide(waiting, State.REPLACED, "replace", by, participant)
    if not asked:
        return None
    request = ChangeRequest.objects.create(participant=participant, answers=json.dumps(asked), asked_at=clock.now())
    record(request, "ask", by=by, edition=edition, after=", ".join(asked))
    return request


@transaction.atomic
def accept_change(*, request: ChangeRequest, by: str) -> ChangeRequest:
    """Make the change that was asked for, and write to the person.

    Raises RegistrationError for a request that was decided, for a registration that has ended, and where the new
    details do not fit those that were changed since.
    """
    participant, request = _lock_request(request)
    _check_stands(participant)
    answers = json.loads(request.answers)
    participant = change_details(participant=participant, answers=answers, version=participant.version, by=by)
    _decide(request, State.ACCEPTED, "accept", by, participant)
    mail.change_accepted(participant)
    return request


@transaction.atomic
def refuse_change(*, request: ChangeRequest, by: str) -> ChangeRequest:
    """Leave the details as they are, and write to the person unless the registration has ended.

    Raises RegistrationError for a request that was decided.
    """
    participant, request = _lock_request(request)
    _decide(request, State.REFUSED, "refuse", by, participant)
    if participant.status in Participant.LIVE:
        mail.change_refused(participant)
    return request


def _lock_request(request: ChangeRequest) -> tuple[Participant, ChangeRequest]:
    _edition, participant = lock(request.participant)
    request = ChangeRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)
    if request.state != State.ASKED:
        words = {"state": request.get_state_display(), "when": mail.in_words(request.decided_at, participant.edition)}
        raise RegistrationError(_("This request is “%(state)s” already, since %(when)s.") % words)
    return participant, request


def _decide(request: ChangeRequest, to: State, verb: str, by: str, participant: Participant) -> None:
    """The answers have done their work: only that they were asked for is kept."""
    before, request.state = request.state, to
    request.decided_at, request.decided_by, request.answers = clock.now(), by, ""
    request.save(update_fields=["state", "decided_at", "decided_by", "answers"])
    record(request, verb, by=by, edition=participant.edition, before=before, after=to)


# -- Another e-mail address ---------------------------------------------------------------------------------------


def open_address_links(participant: Participant, at: dt.datetime | None = None) -> Any:
    """The links by which a new address of the participant can still be confirmed: one at most."""
    return links.good(at).filter(purpose=Link.Purpose.ADDRESS, participant=participant, used_at=None)


@transaction.atomic
def ask_new_address(*, participant: Participant, email: str, by: str) -> Link:
    """Write to the new address, which takes effect when it confirms within three days, and warn the one in force.

    An address of another live registration gets no such link: its owner is told that the registration stands, and
    whoever asked cannot see the difference. Raises RegistrationError for a registration that has ended, for the address
    in force, and for the fourth address within an hour.
    """
    edition, participant = lock(participant)
    _check_stands(participant)
    if address_key(email) == participant.email_key:
        raise RegistrationError(_("This is your address already. Write another one."), "email")
    now = clock.now()
    asked = participant.links.filter(purpose=Link.Purpose.ADDRESS)
    if asked.filter(issued_at__gt=now - dt.timedelta(hours=1)).count() >= ADDRESSES_AN_HOUR:
        raise RegistrationError(_("You asked for several addresses in one hour. Try again in one hour."), "email")
    _revoke(participant, Link.Purpose.ADDRESS)
    ends = now + dt.timedelta(days=ADDRESS_LINK_DAYS)
    token = links.issue(Link.Purpose.ADDRESS, participant=participant, expires_at=ends, new_email=email)
    record(participant, "ask new address", by=by, edition=edition)
    mail.address_asked(participant)
    if owner := _other_with(email, participant):
        mail.already_registered(owner, submission=uuid.uuid4())
    else:
        mail.confirm_address(participant, to=email, token=token, ends=ends)
    return open_address_links(participant).get()


@transaction.atomic
def keep_address(*, participant: Participant, by: str) -> Participant:
    """Take back the wish for another address: its link ends. Where there is none, nothing happens."""
    edition, participant = lock(participant)
    if _revoke(participant, Link.Purpose.ADDRESS):
        record(participant, "keep address", by=by, edition=edition)
    return participant


@transaction.atomic
def confirm_new_address(*, link: Link, by: str) -> Participant:
    """Make the address of an ADDRESS link the one of its registration: proven, and told to both. Twice is once.

    Older links to the registration end; the new address gets its own. What had not left for the old address is dropped,
    and the new one is told how the registration stands. Raises RegistrationError for a link or a registration that has
    ended, and when another live registration has the address meanwhile.
    """
    if link.participant is None or link.purpose != Link.Purpose.ADDRESS:
        raise _ended_link()
    edition, participant = lock(link.participant)
    link = Link.objects.select_for_update(of=("self",), no_key=True).get(pk=link.pk)
    if link.used_at:
        return participant
    if link.revoked_at or link.expires_at <= clock.now():
        raise _ended_link()
    _check_stands(participant)
    if _other_with(link.new_email, participant):
        raise RegistrationError(
            _("Another registration has this address. Your address is as before. Write to the secretariat.")
        )
    before, participant.email = participant.email, link.new_email
    participant.shares_mailbox = _stays_shared(participant)
    participant.email_proven_at = None
    participant.version += 1
    participant.save(update_fields=["email", "shares_mailbox", "email_proven_at", "version"])
    link.used_at, link.new_email = clock.now(), ""
    link.save(update_fields=["used_at", "new_email"])
    _revoke(participant, Link.Purpose.MY)
    record(participant, "change address", by=by, edition=edition)
    dropped = delivery.drop(reader=participant, by=by)
    mail.address_changed(participant, before=before)
    if set(dropped) - {"address asked", "agenda changed", "group"}:
        registration.tell(participant)
    return joining.prove_address(participant=participant, by=by)


def _ended_link() -> RegistrationError:
    return RegistrationError(_("This link does not work any more. Ask for the new address again."))


def _revoke(participant: Participant, purpose: Link.Purpose) -> int:
    standing = participant.links.filter(purpose=purpose, used_at=None, revoked_at=None)
    return standing.update(revoked_at=clock.now())


def _other_with(email: str, participant: Participant) -> Participant | None:
    """Somebody else's live registration that has this address; colleagues share one where the delegation wrote it."""
    others = participant.edition.participants.live().filter(email_key=address_key(email)).exclude(pk=participant.pk)
    if participant.shares_mailbox:
        others = others.exclude(shares_mailbox=True, delegation=participant.delegation_id)
    return others.select_related("edition", "delegation").order_by("shares_mailbox", "pk").first()


def _stays_shared(participant: Participant) -> bool:
    """Whether the new address is again one that several people of the delegation read."""
    key, delegation = address_key(participant.email), participant.delegation
    colleagues = delegation.participants.live().filter(shares_mailbox=True, email_key=key).exclude(pk=participant.pk)
    return participant.shares_mailbox and (address_key(delegation.contact_email) == key or colleagues.exists())


# -- Erasure ------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_for_erasure(*, participant: Participant, by: str) -> Participant:
    """Remember that the person wants to be erased, and write to them; a live registration ends. Twice is once.

    The secretariat erases: see retention.py.
    """
    edition, participant = lock(participant)
    if participant.erasure_asked_at or participant.erased_at:
        return participant
    if participant.status in Participant.LIVE and not edition.is_over():
        participant = registration.withdraw(participant=participant, by=by)
    _revoke(participant, Link.Purpose.ADDRESS)
    participant.erasure_asked_at = clock.now()
    participant.version += 1
    participant.save(update_fields=["erasure_asked_at", "version"])
    record(participant, "ask for erasure", by=by, edition=edition)
    mail.erasure_asked(participant)
    return participant
