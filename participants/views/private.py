"""What every page behind a link has in common: no cache, no index, and the link remembered in this browser."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from participants import links
from participants.models import Link, Participant

COOKIE = "my"
PATH = "/"
_signer = signing.Signer(salt="participants.my")

View = Callable[..., HttpResponse]


def private_page(view: View) -> View:
    """Nobody but the reader may keep or index the page; open without an account."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"
        return response

    return login_not_required(wrapped)


def cookie_name() -> str:
    """The name of the cookie; on https a prefix makes browsers keep it to this host."""
    return f"__Host-{COOKIE}" if settings.HTTPS else COOKIE


def remember(response: HttpResponse, link: Link) -> HttpResponse:
    """Remember the link in this browser: its number, signed. The link itself is asked again at every page."""
    seconds = max(60, int((link.expires_at - link.issued_at).total_seconds()))
    response.set_cookie(
        cookie_name(),
        _signer.sign(str(link.pk)),
        max_age=min(seconds, 400 * 24 * 3600),
        path=PATH,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def remembered(request: HttpRequest, reference: str) -> Participant | None:
    """The participant of this reference, if this browser holds a good link to it."""
    try:
        pk = int(_signer.unsign(request.COOKIES.get(cookie_name(), "")))
    except (signing.BadSignature, ValueError):
        return None
    link = links.good().filter(pk=pk, purpose=Link.Purpose.MY, participant__reference=reference).first()
    return link.participant if link else None


def for_the_bearer(view: View) -> View:
    """Call the view with the participant of the reference; without a good link show the page that sends it again."""

    @private_page
    @wraps(view)
    def wrapped(request: HttpRequest, reference: str, *args: Any, **kwargs: Any) -> HttpResponse:
        participant = remembered(request, reference)
        if participant is None:
            return no_link(request)
        return view(request, participant, *args, **kwargs)

    return wrapped


def no_link(request: HttpRequest) -> HttpResponse:
    """One page for every link that does not work, whatever is wrong with it."""
    return render(request, "participants/no_link.html", status=404)
