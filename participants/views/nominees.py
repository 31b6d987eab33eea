"""The registration form of somebody whom a delegation nominated. Opening the link changes nothing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from events.models import Edition
from events.views.frame import edition_frame
from participants import links
from participants.forms import LostForm, NomineeForm
from participants.models import Link, Nomination, Participant
from participants.views.private import csrf_kept, no_link, private_page
from participants.views.registering import answer


@csrf_kept
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, token: str, *, forged: bool) -> HttpResponse:
    """The form, filled with what the delegation wrote. A good post registers, and both keys meet."""
    link = links.find(token, Link.Purpose.NOMINEE)
    nomination = link.nomination if link else None
    if nomination is None or nomination.withdrawn_at:
        return no_link(request)
    form = NomineeForm(nomination, request.POST if request.method == "POST" else None)
    # A post by somebody who registered before is answered like the first: a double press is one registration.
    if not form.is_bound and _is_registered(nomination):
        return _known(request, nomination)
    return answer(request, form, forged=forged, nomination=nomination)


def _is_registered(nomination: Nomination) -> bool:
    return Participant.objects.live().filter(nomination=nomination).exists()


def _known(request: HttpRequest, nomination: Nomination) -> HttpResponse:
    """Somebody registered with this nomination: the page says so, and to whom the link can be sent, but not of whom."""
    edition = nomination.delegation.edition
    context = {"form": LostForm(), "edition": edition, "frame": None}
    if edition.status != Edition.Status.DRAFT:
        context["frame"] = edition_frame(edition, "register")
    return render(request, "participants/registered.html", context)
