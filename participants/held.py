"""What is held on one participant, as plain values that the participant can take away."""

from __future__ import annotations

from typing import Any

from django.db import models

from events.models import HistoryLine
from participants.models import Participant, VisitBooking, VisitRecord
from participants.records import asked, ending

# Copies for search and sorting, and keys that mean nothing outside the database.
_LEFT_OUT = {"id", "edition", "participant", "booking", "search", "sort_name", "email_key", "rank_order", "submission"}
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


def held_on(participant: Participant) -> dict[str, Any]:
    """Everything held on that participant and nothing of others, in values that JSON can hold (times in UTC)."""
    history = HistoryLine.objects.filter(subject="participant", subject_id=participant.pk).order_by("at", "id")
    return {
        "edition": str(participant.edition),
        "registration": _row(participant),
        "field_visits": [_booking(booking) for booking in participant.bookings.select_related("visit", "vehicle")],
        "attendance": [_row(mark) for mark in participant.attendance.select_related("session")],
        "check_ins": [_row(scan) for scan in participant.scans.all()],
        "change_requests": [_row(request) for request in participant.change_requests.all()],
        # Whether this one was sent would tell whether the address that was asked for has another registration.
        "messages": [_row(message) for message in participant.messages.exclude(kind="confirm address")],
        "links": [_row(link) for link in participant.links.all()],
        "history": [{"at": line.at, "verb": line.verb, "from": line.before, "to": line.after} for line in history],
        "not_in_this_file": "Notes of the secretariat, and what you wrote for the host of a visit but for the last two "
        "characters of a number. Ask the secretariat for them.",
    }


def _row(row: models.Model) -> dict[str, Any]:
    names = {field.name for field in row._meta.concrete_fields} - _LEFT_OUT - _OFFICE - _SECRET
    return {name: _plain(getattr(row, name)) for name in sorted(names)}


def _booking(booking: VisitBooking) -> dict[str, Any]:
    answer = _row(booking)
    saved = VisitRecord.objects.filter(booking=booking).values("saved_at").first()
    if saved is not None:
        # Write-only: once saved, no answer but the end of the number leaves for a browser again.
        answer["record"] = saved | {"document_number": "…" + ending(booking), "answers": asked(booking.visit)}
    return answer


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) or hasattr(value, "isoformat") else str(value)
