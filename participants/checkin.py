"""The desk's verb: a code at a point. Every try is written down, refused ones too."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import Edition, Session, record
from participants import attendance
from participants.models import Attendance, Participant, Scan

Result = Scan.Result
UNDO_FOR = dt.timedelta(minutes=15)
REPEAT_WITHIN = dt.timedelta(seconds=60)
# A second press of the same device: written as "already", told as "ok".
REPEATED = "repeated"


class CheckInError(Exception):
    """Something the desk asked that cannot be; the text is a sentence for a person."""


@dataclass(frozen=True)
class Point:
    """Where people are counted: a day at the registration desk, or a session."""

    name: str
    day: dt.date
    session: Session | None = None


def read_point(edition: Edition, name: str) -> Point:
    """The point of this name, "day:2018-10-09" or "session:12". Raises CheckInError for any other."""
    kind, _colon, value = name.partition(":")
    if kind == "day" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            day = None
        if day in edition.days and day is not None:
            return Point(name, day)
    if kind == "session" and re.fullmatch(r"[0-9]{1,9}", value):
        session = edition.sessions.filter(pk=int(value), day__isnull=False).first()
        if session is not None and session.day is not None:
            return Point(f"session:{session.pk}", session.day, session)
    raise CheckInError(_("Choose a day or a session of this edition."))


def read_code(typed: str) -> str:
    """A code as typed or scanned: with spaces or hyphens, in small letters, or as the address on the badge."""
    address = re.search(r"/c/([^/]+)/?\Z", typed.strip())
    return re.sub(r"[\s-]", "", address.group(1) if address else typed).upper()[:64]


@transaction.atomic
def scan(
    *, edition: Edition, code: str, point: str, nonce: uuid.UUID, client_at: dt.datetime, by: str, device: str = ""
) -> Scan:
    """Check somebody in and return the try: ok, already (with the first time) or refused (with the reason).

    The same nonce gives the same try, however often and from wherever it comes. Raises CheckInError for a point that
    is none. Validity is judged before "already here".
    """
    where = read_point(edition, point)
    code = read_code(code)
    # The lock comes first: two desks with one badge, or one desk twice, take turns here.
    locked = Participant.objects.select_for_update(of=("self",), no_key=True).filter(code=code)
    participant = locked.select_related("edition", "delegation").first()
    if known := Scan.objects.filter(nonce=nonce).first():
        return known
    result, reason = _judge(edition, participant, where, device)
    try:
        with transaction.atomic():
            tried = Scan.objects.create(
                edition=edition,
                nonce=nonce,
                code=code,
                point=where.name,
                participant=participant if participant and participant.edition_id == edition.pk else None,
                result=result,
                reason=reason,
                client_at=client_at,
                staff=by,
                device=device,
            )
    except IntegrityError:  # an unknown code has no row to lock: the same nonce was just written
        return Scan.objects.get(nonce=nonce)
    if result == Result.OK and participant:
        attendance.mark(
            participant=participant, day=where.day, session=where.session, source=Attendance.Source.SCAN, by=by
        )
    return tried


def _judge(edition: Edition, participant: Participant | None, where: Point, device: str) -> tuple[str, str]:
    if participant is None:
        return Result.REFUSED, _("This code is not known.")
    if participant.edition_id != edition.pk:
        return Result.REFUSED, _("This badge is of another edition.")
    if participant.status != Participant.Status.CONFIRMED:
        return Result.REFUSED, _("The place is not confirmed: %(status)s.") % {
            "status": participant.get_status_display()
        }
    present = participant.attendance.standing().filter(day=where.day, session=where.session, mark="present")
    if not present.exists():
        return Result.OK, ""
    last = Scan.objects.filter(participant=participant, point=where.name, void_at=None, result=Result.OK).first()
    is_repeat = last and device and last.device == device and clock.now() - last.received_at < REPEAT_WITHIN
    return Result.ALREADY, REPEATED if is_repeat else ""


def first_time(tried: Scan) -> dt.datetime | None:
    """When the person of this try was first counted at its point."""
    if tried.participant is None:
        return None
    where = read_point(tried.edition, tried.point)
    rows = tried.participant.attendance.standing().filter(day=where.day, session=where.session)
    return rows.values_list("recorded_at", flat=True).first()


def answer(tried: Scan) -> dict[str, object]:
    """What the device is told, as the public contract says."""
    person = tried.participant
    is_ok = tried.result == Result.OK or tried.reason == REPEATED
    at = first_time(tried) if tried.result != Result.REFUSED else None
    shown = {"name": person.name, "delegation": person.delegation.name, "role": person.role} if person else None
    return {
        "status": "ok" if is_ok else tried.result,
        "reason": "" if is_ok else tried.reason,
        "at": (at or tried.received_at).isoformat(),
        "participant": shown,
    }


@transaction.atomic
def undo(*, scan: Scan, by: str, at: dt.datetime | None = None) -> Scan:
    """Take a check-in back: the try and the mark it made become void. Raises CheckInError after 15 minutes."""
    if scan.participant_id:
        Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=scan.participant_id)
    scan = (
        Scan.objects.select_for_update(of=("self",), no_key=True).select_related("participant__edition").get(pk=scan.pk)
    )
    now = at or clock.now()
    if scan.result != Result.OK or scan.participant is None:
        raise CheckInError(_("Only a check-in can be undone."))
    if scan.void_at is not None:
        return scan
    if now - scan.received_at > UNDO_FOR:
        raise CheckInError(_("A check-in can be undone for 15 minutes. Correct it in the attendance grid."))
    scan.void_at, scan.void_by = now, by
    scan.save(update_fields=["void_at", "void_by"])
    where = read_point(scan.edition, scan.point)
    attendance.clear(
        participant=scan.participant, day=where.day, session=where.session, by=by, reason="undone at the desk"
    )
    record(scan, "undo check-in", by=by, edition=scan.edition, before="ok", after="void")
    return scan
