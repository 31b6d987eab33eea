"""How each field visit of an edition stands for one participant: what pages show and offer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone as clock

from events.models import FieldVisit
from participants.models import Participant, VisitBooking
from participants.visits import STANDING, is_off, is_open, missing
from participants.wording import when


@dataclass(frozen=True)
class VisitCard:
    """A visit, the participant's booking of it if there is one, and what can be done."""

    visit: FieldVisit
    booking: VisitBooking | None
    when: str
    left: int | None
    is_open: bool
    is_off: bool
    may_act: bool

    @property
    def state(self) -> str:
        """The state of the booking; empty without one."""
        return self.booking.state if self.booking else ""

    @property
    def stands(self) -> bool:
        """Whether there is a place or a wish."""
        return self.state in STANDING

    @property
    def missing(self) -> list[str]:
        """What is missing for the place; nothing is asked for a booking that has ended."""
        return missing(self.booking) if self.booking and self.stands and not self.is_off else []

    @property
    def may_book(self) -> bool:
        """Whether the participant can ask for a place now."""
        return self.may_act and self.is_open and self.state in {"", VisitBooking.State.WITHDRAWN}

    @property
    def may_withdraw(self) -> bool:
        """Whether there is something to give back."""
        return self.may_act and self.stands and not self.is_off

    @property
    def may_accept(self) -> bool:
        """Whether rules are to be accepted."""
        return self.may_act and "rules" in self.missing

    @property
    def asks_record(self) -> bool:
        """Whether the record is asked for now: from those with a place in the edition alone."""
        return self.may_act and "record" in self.missing and self._is_confirmed

    @property
    def is_theirs_to_do(self) -> bool:
        """Whether the participant can do something of what is missing."""
        return self.may_accept or self.asks_record

    @property
    def _is_confirmed(self) -> bool:
        return self.booking is not None and self.booking.participant.status == Participant.Status.CONFIRMED


def cards(participant: Participant, at: dt.datetime | None = None) -> list[VisitCard]:
    """Every visit of the edition in the order of time; two queries, and one for each record that is asked for."""
    at = at or clock.now()
    edition = participant.edition
    may_act = participant.status in Participant.LIVE and not edition.is_over(at)
    held = Count("bookings", filter=Q(bookings__state=VisitBooking.State.CONFIRMED))
    visits = FieldVisit.objects.filter(session__edition=edition).select_related("session").annotate(held=held)
    booked = {one.visit_id: one for one in participant.bookings.select_related("vehicle")}
    found = []
    for visit in visits.order_by("session__start", "pk"):
        booking = booked.get(visit.pk)
        if booking:
            booking.visit, booking.participant = visit, participant
        found.append(
            VisitCard(
                visit=visit,
                booking=booking,
                when=when(visit.session, edition),
                left=None if visit.capacity is None else max(0, visit.capacity - visit.held),
                is_open=is_open(visit, at),
                is_off=is_off(visit, at),
                may_act=may_act,
            )
        )
    return found
