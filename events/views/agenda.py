"""The agenda: one page with all days, now and next, filters as links; and what changed from release to release."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone as clock
from django.utils.http import urlencode
from django.utils.translation import get_language

from events.agenda import Agenda, now_next, said
from events.caching import cached_answer
from events.models import AgendaRelease, Edition
from events.scheduling import change_in_words, released_agenda
from events.views.frame import edition_frame, frame_of
from events.views.rows import days_of, row_of


class WrongQuestion(Exception):
    """A filter in the address that cannot be read."""


@dataclass(frozen=True)
class Question:
    """What the address asks of the agenda."""

    day: dt.date | None = None
    room: int | None = None
    topic: int | None = None
    at: dt.datetime | None = None
    release: int | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Question:
        """Read the address; raises WrongQuestion for a value that is none."""
        asked = {name: request.GET.get(name, "")[:40] for name in ("day", "room", "topic", "at", "release")}
        try:
            at = dt.datetime.fromisoformat(asked["at"].replace(" ", "+")) if asked["at"] else None
            return cls(
                day=dt.date.fromisoformat(asked["day"]) if asked["day"] else None,
                room=_number(asked["room"]),
                topic=_number(asked["topic"]),
                at=at,
                release=_number(asked["release"]),
            )
        except ValueError:
            raise WrongQuestion from None

    @property
    def is_filtered(self) -> bool:
        """Whether only a part is asked for."""
        return any(value is not None for value in (self.day, self.room, self.topic))

    def link(self, **changes: object) -> str:
        """The address of the same question with something else asked; None takes a filter away."""
        asked = {"day": self.day, "room": self.room, "topic": self.topic, "at": self.at, "release": self.release}
        kept = {name: value for name, value in (asked | changes).items() if value is not None}
        words = {n: v.isoformat() if isinstance(v, dt.date) else str(v) for n, v in kept.items()}
        return f"?{urlencode(words)}" if words else "."


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise ValueError(text)
    return int(text)


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
    at = question.at or clock.now()
    if at.tzinfo is None:
        at = at.replace(tzinfo=found.zone)
    slot = now_next(found, at)
    today = at.astimezone(found.zone).date()
    edges = [found.released_at, slot.since if today in found.days else None]
    if today in found.days:
        edges.append(dt.datetime.combine(today, dt.time(), found.zone))
    seen_day = today if today in found.days else today > max(found.days, default=today)
    key = f"agenda {slug} {found.number} {found.released_at} {get_language()} {question} {slot.since} {seen_day}"
    return cached_answer(
        request,
        key=key,
        modified=max(edge for edge in edges if edge),
        content_type="text/html; charset=utf-8",
        make=lambda: _page(request, found, question, at).encode(),
    )


def _not_released(request: HttpRequest, slug: str) -> HttpResponse:
    edition = Edition.objects.public().filter(slug=slug).first()
    if edition is None:
        raise Http404
    return render(request, "events/agenda_empty.html", {"frame": edition_frame(edition, "agenda"), "edition": edition})


def _page(request: HttpRequest, found: Agenda, question: Question, at: dt.datetime) -> str:
    slot = now_next(found, at)
    shown = found.only(day=question.day, room=question.room, topic=question.topic)
    today = at.astimezone(found.zone).date()
    is_over = bool(found.days) and today > found.days[-1]
    latest = released_agenda(found.slug)
    context = {
        "frame": frame_of(found, "agenda"),
        "agenda": found,
        "days": [day for day in days_of(shown, slot.now) if day.slots or not question.is_filtered],
        "question": question,
        "chips": _chips(found, question),
        "count": len(shown.items),
        "total": len(found.items),
        "untimed": sum(1 for item in found.items if item.start is None),
        "today": today,
        "at": at.astimezone(found.zone),
        "zone_is_known": bool(found.timezone),
        "now": [row_of(found, item) for item in slot.now],
        "next": [row_of(found, item) for item in slot.next],
        "until": slot.until.astimezone(found.zone) if slot.until else None,
        "is_over": is_over,
        "newer": latest.number if latest and latest.number != found.number else None,
        "released_at": found.released_at.astimezone(found.zone) if found.released_at else None,
    }
    with clock.override(found.zone):  # templates show moments in the zone in force
        return render_to_string("events/agenda.html", context, request)


def _chips(found: Agenda, question: Question) -> list[dict[str, object]]:
    """The filters as links: each keeps the others."""
    language = get_language() or "en"
    used_rooms = {item.room for item in found.items}
    used_topics = {topic for item in found.items for topic in item.topics}
    chips: list[dict[str, object]] = []
    for room in found.rooms:
        if room.id in used_rooms:
            on = question.room == room.id
            link = question.link(room=None if on else room.id)
            chips.append({"kind": "door", "word": room.name, "on": on, "link": link})
    for topic in found.topics:
        if topic.id in used_topics:
            on = question.topic == topic.id
            link = question.link(topic=None if on else topic.id)
            chips.append({"kind": "tick", "word": said(topic.name, language), "on": on, "link": link})
    return chips


@login_not_required
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Every release, newest first, each with its difference in words."""
    edition = Edition.objects.public().filter(slug=slug).first()
    if edition is None:
        raise Http404
    latest = released_agenda(slug)
    releases = AgendaRelease.objects.filter(edition=edition).defer("document")[:100] if latest else []
    rows = [
        {"release": release, "changes": [change_in_words(change, latest) for change in release.difference]}
        for release in releases
        if latest
    ]
    context = {"frame": edition_frame(edition, "agenda"), "edition": edition, "rows": rows}
    return render(request, "events/changes.html", context)
