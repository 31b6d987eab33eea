"""The desk's verbs: a code at a point, and taking it back. Every try is written down, refused ones too."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Edition
from participants import attendance, boarding
from participants.attendance import AttendanceError, Point
from participants.boarding import Boarding, read_point
from participants.models import Attendance, Participant, Scan
from participants.models.participant import CODE_LETTERS
from participants.visit_places import lock_both

Result, Status = Scan.Result, Participant.Status
UNDO_FOR = dt.timedelta(minutes=15)
REPEAT_WITHIN = dt.timedelta(seconds=60)
# A device may have been without a network for long; a clock further off than this is wrong.
CLOCK_MAY_DIFFER = dt.timedelta(days=30)

# A second press on the same device: written as "already", told as "ok".
REPEATED, UNKNOWN, FOREIGN = "repeated", "unknown", "other edition"
REASONS = {
    UNKNOWN: gettext_lazy("No registration of this edition has this code."),
    FOREIGN: gettext_lazy("This badge is of another edition."),
    Status.PENDING: gettext_lazy("The secretariat has not confirmed this registration yet."),
    Status.WAITLISTED: gettext_lazy("This person is on the waiting list and has no place."),
    Status.DECLINED: gettext_lazy("The secretariat has declined this registration."),
    Status.WITHDRAWN: gettext_lazy("This registration was withdrawn."),
}
# Keyboards of the region write letters that look like those of a code; a code has no O and no 0, so they are a Q.
LOOK_ALIKE = str.maketrans("ВСНЈКМРЅТХ0OО", "BCHJKMPSTXQQQ")


def read_code(typed: str) -> str:
    """A code as typed or scanned: spaces, hyphens, small or look-alike letters, or the address on the badge."""
    address = re.search(r"/c/([^/?#]+)/?(?:[?#].*)?\Z", typed.strip())
    text = unicodedata.normalize("NFKC", address.group(1) if address else typed).upper().translate(LOOK_ALIKE)
    return re.sub(r"[\W_]", "", text)[:64]


def looks_like_code(typed: str) -> bool:
    """Whether this could be the code of a badge rather than a name."""
    code = read_code(typed)
    return len(code) == 8 and set(code) <= set(CODE_LETTERS)


@transaction.atomic
def scan(
    *, edition: Edition, code: str, point: str, nonce: uuid.UUID, client_at: dt.datetime, by: str, device: str = ""
) -> Scan:
    """Check somebody in, or count somebody aboard, and return the try: ok, already or refused, with time or reason.

    The same nonce gives the same try, however often and from wherever it comes. `client_at` is kept, the server's clock
    orders. Raises AttendanceError for a point that is none, a clock that is far off, an archived edition and a nonce of
    another edition. Validity is judged before "already here".
    """
    where = read_point(edition, point)
    if edition.status == Edition.Status.ARCHIVED:
        raise AttendanceError(_("This edition is archived. Nobody can be checked in."))
    if abs(client_at - clock.now()) > CLOCK_MAY_DIFFER:
        raise AttendanceError(_("The clock of this device is wrong. Set its date and time."))
    code = read_code(code)
    # The lock comes first: two desks with one badge, one desk twice, or two at the last seat take turns here.
    if isinstance(where, Boarding):
        lock_both(where.vehicle.visit)
    locked = Participant.objects.select_for_update(of=("self",), no_key=True).filter(code=code)
    participant = locked.select_related("edition", "delegation").first()
    if known := _known(edition, nonce):
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
        if known := _known(edition, nonce):
            return known
        raise
    if result == Result.OK and participant:
        _count(participant, where, tried)
    return tried


def _count(participant: Participant, where: Point | Boarding, tried: Scan) -> None:
    by, at = tried.staff, tried.received_at
    if isinstance(where, Boarding):
        board = boarding.board_back if where.is_back else boarding.board_out
        board(participant=participant, vehicle=where.vehicle, by=by, at=at)
        return
    source = Attendance.Source.SCAN
    attendance.mark(participant=participant, day=where.day, session=where.session, source=source, by=by, at=at)


def _known(edition: Edition, nonce: uuid.UUID) -> Scan | None:
    known = Scan.objects.filter(nonce=nonce).first()
    if known and known.edition_id != edition.pk:
        raise AttendanceError(_("This number belongs to a check-in of another edition. Load the page again."))
    return known


def _judge(edition: Edition, participant: Participant | None, where: Point | Boarding, device: str) -> tuple[str, str]:
    if participant is None:
        return Result.REFUSED, UNKNOWN
    if participant.edition_id != edition.pk:
        return Result.REFUSED, FOREIGN
    result, reason = boarding.judge(participant, where) if isinstance(where, Boarding) else _here(participant, where)
    if result != Result.ALREADY:
        return result, reason
    entry = participant.scans.filter(point=where.name, void_at=None, result=Result.OK).first()
    is_repeat = entry and device and entry.device == device and clock.now() - entry.received_at < REPEAT_WITHIN
    return Result.ALREADY, REPEATED if is_repeat else ""


def _here(participant: Participant, where: Point) -> tuple[str, str]:
    if participant.status != Status.CONFIRMED:
        return Result.REFUSED, participant.status
    rows = participant.attendance.standing().filter(session=where.session, mark=Attendance.Mark.PRESENT)
    rows = rows if where.session else rows.filter(day=where.day)
    return Result.ALREADY if rows.exists() else Result.OK, ""


@transaction.atomic
def undo(*, scan: Scan, by: str, at: dt.datetime | None = None) -> Scan:
    """Take a check-in back: the try and the mark or boarding it made become void. Undone twice is undone once.

    Raises AttendanceError after 15 minutes, and for a try that checked nobody in.
    """
    where = read_point(scan.edition, scan.point)
    if isinstance(where, Boarding):
        lock_both(where.vehicle.visit)
    if scan.participant_id:
        Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=scan.participant_id)
    scan = Scan.objects.select_related("participant", "edition").get(pk=scan.pk)
    if scan.result != Result.OK or scan.participant is None:
        raise AttendanceError(_("Only a check-in can be undone."))
    if scan.void_at is not None:
        return scan
    if (at or clock.now()) - scan.received_at > UNDO_FOR:
        raise AttendanceError(_late(where))
    if isinstance(where, Boarding):
        booking = scan.participant.bookings.get(visit=where.vehicle.visit_id)
        boarding.take_back(booking=booking, is_back=where.is_back, by=by)
    else:
        reason = "undone at the desk"
        attendance.clear(participant=scan.participant, day=where.day, session=where.session, by=by, reason=reason)
    scan.refresh_from_db()
    return scan


def _late(where: Point | Boarding) -> str:
    if isinstance(where, Boarding):
        return _("A boarding can be undone for 15 minutes. Ask the secretariat: it corrects the seats.")
    return _("A check-in can be undone for 15 minutes. Correct it in the attendance grid.")


# -- Reading ------------------------------------------------------------------------------------------------------


def is_ok(tried: Scan) -> bool:
    """Whether the desk is told that all is well."""
    return tried.result == Result.OK or tried.reason == REPEATED


def reason_of(tried: Scan) -> str:
    """Why a try was refused, or what is to be known of one that was not, in words; empty where nothing is."""
    return str(REASONS.get(tried.reason, "")) or boarding.sentence(tried.reason)


@dataclass(frozen=True)
class Seen:
    """Since when a person is counted at a point, and who saw it."""

    at: dt.datetime
    by: str
    where: str


def seen(tried: Scan) -> Seen | None:
    """What a try met or made. It never changes, whatever is undone later."""
    if tried.participant is None or tried.result == Result.REFUSED:
        return None
    kind, _colon, value = tried.point.partition(":")
    if kind.startswith("vehicle"):
        first = boarding.first_try(tried)
        return Seen(first.received_at, first.staff, str(read_point(tried.edition, first.point))) if first else None
    rows = tried.participant.attendance.filter(mark=Attendance.Mark.PRESENT, recorded_at__lte=tried.received_at)
    rows = rows.filter(session=int(value)) if kind == "session" else rows.filter(session=None, day=value)
    rows = rows.exclude(void_at__lt=tried.received_at).select_related("session__edition")
    row = rows.order_by("-recorded_at", "-id").first()
    return Seen(row.recorded_at, row.recorded_by, str(Point(row.day, row.session))) if row else None


def answer(tried: Scan) -> dict[str, object]:
    """What a device is told, as the public contract says; the same for the same try at any time."""
    person, before = tried.participant, seen(tried)
    shown = {"name": person.name, "delegation": person.delegation.name, "role": person.role} if person else None
    return {
        "status": "ok" if is_ok(tried) else tried.result,
        "reason": reason_of(tried),
        "at": (before.at if before else tried.received_at).isoformat(),
        "participant": shown,
    }
