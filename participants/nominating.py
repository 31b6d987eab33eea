"""What a delegation says of its people: invited, nominated, replaced by others.

A contact person (`by_contact`) is held to the nomination deadline; the secretariat may act until the edition is over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.core.files import File
from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import Edition, record
from events.models.edition import EARLIEST, LATEST
from participants import delivery, links, mail
from participants.joining import link_nomination, prove_address
from participants.models import Delegation, Nomination, NominationLetter, Participant
from participants.naming import (
    check_open,
    clean_field,
    lock_named,
    lock_standing,
    next_order,
    send_link,
    typed_person,
    write_to,
)
from participants.registration import RegistrationError
from participants.substitution import substitute, withdraw_nomination
from participants.typed import Line

__all__ = [
    "attach_letter",
    "correct",
    "invite",
    "invite_nominee",
    "link_nomination",
    "move",
    "nominate",
    "prove_address",
    "set_head",
    "substitute",
    "withdraw_nomination",
]

MOST_NOMINATIONS = 200  # of one delegation: more is a mistake, and each is a mail
LINKS_AN_HOUR = 3

# -- Inviting and nominating --------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, delegation: Delegation, by: str, at: dt.datetime | None = None) -> Delegation:
    """Write to the contact person, with a new link to the page of the delegation; the links before it end.

    Raises RegistrationError without an address, and while the edition is a draft or when it is over.
    """
    edition, delegation = lock_named(delegation)
    at = at or clock.now()
    check_open(edition, at)
    if not delegation.contact_email:
        raise RegistrationError(_("Write the address of the contact person first."), "contact_email")
    links.revoke_for(delegation=delegation)
    delegation.invited_at = at
    delegation.save(update_fields=["invited_at"])
    record(delegation, "invite", by=by, edition=edition)
    mail.invitation(delegation)
    return delegation


@transaction.atomic
def nominate(
    *,
    delegation: Delegation,
    name: str,
    email: str,
    by: str,
    is_head: bool = False,
    letter: NominationLetter | None = None,
    at: dt.datetime | None = None,
    by_contact: bool = False,
) -> Nomination:
    """Name one person, last in the order of the delegation, and send them their link. Several may share a mailbox.

    Somebody who registered before, and has proven exactly that address, meets the nomination at once, without a link.
    Raises RegistrationError for a name or address that is none, a person nominated already, a second head, a letter
    of another delegation, and after the deadline.
    """
    edition, delegation = lock_named(delegation)
    at = at or clock.now()
    check_open(edition, at, by_contact=by_contact)
    typed = typed_person(delegation, name, email)
    standing = delegation.nominations.filter(withdrawn_at=None)
    if standing.count() >= MOST_NOMINATIONS:
        raise RegistrationError(_("A delegation nominates at most %(most)s people.") % {"most": MOST_NOMINATIONS})
    if is_head and standing.filter(is_head=True).exists():
        raise RegistrationError(_("This delegation already has a head. Choose the new one on the list."), "is_head")
    if letter and letter.delegation_id != delegation.pk:
        raise RegistrationError(_("Choose a letter of this delegation."), "letter")
    order = next_order(standing)
    nomination = Nomination(delegation=delegation, is_head=is_head, letter=letter, order=order, **typed)
    nomination.save()
    record(nomination, "nominate", by=by, edition=edition, after="head" if is_head else "")
    return write_to(nomination, by, at)


@transaction.atomic
def correct(
    *,
    nomination: Nomination,
    name: str,
    email: str,
    by: str,
    at: dt.datetime | None = None,
    by_contact: bool = False,
) -> Nomination:
    """Correct name or address of somebody who has not registered. A new address gets a new link, the old links end.

    What had not left for the old address is dropped.

    Raises RegistrationError once somebody registered with it, and as nominate does.
    """
    edition, nomination, holder = lock_standing(nomination)
    at = at or clock.now()
    check_open(edition, at, by_contact=by_contact)
    if holder:
        raise RegistrationError(_("This person has registered. Their details are changed in the registration."))
    typed = typed_person(nomination.delegation, name, email, but=nomination)
    changed = [field for field, value in typed.items() if getattr(nomination, field) != value]
    if not changed:
        return nomination
    for field in changed:
        setattr(nomination, field, typed[field])
    nomination.save(update_fields=[*changed, "email_key"])
    record(nomination, "correct", by=by, edition=edition, after=", ".join(changed))
    if "email" in changed:
        links.revoke_for(nomination=nomination)
        delivery.drop(reader=nomination, by=by)
        return write_to(nomination, by, at)
    return nomination


@transaction.atomic
def invite_nominee(*, nomination: Nomination, by: str, at: dt.datetime | None = None) -> Nomination:
    """Send the link to somebody nominated once more.

    Raises RegistrationError when the person has registered, and for more than a few mails an hour.
    """
    edition, nomination, holder = lock_standing(nomination)
    at = at or clock.now()
    check_open(edition, at)
    if holder and holder.status in Participant.LIVE:
        raise RegistrationError(_("This person has registered. Their mail holds the link to the registration."))
    sent = nomination.links.filter(issued_at__gt=clock.now() - dt.timedelta(hours=1)).count()
    if sent >= LINKS_AN_HOUR:
        raise RegistrationError(_("The link was sent several times in the last hour. Send it again later."))
    record(nomination, "invite", by=by, edition=edition)
    return send_link(nomination, at)


# -- Head, order and letter ---------------------------------------------------------------------------------------


@transaction.atomic
def set_head(*, nomination: Nomination, by: str) -> Nomination:
    """Make this person the head of the delegation, nobody else; whoever was it before is a delegate.

    Raises RegistrationError for a withdrawn nomination.
    """
    edition, nomination, holder = lock_standing(nomination)
    delegation = nomination.delegation
    former = delegation.nominations.filter(is_head=True, withdrawn_at=None).first()
    if former == nomination:
        return nomination
    if former:
        former.is_head = False
        former.save(update_fields=["is_head"])
    nomination.is_head = True
    nomination.save(update_fields=["is_head"])
    before = f"nomination {former.pk}" if former else ""
    record(delegation, "set head", by=by, edition=edition, before=before, after=f"nomination {nomination.pk}")
    heads = delegation.participants.live().filter(role=Participant.Role.HEAD).order_by("pk")
    for person in heads.select_for_update(of=("self",), no_key=True):
        _give_role(person, Participant.Role.DELEGATE, edition, by)
    if holder and holder.status in Participant.LIVE and holder.counts_against_capacity:
        _give_role(holder, Participant.Role.HEAD, edition, by)
    return nomination


def _give_role(person: Participant, role: str, edition: Edition, by: str) -> None:
    before, person.role = person.role, role
    person.version += 1
    person.save(update_fields=["role", "version"])
    record(person, "set head", by=by, edition=edition, before=before, after=role)


@transaction.atomic
def move(*, nomination: Nomination, up: bool, by: str) -> Nomination:
    """Change places with the one before (`up`) or after it in the order of the delegation; reserves follow the quota.

    At the end of the order nothing changes. Raises RegistrationError for a withdrawn nomination.
    """
    edition, nomination, _holder = lock_standing(nomination)
    line = list(nomination.delegation.nominations.filter(withdrawn_at=None).order_by("order", "id"))
    here = line.index(nomination)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(line):
        return nomination
    line[here], line[there] = line[there], nomination
    for place, each in enumerate(line, start=1):
        if each.order != place:
            each.order = place
            each.save(update_fields=["order"])
    record(nomination, "move", by=by, edition=edition, before=here + 1, after=there + 1)
    return nomination


@transaction.atomic
def attach_letter(
    *,
    delegation: Delegation,
    reference: str,
    date: dt.date,
    scan: File[bytes] | None,
    nominations: Iterable[Nomination],
    by: str,
) -> NominationLetter:
    """Attach one letter to several people whom the delegation has nominated.

    A reference that is known names the same letter, with the same date: more people are added to it, and a scan takes
    the place of the one before. What the scan holds is checked by who takes the file.
    Raises RegistrationError for a reference or date that is none, another date, and people of another delegation.
    """
    edition, delegation = lock_named(delegation)
    reference = clean_field(Line(limit=120, ask=_("Write the reference of the letter.")), reference, "reference")
    letter = NominationLetter.objects.filter(delegation=delegation, reference=reference).first()
    if not EARLIEST <= date <= LATEST:
        raise RegistrationError(_("Use a day between 1990 and 2100."), "date")
    if letter and letter.date != date:
        raise RegistrationError(_("The letter with this reference has another date."), "date")
    named = _named_in(delegation, nominations)
    letter = letter or NominationLetter(delegation=delegation, reference=reference, date=date)
    if scan is not None:
        _replace_scan(letter, scan)
    letter.save()
    for nomination in named:
        nomination.letter = letter
        nomination.save(update_fields=["letter"])
        record(nomination, "attach letter", by=by, edition=edition, after=f"letter {letter.pk}")
    return letter


def _named_in(delegation: Delegation, nominations: Iterable[Nomination]) -> list[Nomination]:
    wanted = {nomination.pk for nomination in nominations}
    standing = delegation.nominations.filter(pk__in=wanted, withdrawn_at=None).order_by("pk")
    named = list(standing.select_for_update(of=("self",), no_key=True))
    if not named or len(named) < len(wanted):
        raise RegistrationError(_("Choose the people whom the letter names."), "nominations")
    return named


def _replace_scan(letter: NominationLetter, scan: File[bytes]) -> None:
    """The file before goes when the change is certain: nobody would find it any more, also not to erase it."""
    if letter.scan:
        storage, name = letter.scan.storage, str(letter.scan.name)
        transaction.on_commit(lambda: storage.delete(name))
    letter.scan = scan
