"""What the desk shows of the point at which it counts: how people stand there, how many, and who is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Edition
from participants import attendance, boarding
from participants.attendance import Point
from participants.boarding import Boarding, HeadCount
from participants.models import Attendance, Participant, Scan, VisitBooking

Where = Point | Boarding

HEADLINES = {
    "ok": gettext_lazy("Checked in"),
    "already": gettext_lazy("Already here"),
    "undone": gettext_lazy("Undone"),
    "aboard": gettext_lazy("Aboard"),
    "moved": gettext_lazy("Aboard. Other vehicle"),
    "already aboard": gettext_lazy("Already aboard"),
    "unknown": gettext_lazy("Stop. Unknown code"),
    "other edition": gettext_lazy("Stop. Other edition"),
    "withdrawn": gettext_lazy("Stop. Withdrawn"),
    "declined": gettext_lazy("Stop. Declined"),
    boarding.FULL: gettext_lazy("Stop. No free seat"),
    boarding.NOT_OUT: gettext_lazy("Stop. Not counted out"),
}


def headline(tried: Scan, verdict: str) -> str:
    """The large words of an answer."""
    if verdict == "refused":
        code = tried.reason.partition(":")[0]
        is_of_visit = code == boarding.NO_BOOKING or code.startswith("visit ")
        return str(HEADLINES.get(code, _("Stop. No place on the visit") if is_of_visit else _("Stop. Not confirmed")))
    if tried.point.startswith("vehicle-"):
        verdict = {"ok": "aboard", "already": "already aboard"}.get(verdict, verdict)
    return str(HEADLINES[verdict])


@dataclass(frozen=True)
class Tag:
    """How a person stands at a point: "ok" (not counted yet), "warn" (counted) or "err" (cannot be counted)."""

    kind: str
    words: str

    @property
    def icon(self) -> str:
        """The icon beside the words."""
        return {"ok": "tick", "warn": "clock", "err": "stop"}[self.kind]


def tags(edition: Edition, point: Where, people: Iterable[Participant]) -> dict[int, Tag]:
    """How each of these people stands at the point, by key; one query."""
    people = list(people)
    if isinstance(point, Boarding):
        rows = VisitBooking.objects.filter(visit=point.vehicle.visit_id, participant__in=people)
        bookings = {one.participant_id: one for one in rows.select_related("vehicle", "back_vehicle")}
        stand = _stand_back if point.is_back else _stand_out
        return {one.pk: stand(edition, one, bookings.get(one.pk)) for one in people}
    times = dict(present(point).filter(participant__in=people).values_list("participant_id", "recorded_at"))
    return {one.pk: _stand(edition, one, times.get(one.pk)) for one in people}


def _stand(edition: Edition, person: Participant, since: dt.datetime | None) -> Tag:
    if person.status != Participant.Status.CONFIRMED:
        return Tag("err", person.get_status_display().capitalize())
    if since:
        return Tag("warn", _("Here since %(time)s") % {"time": _time(edition, since)})
    return Tag("ok", _("Confirmed"))


def _stand_out(edition: Edition, person: Participant, booking: VisitBooking | None) -> Tag:
    if person.status != Participant.Status.CONFIRMED:
        return Tag("err", person.get_status_display().capitalize())
    if booking is None or booking.state != VisitBooking.State.CONFIRMED:
        return Tag("err", _("No place on the visit"))
    words = {"vehicle": booking.vehicle, "time": _time(edition, booking.boarded_out_at)}
    if booking.boarded_out_at:
        return Tag("warn", _("Aboard %(vehicle)s since %(time)s") % words)
    return Tag("ok", _("Seat in %(vehicle)s") % words if booking.vehicle else _("No seat yet"))


def _stand_back(edition: Edition, person: Participant, booking: VisitBooking | None) -> Tag:
    if booking is None or booking.boarded_out_at is None:
        return Tag("err", _("Not counted on the way to the visit"))
    words = {"vehicle": booking.back_vehicle, "time": _time(edition, booking.boarded_back_at)}
    if booking.back_vehicle:
        return Tag("warn", _("Aboard %(vehicle)s since %(time)s") % words)
    return Tag("ok", _("Went out in %(vehicle)s") % {"vehicle": booking.vehicle} if booking.vehicle else _("Went out"))


def _time(edition: Edition, moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(edition.zone):%H:%M}" if moment else ""


def present(point: Point) -> QuerySet[Attendance]:
    """The standing marks of presence at a day or session."""
    rows = Attendance.objects.standing().filter(mark=Attendance.Mark.PRESENT, session=point.session)
    return rows if point.session else rows.filter(day=point.day)


# -- Head counts --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Panel:
    """The head count of a vehicle, and of its whole visit."""

    point: Boarding
    here: HeadCount
    whole: HeadCount

    @property
    def without_seat(self) -> list[VisitBooking]:
        """Who comes and is not in the list of any vehicle."""
        return [one for one in self.whole.missing if one.vehicle is None and not self.point.is_back]

    @property
    def missing(self) -> list[VisitBooking]:
        """Out: who has a seat here and is not aboard. Back: everybody who is nowhere yet."""
        return self.whole.missing if self.point.is_back else self.here.missing


def panel(point: Where) -> Panel | None:
    """The head count at a vehicle; None at a day or session."""
    if not isinstance(point, Boarding):
        return None
    visit, is_back = point.vehicle.visit, point.is_back
    here = boarding.head_count(visit, is_back=is_back, vehicle=point.vehicle)
    return Panel(point, here, boarding.head_count(visit, is_back=is_back))


def choices(edition: Edition) -> list[Where]:
    """Every day with its sessions, then every vehicle out and back; two queries."""
    return [*attendance.points(edition), *boarding.points(edition)]
