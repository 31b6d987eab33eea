"""The display at the door of a room: what runs, until when, what comes next."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone as clock

from events.agenda import Agenda, Item
from events.caching import FOREVER, cached_answer
from events.now_next import InRoom, in_room
from events.scheduling import released_agenda
from events.views.frame import end_of, footnotes_of, frame_of
from events.views.question import Question, WrongQuestion
from events.views.rows import row_of

LOOKS = ("", "light", "dark")


@login_not_required
def room(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One room now, in large letters. `?at=` shows another moment, `?look=dark` or `light` chooses the colours."""
    agenda, look = released_agenda(slug), request.GET.get("look", "")
    if agenda is None or agenda.released_at is None or not agenda.room_name(pk):
        raise Http404
    try:
        asked = Question.of(request).at
    except WrongQuestion:
        return render(request, "400.html", status=400)
    if look not in LOOKS:
        return render(request, "400.html", status=400)
    at = asked or clock.now()
    at = at.replace(tzinfo=agenda.zone) if at.tzinfo is None else at.astimezone(agenda.zone)
    found = in_room(agenda, pk, at)
    day = min(at.date(), agenda.days[-1] + dt.timedelta(days=1)) if agenda.days else at.date()
    edges = [agenda.released_at, found.since, dt.datetime.combine(day, dt.time(), agenda.zone)]
    is_over = not agenda.days or day > agenda.days[-1]
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), agenda.zone)
    state = f"{agenda.number} {agenda.released_at} {found.since} {day} {asked}"
    return cached_answer(
        request,
        key=f"room {request.path} {look} {state}",
        modified=max(edge for edge in edges if edge),
        content_type="text/html; charset=utf-8",
        make=lambda: _page(request, agenda, pk, found, at, look, asked=asked is not None).encode(),
        keep=asked is None,
        until=min(found.changes_at or FOREVER, FOREVER if is_over else midnight),
    )


def _page(
    request: HttpRequest, agenda: Agenda, pk: int, found: InRoom, at: dt.datetime, look: str, *, asked: bool
) -> str:
    def rows(items: tuple[Item, ...]) -> list[object]:
        return [row_of(agenda, item) for item in items]

    end = end_of(agenda)
    printed = [text for item in (*found.now, *found.next) for text in item.title.values()]
    context = {
        "frame": frame_of(agenda, at=at),
        "agenda": agenda,
        "room": agenda.room_name(pk),
        "look": look,
        "at": at if asked else None,
        "today": at.date(),
        "now": rows(found.now),
        "until": found.until.astimezone(agenda.zone) if found.until else None,
        "next": rows(found.next),
        "called_off": rows(found.called_off),
        "programme": rows(found.today),
        "elsewhere": rows(found.elsewhere),
        "changes_at": found.changes_at,
        "is_over": end is not None and at >= end and not found.now and not found.next,
        "footnotes": footnotes_of(agenda.footnotes, printed),
    }
    with clock.override(agenda.zone):
        return render_to_string("events/room.html", context, request)
