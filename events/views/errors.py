"""Pages that say what went wrong and what to do."""

import logging
import sys

from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long or cookies are off: nothing was changed."""
    return render(request, "403.html", {"form_expired": True}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request held something that cannot be read."""
    return render(request, "400.html", status=400)


def too_large(request: HttpRequest) -> HttpResponse:
    """What was sent is over the limit."""
    return render(request, "400.html", {"too_large": True}, status=413)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The page exists and is not for this person."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing is at this address, or nothing for this person."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault. A database that went away outside a view (in a session, say) is told as what it is."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request, busy=False)
    try:
        return render(request, "500.html", status=500)
    except Exception:  # whatever broke the page (a template, static files that were not collected) breaks this one too
        log.exception("the page for errors cannot be drawn")
        sentence = _("Something went wrong on our side. Try again in a few minutes.")
        return HttpResponse(sentence, status=500, content_type="text/plain; charset=utf-8")


def unavailable(request: HttpRequest, *, busy: bool) -> HttpResponse:
    """The database is away or busy: nothing was saved, trying again helps."""
    response = render(request, "503.html", {"busy": busy}, status=503)
    response["Retry-After"] = "5"
    return response
