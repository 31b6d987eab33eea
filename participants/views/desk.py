"""The check-in desk, phone first: choose the point, find the person, check in, see the answer."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.models import Edition
from participants import boarding, checkin, throttling
from participants.access import Right, editions_for, may
from participants.attendance import AttendanceError, Point
from participants.boarding import Boarding
from participants.models import Participant, Scan, VisitBooking
from participants.views import points
from participants.views.points import Where

SHOWN = 20
LAST = 10
MISSES, WINDOW = 30, 600
REMEMBERED = "desk_point"


def edition_of_desk(request: HttpRequest, slug: str) -> Edition:
    """The edition at whose desk the account may stand; 403 for an account without any desk, 404 for a wrong one."""
    if not may(request.user, Right.CHECK_IN):
        raise PermissionDenied
    return get_object_or_404(_open(editions_for(request.user, Right.CHECK_IN)), slug=slug)


def _open(editions: QuerySet[Edition]) -> QuerySet[Edition]:
    return editions.exclude(first_day=None).exclude(status=Edition.Status.ARCHIVED)


def device_of(request: HttpRequest) -> str:
    """Tells one signed-in phone from another without naming it."""
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()[:16]


@never_cache
@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """The editions at whose desk one may stand."""
    if not may(request.user, Right.CHECK_IN):
        raise PermissionDenied
    editions = list(_open(editions_for(request.user, Right.CHECK_IN))[:50])
    if len(editions) == 1:
        return redirect("participants:desk", editions[0].slug)
    return render(request, "participants/desk/desks.html", {"editions": editions})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Search and the last check-ins; a POST checks in and goes to the answer, or chooses the point."""
    edition = edition_of_desk(request, slug)
    if request.method != "POST":
        return _page(request, edition)
    try:
        if "choose" in request.POST:
            point = boarding.read_point(edition, request.POST["choose"])
            request.session[REMEMBERED] = [edition.pk, point.name, _today(edition)]
            return redirect("participants:desk", edition.slug)
        tried = checkin.scan(
            edition=edition,
            code=request.POST.get("code", "")[:200],
            point=request.POST.get("point", ""),
            nonce=uuid.UUID(request.POST.get("nonce", "")),
            client_at=clock.now(),
            by=request.user.get_username(),
            device=device_of(request),
        )
    except AttendanceError as error:
        return _page(request, edition, str(error))
    except ValueError:
        return _page(request, edition, _("Nobody was checked in. Find the person and check in once more."))
    return redirect("participants:result", edition.slug, tried.pk)


def _page(request: HttpRequest, edition: Edition, problem: str = "") -> HttpResponse:
    point = _point(request, edition)
    words = request.GET.get("q", "").strip()[:200]
    people = _found(edition, point, words) if words else []
    entries = edition.scans.filter(result=Scan.Result.OK).select_related("participant__delegation")
    choices = points.choices(edition)
    titles = {one.name: one.title for one in choices if isinstance(one, Boarding)}
    context = {
        "edition": edition,
        "points": choices,
        "point": point,
        "is_today": point.day is None or point.day.isoformat() == _today(edition),
        "q": words,
        "people": people[:SHOWN],
        "has_more": len(people) > SHOWN,
        # A code that nobody here has is a try too: pressing the button writes it down.
        "code": checkin.read_code(words) if not people and checkin.looks_like_code(words) else "",
        "nonce": uuid.uuid4(),
        "last": [(entry, titles.get(entry.point, "")) for entry in entries[:LAST]],
        "undo_from": clock.now() - checkin.UNDO_FOR,
        "panel": points.panel(point),
        "problem": problem,
        "may_mark": may(request.user, Right.MARK_ATTENDANCE, edition),
    }
    if isinstance(point, Point):
        confirmed = edition.participants.confirmed()
        context["present"] = points.present(point).filter(participant__in=confirmed).count()
        context["expected"] = confirmed.count()
    return render(request, "participants/desk/desk.html", context, status=422 if problem else 200)


def _today(edition: Edition) -> str:
    return clock.now().astimezone(edition.zone).date().isoformat()


