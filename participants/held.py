"""What is held on one participant, as plain values that the participant can take away."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from events.models import HistoryLine, Session
from participants.addresses import address_key
from participants.models import Link, Message, Nomination, Participant, RecordLook, VisitBooking, VisitRecord
from participants.records import ending
from participants.visit_places import record_asked

# Copies for search and sorting, and keys that mean nothing outside the database.
_LEFT_OUT = {"id", "edition", "participant", "booking", "search", "sort_name", "email_key", "rank_order", "submission"}
# The nomination has a part of its own; whom somebody replaces is another person.
_LEFT_OUT |= {"nomination", "replaces"}
# Shown to the secretariat alone: the file says that they are not in it.
_OFFICE = {
    "staff_note",
    "refusal_reason",
    "reason",
    "staff",
    "device",
    "nonce",
    "recorded_by",
    "void_by",
    "log",
    "decided_by",
}
# Spent secrets and texts of mails, and the number by which a mail is sent once.
_SECRET = {"token_hash", "text", "html", "calendar", "once_key", "message_id"}
# Every kind of row that hangs on a participant, a nomination, a booking and a record, by the part of the file it is in;
# a test asks for those that are new. Nothing of the row of another person is in the file.
PARTS = {
    Participant: {
        "bookings": "field_visits",
        "attendance": "attendance",
        "scans": "check_ins",
        "change_requests": "change_requests",
        "messages": "messages",
        "links": "links",
        "starred": "starred_sessions",
        "replaced_by": "",
    },
    Nomination: {"messages": "messages", "links": "links", "participant": "registration", "replaced_by": ""},
    VisitBooking: {"record": "field_visits"},
    VisitRecord: {"looks": "field_visits"},
}
# Whether this one was sent would tell whether the address that was asked for has another registration.
_TELLS_OF_OTHERS = "confirm address"


def held_on(participant: Participant) -> dict[str, Any]:
    """Everything held on that participant and nothing of others, in values that JSON can hold (times in UTC)."""
    bookings = list(participant.bookings.select_related("visit", "vehicle"))
    return {
        "edition": str(participant.edition),
        "registration": _row(participant),
        "nomination": _nomination(participant.nomination),
        "field_visits": [_booking(booking) for booking in bookings],
        "attendance": [_row(mark) for mark in participant.attendance.select_related("session")],
        "check_ins": [_row(scan) for scan in participant.scans.all()],
        "change_requests": [_row(request) for request in participant.change_requests.all()],
        "messages": [_row(message) for message in _messages(participant)],
        "links": [_row(link) for link in Link.objects.filter(_mine(participant))],
        "starred_sessions": _starred(participant),
        "history": _history(participant, bookings),
        "not_in_this_file": "Notes of the secretariat, and what you wrote for the host of a visit but for the last two "
        "characters of a number. Ask the secretariat for them.",
    }


def _starred(participant: Participant) -> list[dict[str, Any]]:
    """Each with its title today, as far as the session is still there."""
    stars = list(participant.starred.all())
    titles = dict(Session.objects.filter(uid__in=[one.uid for one in stars]).values_list("uid", "title"))
    return [_row(one) | {"title": str(titles.get(one.uid, ""))} for one in stars]


def _mine(participant: Participant) -> Q:
    """What hangs on the participant, or on the nomination that they came with."""
    mine = Q(participant=participant)
    return mine | Q(nomination=participant.nomination_id) if participant.nomination_id else mine


def _messages(participant: Participant) -> list[Message]:
    """The mails to this person. The nomination may have been another person's before it was corrected: what went to
    an address that is neither nominated now nor the participant's is not in the file.
    """
    found = Message.objects.filter(_mine(participant)).exclude(kind=_TELLS_OF_OTHERS).select_related("bulk")
    known = {participant.email_key, participant.nomination.email_key if participant.nomination else ""}
    return [one for one in found if one.participant_id or address_key(one.to) in known]


def _nomination(nomination: Nomination | None) -> dict[str, Any] | None:
    """By whom and when the person was nominated; the scan of the letter may name others."""
    if nomination is None:
        return None
    letter = nomination.letter
    named = {"letter_reference": letter.reference, "letter_date": letter.date} if letter else {}
    return _row(nomination) | named


def _history(participant: Participant, bookings: list[VisitBooking]) -> list[dict[str, Any]]:
    requests = participant.change_requests.values("pk")
    subjects = Q(subject="participant", subject_id=participant.pk)
    subjects |= Q(subject="visitbooking", subject_id__in=[booking.pk for booking in bookings])
    subjects |= Q(subject="changerequest", subject_id__in=requests)
    if participant.nomination_id:
        subjects |= Q(subject="nomination", subject_id=participant.nomination_id)
    lines = HistoryLine.objects.filter(subjects).order_by("at", "id")
    return [
        {"at": line.at, "about": line.subject, "verb": line.verb, "from": line.before, "to": line.after}
        for line in lines
    ]


def _row(row: models.Model) -> dict[str, Any]:
    names = {field.name for field in row._meta.concrete_fields} - _LEFT_OUT - _OFFICE - _SECRET
    return {name: _plain(getattr(row, name)) for name in sorted(names)}


def _booking(booking: VisitBooking) -> dict[str, Any]:
    answer = _row(booking)
    looks = RecordLook.objects.filter(record__booking=booking)
    answer["record_was_opened"] = [{"at": look.at, "action": look.action} for look in looks]
    saved = VisitRecord.objects.filter(booking=booking).values("saved_at").first()
    if saved is not None:
        # Write-only: once saved, no answer but the end of the number leaves for a browser again.
        answer["record"] = saved | {"document_number": "…" + ending(booking), "answers": record_asked(booking.visit)}
    return answer


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) or hasattr(value, "isoformat") else str(value)
