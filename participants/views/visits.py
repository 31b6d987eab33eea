"""The field visits of a participant: book a place, accept the rules, see what is missing, give the place back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.models import FieldVisit
from events.views.frame import edition_frame
from participants import nominating, visits
from participants.models import Participant
from participants.views.private import for_the_bearer
from participants.visit_cards import cards
from participants.visits import VisitError

BY = "participant"
LONGEST_NUMBER = 9  # digits of a key or version that can be one


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def my_visits(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Every visit of the edition; a post books a place or accepts the rules."""
    if request.method != "POST":
        return _page(request, "my_visits", participant)
    visit = get_object_or_404(
        FieldVisit.objects.filter(session__edition=participant.edition_id), pk=_number(request, "visit")
    )
    try:
        with transaction.atomic():
            nominating.prove_address(participant=participant, by=BY)
            _act(request, participant, visit)
    except VisitError as error:
        participant.refresh_from_db()
        return _page(request, "my_visits", participant, status=422, problem=str(error))
    return redirect(f"{_home(participant)}#visit-{visit.pk}")


def _act(request: HttpRequest, participant: Participant, visit: FieldVisit) -> None:
    """What the button that was pressed asks for."""
    asked = request.POST.get("do")
    if asked == "book":
        visits.ask(participant=participant, visit=visit, by=BY)
    elif asked == "accept":
        booking = get_object_or_404(participant.bookings.select_related("visit"), visit=visit)
        visits.accept_rules(booking=booking, version=_number(request, "version"), by=BY)
    else:
        raise VisitError(_("Nothing was changed. Press one of the buttons of this page."))


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def give_back(request: HttpRequest, participant: Participant, pk: int) -> HttpResponse:
    """Ask once more, then give the place back. Where nothing is left to give back, the list says so."""
    card = next((card for card in cards(participant) if card.visit.pk == pk), None)
    if card is None or card.booking is None:
        raise Http404
    if request.method != "POST" and card.may_withdraw:
        return _page(request, "give_back", participant, card=card)
    if card.may_withdraw:
        try:
            with transaction.atomic():
                nominating.prove_address(participant=participant, by=BY)
                visits.withdraw_booking(booking=card.booking, by=BY)
        except VisitError as error:
            card.booking.refresh_from_db(fields=["state"])
            if card.stands:
                return _page(request, "give_back", participant, status=422, card=card, problem=str(error))
    return redirect(f"{_home(participant)}#visit-{pk}")


def _home(participant: Participant) -> str:
    return reverse("participants:my-visits", kwargs={"reference": participant.reference})


def _number(request: HttpRequest, name: str) -> int:
    """A key or version from the form; 0, which none has, for what is none."""
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER else 0


def _page(request: HttpRequest, name: str, participant: Participant, status: int = 200, **more: Any) -> HttpResponse:
    edition = participant.edition
    context = {
        "participant": participant,
        "edition": edition,
        "frame": edition_frame(edition, "my"),
        "cards": [] if "card" in more else cards(participant),
    }
    return render(request, f"participants/visits/{name}.html", context | more, status=status)
