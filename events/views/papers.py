"""The released agenda to print and to work with: PDF and table."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone as clock
from django.utils.translation import get_language

from events.agenda import Agenda
from events.caching import FOREVER, cached_answer
from events.exports import XLSX, agenda_xlsx
from events.papers import agenda_pdf
from events.scheduling import released_agenda


def _paper(
    request: HttpRequest, slug: str, ending: str, content_type: str, make: Callable[[Agenda, str], bytes]
) -> HttpResponse:
    agenda = released_agenda(slug)
    if agenda is None:
        raise Http404
    language = get_language() or "en"
    response = cached_answer(
        request,
        key=f"{ending} {slug} {agenda.number} {agenda.released_at} {language} {settings.SITE_URL}",
        modified=agenda.released_at or clock.now(),
        content_type=content_type,
        make=lambda: make(agenda, language),
        until=FOREVER,
    )
    response["Content-Disposition"] = f'inline; filename="{slug}-{agenda.number}.{ending}"'
    return response


@login_not_required
def agenda_pdf_view(request: HttpRequest, slug: str) -> HttpResponse:
    """The agenda on A4, in the reader's language."""
    return _paper(
        request,
        slug,
        "pdf",
        "application/pdf",
        lambda agenda, language: agenda_pdf(agenda, site=settings.SITE_URL, language=language),
    )


@login_not_required
def agenda_xlsx_view(request: HttpRequest, slug: str) -> HttpResponse:
    """The agenda as a table, with the speakers on a sheet of their own."""
    return _paper(request, slug, "xlsx", XLSX, lambda agenda, language: agenda_xlsx(agenda, language=language))
