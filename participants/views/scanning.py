"""The check-in desk for programs: JSON in, JSON out, as the public contract says."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from participants import checkin
from participants.attendance import AttendanceError
from participants.views import desk

LONGEST = 200


@never_cache
@require_POST
def scan(request: HttpRequest, slug: str) -> HttpResponse:
    """Check in by {"code", "point", "nonce", "at"}; 400 with a sentence for what cannot be read."""
    edition = desk.edition_of_desk(request, slug)
    try:
        asked = _object(request)
        tried = checkin.scan(
            edition=edition,
            code=_text(asked, "code"),
            point=_text(asked, "point"),
            nonce=_nonce(asked),
            client_at=_moment(asked),
            by=request.user.get_username(),
            device=desk.device_of(request),
        )
    except (ValueError, AttendanceError) as error:
        return _refused(str(error), 400)
    return JsonResponse(checkin.answer(tried))


@never_cache
@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back the check-in of {"nonce"}; the page's button posts a form to the same address."""
    if request.content_type != "application/json":
        return desk.undo(request, slug)
    edition = desk.edition_of_desk(request, slug)
    try:
        nonce = _nonce(_object(request))
    except ValueError as error:
        return _refused(str(error), 400)
    tried = edition.scans.filter(nonce=nonce).first()
    if tried is None:
        return _refused(_("No check-in has this number."), 404)
    try:
        tried = checkin.undo(scan=tried, by=request.user.get_username())
    except AttendanceError as error:
        return _refused(str(error), 409)
    return JsonResponse({"status": "undone", "nonce": str(tried.nonce)})


def _object(request: HttpRequest) -> dict[str, Any]:
    try:
        asked = json.loads(request.body) if request.content_type == "application/json" else None
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise ValueError(_("Send a JSON object."))
    return asked


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST:
        raise ValueError(_("“%(name)s” is missing or is not a short text.") % {"name": name})
    return value


def _nonce(asked: dict[str, Any]) -> uuid.UUID:
    try:
        return uuid.UUID(_text(asked, "nonce"))
    except ValueError:
        raise ValueError(_("“nonce” is missing or is not a UUID.")) from None


def _moment(asked: dict[str, Any]) -> dt.datetime:
    try:
        moment = parse_datetime(_text(asked, "at"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError(_("“at” is missing or is not a time with its offset, like 2018-10-09T09:01:00+02:00."))
    return moment


def _refused(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
