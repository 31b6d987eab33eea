"""What a participant manages by the link in the e-mail, without an account. Opening a page changes nothing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone as clock
from django.views.decorators.http import require_http_methods, require_safe

from events.views.frame import edition_frame
from participants import changing, links, mail, nominating, registration, throttling
from participants.addresses import address_key
from participants.forms import DetailsForm, LostForm
from participants.held import held_on
from participants.models import Link, Participant
from participants.registration import RegistrationError
from participants.views.private import all_remembered, for_the_bearer, no_link, private_page, remember
from participants.wording import footnotes, printed

LOST_PER_CLIENT = 20
LOST_PER_ADDRESS = 5
LOST_SECONDS = 600


@private_page
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the e-mail: remember it in this browser. It proves nothing, since mail scanners open links too."""
    link = links.find(token, Link.Purpose.MY)
    if link is None or link.participant is None or link.participant.erased_at:
        return no_link(request)
    response = redirect("participants:my", reference=link.participant.reference)
    remember(request, response, link)
    return response


@private_page
def nothing(request: HttpRequest) -> HttpResponse:
    """Whatever else stands below /my/."""
    return no_link(request)


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest, participant: Participant) -> HttpResponse:
    """How the registration stands and what can be done; a post says that the address is the person's own."""
    if request.method == "POST":
        nominating.prove_address(participant=participant, by="participant")
        return redirect("participants:my", reference=participant.reference)
    return _page(
        request,
        "my",
        participant,
        delegation=printed(participant.delegation),
        footnotes=footnotes(participant.edition, [participant.delegation]),
    )


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Ask once more, then withdraw. Where it has ended already, the overview says so."""
    if not may_withdraw(participant):
        return redirect("participants:my", reference=participant.reference)
    if request.method != "POST":
        return _page(request, "withdraw", participant)
    try:
        with transaction.atomic():
            nominating.prove_address(participant=participant, by="participant")
            registration.withdraw(participant=participant, by="participant")
    except RegistrationError as error:
        participant.refresh_from_db()
        if may_withdraw(participant):
            return _page(request, "withdraw", participant, status=422, problem=str(error))
    return redirect("participants:my", reference=participant.reference)


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Correct the details until the edition's deadline for it."""
    if not may_change(participant):
        return redirect("participants:my", reference=participant.reference)
    form = DetailsForm(participant, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        answers = dict(form.cleaned_data)
        version = answers.pop("version")
        try:
            with transaction.atomic():
                nominating.prove_address(participant=participant, by="participant")
                changing.change_details(participant=participant, answers=answers, version=version, by="participant")
            return redirect("participants:my", reference=participant.reference)
        except RegistrationError as error:
            participant.refresh_from_db()
            form.show_for(participant.version)
            form.add_error(None, str(error))
    return _page(request, "details", participant, status=422 if form.is_bound else 200, form=form)


@for_the_bearer
@require_safe
def held(request: HttpRequest, participant: Participant) -> HttpResponse:
    """All that is held on the person, as one file."""
    response = JsonResponse(held_on(participant), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{participant.reference}.json"'
    return response


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """Send the link again. The answer is the same whether or not the address is known."""
    form = LostForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "known": all_remembered(request)}
        return render(request, "participants/lost.html", context, status=422 if form.is_bound else 200)
    key = address_key(form.cleaned_data["email"])
    by_client = throttling.count("lost link", throttling.client_address(request), LOST_SECONDS)
    if by_client > LOST_PER_CLIENT or throttling.count("lost link to", key, LOST_SECONDS) > LOST_PER_ADDRESS:
        return throttling.too_many(request, LOST_SECONDS)
    found = Participant.objects.live().filter(email_key=key).select_related("edition", "delegation")
    for participant in found.order_by("-registered_at")[:10]:
        mail.lost_link(participant)
    return redirect("participants:lost-sent")


@private_page
@require_safe
def lost_sent(request: HttpRequest) -> HttpResponse:
    """Look in your mail."""
    return render(request, "participants/lost_sent.html")


def may_withdraw(participant: Participant) -> bool:
    """Whether there is a registration to withdraw from."""
    return participant.status in Participant.LIVE and not participant.edition.is_over()


def may_change(participant: Participant) -> bool:
    """Whether details may still be changed."""
    closes = participant.edition.details_deadline
    return may_withdraw(participant) and (closes is None or clock.now() < closes)


def _page(request: HttpRequest, name: str, participant: Participant, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "participant": participant,
        "edition": participant.edition,
        "frame": edition_frame(participant.edition, "my"),
        "may_change": may_change(participant),
        "may_withdraw": may_withdraw(participant),
    }
    return render(request, f"participants/{name}.html", context | more, status=status)
