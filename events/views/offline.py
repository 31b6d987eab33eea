"""What lets a phone keep the agenda: the service worker, the page for what was not kept, the web app manifest."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

SCRIPT = Path(settings.BASE_DIR) / "rasr" / "static" / "rasr" / "worker.js"
PARTS = ("site.css", "print.css", "door.css", "now.js", "stars.js", "offline.js", "door.js")


def _script() -> str:
    """The worker with its version: another one wherever it, or a file that pages are drawn with, is another."""
    text = SCRIPT.read_text()
    names = "".join(static(f"rasr/{part}") for part in PARTS)
    version = hashlib.sha256((text + names).encode()).hexdigest()[:12]
    languages = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    return f"const VERSION = {json.dumps(version)}, LANGUAGES = {json.dumps(languages)};\n{text}"


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. Browsers ask each time whether it is a new one."""
    return HttpResponse(
        _script(),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"},
    )


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What is shown without a connection in place of a page that was never kept."""
    response = render(request, "events/offline.html")
    response["Cache-Control"] = "no-cache"
    return response


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the site beside its other programs."""
    start = reverse("events:home")
    facts = {
        "name": _("RASR workshop"),
        "short_name": "RASR",
        "lang": get_language(),
        "id": start,
        "start_url": start,
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#f4f6f8",
        "theme_color": "#12385a",
        "icons": [{"src": static("rasr/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(
        facts, content_type="application/manifest+json", headers={"Cache-Control": "public, max-age=3600"}
    )
