"""The check-in desk, phone first: choose the point, find the person, check in, see the answer."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.models import Edition
from participants import checkin, throttling
from participants.access import Right, editions_for, may
from participants.attendance import day_columns, session_columns
from participants.checkin import REPEATED, CheckInError
from participants.models import Attendance, Participant, Scan

SHOWN = 20
LAST = 10
MISSES, WINDOW = 30, 600


def _edition(request: HttpRequest, slug: str) -> Edition:
    if not may(request.user, Right.CHECK_IN):
        raise PermissionDenied
    return get_object_or_404(editions_for(request.user, Right.CHECK_IN).exclude(first_day=None), slug=slug)


def _device(request: HttpRequest) -> str:
    """Tells one signed-in phone from another without naming it."""
    return hashlib.sha256((request.session.session_key or "").encode()).hexdigest()[:16]


@never_cache
@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """The editions at whose desk one may stand."""
    if not may(request.user, Right.CHECK_IN):
        raise PermissionDenied
    editions = list(editions_for(request.user, Right.CHECK_IN).exclude(first_day=None).exclude(status="archived")[:50])
    if len(editions) == 1:
        return redirect("participants:desk", editions[0].slug)
    return render(request, "participants/desk/desks.html", {"editions": editions})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Search and the last check-ins; a POST checks in and goes to the answer."""
    edition = _edition(request, slug)
    if request.method == "POST":
        return _check_in(request, edition)
    point = request.GET.get("point", "") or _point_of_today(edition)
    words = request.GET.get("q", "")[:200]
    return _desk(request, edition, point, words)


def _desk(request: HttpRequest, edition: Edition, point: str, words: str, problem: str = "") -> HttpResponse:
    try:
        where = checkin.read_point(edition, point)
    except CheckInError:
        where = checkin.read_point(edition, _point_of_today(edition))
    scans = edition.scans.filter(result=Scan.Result.OK).select_related("participant__delegation")
    context = {
        "edition": edition,
        "points": _points(edition),
        "point": where.name,
        "q": words,
        "people": _found(edition, where, words) if words else [],
        "last": list(scans[:LAST]),
        "undo_from": clock.now() - checkin.UNDO_FOR,
        "present": _present(edition, where),
        "expected": edition.participants.confirmed().count(),
        "problem": problem,
    }
    return render(request, "participants/desk/desk.html", context, status=422 if problem else 200)


def _present(edition: Edition, where: checkin.Point) -> int:
    rows = Attendance.objects.standing().filter(participant__edition=edition, mark=Attendance.Mark.PRESENT)
    return rows.filter(day=where.day, session=where.session).count()


def _point_of_today(edition: Edition) -> str:
    today = clock.now().astimezone(edition.zone).date()
    day = today if today in edition.days else edition.days[0]
    return f"day:{day.isoformat()}"


def _points(edition: Edition) -> list[tuple[str, str, dt.date]]:
    """(name, words, day) of every day and session; words empty for a day."""
    points = []
    for column in day_columns(edition):
        points.append((f"day:{column.day.isoformat()}", "", column.day))
        for inner in session_columns(edition, column.day):
            if inner.session and inner.session.start:
                start = inner.session.start.astimezone(edition.zone)
                points.append((f"session:{inner.session.pk}", f"{start:%H:%M} {inner.session.title}", column.day))
    return points


def _found(edition: Edition, where: checkin.Point, words: str) -> list[dict[str, Any]]:
    """Live registrations that fit, by code or by name and organisation, each with the time it was counted here."""
    code = checkin.read_code(words)
    people = edition.participants.select_related("delegation")
    exact = list(people.filter(code=code))
    found = exact or list(people.live().matching(words).order_by("sort_name", "id")[: SHOWN + 1])
    rows = Attendance.objects.standing().filter(
        participant__in=found, day=where.day, session=where.session, mark=Attendance.Mark.PRESENT
    )
    times = dict(rows.values_list("participant_id", "recorded_at"))
    return [{"person": person, "nonce": uuid.uuid4(), "since": times.get(person.pk)} for person in found]


