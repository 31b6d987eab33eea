"""A difference of two agendas in the reader's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18nfield.strings import LazyI18nString

from events.agenda import Agenda, Person, Texts
from events.differences import Change
from events.models import Appearance, Session

# What each kind of change says. Names stand in quotes: they may be in another language than the sentence.
SENTENCES: dict[str, Any] = {
    "edition": gettext_lazy("New name of the edition: “%(after)s”, was “%(before)s”."),
    "place": gettext_lazy("New place of the edition: %(after)s; was: %(before)s."),
    "days": gettext_lazy("New days of the edition: %(after)s; was: %(before)s."),
    "zone": gettext_lazy("New time zone of the edition: %(after)s; was: %(before)s."),
    "topic": gettext_lazy("New name of a topic: “%(after)s”, was “%(before)s”."),
    "footnotes": gettext_lazy("The footnotes changed."),
    "added": gettext_lazy("New: “%(title)s”, %(after)s."),
    "removed": gettext_lazy("Removed: “%(title)s”."),
    "cancelled": gettext_lazy("Cancelled: “%(title)s”."),
    "cancelled_why": gettext_lazy("Cancelled: “%(title)s”. Note: %(after)s"),
    "reason": gettext_lazy("New note about the cancelled “%(title)s”: %(after)s"),
    "reinstated": gettext_lazy("Takes place after all: “%(title)s”."),
    "moved": gettext_lazy("New time of “%(title)s”: %(after)s, was %(before)s."),
    "retitled": gettext_lazy("New title: “%(after)s”, was “%(before)s”."),
    "kind": gettext_lazy("New kind of “%(title)s”: %(after)s, was %(before)s."),
    "letter": gettext_lazy("New letter of “%(title)s”: %(after)s, was %(before)s."),
    "room": gettext_lazy("New room of “%(title)s”: %(after)s, was %(before)s."),
    "topics": gettext_lazy("Topics of “%(title)s”: %(after)s; were: %(before)s."),
    "speakers_joined": gettext_lazy("New speakers of “%(title)s”: %(after)s."),
    "speakers_left": gettext_lazy("No longer among the speakers of “%(title)s”: %(before)s."),
    "speakers": gettext_lazy("Speakers of “%(title)s”: %(after)s; were: %(before)s."),
    "people": gettext_lazy("Details of speakers of “%(title)s”: %(after)s; were: %(before)s."),
    "talks_added": gettext_lazy("New contributions in “%(title)s”: %(after)s."),
    "talks_removed": gettext_lazy("Contributions removed from “%(title)s”: %(before)s."),
    "talks_reordered": gettext_lazy("The contributions of “%(title)s” have another order."),
    "talk_retitled": gettext_lazy("New title of a contribution in “%(title)s”: “%(after)s”, was “%(before)s”."),
    "talk_speakers": gettext_lazy("Speakers of “%(part)s” in “%(title)s”: %(after)s; were: %(before)s."),
    "talk_abstracts": gettext_lazy("New description of contributions in “%(title)s”: %(after)s."),
    "papers": gettext_lazy("New or changed papers of “%(title)s”: %(after)s."),
    "papers_of_edition": gettext_lazy("New or changed papers of the edition: %(after)s."),
    "abstract": gettext_lazy("New description of “%(title)s”."),
}


def change_in_words(change: Change | dict[str, Any], agenda: Agenda) -> str:
    """One line of a difference as a sentence in the reader's language; times in the edition's zone."""
    if isinstance(change, dict):
        change = Change(**change)
    kind, before, after = _shortened(change)
    shown = _SHOWN.get(change.kind, _plain)
    words = {
        "title": in_words(change.title),
        "part": in_words(change.part),
        "before": shown(before, agenda),
        "after": shown(after, agenda),
    }
    if kind == "moved" and before["day"] == after["day"]:
        words["before"] = _hours(before, agenda) or words["before"]
    return str(SENTENCES[kind]) % words


def _shortened(change: Change) -> tuple[str, Any, Any]:
    """The sentence to use and what it names: of many speakers only who came or went, where the others stay."""
    kind, before, after = change.kind, change.before, change.after
    if kind == "cancelled" and after:
        return "cancelled_why", before, after
    if kind == "papers" and change.item is None:
        return "papers_of_edition", before, after
    if kind == "speakers" and before and not set(before) - set(after):
        return "speakers_joined", before, sorted(set(after) - set(before))
    if kind == "speakers" and after and not set(after) - set(before):
        return "speakers_left", sorted(set(before) - set(after)), after
    return kind, before, after


def in_words(texts: Texts) -> str:
    """A text in the reader's language, or in the one that it has."""
    return str(LazyI18nString(texts))