def _point(request: HttpRequest, edition: Edition) -> Where:
    """What was chosen on this phone today, else the day."""
    today = _today(edition)
    pk, name, chosen_on = request.session.get(REMEMBERED, (None, "", ""))
    if (pk, chosen_on) == (edition.pk, today):
        try:
            return boarding.read_point(edition, name)
        except AttendanceError:
            pass  # the session or vehicle is gone since
    days = {day.isoformat(): day for day in edition.days}
    return Point(days.get(today, edition.days[0]))


def _found(edition: Edition, point: Where, words: str) -> list[dict[str, Any]]:
    """Who fits, by code or by name and organisation, each with how they stand here; one more than shown."""
    people = edition.participants.select_related("delegation").filter(erased_at=None)
    first = Case(When(status=Participant.Status.CONFIRMED, then=0), default=1)
    found = list(people.filter(code=checkin.read_code(words)))
    found = found or list(people.matching(words).order_by(first, "sort_name", "id")[: SHOWN + 1])
    tags = points.tags(edition, point, found)
    return [{"person": person, "nonce": uuid.uuid4(), "tag": tags[person.pk]} for person in found]


@never_cache
@require_safe
def result(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The answer to one try, as large as the screen."""
    edition = edition_of_desk(request, slug)
    tried = get_object_or_404(edition.scans.select_related("participant__delegation"), pk=pk)
    verdict = _verdict(tried)
    bookings = VisitBooking.objects.filter(participant=tried.participant_id, state=VisitBooking.State.CONFIRMED)
    is_boarding = tried.point.startswith("vehicle-")
    context = {
        "edition": edition,
        "scan": tried,
        "verdict": verdict,
        "headline": points.headline(tried, verdict),
        "reason": checkin.reason_of(tried),
        "before": checkin.seen(tried),
        "bookings": bookings.select_related("vehicle", "visit__session") if verdict == "ok" else [],
        "can_undo": tried.result == "ok" and not tried.void_at and clock.now() - tried.received_at < checkin.UNDO_FOR,
        "may_see": may(request.user, Right.SEE_PEOPLE, edition),
        "panel": points.panel(boarding.read_point(edition, tried.point)) if is_boarding else None,
    }
    return render(request, f"participants/desk/{'boarded' if is_boarding else 'result'}.html", context)


def _verdict(tried: Scan) -> str:
    """What the page says at a glance: ok, moved, already, refused or undone."""
    if tried.void_at:
        return "undone"
    if tried.result == Scan.Result.OK and tried.reason:
        return "moved"
    return "ok" if checkin.is_ok(tried) else str(tried.result)


@never_cache
@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a check-in back by the button of the page."""
    edition = edition_of_desk(request, slug)
    try:
        tried = edition.scans.filter(nonce=uuid.UUID(request.POST.get("nonce", ""))).first()
        if tried is None:
            raise ValueError
        checkin.undo(scan=tried, by=request.user.get_username())
    except AttendanceError as error:
        return _page(request, edition, str(error))
    except ValueError:
        return _page(request, edition, _("Nothing was undone. Choose one of the last check-ins."))
    return redirect("participants:desk", edition.slug)


@login_not_required
@never_cache
@require_safe
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """What the code on a badge opens: for the desk the person, for everybody else a page that says nothing."""
    who = throttling.client_address(request)
    if throttling.is_over("badge", who, MISSES) and not may(request.user, Right.CHECK_IN):
        return throttling.too_many(request, WINDOW)
    read = checkin.read_code(code)
    person = Participant.objects.select_related("edition").filter(code=read).first()
    if person and may(request.user, Right.CHECK_IN, person.edition):
        return redirect(f"{reverse('participants:desk', args=[person.edition.slug])}?q={person.code}")
    throttling.count("badge", who, WINDOW)
    is_staff = may(request.user, Right.CHECK_IN)
    response = render(request, "participants/desk/badge.html", {"is_staff": is_staff})
    response["X-Robots-Tag"] = "noindex"
    return response
