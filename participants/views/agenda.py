"""The participant's own agenda: stars, working groups, what has changed, and the address of the personal calendar."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.feeds.calendar import to_ics
from events.scheduling import released_agenda
from events.views.frame import edition_frame
from participants import links, my_agenda
from participants.mail.calendars import visit_file
from participants.models import Link, Participant, VisitBooking
from participants.my_agenda import Chosen, MyAgendaError
from participants.views.my_days import shown
from participants.views.private import for_the_bearer, no_link, private_page

BY = "participant"
ICS = "text/calendar; charset=utf-8"
NUMBER = re.compile(r"[0-9]{1,9}\Z")  # a key that can be one


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if NUMBER.match(text)]


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, participant: Participant) -> HttpResponse:
    """The own agenda; a post stars, chooses, keeps what a browser had starred, or makes and ends the address."""
    if request.method != "POST":
        return _page(request, participant, kept=_numbers([request.GET.get("kept", "")]))
    try:
        if request.POST.get("do") == "give":
            return _page(request, participant, address=my_agenda.give_calendar(participant=participant, by=BY))
        return redirect(_home(participant) + _act(request, participant))
    except MyAgendaError as error:
        participant.refresh_from_db()
        return _page(request, participant, status=422, problem=str(error))


def _act(request: HttpRequest, participant: Participant) -> str:
    """Do what the button asks for; where on the page to go on."""
    asked = request.POST.get("do", "keep" if "sessions" in request.POST else "")
    session = (_numbers([request.POST.get("session", "")]) or [0])[0]
    if asked == "keep":
        sessions = _numbers(request.POST.getlist("sessions"))
        return f"?kept={my_agenda.keep(participant=participant, sessions=sessions, by=BY)}#kept"
    if asked == "end":
        my_agenda.end_calendar(participant=participant, by=BY)
        return "#calendar"
    if asked == "choose":
        beside = (_numbers([request.POST.get("beside", "")]) or [0])[0]
        verb, session = (my_agenda.star, session) if session else (my_agenda.leave_groups, beside)
        verb(participant=participant, session=session, by=BY)
        return f"#groups-{beside}"
    if asked in {"star", "unstar"}:
        verb = my_agenda.star if asked == "star" else my_agenda.unstar
        verb(participant=participant, session=session, by=BY)
        return f"#s-{session}"
    raise MyAgendaError(_("Nothing was changed. Press one of the buttons of this page."))


def _home(participant: Participant) -> str:
    return reverse("participants:my-agenda", kwargs={"reference": participant.reference})


def _page(request: HttpRequest, participant: Participant, status: int = 200, **more: Any) -> HttpResponse:
    edition = participant.edition
    agenda = released_agenda(edition.slug)
    may_act = participant.status in Participant.LIVE and not edition.is_over()
    context = {
        "participant": participant,
        "edition": edition,
        "frame": edition_frame(edition, "my"),
        "agenda": agenda,
        "shown": shown(agenda, participant) if agenda else None,
        "may_act": may_act,
        "calendar": my_agenda.calendar_link(participant),
    }
    with clock.override(edition.zone):  # templates show moments in the zone in force
        return render(request, "participants/agenda/my_agenda.html", context | more, status=status)


# -- Files ------------------------------------------------------------------------------------------------------------


@private_page
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The own agenda for calendar programs, by the token alone; the address says the language."""
    link = links.find(token, Link.Purpose.CALENDAR)
    participant = link.participant if link else None
    if participant is None or participant.erased_at or participant.status not in Participant.LIVE:
        return no_link(request)
    agenda = released_agenda(participant.edition.slug)
    if agenda is None:
        return no_link(request)
    items = my_agenda.own(agenda, Chosen.by(participant))
    body = to_ics(agenda, only=items, site=settings.SITE_URL, language=get_language() or "en")
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    response = HttpResponse(body, content_type=ICS, headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=response) or response


@for_the_bearer
@require_safe
def visit_ics(request: HttpRequest, participant: Participant, pk: int) -> HttpResponse:
    """The field visit for the calendar, with the meeting point: for those who have a place."""
    places = participant.bookings.filter(state=VisitBooking.State.CONFIRMED).select_related("visit__session")
    booking = get_object_or_404(places, visit=pk)
    booking.participant = participant
    body = visit_file(booking)
    if not body:
        raise Http404
    response = HttpResponse(body, content_type=ICS)
    response["Content-Disposition"] = 'attachment; filename="visit.ics"'
    return response
