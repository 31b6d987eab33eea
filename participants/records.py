"""Records that the host of a field visit asks for: written by the participant, read by the visit officer alone.

Who may call open_record and host_list is asked before, in access.py: nobody but staff with SEE_VISIT_RECORDS.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import FieldVisit
from events.models import record as write_history
from events.text import clean_line, has_visible
from participants import mail, visit_places, visits
from participants.models import Participant, RecordLook, VisitBooking, VisitRecord
from participants.models.encrypted import DecryptionFailed
from participants.registration import lock
from participants.visit_places import is_off, record_asked

State = VisitBooking.State
FIELDS = tuple(name for names in visits.ASKED_RECORD.values() for name in names)
ENDED = (State.REFUSED, State.WITHDRAWN)
DOCUMENT_TYPES = {"passport": gettext_lazy("passport"), "identity card": gettext_lazy("identity card")}
LONGEST_REASON = 300


class RecordError(Exception):
    """What was asked for cannot be done; its text says why, `field` which answer it is about."""

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


def bookings_of(visit: FieldVisit) -> QuerySet[Any]:
    """The bookings of a visit, each with `is_complete`: whether all is there that the host asks, and `has_record`."""
    found = visit_places.with_completeness(VisitBooking.objects.filter(visit=visit), visit)
    return found.annotate(has_record=Q(record__isnull=False))


def ending(booking: VisitBooking) -> str:
    """The last two characters of the number of the document; empty where there is none or no key reads it."""
    try:
        number = VisitRecord.objects.filter(booking=booking).values_list("document_number", flat=True).first()
    except DecryptionFailed:
        return ""
    return (number or "")[-2:]


def why_closed(booking: VisitBooking, at: dt.datetime | None = None) -> str:
    """Why no record can be written for this booking, as a sentence; empty while it can."""
    now, visit, participant = at or clock.now(), booking.visit, booking.participant
    if not record_asked(visit):
        return _("The host of this visit asks for no record.")
    if booking.state in ENDED:
        return _("You do not come on this visit. The host needs nothing from you.")
    if participant.status != Participant.Status.CONFIRMED:
        return _("Your registration is not confirmed. We ask for this record when you have a place.")
    if visit_places.is_listed(visit, now):
        moment = mail.in_words(visit.host_list_deadline, participant.edition)
        return _("The list went to the host on %(moment)s. To change your record, write to the secretariat.") % {
            "moment": moment
        }
    if is_off(visit, now) or participant.edition.is_over(now):
        return _("This visit is over or cancelled. The host needs nothing from you.")
    return ""


@transaction.atomic
def save_record(
    *, booking: VisitBooking, answers: dict[str, Any], by: str, at: dt.datetime | None = None
) -> VisitRecord:
    """Write what the host asks of a booking, over all that was written before; it may bring the place.

    `answers`: texts, and dates as dates, by the name of the field; what the host does not ask is not kept.
    Raises RecordError after the list went to the host, without a place at the edition, or when an answer is missing.
    """
    booking = _locked(booking)
    if why := why_closed(booking, at):
        raise RecordError(why)
    wanted = record_asked(booking.visit)
    values = {name: str(answers.get(name) or "") if name in wanted else "" for name in FIELDS}
    for name in wanted:
        if not values[name]:
            raise RecordError(_("Write all that the host asks for. One answer is missing."), name)
    # Written without being read: what was there before may be under a key that is gone.
    if not VisitRecord.objects.filter(booking=booking).update(saved_at=at or clock.now(), **values):
        VisitRecord.objects.create(booking=booking, **values)
    write_history(booking, "save record", by=by, edition=booking.participant.edition)
    visits.settle(participant=booking.participant, by=by, at=at)
    return VisitRecord.objects.defer(*FIELDS).get(booking=booking)


@transaction.atomic
def delete_record(*, booking: VisitBooking, by: str) -> None:
    """Take the record of a booking out of the database; without one nothing happens.

    Raises RecordError while the booking holds a place on a visit to come: the host needs it.
    """
    booking = _locked(booking)
    if booking.state == State.CONFIRMED and not booking.participant.edition.is_over():
        raise RecordError(_("This person has a place on the visit. Withdraw the place first."))
    if VisitRecord.objects.filter(booking=booking).delete()[0]:
        write_history(booking, "delete record", by=by, edition=booking.participant.edition)


@transaction.atomic
def open_record(*, booking: VisitBooking, by: str, reason: str) -> VisitRecord:
    """The record of one booking; who looked and why is written down first.

    Raises RecordError without a reason, or where there is no record.
    """
    reason = _reason(reason)
    pk = VisitRecord.objects.filter(booking=booking).values_list("pk", flat=True).first()
    if pk is None:
        raise RecordError(_("There is no record yet."))
    RecordLook.objects.create(actor=by, visit=booking.visit, record_id=pk, action="open", records=1, reason=reason)
    with _readable():
        return VisitRecord.objects.get(pk=pk)


@transaction.atomic
def host_list(*, visit: FieldVisit, by: str, reason: str, form: str) -> list[VisitBooking]:
    """The bookings that hold a place, with their records, in protocol order; who took them out is written down first.

    `form`: what the list is made as, for the log ("xlsx" or "pdf"). Raises RecordError without a reason.
    """
    reason = _reason(reason)
    confirmed = VisitBooking.objects.filter(visit=visit, state=State.CONFIRMED)
    people = Participant.objects.filter(bookings__in=confirmed).confirmed().in_protocol_order()
    order = {pk: place for place, pk in enumerate(people.values_list("pk", flat=True))}
    held = VisitRecord.objects.filter(booking__in=confirmed, booking__participant__in=order).count()
    RecordLook.objects.create(actor=by, visit=visit, action=f"host list {form}", records=held, reason=reason)
    rows = confirmed.filter(participant__in=order).select_related("participant__delegation", "record")
    with _readable():
        return sorted(rows, key=lambda booking: order[booking.participant_id])


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except DecryptionFailed:
        raise RecordError(_("The keys of this site cannot read a record. Tell the person who runs it.")) from None


def _reason(typed: str) -> str:
    reason = clean_line(typed)
    if not has_visible(reason):
        raise RecordError(_("Write why you need it."), "reason")
    if len(reason) > LONGEST_REASON:
        raise RecordError(_("Write the reason in at most %(limit)s characters.") % {"limit": LONGEST_REASON}, "reason")
    return reason


def _locked(booking: VisitBooking) -> VisitBooking:
    """The booking as it is now, locked after its edition, participant and visit."""
    _edition, participant = lock(booking.participant)
    FieldVisit.objects.select_for_update(of=("self",), no_key=True).get(pk=booking.visit_id)
    rows = VisitBooking.objects.select_for_update(of=("self",), no_key=True).select_related("visit__session__edition")
    found = rows.get(pk=booking.pk)
    found.participant = participant
    return found
