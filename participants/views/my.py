"""What a participant manages with the link from the e-mail, without an account."""

from __future__ import annotations

import contextlib

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.views.frame import edition_frame
from participants import links, mail, registration, throttling
from participants.addresses import address_key
from participants.forms import ChangeForm, LostForm
from participants.models import Link, Participant
from participants.registration import DETAILS, RegistrationError
from participants.views.private import for_the_bearer, no_link, private_page, remember

MISSES = 30  # wrong links from one network in ten minutes
WINDOW = 600
LOST_TRIES = 10


@private_page
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Remember the link in this browser and go on to a plain address. Opening changes nothing: scanners open links."""
    who = throttling.client_address(request)
    link = links.find(token, Link.Purpose.MY)
    if link is None or link.participant is None:
        if throttling.count("wrong link", who, WINDOW) > MISSES:
            return throttling.too_many(request, WINDOW)
        return no_link(request)
    return remember(HttpResponseRedirect(reverse("participants:my", args=[link.participant.reference])), link)


def _context(participant: Participant, **more: object) -> dict[str, object]:
    edition = participant.edition
    return {"participant": participant, "edition": edition, "frame": edition_frame(edition, "my"), **more}


@for_the_bearer
@require_safe
def my(request: HttpRequest, participant: Participant) -> HttpResponse:
    """The state first, then the details and what one can do."""
    bookings = participant.bookings.select_related("visit__session").order_by("asked_at")
    context = _context(
        participant,
        bookings=bookings,
        can_withdraw=participant.status in Participant.LIVE,
        can_change=_can_change(participant),
    )
    return render(request, "participants/my.html", context)


def _can_change(participant: Participant) -> bool:
    edition = participant.edition
    deadline = edition.details_deadline
    return participant.status in Participant.LIVE and not edition.is_over() and (not deadline or clock.now() < deadline)


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Ask once more, then withdraw."""
    if request.method == "POST":
        registration.prove_address(participant=participant, by="participant")
        with contextlib.suppress(RegistrationError):  # withdrawn already: the page says so
            registration.withdraw(participant=participant, by="participant")
        return redirect("participants:my", participant.reference)
    return render(request, "participants/withdraw.html", _context(participant))


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Correct the details until the deadline."""
    if not _can_change(participant):
        return redirect("participants:my", participant.reference)
    initial = {name: getattr(participant, name) for name in DETAILS} | {"version": participant.version}
    form = ChangeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        answers = {name: form.cleaned_data[name] for name in DETAILS}
        registration.prove_address(participant=participant, by="participant")
        try:
            registration.change_details(
                participant=participant, answers=answers, version=form.cleaned_data["version"], by="participant"
            )
        except RegistrationError as error:
            form.add_error(None, str(error))
        else:
            return redirect("participants:my", participant.reference)
    status = 422 if form.errors else 200
    return render(request, "participants/details.html", _context(participant, form=form), status=status)


@for_the_bearer
@require_safe
def held(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Everything that is held about the person, as one JSON file; the identity record only as far as it is shown."""
    names = [*DETAILS, "reference", "code", "role", "status", "email", "consent_version", "consent_privacy_at"]
    names += ["consent_photo_at", "consent_list_at", "registered_at", "status_changed_at", "email_proven_at"]
    answer = {name: getattr(participant, name) for name in names}
    answer["phone"] = str(participant.phone)
    answer["edition"], answer["delegation"] = participant.edition.slug, participant.delegation.name
    answer["visits"] = list(participant.bookings.values("visit_id", "state", "asked_at", "rules_version"))
    answer["attendance"] = list(participant.attendance.filter(void_at=None).values("day", "session_id", "mark"))
    answer["messages"] = list(participant.messages.values("kind", "queued_at", "state", "sent_at"))
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = 'attachment; filename="rasr-my-data.json"'
    return response


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """Send the link again; the answer is the same whether or not the address is known."""
    form = LostForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "participants/lost.html", {"form": form}, status=status)
    who = throttling.client_address(request)
    if throttling.count("lost link", who, WINDOW) > LOST_TRIES:
        return throttling.too_many(request, WINDOW)
    found = Participant.objects.live().filter(email_key=address_key(form.cleaned_data["email"]))
    for participant in found.select_related("edition", "delegation")[:10]:
        mail.lost_link(participant)
    return render(request, "participants/lost_sent.html", {"title": _("Look in your mail")})
