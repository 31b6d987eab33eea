"""The timetable's verbs: add a session, place it (move or stretch), swap two, give it talks and speakers.

Each is told the version that was seen (`changed_at` as text): who acts on an old one is told who changed what, and
nothing is undone in silence. All of an edition wait for each other at the row of the edition.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from events.models import Appearance, Edition, FieldVisit, HistoryLine, Session, Speaker, Talk, record
from events.signals import visit_changed
from events.slots import Slot, put, refuse_clash, slot_of
from events.text import clean_line, fold, has_visible

LONGEST_TITLE, LONGEST_NAME = 500, 200
SLOT_COLUMNS = ("day", "start", "end", "room", "order")


class TimetableError(Exception):
    """What was asked cannot be done; the text is a sentence for a person."""


class StaleError(TimetableError):
    """Somebody else changed the session after it was seen."""


def version_of(session: Session) -> str:
    """The version of a session, as a verb wants to be told what was seen."""
    return session.changed_at.isoformat()


def who_changed(session: Session) -> str:
    """Who made the present version of a session, as far as the history says."""
    # The line of a change is written after the row, in one transaction with it.
    lines = HistoryLine.objects.filter(subject="session", subject_id=session.pk, at__gte=session.changed_at)
    return lines.order_by("-at").values_list("actor", flat=True).first() or _("Somebody else")


# -- Verbs ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_session(*, edition: Edition, title: str, slot: Slot, by: str, kind: str = Session.Kind.SESSION) -> Session:
    """A new session with an English title. Raises TimetableError, or SlotError for a place or time that cannot be."""
    edition = _open_edition(edition.pk)
    session = Session(edition=edition, title=_english(title), kind=kind)
    put(session, slot)
    session.save()
    record(session, "add", by=by, edition=edition, after=_stored(slot))
    return session


@transaction.atomic
def place_session(*, session: Session, seen: str, slot: Slot, by: str) -> Session:
    """Move a session to another day, time or room, stretch it, or take it out of the timetable (an empty slot).

    Raises StaleError for an old version, TimetableError, or SlotError for a place or time that cannot be.
    """
    edition = _open_edition(session.edition_id)
    (session,) = _as_seen(edition, {session.pk: seen})
    before = slot_of(session)
    if before != slot:
        put(session, slot)
        _moved(session, before, "place", by)
    return session


@transaction.atomic
def swap_sessions(*, one: Session, seen: str, other: Session, other_seen: str, by: str) -> Session:
    """Give each of two sessions day, start, end and room of the other. Raises as place_session; returns the first."""
    if one.pk == other.pk:
        raise TimetableError(_("Choose another session to swap with."))
    edition = _open_edition(one.edition_id)
    found = {row.pk: row for row in _as_seen(edition, {one.pk: seen, other.pk: other_seen})}
    one, other = found[one.pk], found[other.pk]
    slots = slot_of(one), slot_of(other)
    values = [[getattr(session, name) for name in SLOT_COLUMNS] for session in (one, other)]
    # The database looks at each row by itself: nobody holds a room while both are on their way.
    Session.objects.filter(pk=one.pk).update(room=None)
    for session, before, taken in ((other, slots[1], values[0]), (one, slots[0], values[1])):
        for name, value in zip(SLOT_COLUMNS, taken, strict=True):
            setattr(session, name, value)
        refuse_clash(session)
        _moved(session, before, "swap", by)
    return one


@transaction.atomic
def add_talk(*, session: Session, seen: str, title: str, by: str) -> Talk:
    """One more talk at the end of a session. Raises TimetableError; StaleError for an old version."""
    edition = _open_edition(session.edition_id)
    (session,) = _as_seen(edition, {session.pk: seen})
    last = session.talks.aggregate(last=Max("order"))["last"]
    order = 0 if last is None else last + 1
    talk = Talk.objects.create(session=session, title=_english(title), order=order)
    session.save(update_fields=["changed_at"])
    record(session, "add talk", by=by, edition=edition, after=str(talk.pk))
    return talk


@transaction.atomic
def add_speaker(
    *, session: Session, seen: str, name: str, by: str, role: str = Appearance.Role.SPEAKER, talk: Talk | None = None
) -> Appearance:
    """Somebody speaks in a session or in one of its talks: the speaker of that name, or a new person.

    Names are compared without accents and case. Raises TimetableError where several have the name, or where the
    speaker has that role there already; StaleError for an old version.
    """
    edition = _open_edition(session.edition_id)
    (session,) = _as_seen(edition, {session.pk: seen})
    if talk is not None and talk.session_id != session.pk:
        raise TimetableError(_("Choose a talk of this session."))
    speaker = _speaker(_line(name, LONGEST_NAME))
    if Appearance.objects.filter(session=session, talk=talk, speaker=speaker, role=role).exists():
        raise TimetableError(_("%(name)s already has this role here.") % {"name": speaker.name})
    last = session.appearances.aggregate(last=Max("order"))["last"]
    order = 0 if last is None else last + 1
    made = Appearance.objects.create(session=session, talk=talk, speaker=speaker, role=role, order=order)
    session.save(update_fields=["changed_at"])
    record(session, "add speaker", by=by, edition=edition, after=str(made.pk))
    return made


# -- Parts ---------------------------------------------------------------------------------------------------------


def _open_edition(pk: int) -> Edition:
    edition = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    if edition.status == Edition.Status.ARCHIVED:
        raise TimetableError(_("This edition is archived. Its agenda is not changed any more."))
    return edition


def _as_seen(edition: Edition, seen: dict[int, str]) -> list[Session]:
    """These sessions of the edition, locked, in the versions that were seen."""
    rows = Session.objects.filter(edition=edition, pk__in=seen).select_related("room").order_by("pk")
    found = list(rows.select_for_update(of=("self",), no_key=True))
    if len(found) < len(seen):
        raise TimetableError(_("This session is gone: somebody deleted it. Load the page again."))
    for session in found:
        session.edition = edition
        if version_of(session) != seen[session.pk]:
            raise StaleError(_what_changed(session))
    return found


def _what_changed(session: Session) -> str:
    """Who changed the session last, and where it is now."""
    sentence = _(
        "%(who)s changed “%(title)s” after you opened it. It is now: %(now)s. "
        "Nothing was saved. Compare, then save again or leave it."
    )
    return sentence % {"who": who_changed(session), "title": session.title, "now": slot_of(session)}


def _moved(session: Session, before: Slot, verb: str, by: str) -> None:
    """Save where a session is; the places of a visit and the list for its host follow."""
    session.save(update_fields=[*SLOT_COLUMNS, "changed_at"])
    record(session, verb, by=by, edition=session.edition, before=_stored(before), after=_stored(slot_of(session)))
    for visit in FieldVisit.objects.filter(session=session):
        visit_changed.send(FieldVisit, visit=visit, by=by)


def _stored(slot: Slot) -> str:
    """A slot for the history, the same in every language."""
    times = "-".join(f"{time:%H:%M}" for time in (slot.start, slot.end) if time)
    return " ".join(str(part) for part in (slot.day, times, slot.room) if part)[:200]


def _english(title: str) -> LazyI18nString:
    return LazyI18nString({"en": _line(title, LONGEST_TITLE)})


def _line(typed: str, longest: int) -> str:
    line = clean_line(typed)
    if not has_visible(line):
        raise TimetableError(_("Write at least one letter or number."))
    if len(line) > longest:
        raise TimetableError(_("Write at most %(count)s characters.") % {"count": longest})
    return line


def _speaker(name: str) -> Speaker:
    found = list(Speaker.objects.filter(sort_name=fold(name)[:LONGEST_NAME])[:2])
    if len(found) > 1:
        raise TimetableError(
            _("Several speakers are called %(name)s. Open all of the session and choose one there.") % {"name": name}
        )
    return found[0] if found else Speaker.objects.create(name=name)
