"""What a participant manages by the link in the e-mail, without an account. Opening a page changes nothing."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from participants import links, mail, registration
from participants.addresses import address_key
from participants.forms import DetailsForm, LostForm
from participants.held import held_on
from participants.models import Link, Participant
from participants.throttling import LOST_PER_ADDRESS, LOST_PER_CLIENT, client_address
from participants.views.private import no_link, own_registration, private_page, remember, wait_page


@login_not_required
@private_page
@require_safe
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the e-mail: remember it in this browser. It proves nothing, since mail scanners open links too."""
    link = links.find(token, Link.Purpose.MY)
    if link is None or link.participant is None or link.participant.erased_at:
        return no_link(request)
    response = redirect("participants:my", reference=link.participant.reference)
    remember(response, link, link.participant)
    return response


@login_not_required
@private_page
def nothing(request: HttpRequest) -> HttpResponse:
    """Whatever else stands below /my/: answered like a link that ended."""
    return no_link(request)


@login_not_required
@private_page
@own_registration
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest, participant: Participant) -> HttpResponse:
    """How the registration stands and what can be done; a post says that the address is the person's own."""
    if request.method == "POST":
        prove(participant)
        return redirect("participants:my", reference=participant.reference)
    bookings = participant.bookings.select_related("visit__session__edition").order_by("visit__session__start", "pk")
    context = {
        "participant": participant,
        "edition": participant.edition,
        "bookings": bookings,
        "may_change": may_change(participant),
        "may_withdraw": may_withdraw(participant),
    }
    return render(request, "participants/my.html", context)


@login_not_required
@private_page
@own_registration
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Ask once more, then withdraw."""
    context = {"participant": participant, "edition": participant.edition}
    if request.method != "POST" and may_withdraw(participant):
        return render(request, "participants/withdraw.html", context)
    if request.method == "POST":
        try:
            prove(participant)
            registration.withdraw(participant=participant, by=actor(participant))
        except registration.RegistrationError as error:
            return render(request, "participants/withdraw.html", context | {"problem": str(error)}, status=422)
    return redirect("participants:my", reference=participant.reference)


@login_not_required
@private_page
@own_registration
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Change details until the edition's deadline for it."""
    if not may_change(participant):
        return redirect("participants:my", reference=participant.reference)
    form = DetailsForm(participant, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        answers = dict(form.cleaned_data)
        try:
            prove(participant)
            registration.change_details(
                participant=participant, version=answers.pop("version"), answers=answers, by=actor(participant)
            )
            return redirect("participants:my", reference=participant.reference)
        except registration.RegistrationError as error:
            form.add_error(None, str(error))
    context = {"participant": participant, "edition": participant.edition, "form": form}
    return render(request, "participants/details.html", context, status=422 if form.is_bound else 200)


@login_not_required
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """Send the link again. The answer is the same whether or not the address is known."""
    form = LostForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return render(request, "participants/lost.html", {"form": form}, status=422 if form.is_bound else 200)
    key = address_key(form.cleaned_data["email"])
    wait = LOST_PER_CLIENT.wait_after_try(client_address(request)) or LOST_PER_ADDRESS.wait_after_try(key)
    if wait:
        return wait_page(request, wait)
    mail.lost_link(email=form.cleaned_data["email"])
    return redirect("participants:lost-sent")


@login_not_required
@private_page
@require_safe
def lost_sent(request: HttpRequest) -> HttpResponse:
    """Look in your mail."""
    return render(request, "participants/lost_sent.html")


@login_not_required
@private_page
@own_registration
@require_safe
def download(request: HttpRequest, participant: Participant) -> HttpResponse:
    """All that is held on the person, as one file."""
    response = JsonResponse(held_on(participant), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{participant.reference}.json"'
    return response


def prove(participant: Participant) -> None:
    """The first thing done behind the link shows that the person reads that mailbox."""
    if participant.email_proven_at is None:
        registration.prove_address(participant=participant, by=actor(participant))
        participant.refresh_from_db()


def actor(participant: Participant) -> str:
    """Whom the history names: the reference, which opens nothing and is no name."""
    return participant.reference


def may_change(participant: Participant) -> bool:
    """Whether details may still be changed."""
    edition = participant.edition
    closes = edition.details_deadline
    return (
        participant.status in Participant.LIVE and not edition.is_over() and not (closes and closes <= timezone.now())
    )


def may_withdraw(participant: Participant) -> bool:
    """Whether there is a registration to withdraw from."""
    return participant.status in Participant.LIVE and not participant.edition.is_over()
