"""The agenda's verbs: build it from what staff edit, find what does not fit, release it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import formats
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from events.agenda import (
    Agenda,
    Change,
    Item,
    Person,
    Room,
    Talk,
    Topic,
    difference,
    from_json,
    in_order,
    numbered,
    to_json,
)
from events.models import AgendaRelease, Appearance, Edition, Session, record
from events.signals import agenda_released


class SchedulingError(Exception):
    """An agenda cannot be released; the text is a sentence for a person."""


def texts(value: LazyI18nString | str) -> dict[str, str]:
    """An editorial text as a mapping of language to text, without empty ones."""
    stored = value.data if isinstance(value, LazyI18nString) else value
    if isinstance(stored, dict):
        return {language: text for language, text in sorted(stored.items()) if text}
    return {"en": stored} if stored else {}


# -- Building -----------------------------------------------------------------------------------------------------


def build_agenda(edition: Edition) -> Agenda:
    """The agenda as staff have it now, not released. The number of queries does not depend on its size."""
    sessions = edition.sessions.prefetch_related("topics", "talks", "appearances__speaker").select_related("visit")
    return Agenda(
        slug=edition.slug,
        title=texts(edition.title),
        label=texts(edition.label),
        city=edition.city,
        country=edition.country,
        venue=edition.venue,
        address=edition.address,
        timezone=edition.timezone,
        contact=edition.contact_email,
        first_day=edition.first_day,
        last_day=edition.last_day,
        footnotes=texts(edition.footnotes),
        rooms=tuple(Room(room.pk, room.name, room.capacity) for room in edition.rooms.all()),
        topics=tuple(Topic(topic.pk, texts(topic.name)) for topic in edition.topics.all()),
        items=in_order(_item(session) for session in sessions),
    )


def _item(session: Session) -> Item:
    appearances = list(session.appearances.all())
    talks = tuple(
        Talk(talk.pk, texts(talk.title), texts(talk.abstract), _people(a for a in appearances if a.talk_id == talk.pk))
        for talk in session.talks.all()
    )
    visit = getattr(session, "visit", None)
    return Item(
        id=session.pk,
        uid=str(session.uid),
        kind=session.kind,
        letter=session.letter,
        title=texts(session.title),
        abstract=texts(session.abstract),
        day=session.day,
        start=session.start,
        end=session.end,
        room=session.room_id,
        topics=tuple(topic.pk for topic in session.topics.all()),
        status=session.status,
        cancelled_note=texts(session.cancelled_note),
        people=_people(a for a in appearances if a.talk_id is None),
        talks=talks,
        visit=visit.pk if visit else None,
    )


def _people(appearances: Iterable[Appearance]) -> tuple[Person, ...]:
    return tuple(
        Person(
            speaker=a.speaker_id,
            name=a.speaker.name,
            kind=a.speaker.kind,
            honorific=a.honorific,
            function=a.function,
            organisation=a.organisation,
            role=a.role,
            state=a.state,
        )
        for a in appearances
    )


# -- Findings -----------------------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something that does not fit: a blocker stops a release, a warning does not."""

    blocks: bool
    sentence: str
    session: int | None


def find_clashes(edition: Edition) -> list[Finding]:
    """What an attentive reader would ask about the agenda as staff have it now; blockers first."""
    agenda = build_agenda(edition)
    released = released_agenda(edition.slug, published_only=False)
    findings = [*_outside(agenda), *_incomplete(agenda, edition), *_in_two_places(agenda), *_gone(agenda, released)]
    return sorted(findings, key=lambda finding: not finding.blocks)


def _title(item: Item) -> str:
    return str(LazyI18nString(item.title))


def _outside(agenda: Agenda) -> Iterable[Finding]:
    if agenda.first_day is None or agenda.last_day is None:
        return
    for item in agenda.items:
        if item.day is None or agenda.first_day <= item.day <= agenda.last_day:
            continue
        # People arrive the day before and leave the day after; a week off is a slip of the pen.
        margin = dt.timedelta(days=3)
        far = not agenda.first_day - margin <= item.day <= agenda.last_day + margin
        sentence = _("“%(title)s” is on %(day)s, outside the days of the edition.")
        yield Finding(far, sentence % {"title": _title(item), "day": item.day.isoformat()}, item.id)


def _incomplete(agenda: Agenda, edition: Edition) -> Iterable[Finding]:
    seats = {room.id: room.capacity for room in agenda.rooms}
    talked = {"session", "plenary", "panel", "opening"}
    for item in agenda.items:
        if item.is_cancelled:
            continue
        name = {"title": _title(item)}
        if item.day is None:
            yield Finding(False, _("“%(title)s” has no day.") % name, item.id)
        elif item.start is None:
            yield Finding(False, _("“%(title)s” has no start.") % name, item.id)
        elif item.end is None:
            yield Finding(False, _("“%(title)s” has no end.") % name, item.id)
        if item.kind in talked and not any(item.everybody):
            yield Finding(False, _("“%(title)s” has no speaker.") % name, item.id)
        room = seats.get(item.room) if item.room else None
        if room and item.kind == "plenary" and edition.capacity and room < edition.capacity:
            numbers = name | {"seats": room, "places": edition.capacity}
            yield Finding(
                False,
                _("“%(title)s” is in a room with %(seats)s seats; the edition has %(places)s places.") % numbers,
                item.id,
            )


def _overlapping(items: Iterable[Item]) -> Iterable[tuple[Item, Item]]:
    timed = sorted((i for i in items if i.start and i.end and not i.is_cancelled), key=lambda i: (i.start, i.id))
    for index, first in enumerate(timed):
        for second in timed[index + 1 :]:
            if first.end and second.start and second.start >= first.end:
                break
            yield first, second


