"""What all pages behind a link share: headers, and the memory of the link in this browser."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from participants.forms import LostForm
from participants.models import Link, Participant
from participants.throttling import LINK_MISSES, client_address

View = Callable[..., HttpResponse]
REMEMBERED_SECONDS = 30 * 24 * 3600
_SALT = "participants.my"


def private_page(view: View) -> View:
    """No cache keeps the page, no search engine lists it, and its address goes to no other site."""

    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex"
        # Not no-referrer: Django compares the Referer of a secure post with our own host.
        response["Referrer-Policy"] = "same-origin"
        return response

    return private


class _Check(CsrfViewMiddleware):
    """Django's check, which tells the view the reason instead of answering in its place."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def csrf_kept(view: View) -> View:
    """Call the view with `forged`: true when a post failed the check. It then shows the answers, changes nothing."""

    @csrf_exempt
    @wraps(view)
    def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        forged = _Check(lambda _request: HttpResponse()).process_view(request, HttpResponse, (), {}) is not None
        return view(request, *args, forged=forged, **kwargs)

    return kept


def remember(response: HttpResponse, link: Link, participant: Participant) -> None:
    """Let this browser open the registration of a link.

    One cookie per language, since each language has its own path, and only the pages of this registration get it:
    two colleagues on one computer do not push each other out.
    """
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            path = reverse("participants:my", args=[participant.reference])
        response.set_signed_cookie(
            f"my-{language}",
            f"{participant.reference}:{link.purpose}:{link.pk}",
            salt=_SALT,
            max_age=REMEMBERED_SECONDS,
            path=path,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )


def remembered(request: HttpRequest, reference: str) -> Participant | None:
    """The participant whose link this browser remembers; None when there is none, or it ended or was revoked since."""
    try:
        value = request.get_signed_cookie(f"my-{translation.get_language()}", salt=_SALT, max_age=REMEMBERED_SECONDS)
        owner, purpose, key = str(value).split(":")
    except (KeyError, BadSignature, ValueError):
        return None
    if owner != reference or purpose != Link.Purpose.MY:
        return None
    links = Link.objects.filter(pk=int(key), purpose=purpose, participant__reference=reference, revoked_at=None)
    links = links.filter(expires_at__gt=timezone.now(), participant__erased_at=None)
    link = links.select_related("participant__edition", "participant__delegation", "participant__nomination").first()
    return link.participant if link else None


def own_registration(view: View) -> View:
    """Give the view the participant in place of the reference; without a remembered link, the page that says so."""

    @wraps(view)
    def opened(request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        participant = remembered(request, reference)
        if participant is None:
            return no_link(request)
        return view(request, participant, **kwargs)

    return opened


def no_link(request: HttpRequest) -> HttpResponse:
    """The one answer to every link that opens nothing; guessing on and on is told to wait.

    A link that opens something is never counted: behind one office address real people are served meanwhile.
    """
    if wait := LINK_MISSES.wait_after_try(client_address(request)):
        return wait_page(request, wait)
    return render(request, "participants/no_link.html", {"form": LostForm()}, status=404)


def wait_page(request: HttpRequest, seconds: int) -> HttpResponse:
    """Too many tries: says when the next one is taken."""
    response = render(request, "participants/wait.html", {"minutes": -(-seconds // 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response
