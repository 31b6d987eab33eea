"""What all pages behind a link share: headers, and the memory of the links that this browser opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from participants import links, throttling
from participants.access import Right, may
from participants.forms import LostForm
from participants.models import Delegation, Link, Participant

COOKIE = "__Host-my" if settings.HTTPS else "my"  # the prefix makes browsers keep it to this host
REMEMBERED_LINKS = 20
REMEMBERED_SECONDS = 400 * 24 * 3600  # browsers keep no cookie longer; the links themselves end before
MISSES = 30  # links that open nothing, from one network
MISSES_SECONDS = 600
POSTS = 300  # of the contacts of one delegation: nearly each is a mail to somebody
POSTS_SECONDS = 3600
_signer = signing.Signer(salt="participants.my")

View = Callable[..., HttpResponse]


def private_page(view: View) -> View:
    """Open without an account; no cache keeps it, no search engine lists it, no other site learns its address."""

    @login_not_required
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


def _remembered_keys(request: HttpRequest) -> list[int]:
    try:
        return [int(key) for key in _signer.unsign(request.COOKIES.get(COOKIE, "")).split("-")]
    except (signing.BadSignature, ValueError):
        return []


def remember(request: HttpRequest, response: HttpResponse, link: Link) -> None:
    """Let this browser open what a link opens, beside what it opened before: colleagues share a computer.

    The cookie holds numbers of links, signed; whether a link is still good is asked again at every page.
    """
    keys = [link.pk, *(key for key in _remembered_keys(request) if key != link.pk)][:REMEMBERED_LINKS]
    response.set_cookie(
        COOKIE,
        _signer.sign("-".join(map(str, keys))),
        max_age=REMEMBERED_SECONDS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def remembered(request: HttpRequest, reference: str) -> Participant | None:
    """The participant of this reference, if this browser remembers a link to it that is still good."""
    return next((one for one in all_remembered(request) if one.reference == reference), None)


def all_remembered(request: HttpRequest) -> list[Participant]:
    """Everybody whose registration this browser may open now; no query where it remembers nobody."""
    keys = _remembered_keys(request)
    if not keys:
        return []
    good = links.good().filter(pk__in=keys, purpose=Link.Purpose.MY, participant__erased_at=None)
    return list({link.participant_id: link.participant for link in good if link.participant}.values())


def remembered_delegation(request: HttpRequest, pk: int) -> Delegation | None:
    """The delegation of this number, if this browser remembers a link of its contact that is still good."""
    keys = _remembered_keys(request)
    if not keys:
        return None
    good = links.good().filter(pk__in=keys, purpose=Link.Purpose.DELEGATION).select_related("delegation__edition")
    return next((link.delegation for link in good if link.delegation_id == pk), None)


def remembered_hand_in(request: HttpRequest, pk: int) -> Link | None:
    """The link of this number by which a speaker hands in, if this browser remembers it and it is still good."""
    if pk not in _remembered_keys(request):
        return None
    return links.good().filter(pk=pk, purpose=Link.Purpose.HAND_IN).first()


@dataclass(frozen=True)
class Acting:
    """Who acts for a delegation, by which name the history calls them, and whether the deadlines bind them."""

    delegation: Delegation
    by: str
    is_contact: bool


def acting(request: HttpRequest, pk: int) -> Acting | None:
    """The secretariat of the edition under their own name; else the contact, by the link; else nobody."""
    if request.user.is_authenticated:
        found = Delegation.objects.select_related("edition").filter(pk=pk).first()
        if found and may(request.user, Right.DECIDE, found.edition):
            return Acting(found, request.user.get_username(), is_contact=False)
    delegation = remembered_delegation(request, pk)
    return Acting(delegation, "delegation contact", is_contact=True) if delegation else None


def for_the_delegation(view: View) -> View:
    """Give the view who acts for the delegation, in place of its number; to everybody else, the page of no link."""

    @private_page
    @wraps(view)
    def opened(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
        who = acting(request, pk)
        if who is None:
            return no_link(request)
        is_counted = request.method == "POST" and who.is_contact
        if is_counted and throttling.count("delegation", str(pk), POSTS_SECONDS) > POSTS:
            return throttling.too_many(request, POSTS_SECONDS)
        return view(request, who, **kwargs)

    return opened


def for_the_bearer(view: View) -> View:
    """Give the view the participant in place of the reference; without a good link, the page that says so."""

    @private_page
    @wraps(view)
    def opened(request: HttpRequest, reference: str, **kwargs: Any) -> HttpResponse:
        participant = remembered(request, reference)
        if participant is None:
            return no_link(request)
        return view(request, participant, **kwargs)

    return opened


def no_link(request: HttpRequest) -> HttpResponse:
    """The one answer to every link that opens nothing; guessing on and on is told to wait.

    A link that opens something is never counted: real people behind the same address are served meanwhile.
    """
    if throttling.count("wrong link", throttling.client_address(request), MISSES_SECONDS) > MISSES:
        return throttling.too_many(request, MISSES_SECONDS)
    return render(request, "participants/no_link.html", {"form": LostForm()}, status=404)