def _in_two_places(agenda: Agenda) -> Iterable[Finding]:
    for first, second in _overlapping(agenda.items):
        names = {"first": _title(first), "second": _title(second)}
        if first.room and first.room == second.room and not {first.kind, second.kind} & {"break", "meal"}:
            yield Finding(True, _("“%(first)s” and “%(second)s” are in one room at the same time.") % names, second.id)
        both = {p.speaker: p.name for p in first.everybody if p.kind == "person"}
        for person in {p.speaker for p in second.everybody} & set(both):
            names["person"] = both[person]
            sentence = _("%(person)s is in “%(first)s” and in “%(second)s” at the same time.")
            yield Finding(False, sentence % names, second.id)


def _gone(agenda: Agenda, released: Agenda | None) -> Iterable[Finding]:
    kept = {item.uid for item in agenda.items}
    for item in released.items if released else ():
        if item.uid not in kept:
            sentence = _("“%(title)s” was released and is gone. Cancel a session instead of deleting it.")
            yield Finding(False, sentence % {"title": _title(item)}, None)


# -- Releasing ----------------------------------------------------------------------------------------------------


@transaction.atomic
def release_agenda(
    *, edition: Edition, by: str, note: str = "", status: str = AgendaRelease.Status.PROVISIONAL
) -> AgendaRelease:
    """Freeze the agenda as staff have it now and return the release, with its difference from the one before.

    Two at once wait for each other and get two numbers. Raises SchedulingError where a finding blocks.
    """
    edition = Edition.objects.select_for_update(no_key=True, of=("self",)).get(pk=edition.pk)
    if blockers := [finding.sentence for finding in find_clashes(edition) if finding.blocks]:
        raise SchedulingError(" ".join(blockers))
    before = edition.releases.first()
    previous = from_json(before.document) if before else None
    moment = clock.now().replace(microsecond=0)
    drawn = dataclasses.replace(
        build_agenda(edition),
        number=before.number + 1 if before else 1,
        status=status,
        note=note,
        released_at=moment,
    )
    drawn = numbered(drawn, previous)
    changes = difference(previous, drawn) if previous else []
    release = AgendaRelease.objects.create(
        edition=edition,
        number=drawn.number,
        status=status,
        note=note,
        released_at=moment,
        released_by=by,
        document=to_json(drawn),
        difference=[dataclasses.asdict(change) for change in changes],
    )
    record(edition, "release agenda", by=by, edition=edition, before=drawn.number - 1, after=drawn.number)
    agenda_released.send(AgendaRelease, release=release)
    return release


def upcoming_changes(edition: Edition) -> list[Change]:
    """What a release now would change for the public: everything is new before the first one."""
    before = edition.releases.first()
    now = build_agenda(edition)
    return difference(from_json(before.document) if before else dataclasses.replace(now, items=()), now)


# -- Reading what was released ------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _parsed(release: int, number: int) -> Agenda:
    return from_json(AgendaRelease.objects.values_list("document", flat=True).get(pk=release, number=number))


def released_agenda(slug: str, *, number: int | None = None, published_only: bool = True) -> Agenda | None:
    """The latest released agenda of an edition, or release `number`; None where there is none for the public.

    A release never changes, so each process reads a document once: after that this costs one small query.
    """
    releases = AgendaRelease.objects.filter(edition__slug=slug)
    if published_only:
        releases = releases.exclude(edition__status=Edition.Status.DRAFT)
    if number is not None:
        releases = releases.filter(number=number)
    latest = releases.order_by("-number").values_list("pk", "number").first()
    return _parsed(*latest) if latest else None


def change_in_words(change: Change | dict[str, Any], agenda: Agenda) -> str:
    """One line of a difference as a sentence in the reader's language; times in the edition's zone."""
    if isinstance(change, dict):
        change = Change(**change)
    words = {
        "title": str(LazyI18nString(change.title)),
        "before": _shown(change.before, agenda),
        "after": _shown(change.after, agenda),
    }
    sentences = {
        "added": _("New: “%(title)s”, %(after)s."),
        "removed": _("Removed: “%(title)s”."),
        "cancelled": _("Cancelled: “%(title)s”."),
        "reinstated": _("Takes place after all: “%(title)s”."),
        "moved": _("New time of “%(title)s”: %(after)s, was %(before)s."),
        "retitled": _("New title: “%(after)s”, was “%(before)s”."),
        "room": _("New room of “%(title)s”: %(after)s, was %(before)s."),
        "speakers": _("Speakers of “%(title)s”: %(after)s; were: %(before)s."),
    }
    return sentences[change.kind] % words


def _shown(value: Any, agenda: Agenda) -> str:
    if isinstance(value, dict) and set(value) == {"day", "start", "end"}:
        if not value["day"]:
            return _("day to be announced")
        day = formats.date_format(dt.date.fromisoformat(value["day"]), "DATE_FORMAT")
        if not value["start"]:
            return _("%(day)s, time to be announced") % {"day": day}
        local = [
            dt.datetime.fromisoformat(value[key]).astimezone(agenda.zone) for key in ("start", "end") if value[key]
        ]
        times = [f"{moment:%H:%M}" for moment in local]
        if len(times) == 1:
            return f"{day}, {times[0]}"
        return _("%(day)s, %(start)s to %(end)s") % {"day": day, "start": times[0], "end": times[1]}
    if isinstance(value, dict):
        return str(LazyI18nString(value))
    if isinstance(value, list):
        return ", ".join(value) or _("nobody named")
    return value or _("no room")