def _check_in(request: HttpRequest, edition: Edition) -> HttpResponse:
    try:
        tried = checkin.scan(
            edition=edition,
            code=request.POST.get("code", "")[:200],
            point=request.POST.get("point", ""),
            nonce=uuid.UUID(request.POST.get("nonce", "")),
            client_at=clock.now(),
            by=request.user.get_username(),
            device=_device(request),
        )
    except CheckInError as error:
        return _desk(request, edition, request.POST.get("point", ""), "", str(error))
    except ValueError:
        return _desk(
            request, edition, request.POST.get("point", ""), "", _("Load the page again and check in once more.")
        )
    return redirect("participants:result", edition.slug, tried.pk)


@never_cache
@require_safe
def result(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The answer to one try, as large as the screen."""
    edition = _edition(request, slug)
    tried = get_object_or_404(edition.scans.select_related("participant__delegation", "edition"), pk=pk)
    verdict = tried.result if tried.reason != REPEATED else "ok"
    context = {
        "edition": edition,
        "scan": tried,
        "verdict": verdict,
        "since": checkin.first_time(tried),
        "can_undo": tried.result == "ok"
        and tried.void_at is None
        and clock.now() - tried.received_at < checkin.UNDO_FOR,
    }
    return render(request, "participants/desk/result.html", context)


@never_cache
@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a check-in back: by the button of the page, or as JSON {"nonce": ...}."""
    edition = _edition(request, slug)
    is_json = request.content_type == "application/json"
    try:
        nonce = uuid.UUID(str(_object(request).get("nonce") if is_json else request.POST.get("nonce", "")))
    except ValueError:
        return _refused(_("Send the nonce of the check-in."), 400)
    tried = edition.scans.filter(nonce=nonce).first()
    if tried is None:
        raise Http404
    try:
        tried = checkin.undo(scan=tried, by=request.user.get_username())
    except CheckInError as error:
        if is_json:
            return _refused(str(error), 409)
        return _desk(request, edition, tried.point, "", str(error))
    if is_json:
        return JsonResponse({"status": "undone", "nonce": str(tried.nonce)})
    return redirect("participants:desk", edition.slug)


@never_cache
@require_POST
def scan(request: HttpRequest, slug: str) -> HttpResponse:
    """The same for programs: JSON in, JSON out, as the public contract says."""
    edition = _edition(request, slug)
    try:
        asked = _object(request)
        nonce = uuid.UUID(_text(asked, "nonce"))
        at = parse_datetime(_text(asked, "at"))
    except ValueError as error:
        return _refused(str(error), 400)
    if at is None or at.tzinfo is None or abs(at - clock.now()) > dt.timedelta(days=30):
        return _refused(_("“at” is not a time with its offset from the last days."), 400)
    try:
        tried = checkin.scan(
            edition=edition,
            code=_text(asked, "code"),
            point=_text(asked, "point"),
            nonce=nonce,
            client_at=at,
            by=request.user.get_username(),
            device=_device(request),
        )
    except (CheckInError, ValueError) as error:
        return _refused(str(error), 400)
    return JsonResponse(checkin.answer(tried))


def _object(request: HttpRequest) -> dict[str, Any]:
    try:
        asked = json.loads(request.body) if request.content_type == "application/json" else None
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise ValueError(_("Send a JSON object."))
    return asked


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value or len(value) > 200:
        raise ValueError(_("“%(name)s” is missing or is not a short text.") % {"name": name})
    return value


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)


@login_not_required
@never_cache
@require_safe
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """What the code on a badge opens: for the desk the person, for everybody else a page that says nothing."""
    who = throttling.client_address(request)
    if throttling.is_over("badge", who, MISSES) and not request.user.is_authenticated:
        return throttling.too_many(request, WINDOW)
    person = Participant.objects.select_related("edition").filter(code=checkin.read_code(code)).first()
    if person is not None and may(request.user, Right.CHECK_IN, person.edition):
        return redirect(f"{reverse('participants:desk', args=[person.edition.slug])}?q={person.code}")
    throttling.count("badge", who, WINDOW)
    response = render(request, "participants/desk/badge.html")
    response["X-Robots-Tag"] = "noindex"
    return response
