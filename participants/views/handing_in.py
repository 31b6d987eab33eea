"""Where a speaker hands in a presentation, without an account. Opening a page changes nothing."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone as clock
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.documents import HandInError, hand_in, hand_in_ends, handed_in
from events.views.frame import edition_frame
from participants import links, throttling
from participants.forms import HandInForm
from participants.models import Link
from participants.views.private import no_link, private_page, remember, remembered_hand_in

TRIES = 30  # of one link: each is read whole
TRIES_SECONDS = 3600
log = logging.getLogger(__name__)


@private_page
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The link that the secretariat gave: remember it in this browser."""
    link = links.find(token, Link.Purpose.HAND_IN)
    if link is None:
        return no_link(request)
    response = redirect("participants:hand-in", pk=link.pk)
    remember(request, response, link)
    return response


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The session, what was handed in, and the form; a post takes the file."""
    link = remembered_hand_in(request, pk)
    if link is None:
        return no_link(request)
    if request.method != "POST":
        return _show(request, link, HandInForm(initial={"language": get_language()}))
    if throttling.count("hand in", str(pk), TRIES_SECONDS) > TRIES:
        return throttling.too_many(request, TRIES_SECONDS)
    form = HandInForm(request.POST, request.FILES)
    if form.is_valid() and _taken(link, form):
        return redirect("participants:hand-in", pk=pk)
    return _show(request, link, form, 422)


def _taken(link: Any, form: HandInForm) -> bool:
    """Hand it in; false, with the reason in the form, where that cannot be."""
    answers = dict(form.cleaned_data)
    try:
        hand_in(session=link.session, speaker=link.speaker, taken=answers.pop("file"), by="speaker", **answers)
    except HandInError as error:
        form.add_error(None, str(error))
    except OSError:  # the disk is full, or is away
        log.exception("a presentation could not be kept")
        form.add_error("file", _("We cannot keep the file now. Nothing was saved. Try again later"))
    return not form.errors


def _show(request: HttpRequest, link: Any, form: HandInForm, status: int = 200) -> HttpResponse:
    session = link.session
    ends = hand_in_ends(session)
    context = {
        "form": form,
        "session": session,
        "speaker": link.speaker,
        "edition": session.edition,
        "frame": edition_frame(session.edition, "hand-in"),
        "ends": ends,
        "is_over": ends is not None and ends <= clock.now(),
        "is_off": session.status == session.Status.CANCELLED,
        "document": handed_in(session, link.speaker),
    }
    with clock.override(session.edition.zone):  # templates show moments in the zone in force
        return render(request, "participants/hand_in.html", context, status=status)


@private_page
def nothing(request: HttpRequest) -> HttpResponse:
    """Whatever else stands below /hand-in/."""
    return no_link(request)
