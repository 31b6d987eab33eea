"""The agenda: one page with all days, now and next, filters as links; and what changed from release to release."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.http import urlencode
from django.utils.translation import get_language

from events.agenda import Agenda, said
from events.caching import FOREVER, cached_answer
from events.models import Edition
from events.models.edition import EARLIEST, LATEST
from events.now_next import NowNext, now_next
from events.scheduling import released_agenda
from events.views.frame import edition_frame, footnotes_of, frame_of
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
            return cls(
                day=dt.date.fromisoformat(asked["day"]) if asked["day"] else None,
                room=_number(asked["room"]),
                topic=_number(asked["topic"]),
                at=_moment(asked["at"]),
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


def _moment(text: str) -> dt.datetime | None:
    if not text:
        return None
    moment = dt.datetime.fromisoformat(text.replace(" ", "+"))  # a plus that was not written as %2B
    # At either end of the calendar a moment has no counterpart in another zone.
    if not EARLIEST.year <= moment.year <= LATEST.year:
        raise ValueError(text)
    return moment


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
    shown = found.only(day=question.day, room=question.room, topic=question.topic)
    days = days_of(shown, slot.now)
    has_dated = any(item.day for item in found.items)
    context = {
        "frame": frame_of(found, "agenda", at=at),
        "agenda": found,
        "days": [day for day in days if question.day in (None, day.date) and (day.slots or has_dated)],
        "bar": _bar(found, question) if has_dated else [],
        "question": question,
        "all_link": question.link(day=None, room=None, topic=None),
        "filters": _filters(found, question),
        "count": len(shown.items),
        "total": len(found.items),
        "untimed": sum(1 for item in found.items if item.start is None),
        "today": at.date(),
        "at": at,
        "is_over": bool(found.days) and at.date() > found.days[-1],
        "is_old": latest.number != found.number,
        "released_at": found.released_at.astimezone(found.zone) if found.released_at else None,
        "footnotes": footnotes_of(found.footnotes, _printed(found)),
        "address": settings.SITE_URL + reverse("events:agenda", args=[found.slug]),
    }
    with clock.override(found.zone):  # templates show moments in the zone in force
        return render_to_string("events/agenda.html", context | _now_and_next(found, slot, at), request)


def _now_and_next(found: Agenda, slot: NowNext, at: dt.datetime) -> dict[str, object]:
    coming = [row_of(found, item) for item in slot.next]
    return {
        "now": [row_of(found, item) for item in slot.now],
        "next": coming,
        "until": slot.until.astimezone(found.zone) if slot.until else None,
        "changes_at": slot.changes_at.astimezone(found.zone) if slot.changes_at else None,
        "days_ahead": (coming[0].start.date() - at.date()).days if coming and coming[0].start else None,
        # What a refreshed now and next takes along: the marks of the programme itself.
        "marks": ["#release", "#jump", *(f"#t-{item.id}" for item in found.items if item.day == at.date())],
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


def _filters(found: Agenda, question: Question) -> list[dict[str, object]]:
    """The filters as links: each keeps the others."""
    language = get_language() or "en"
    rooms = [(room.id, room.name) for room in found.rooms if any(room.id == item.room for item in found.items)]
    topics = [
        (topic.id, said(topic.name, language))
        for topic in found.topics
        if any(topic.id in item.topics for item in found.items)
    ]
    asked = [("room", "door", question.room, rooms), ("topic", "tick", question.topic, topics)]
    return [
        {
            "kind": kind,
            "icon": icon,
            "chips": [
                {"word": word, "on": on == key, "link": question.link(**{kind: None if on == key else key})}
                for key, word in choices
            ],
        }
        for kind, icon, on, choices in asked
        if choices
    ]
