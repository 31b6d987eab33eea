"""What changed from release to release."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from events.change_words import change_in_words
from events.models import AgendaRelease, Edition
from events.scheduling import released_agenda
from events.views.frame import edition_frame


@login_not_required
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Every release, newest first, each with its difference in words."""
    edition = Edition.objects.public().filter(slug=slug).first()
    if edition is None:
        raise Http404
    latest = released_agenda(slug)
    releases = AgendaRelease.objects.filter(edition=edition).defer("document") if latest else []
    rows = [
        {"release": release, "changes": [change_in_words(change, latest) for change in release.difference]}
        for release in releases
        if latest
    ]
    context = {"frame": edition_frame(edition, "agenda"), "edition": edition, "rows": rows}
    return render(request, "events/changes.html", context)
