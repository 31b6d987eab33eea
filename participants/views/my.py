"""What a participant manages by the link in the e-mail, without an account. Opening a page changes nothing."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.documents import shown
from events.models import Document
from events.views.frame import edition_frame
from participants import capacity, changing, joining, links, mail, registration, throttling
from participants.access import papers_for
from participants.addresses import address_key
from participants.forms import DetailsForm, LostForm
from participants.held import held_on
from participants.lifetimes import ATTENDANCE, end_of
from participants.models import ChangeRequest, Link, Participant
from participants.registration import RegistrationError
from participants.views.private import all_remembered, csrf_kept, for_the_bearer, no_link, private_page, remember
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
    page = "my-agenda" if request.GET.get("to") == "agenda" else "my"
    response = redirect(f"participants:{page}", reference=link.participant.reference)
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
        joining.prove_address(participant=participant, by="participant")
        return redirect("participants:my", reference=participant.reference)
    waiting = _waiting_request(participant)
    return page(
        request,
        "my",
        participant,
        delegation=printed(participant.delegation),
        footnotes=footnotes(participant.edition, [participant.delegation]),
        needs_nomination=not capacity.is_admissible(participant.edition, participant),
        number_in_line=capacity.number_in_line(participant),
        new_address=changing.open_address_links(participant).first(),
        papers=_papers(participant),
        request_waits=waiting,
        asked_for=[DetailsForm.base_fields[name].label for name in json.loads(waiting.answers)] if waiting else [],
    )


def _papers(participant: Participant) -> list[tuple[Document, None]]:
    """The papers that this person may open."""
    accesses = papers_for(participant.edition, AnonymousUser(), [participant])
    return [(paper, None) for paper in shown(participant.edition, accesses)]


def _waiting_request(participant: Participant) -> ChangeRequest | None:
    return participant.change_requests.filter(state=ChangeRequest.State.ASKED).first()


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Ask once more, then withdraw. Where it has ended already, the overview says so."""
    if not may_withdraw(participant):
        return redirect("participants:my", reference=participant.reference)
    if request.method != "POST":
        return page(request, "withdraw", participant)
    try:
        with transaction.atomic():
            registration.withdraw(participant=participant, by="participant")
            # Afterwards, so that no nomination is joined and no place given in the moment in which it is given back.
            joining.prove_address(participant=participant, by="participant")
    except RegistrationError as error:
        participant.refresh_from_db()
        if may_withdraw(participant):
            return page(request, "withdraw", participant, status=422, problem=str(error))
    return redirect("participants:my", reference=participant.reference)


@csrf_kept
@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, participant: Participant, *, forged: bool) -> HttpResponse:
    """Correct the details until the edition's deadline for it; from then on ask the secretariat for the change."""
    if not may_withdraw(participant):
        return redirect("participants:my", reference=participant.reference)
    waiting = None if may_change(participant) else _waiting_request(participant)
    asked = json.loads(waiting.answers) if waiting else None
    form = DetailsForm(participant, request.POST if request.method == "POST" else None, asked=asked)
    status = 422 if form.is_bound else 200
    if form.is_bound and forged:
        form.add_error(None, _("The form was open for a long time, or cookies are off. Send the form again"))
        status = 403
    elif form.is_bound and form.is_valid() and _saved(participant, form):
        return redirect("participants:my", reference=participant.reference)
    return page(request, "details", participant, status=status, form=form, request_waits=waiting)


def _saved(participant: Participant, form: DetailsForm) -> bool:
    """Change the details, or ask for it; false, with the reason in the form, where the rules do not allow it."""
    answers = dict(form.cleaned_data)
    version = answers.pop("version")
    verb: Any = changing.change_details if may_change(participant) else changing.request_change
    try:
        with transaction.atomic():
            verb(participant=participant, answers=answers, version=version, by="participant")
            # Afterwards: a nomination that is joined now makes another version of the registration.
            joining.prove_address(participant=participant, by="participant")
    except RegistrationError as error:
        participant.refresh_from_db()
        form.show_for(participant.version)
        form.add_error(error.field or None, str(error))
        return False
    return True


@for_the_bearer
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, participant: Participant) -> HttpResponse:
    """Say what is erased and what must be kept, ask once more, then tell the secretariat."""
    if participant.erasure_asked_at:
        return redirect("participants:my", reference=participant.reference)
    if request.method == "POST":
        changing.ask_for_erasure(participant=participant, by="participant")
        return redirect("participants:my", reference=participant.reference)
    has_come = participant.attendance.filter(void_at=None, mark="present").exists()
    keeps_name = has_come and participant.edition.keep_attendance_years > 0
    return page(request, "erase", participant, keeps_name=keeps_name, kept_until=_attendance_end(participant))


def _attendance_end(participant: Participant) -> dt.date | None:
    """The last day, at the place of the edition, on which names and attendance are kept."""
    end = end_of(participant.edition, ATTENDANCE)
    return end and (end - dt.timedelta(days=1)).date()


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


def page(request: HttpRequest, name: str, participant: Participant, status: int = 200, **more: Any) -> HttpResponse:
    """One of the pages below a registration."""
    context = {
        "participant": participant,
        "edition": participant.edition,
        "frame": edition_frame(participant.edition, "my"),
        "may_change": may_change(participant),
        "may_withdraw": may_withdraw(participant),
        "may_change_address": participant.status in Participant.LIVE,
    }
    return render(request, f"participants/{name}.html", context | more, status=status)
