"""The agenda for other programs: calendar, JSON and XML."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone as clock
from django.utils.translation import get_language

from events.agenda import Agenda, Item
from events.caching import FOREVER, cached_answer
from events.feeds.atom import to_atom
from events.feeds.calendar import to_ics
from events.feeds.schedules import to_json, to_xml
from events.models import AgendaRelease
from events.scheduling import released_agenda

ICS, JSON, XML = "text/calendar; charset=utf-8", "application/json", "application/xml"
ATOM = "application/atom+xml; charset=utf-8"
RELEASES_TOLD = 30


def _released(slug: str) -> Agenda:
    agenda = released_agenda(slug)
    if agenda is None:
        raise Http404
    return agenda


def _feed(
    request: HttpRequest, agenda: Agenda, form: str, content_type: str, make: Callable[[], bytes]
) -> HttpResponse:
    key = f"{agenda.slug} {agenda.number} {agenda.released_at} {_language()} {form}"
    modified = agenda.released_at or clock.now()
    response = cached_answer(request, key=key, modified=modified, content_type=content_type, make=make, until=FOREVER)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _language() -> str:
    return get_language() or "en"


@login_not_required
def agenda_ics(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar that phones subscribe to."""
    agenda = _released(slug)
    return _feed(request, agenda, "ics", ICS, lambda: to_ics(agenda, site=settings.SITE_URL, language=_language()))


def _dated(slug: str) -> Agenda:
    """The released agenda, if it has a day: the schedule formats know no agenda without one."""
    agenda = _released(slug)
    if not agenda.days:
        raise Http404
    return agenda


@login_not_required
def agenda_json(request: HttpRequest, slug: str) -> HttpResponse:
    """The schedule as JSON."""
    agenda = _dated(slug)
    return _feed(request, agenda, "json", JSON, lambda: to_json(agenda, site=settings.SITE_URL, language=_language()))


@login_not_required
def agenda_xml(request: HttpRequest, slug: str) -> HttpResponse:
    """The schedule as XML."""
    agenda = _dated(slug)
    return _feed(request, agenda, "xml", XML, lambda: to_xml(agenda, site=settings.SITE_URL, language=_language()))


@login_not_required
def session_ics(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One session for the calendar."""
    agenda = _released(slug)
    return _single(request, agenda, agenda.item(pk))


@login_not_required
def visit_ics(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One field visit for the calendar: the same event as its session, so that nobody has it twice."""
    agenda = _released(slug)
    return _single(request, agenda, next((item for item in agenda.items if item.visit == pk), None))


def _single(request: HttpRequest, agenda: Agenda, item: Item | None) -> HttpResponse:
    """One item; what has no start has nothing for a calendar, and what is gone from the agenda is not there."""
    if item is None or item.start is None:
        raise Http404
    return _feed(
        request,
        agenda,
        f"session {item.id}",
        ICS,
        lambda: to_ics(agenda, only=[item], site=settings.SITE_URL, language=_language()),
    )


@login_not_required
def changes_atom(request: HttpRequest, slug: str) -> HttpResponse:
    """What changed from release to release, for feed readers."""
    agenda = _released(slug)

    def make() -> bytes:
        releases = AgendaRelease.objects.filter(edition__slug=slug).defer("document")[:RELEASES_TOLD]
        return to_atom(agenda, releases, site=settings.SITE_URL, language=_language())

    return _feed(request, agenda, "atom", ATOM, make)
