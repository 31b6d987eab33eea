"""The agenda's verbs: build it from what staff edit, find what does not fit, release it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone as clock
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from events.agenda import (
    Agenda,
    Donor,
    Item,
    Person,
    Room,
    Talk,
    Topic,
    from_json,
    in_order,
    to_json,
)
from events.clashes import Finding, findings_of
from events.differences import Change, difference, numbered
from events.models import AgendaRelease, Appearance, Edition, Partnership, Session, record
from events.signals import agenda_released
from events.telling import wait_until_heard
from events.text import clean_line

LONGEST_NOTE = 500


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
        donors=donors_of(edition),
    )


def donors_of(edition: Edition) -> tuple[Donor, ...]:
    """Who pays for this edition: of the donors on record those whose years hold the year of the edition."""
    year = edition.first_day.year if edition.first_day else None
    paying = edition.partnerships.filter(role=Partnership.Role.DONOR).select_related("organisation")
    return tuple(
        Donor(one.organisation.name, one.legal_basis, one.legal_basis_url)
        for one in paying
        if (year is None and not one.since and not one.until)
        or (year is not None and (one.since or year) <= year <= (one.until or year))
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


def find_clashes(edition: Edition) -> list[Finding]:
    """What does not fit in the agenda as staff have it now; blockers, which stop a release, first."""
    return findings_of(build_agenda(edition), _latest(edition), places=edition.capacity)


def _latest(edition: Edition) -> Agenda | None:
    return released_agenda(edition.slug, published_only=False)


# -- Releasing ----------------------------------------------------------------------------------------------------


@transaction.atomic
def release_agenda(
    *, edition: Edition, by: str, note: str = "", status: str = AgendaRelease.Status.PROVISIONAL
) -> AgendaRelease:
    """Freeze the agenda as staff have it now and return the release, with its difference from the one before.

    Two at once wait for each other and get two numbers. Raises SchedulingError where a finding blocks or the note
    is too long. Moments of releases rise by a second at least: that is how finely HTTP tells them apart.
    """
    edition = Edition.objects.select_for_update(no_key=True, of=("self",)).get(pk=edition.pk)
    note = clean_line(note)
    if len(note) > LONGEST_NOTE:
        raise SchedulingError(_("Write a note of at most %(count)s characters.") % {"count": LONGEST_NOTE})
    _hold_off_edits()
    before, drawn = _latest(edition), build_agenda(edition)
    if blockers := [found.sentence for found in findings_of(drawn, before, places=edition.capacity) if found.blocks]:
        raise SchedulingError(" ".join(blockers))
    moment = clock.now().replace(microsecond=0)
    if before and before.released_at:
        moment = max(moment, before.released_at + dt.timedelta(seconds=1))
    number = before.number + 1 if before else 1
    drawn = dataclasses.replace(drawn, number=number, status=status, note=note, released_at=moment)
    drawn = numbered(drawn, before)
    release = AgendaRelease.objects.create(
        edition=edition,
        number=number,
        status=status,
        note=note,
        released_at=moment,
        released_by=by,
        document=to_json(drawn),
        difference=[dataclasses.asdict(change) for change in difference(before, drawn)] if before else [],
    )
    record(edition, "release agenda", by=by, edition=edition, before=number - 1, after=number)
    agenda_released.send(AgendaRelease, release=release)
    wait_until_heard()
    return release


def _hold_off_edits() -> None:
    """Until the transaction ends, wait for edits of sessions under way and let no other begin.

    An agenda is read in several queries: what is saved between two of them would be frozen half old and half new.
    Whoever saves a session with its talks and speakers writes the session first, so this one table is enough.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {connection.ops.quote_name(Session._meta.db_table)} IN SHARE MODE")


def upcoming_changes(edition: Edition) -> list[Change]:
    """What a release now would change for the public: everything is new before the first one."""
    now = build_agenda(edition)
    return difference(_latest(edition) or dataclasses.replace(now, items=()), now)


# -- Reading what was released ------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _parsed(release: int, number: int) -> Agenda:
    return from_json(AgendaRelease.objects.values_list("document", flat=True).get(pk=release, number=number))


def released_agenda(slug: str, *, number: int | None = None, published_only: bool = True) -> Agenda | None:
    """The latest released agenda of an edition, or release `number`; None where there is none for the public.

    A release never changes, so each process reads a document once: after that this costs one small query. The
    address alone is today's: links lead there even if the edition had another one when it was released.
    """
    releases = AgendaRelease.objects.filter(edition__slug=slug)
    if published_only:
        releases = releases.exclude(edition__status=Edition.Status.DRAFT)
    if number is not None:
        releases = releases.filter(number=number)
    latest = releases.order_by("-number").values_list("pk", "number").first()
    return dataclasses.replace(_parsed(*latest), slug=slug) if latest else None


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
        return _when(value, agenda)
    if isinstance(value, dict):
        return str(LazyI18nString(value))
    if isinstance(value, list):
        return ", ".join(value) or _("nobody named")
    return value or _("no room")


def _when(times: dict[str, str | None], agenda: Agenda) -> str:
    if not times["day"]:
        return _("day to be announced")
    day = date_format(dt.date.fromisoformat(times["day"]))
    moments = [dt.datetime.fromisoformat(text) for text in (times["start"], times["end"]) if text]
    words = [f"{moment.astimezone(agenda.zone):%H:%M}" for moment in moments]
    if not words:
        return _("%(day)s, time to be announced") % {"day": day}
    if len(words) == 1:
        return f"{day}, {words[0]}"
    return _("%(day)s, %(start)s to %(end)s") % {"day": day, "start": words[0], "end": words[1]}
