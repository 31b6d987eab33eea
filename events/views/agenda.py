"""The agenda: one page with all days, now and next, filters as links; and what changed from release to release."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events.agenda import Agenda, said
from events.caching import FOREVER, cached_answer
from events.models import Edition, Session
from events.now_next import NowNext, ends_of, now_next
from events.scheduling import released_agenda
from events.views.frame import edition_frame, footnotes_of, frame_of
from events.views.question import FILTERS, Question, WrongQuestion
from events.views.rows import days_of, row_of


class Chip(NamedTuple):
    """One value of a filter as a link, or the link that takes it away where it is on."""

    word: str
    on: bool
    link: str


class Filter(NamedTuple):
    """A filter with its values."""

    kind: str
    chips: list[Chip]


@login_not_required
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """The released agenda; before the first release a page that says so."""
    try:
        question = Question.of(request)
    except WrongQuestion:
        return render(request, "400.html", status=400)
    found = released_agenda(slug, number=question.release)
    if found is None:
        if question.release is not None:
            raise Http404
        return _not_released(request, slug)
    latest = found if question.release is None else released_agenda(slug) or found
    at = question.at or clock.now()
    at = at.replace(tzinfo=found.zone) if at.tzinfo is None else at.astimezone(found.zone)
    # The page changes with each start and end, at midnight ("today", "in 3 days"), and no more once all is over.
    slot, day = now_next(found, at), _seen_day(found, at)
    edges = [found.released_at, latest.released_at, slot.since, dt.datetime.combine(day, dt.time(), found.zone)]
    numbers = f"{found.number} {latest.number} {latest.released_at}"
    return cached_answer(
        request,
        key=f"agenda {slug} {numbers} {get_language()} {question} {slot.since} {day}",
        modified=max(edge for edge in edges if edge),
        content_type="text/html; charset=utf-8",
        make=lambda: _page(request, found, latest, question, at).encode(),
        keep=question.is_common(found),
        until=_seen_until(found, slot, day),
    )


def _seen_until(found: Agenda, slot: NowNext, day: dt.date) -> dt.datetime:
    """When the page is another by the clock alone: at the next start, end or midnight at the place."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), found.zone)
    is_over = not found.days or day > found.days[-1]
    return min(slot.changes_at or FOREVER, FOREVER if is_over else midnight)


def _seen_day(found: Agenda, at: dt.datetime) -> dt.date:
    """The day at the place; from the day after the last one on it stays that day."""
    today = at.date()
    return min(today, found.days[-1] + dt.timedelta(days=1)) if found.days else today


def _not_released(request: HttpRequest, slug: str) -> HttpResponse:
    edition = Edition.objects.public().filter(slug=slug).first()
    if edition is None:
        raise Http404
    return render(request, "events/agenda_empty.html", {"frame": edition_frame(edition, "agenda"), "edition": edition})


def _page(request: HttpRequest, found: Agenda, latest: Agenda, question: Question, at: dt.datetime) -> str:
    slot = now_next(found, at)
    shown = question.applied_to(found)
    days = days_of(shown, slot.now, ends_of(found))
    filters = _filters(found, question)
    is_over = bool(found.days) and at.date() > found.days[-1]
    has_dated = any(item.day for item in found.items)
    context = {
        "frame": frame_of(found, "agenda", at=at),
        "agenda": found,
        "days": [day for day in days if question.day in (None, day.date) and (day.slots or has_dated)],
        "bar": _bar(found, question) if has_dated else [],
        "question": question,
        "all_link": question.link(**dict.fromkeys(FILTERS)),
        "filters": filters,
        "door": question.room if found.room_name(question.room) else None,
        "chosen": _chosen(filters, question),
        "count": len(shown.items),
        "total": len(found.items),
        "untimed": sum(1 for item in found.items if item.start is None),
        "today": at.date(),
        "at": at,
        "is_over": is_over,
        "status": "" if is_over else _status(found),
        "is_old": latest.number != found.number,
        "released_at": found.released_at.astimezone(found.zone) if found.released_at else None,
        "footnotes": footnotes_of(found.footnotes, _printed(found)),
        "address": settings.SITE_URL + reverse("events:agenda", args=[found.slug]),
    }
    with clock.override(found.zone):  # templates show moments in the zone in force
        return render_to_string("events/agenda.html", context | _now_and_next(found, slot, at), request)


def _status(found: Agenda) -> str:
    """How firm the release is, as a sentence."""
    return {"draft": _("Draft."), "final": _("Final.")}.get(found.status, _("Provisional: it can change."))


def _now_and_next(found: Agenda, slot: NowNext, at: dt.datetime) -> dict[str, object]:
    coming = [row_of(found, item) for item in slot.next]
    return {
        "now": [row_of(found, item) for item in slot.now],
        "next": coming,
        "until": slot.until.astimezone(found.zone) if slot.until else None,
        "changes_at": slot.changes_at.astimezone(found.zone) if slot.changes_at else None,
        "since": slot.since.astimezone(found.zone) if slot.since else None,
        "days_ahead": (coming[0].start.date() - at.date()).days if coming and coming[0].start else None,
    }


def _printed(found: Agenda) -> list[str]:
    """Every text in which the name of a delegation may stand."""
    people = [person for item in found.items for person in item.everybody]
    titles = [said(item.title, get_language() or "en") for item in found.items]
    return titles + [text for person in people for text in (person.name, person.function, person.organisation)]


def _bar(found: Agenda, question: Question) -> list[dict[str, object]]:
    """Every day as a link: to its place on the page, or to the page of that day where only one day is shown."""
    return [
        {"day": day, "link": question.link(day=day.date if question.day and day.date else None) + f"#{day.anchor}"}
        for day in days_of(found)
    ]


def _filters(found: Agenda, question: Question) -> list[Filter]:
    """The filters as links: each keeps the others, and pressed again it goes away."""
    language = get_language() or "en"
    held = {item.kind for item in found.items}
    rooms: list[tuple[object, object]] = [
        (room.id, room.name) for room in found.rooms if any(room.id == item.room for item in found.items)
    ]
    topics: list[tuple[object, object]] = [
        (topic.id, said(topic.name, language))
        for topic in found.topics
        if any(topic.id in item.topics for item in found.items)
    ]
    asked: list[tuple[str, object, list[tuple[object, object]]]] = [
        ("day", question.day, [(day, _short(day)) for day in found.days]),
        ("kind", question.kind, [(kind.value, kind.label) for kind in Session.Kind if kind in held]),
        ("room", question.room, rooms),
        ("topic", question.topic, topics),
    ]
    return [
        Filter(
            kind,
            [Chip(str(word), on == key, question.link(**{kind: None if on == key else key})) for key, word in choices],
        )
        for kind, on, choices in asked
        if choices
    ]


def _chosen(filters: list[Filter], question: Question) -> list[Chip]:
    """What is asked, each with the link that takes it away."""
    chips = [Chip(f"“{question.q}”", True, question.link(q=None))] if question.q else []
    return chips + [chip for one in filters for chip in one.chips if chip.on]


def _short(day: dt.date) -> str:
    return f"{date_format(day, 'l')}, {date_format(day, 'MONTH_DAY_FORMAT')}"
