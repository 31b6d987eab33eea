"""Another e-mail address for a registration: asked for on one page, confirmed from the new mailbox on another."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from events.views.frame import edition_frame
from participants import changing, joining, links, throttling
from participants.addresses import address_key
from participants.forms import AddressForm
from participants.models import Link, Participant
from participants.registration import RegistrationError
from participants.views.my import page
from participants.views.private import for_the_bearer, no_link, private_page

PER_CLIENT = 20
PER_ADDRESS = 5
SECONDS = 600


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Ask for another address, or keep the one in force. What is answered is the same for every address."""
    home = redirect("participants:my", reference=participant.reference)
    if participant.status not in Participant.LIVE:
        return home
    if "keep" in request.POST:
        changing.keep_address(participant=participant, by="participant")
        return home
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if _too_often(request, form.cleaned_data["email"]):
            return throttling.too_many(request, SECONDS)
        if _asked(participant, form):
            return home
    return page(request, "address", participant, status=422 if form.is_bound else 200, form=form)


def _too_often(request: HttpRequest, email: str) -> bool:
    """One sender, or many senders of mail to one mailbox."""
    by_client = throttling.count("new address", throttling.client_address(request), SECONDS)
    return by_client > PER_CLIENT or throttling.count("new address to", address_key(email), SECONDS) > PER_ADDRESS


def _asked(participant: Participant, form: AddressForm) -> bool:
    """Ask for the address; false, with the reason in the form, where the rules do not allow it."""
    try:
        with transaction.atomic():
            joining.prove_address(participant=participant, by="participant")
            changing.ask_new_address(participant=participant, email=form.cleaned_data["email"], by="participant")
    except RegistrationError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail to the new address. Opening it changes nothing: the button does."""
    link = links.find(token, Link.Purpose.ADDRESS)
    if link is None or link.participant is None or link.participant.erased_at:
        return no_link(request)
    if link.used_at:
        return redirect("participants:address-confirmed")
    problem = ""
    if request.method == "POST":
        try:
            changing.confirm_new_address(link=link, by="participant")
            return redirect("participants:address-confirmed")
        except RegistrationError as error:
            problem = str(error)
    edition = link.participant.edition
    context = {"link": link, "edition": edition, "frame": edition_frame(edition, "my"), "problem": problem}
    return render(request, "participants/confirm_address.html", context, status=422 if problem else 200)


@private_page
@require_safe
def confirmed(request: HttpRequest) -> HttpResponse:
    """It is done: the new link is in the new mailbox."""
    return render(request, "participants/address_confirmed.html")
