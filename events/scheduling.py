"""The agenda's verbs: build it from what staff edit, find what does not fit, release it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection, transaction
from django.utils import timezone as clock
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
from events.models import AgendaRelease, Appearance, Document, Edition, Partnership, Session, record
from events.signals import agenda_released
from events.telling import wait_until_heard
from events.text import clean_line

LONGEST_NOTE = 500


class SchedulingError(Exception):
    """An agenda cannot be released; the text is a sentence for a person."""


class AgendaChanged(SchedulingError):
    """Somebody changed or released the agenda after the page was drawn: it is shown again before anything is done."""


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


# -- What staff have now, beside what is public -------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """The agenda as staff have it now and the latest release: what a release now would freeze, and tell."""

    agenda: Agenda
    released: Agenda | None
    places: int | None
    papers: tuple[Change, ...] = ()  # no part of a release: they are public at once, and told with the next one

    @property
    def findings(self) -> list[Finding]:
        """What does not fit; blockers, which stop a release, first."""
        return findings_of(self.agenda, self.released, places=self.places)

    @property
    def changes(self) -> list[Change]:
        """What a release now would change for the public: everything is new before the first one."""
        before = self.released or dataclasses.replace(self.agenda, items=())
        return [*difference(before, self.agenda), *self.papers]

    @property
    def number(self) -> int:
        """The number of the latest release; 0 before the first."""
        return self.released.number if self.released else 0

    @property
    def mark(self) -> str:
        """What a page that shows this draft carries: another mark means that something changed meanwhile."""
        return mark_of(self.number, self.agenda)


def mark_of(number: int, agenda: Agenda) -> str:
    """The number and a digest of the agenda: equal for equal agendas alone."""
    drawn = json.dumps(to_json(agenda), sort_keys=True)
    return f"{number}-{hashlib.sha256(drawn.encode()).hexdigest()[:32]}"


def draft_of(edition: Edition) -> Draft:
    """The draft of this edition. The number of queries does not depend on its size."""
    latest = released_agenda(edition.slug, published_only=False)
    papers = _papers_since(edition, latest.released_at) if latest and latest.released_at else ()
    return Draft(build_agenda(edition), latest, edition.capacity, papers)


def _papers_since(edition: Edition, moment: dt.datetime) -> tuple[Change, ...]:
    """The public papers that came or changed since, gathered for each session; those of the edition first."""
    papers = edition.documents.filter(access=Document.Access.PUBLIC, changed_at__gte=moment + dt.timedelta(seconds=1))
    gathered: dict[int | None, tuple[dict[str, str], list[dict[str, str]]]] = {}
    for paper in papers.select_related("session", "talk__session", "visit__session"):
        session = paper.session or (paper.talk and paper.talk.session) or (paper.visit and paper.visit.session)
        key, title = (session.pk, texts(session.title)) if session else (None, {})
        gathered.setdefault(key, (title, []))[1].append(texts(paper.title))
    order = sorted(gathered, key=lambda key: key or 0)
    return tuple(Change("papers", key, gathered[key][0], None, gathered[key][1]) for key in order)


def find_clashes(edition: Edition) -> list[Finding]:
    """What does not fit in the agenda as staff have it now; blockers, which stop a release, first."""
    return draft_of(edition).findings


def upcoming_changes(edition: Edition) -> list[Change]:
    """What a release now would change for the public."""
    return draft_of(edition).changes


# -- Releasing ----------------------------------------------------------------------------------------------------


@transaction.atomic
def release_agenda(
    *,
    edition: Edition,
    by: str,
    note: str = "",
    status: str = AgendaRelease.Status.PROVISIONAL,
    seen: str | None = None,
) -> AgendaRelease:
    """Freeze the agenda as staff have it now and return the release, with its difference from the one before.

    `seen` is the mark of the draft that was looked at; None asks for no comparison. Two at once wait for each other
    and get two numbers, but the same button pressed twice gives one release. Raises AgendaChanged where the draft is
    no longer the one that was seen, and SchedulingError where a finding blocks or the note is too long. Moments of
    releases rise by a second at least: that is how finely HTTP tells them apart.
    """
    edition = Edition.objects.select_for_update(no_key=True, of=("self",)).get(pk=edition.pk)
    note = clean_line(note)
    if len(note) > LONGEST_NOTE:
        raise SchedulingError(_("Write a note of at most %(count)s characters.") % {"count": LONGEST_NOTE})
    hold_off_edits()
    draft = draft_of(edition)
    if seen is not None and seen != draft.mark:
        return _pressed_twice(edition, draft, seen, by=by, note=note, status=status)
    if blockers := [found.sentence for found in draft.findings if found.blocks]:
        raise SchedulingError(" ".join(blockers))
    release = _frozen(edition, draft, by=by, note=note, status=status)
    record(edition, "release agenda", by=by, edition=edition, before=draft.number, after=release.number)
    agenda_released.send(AgendaRelease, release=release)
    wait_until_heard()
    return release


def _pressed_twice(edition: Edition, draft: Draft, seen: str, *, by: str, note: str, status: str) -> AgendaRelease:
    """The latest release, if it is what this press asks for; else it was not what was looked at."""
    latest = edition.releases.first()
    is_same = latest is not None and (latest.released_by, latest.note, latest.status) == (by, note, status)
    if latest and is_same and seen == mark_of(draft.number - 1, draft.agenda):
        return latest
    if latest and not seen.startswith(f"{draft.number}-"):
        sentence = _("Release %(number)s was made meanwhile, by %(who)s. Look at what is new, then decide again.")
        raise AgendaChanged(sentence % {"number": latest.number, "who": latest.released_by})
    raise AgendaChanged(_("The agenda was changed meanwhile. Look at what is new, then press the button again."))


def _frozen(edition: Edition, draft: Draft, *, by: str, note: str, status: str) -> AgendaRelease:
    before, number = draft.released, draft.number + 1
    moment = clock.now().replace(microsecond=0)
    if before and before.released_at:
        moment = max(moment, before.released_at + dt.timedelta(seconds=1))
    drawn = dataclasses.replace(draft.agenda, number=number, status=status, note=note, released_at=moment)
    drawn = numbered(drawn, before)
    told = [*difference(before, drawn), *draft.papers] if before else []
    return AgendaRelease.objects.create(
        edition=edition,
        number=number,
        status=status,
        note=note,
        released_at=moment,
        released_by=by,
        document=to_json(drawn),
        difference=[dataclasses.asdict(change) for change in told],
    )


def hold_off_edits(*, to_write: bool = False) -> None:
    """Until the transaction ends, wait for edits of sessions under way and let no other begin.

    An agenda is read in several queries: what is saved between two of them would be frozen half old and half new.
    Whoever saves a session with its talks and speakers writes the session first, so this one table is enough. Who
    will write sessions also holds off others who read so: two of them would wait for each other for ever.
    """
    mode = "SHARE ROW EXCLUSIVE" if to_write else "SHARE"
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {connection.ops.quote_name(Session._meta.db_table)} IN {mode} MODE")


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
