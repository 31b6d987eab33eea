"""The page on which a participant writes what the host of a visit asks for. Nothing that was saved comes back here."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from events.views.frame import edition_frame
from participants import nominating, records
from participants.forms import RecordForm
from participants.models import Participant, VisitBooking, VisitRecord
from participants.nationalities import MARK
from participants.records import RecordError
from participants.views.private import for_the_bearer
from participants.visit_places import record_asked
from participants.wording import notes_with, when


@sensitive_post_parameters(*records.FIELDS)
@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()  # no report of a fault shows what any function below had in hand
def record(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Show what is asked, or save it. Who comes on several visits chooses one by `?visit=`."""
    bookings = _asked(participant)
    if not bookings:
        return redirect("participants:my", reference=participant.reference)
    booking = _chosen(bookings, request.GET.get("visit", ""))
    form = RecordForm(booking.visit, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                nominating.prove_address(participant=participant, by="participant")
                records.save_record(booking=booking, answers=form.cleaned_data, by="participant")
            return redirect(_address(participant, booking))
        except RecordError as error:
            form.add_error(None, str(error))
    context = _context(participant, bookings, booking)
    return render(request, "participants/record.html", context | {"form": form}, status=422 if form.is_bound else 200)


def _asked(participant: Participant) -> list[VisitBooking]:
    """The bookings whose host asks for something, each with `is_complete` and `is_open`."""
    bookings = participant.bookings.select_related("visit__session").order_by("visit__session__start", "pk")
    found: list[Any] = [booking for booking in bookings if record_asked(booking.visit)]
    for booking in found:
        booking.is_complete = records.bookings_of(booking.visit).get(pk=booking.pk).is_complete
        booking.is_open = not records.why_closed(booking)
    return found


def _chosen(bookings: list[Any], visit: str) -> Any:
    """The one of the address, else the first that misses something, else the first."""
    named = [booking for booking in bookings if str(booking.visit_id) == visit]
    waiting = [booking for booking in bookings if booking.is_open and not booking.is_complete]
    return [*named, *waiting, *bookings][0]


def _address(participant: Participant, booking: VisitBooking) -> str:
    return f"{reverse('participants:record', args=[participant.reference])}?visit={booking.visit_id}"


def _context(participant: Participant, bookings: list[Any], booking: Any) -> dict[str, Any]:
    edition = participant.edition
    erased_after = edition.last_day + dt.timedelta(days=edition.keep_visit_days) if edition.last_day else None
    return {
        "participant": participant,
        "edition": edition,
        "frame": edition_frame(edition, "my"),
        "booking": booking,
        "when": when(booking.visit.session, edition),
        "others": [(one, _address(participant, one)) for one in bookings if one != booking],
        "saved_at": VisitRecord.objects.filter(booking=booking).values_list("saved_at", flat=True).first(),
        "ending": records.ending(booking),
        "closed": records.why_closed(booking),
        "erased_after": erased_after,
        "footnotes": notes_with(edition, {MARK}) if booking.visit.asks_identity else [],
    }