def _plain(value: Any, _agenda: Agenda) -> str:
    """A text, or a text in several languages."""
    return (in_words(value) if isinstance(value, dict) else value) or _("not known")


def _room(value: str, _agenda: Agenda) -> str:
    return value or _("no room")


def _letter(value: str, _agenda: Agenda) -> str:
    return value or _("no letter")


def _kind(value: str, _agenda: Agenda) -> str:
    return str(Session.Kind(value).label)


def _names(value: list[str], _agenda: Agenda) -> str:
    return ", ".join(value) or _("nobody named")


def _topics(value: list[Texts], _agenda: Agenda) -> str:
    return ", ".join(in_words(texts) for texts in value) or _("none")


def _titles(value: list[Texts] | None, _agenda: Agenda) -> str:
    return ", ".join(f"“{in_words(texts)}”" for texts in value or [])


def _people(value: list[dict[str, str]], _agenda: Agenda) -> str:
    return "; ".join(speaker_line(Person(speaker=0, kind="", **row)) for row in value)


def speaker_line(person: Person) -> str:
    """A speaker as one line: honorific and name, function, organisation; the role if another than to speak."""
    name = f"{person.honorific} {person.name}".strip()
    line = ", ".join(part for part in (name, person.function, person.organisation) if part)
    notes = [] if person.role == Appearance.Role.SPEAKER else [str(Appearance.Role(person.role).label)]
    if person.state == Appearance.State.TO_BE_CONFIRMED:
        notes.append(str(Appearance.State.TO_BE_CONFIRMED.label))
    return f"{line} ({', '.join(notes)})" if notes else line


def _days(value: list[str], _agenda: Agenda) -> str:
    days = [date_format(dt.date.fromisoformat(day)) for day in value]
    if len(set(days)) < 2:
        return "".join(days[:1]) or _("not known")
    return _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}


def _when(times: dict[str, str | None] | None, agenda: Agenda) -> str:
    if not times or not times["day"]:
        return _("day to be announced")
    words = {"day": date_format(dt.date.fromisoformat(times["day"])), "hours": _hours(times, agenda)}
    return f"{words['day']}, {words['hours']}" if words["hours"] else _("%(day)s, time to be announced") % words


def _hours(times: dict[str, str | None], agenda: Agenda) -> str:
    """Start and end at the place; empty where they are not known."""
    moments = [dt.datetime.fromisoformat(text) for text in (times["start"], times["end"]) if text]
    words = [f"{moment.astimezone(agenda.zone):%H:%M}" for moment in moments]
    return _("%(start)s to %(end)s") % {"start": words[0], "end": words[1]} if len(words) == 2 else "".join(words)


_SHOWN: dict[str, Callable[[Any, Agenda], str]] = {
    "added": _when,
    "removed": _when,
    "moved": _when,
    "days": _days,
    "kind": _kind,
    "letter": _letter,
    "room": _room,
    "topics": _topics,
    "speakers": _names,
    "talk_speakers": _names,
    "people": _people,
    "talks_added": _titles,
    "talks_removed": _titles,
    "talk_abstracts": _titles,
    "papers": _titles,
}
