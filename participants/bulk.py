"""Messages to a group: who is in it, and the one verb that writes to everybody in it once."""

from __future__ import annotations

import functools
import uuid

from django.db import IntegrityError, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import Edition, FieldVisit, record
from events.text import clean_line, clean_text, has_visible
from participants import visits
from participants.capacity import lock_edition
from participants.mail import bulk as letters
from participants.mail.samples import Drawn, drawn
from participants.models import BulkMessage, Delegation, Message, Participant, VisitBooking

Status = Participant.Status
CONTACTS = "contacts"
ENDED = (VisitBooking.State.REFUSED, VisitBooking.State.WITHDRAWN)
SUBJECT_LENGTH = 150
SAMPLES = 3


class BulkError(Exception):
    """A message that is not sent; the text is a sentence for a person, `field` the form field it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def audiences(edition: Edition) -> list[tuple[str, str]]:
    """Every group that can be written to: its code and its name."""
    groups = [
        (f"status:{Status.CONFIRMED}", _("Everybody confirmed")),
        (f"status:{Status.PENDING}", _("Everybody pending")),
        (f"status:{Status.WAITLISTED}", _("Everybody on the waiting list")),
    ]
    for visit in FieldVisit.objects.filter(session__edition=edition).order_by("session__start", "pk"):
        words = {"visit": visit.site}
        groups.append((f"visit:{visit.pk}", _("Everybody with a place on the visit: %(visit)s") % words))
        groups.append((f"incomplete:{visit.pk}", _("Who has not completed the visit: %(visit)s") % words))
    groups.append((CONTACTS, _("All contact persons of delegations")))
    for delegation in edition.delegations.in_protocol_order():
        groups.append((f"delegation:{delegation.pk}", _("Delegation: %(name)s") % {"name": delegation.name}))
    return groups


def recipients(edition: Edition, audience: str) -> list[Participant] | list[Delegation]:
    """Who is in the group now: participants, or delegations whose contact persons are meant.

    Raises BulkError for a code that is none of this edition's groups.
    """
    if audience not in dict(audiences(edition)):
        raise BulkError(_("Choose a group."), "audience")
    kind, _colon, key = audience.partition(":")
    if kind == CONTACTS:
        return list(edition.delegations.exclude(contact_email="").in_protocol_order().select_related("edition"))
    people = edition.participants.filter(erased_at=None).select_related("edition", "delegation").order_by("pk")
    if kind == "status":
        return list(people.filter(status=key))
    if kind == "delegation":
        return list(people.live().filter(delegation=int(key)))
    if kind == "visit":
        return list(people.filter(bookings__visit=int(key), bookings__state=VisitBooking.State.CONFIRMED))
    standing = VisitBooking.objects.filter(visit=int(key), participant__in=people.confirmed()).exclude(state__in=ENDED)
    lacking = [one for one in standing.select_related("visit", "record") if visits.own_tasks(one)]
    return list(people.filter(pk__in=[booking.participant_id for booking in lacking]))


def placeholders(audience: str) -> tuple[str, ...]:
    """The names that a text to this group may hold in braces."""
    return letters.FOR_CONTACTS if audience == CONTACTS else letters.FOR_PARTICIPANTS


def check(*, audience: str, subject: str, text: str) -> None:
    """Raise BulkError where a message could not be sent as it is written."""
    if len(clean_line(subject)) > SUBJECT_LENGTH:
        raise BulkError(_("Write a subject of at most %(number)s characters.") % {"number": SUBJECT_LENGTH}, "subject")
    for field, typed, known in (
        ("subject", subject, letters.FOR_SUBJECT),
        ("text", text, placeholders(audience)),
    ):
        if not has_visible(typed):
            raise BulkError(_("Write a text.") if field == "text" else _("Write a subject."), field)
        try:
            letters.check_wording(typed, known)
        except letters.WordingError as error:
            raise BulkError(str(error), field) from None


@transaction.atomic
def send_bulk(
    *, edition: Edition, audience: str, subject: str, text: str, submission: uuid.UUID, by: str
) -> BulkMessage:
    """Queue one mail for everybody in the group as it is at this moment; returns the message with its number.

    `audience` is a code of `audiences`; `subject` and `text` are as typed, with placeholders. `submission` is the
    number of the form: sent twice, it is one message. Raises BulkError where nothing can be sent, and for a form that
    was sent with other words or to another group.
    """
    # Under this lock nobody enters or leaves a group while it is read.
    edition = lock_edition(edition.pk)
    subject, text = clean_line(subject), clean_text(text)
    if sent := BulkMessage.objects.filter(submission=submission).first():
        if (sent.edition_id, sent.audience, sent.subject, sent.text) != (edition.pk, audience, subject, text):
            raise _sent_before()
        return sent
    check(audience=audience, subject=subject, text=text)
    group = recipients(edition, audience)
    if not group:
        raise BulkError(_("Nobody is in this group."), "audience")
    bulk = BulkMessage(
        edition=edition,
        submission=submission,
        audience=audience,
        subject=subject,
        text=text,
        sent_by=by,
        queued_at=clock.now(),
        recipients=len(group),
    )
    try:
        with transaction.atomic():
            bulk.save()
    except IntegrityError:  # the number is used at another edition at this moment
        raise _sent_before() from None
    for one in group:
        _write(bulk, one)
    record(bulk, "send", by=by, edition=edition, after=len(group))
    return bulk


def _sent_before() -> BulkError:
    return BulkError(_("This form was sent before. Load the page again."))


def preview(*, edition: Edition, audience: str, subject: str, text: str) -> tuple[int, list[Drawn]]:
    """How many would get the message, and what the first of them would read; nothing of it stays.

    Raises BulkError as send_bulk does.
    """
    check(audience=audience, subject=subject, text=text)
    group = recipients(edition, audience)
    if not group:
        raise BulkError(_("Nobody is in this group."), "audience")
    words = {"edition": edition, "audience": audience, "subject": clean_line(subject), "text": clean_text(text)}

    def write(one: Participant | Delegation) -> Message:
        return _write(BulkMessage.objects.create(submission=uuid.uuid4(), queued_at=clock.now(), **words), one)

    return len(group), [seen for one in group[:SAMPLES] for seen in drawn(functools.partial(write, one))]


def _write(bulk: BulkMessage, one: Participant | Delegation) -> Message:
    if isinstance(one, Participant):
        return letters.to_group_participant(bulk, one)
    return letters.to_group_contact(bulk, one)
