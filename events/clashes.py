"""What an attentive reader would ask about an agenda: overlaps, gaps and odd hours. Plain data in, findings out."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from events.agenda import Agenda, Item, Texts
from events.change_words import in_words
from events.slots import FREE_KINDS, NIGHT_ENDS

SPOKEN = {"session", "plenary", "panel", "opening"}
EVERYBODY_COMES = {"opening", "plenary", "closing"}
# People arrive the day before and leave the day after; a week off is a slip of the pen.
MARGIN = dt.timedelta(days=3)
NAMED = 3  # so many sessions are named where many lack the same

# The headings under which findings are listed, in this order after the blockers.
HEADINGS: dict[str, Any] = {
    "room": gettext_lazy("Room taken"),
    "days": gettext_lazy("Day and time"),
    "person": gettext_lazy("Speaker or chair in two places"),
    "seats": gettext_lazy("Room too small"),
    "day": gettext_lazy("No day"),
    "start": gettext_lazy("No start"),
    "end": gettext_lazy("No end"),
    "speaker": gettext_lazy("No speaker"),
    "letter": gettext_lazy("No letter"),
    "language": gettext_lazy("Not translated"),
    "gone": gettext_lazy("Released and gone"),
}


@dataclass(frozen=True)
class Finding:
    """Something that does not fit: a blocker stops a release, a warning does not.

    `session` is the one to open, where there is one, `day` the day to look at; `kind` is a key of HEADINGS.
    """

    blocks: bool
    sentence: str
    session: int | None
    kind: str
    day: dt.date | None = None


def findings_of(agenda: Agenda, released: Agenda | None, *, places: int | None) -> list[Finding]:
    """All findings, blockers first. `released` is the release before, `places` the capacity of the edition."""
    found = [
        *_in_one_room(agenda),
        *_outside(agenda),
        *_in_two_places(agenda),
        *_too_small(agenda, places),
        *_incomplete(agenda),
        *_without_letter(agenda),
        *_untranslated(agenda),
        *_gone(agenda, released),
    ]
    return sorted(found, key=lambda finding: not finding.blocks)


def grouped(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """The findings under their headings, in the order of HEADINGS."""
    rows = list(findings)
    groups = ((str(words), [one for one in rows if one.kind == kind]) for kind, words in HEADINGS.items())
    return [(words, found) for words, found in groups if found]


def _finding(
    kind: str, item: Item, sentence: str, words: Mapping[str, object] | None = None, *, blocks: bool = False
) -> Finding:
    return Finding(blocks, sentence % {"title": in_words(item.title), **(words or {})}, item.id, kind, item.day)


def _held(agenda: Agenda) -> Iterator[Item]:
    return (item for item in agenda.items if not item.is_cancelled)


def _outside(agenda: Agenda) -> Iterator[Finding]:
    """What does not stand on a day of the edition, or does not start on its own day."""
    if not agenda.timezone and any(item.start for item in agenda.items):
        yield Finding(False, _("The edition has no time zone, so its times are shown in UTC."), None, "days")
    for item in agenda.items:
        if item.day is None:
            continue
        day = date_format(item.day)
        if item.start:
            local = item.start.astimezone(agenda.zone)
            at_night = local.date() == item.day + dt.timedelta(days=1) and local.time() < NIGHT_ENDS
            if local.date() != item.day and not at_night:
                sentence = _("“%(title)s” stands on %(day)s and starts on %(start)s.")
                yield _finding("days", item, sentence, {"day": day, "start": date_format(local.date())})
        if agenda.first_day and agenda.last_day and not agenda.first_day <= item.day <= agenda.last_day:
            is_far = not agenda.first_day - MARGIN <= item.day <= agenda.last_day + MARGIN
            sentence = _("“%(title)s” is on %(day)s, outside the days of the edition.")
            yield _finding("days", item, sentence, {"day": day}, blocks=is_far)


def _incomplete(agenda: Agenda) -> Iterator[Finding]:
    for item in _held(agenda):
        if item.day is None:
            yield _finding("day", item, _("“%(title)s” has no day."))
        elif item.start is None:
            yield _finding("start", item, _("“%(title)s” has no start."))
        elif item.end is None:
            yield _finding("end", item, _("“%(title)s” has no end."))
        if item.kind in SPOKEN and not any(item.everybody):
            yield _finding("speaker", item, _("“%(title)s” has no speaker."))


def _too_small(agenda: Agenda, places: int | None) -> Iterator[Finding]:
    seats = {room.id: room.capacity for room in agenda.rooms}
    for item in _held(agenda):
        room = seats.get(item.room) if item.room else None
        if room and places and item.kind in EVERYBODY_COMES and room < places:
            sentence = _("“%(title)s” is in a room with %(seats)s seats; the edition has %(places)s places.")
            yield _finding("seats", item, sentence, {"seats": room, "places": places})


def _overlapping(items: Iterable[Item]) -> Iterator[tuple[Item, Item]]:
    """Pairs that are at the same time, the earlier first. Without an end, only what is on at the start is sure."""
    timed = sorted(((i.start, i.id, i) for i in items if i.start), key=lambda entry: entry[:2])
    for index, (start, _id, first) in enumerate(timed):
        for later, _id, second in timed[index + 1 :]:
            if later >= (first.end or start) and later != start:
                break
            yield first, second


def _in_one_room(agenda: Agenda) -> Iterator[Finding]:
    for first, second in _overlapping(_held(agenda)):
        if first.room is None or first.room != second.room:
            continue
        names = {"first": in_words(first.title), "second": in_words(second.title)}
        if not {first.kind, second.kind} & set(FREE_KINDS):
            is_sure = first.end is not None and second.end is not None
            sentence = _("“%(first)s” and “%(second)s” are in one room at the same time.")
            yield _finding("room", second, sentence, names, blocks=is_sure)
        elif _cuts(first, second):
            yield _finding("room", second, _("“%(first)s” and “%(second)s” overlap in one room."), names)


def _cuts(first: Item, second: Item) -> bool:
    """Whether the first goes on into the second without containing it. A break inside a longer session is normal."""
    if first.end is None or second.end is None or first.start == second.start:
        return False
    return first.end < second.end


def _in_two_places(agenda: Agenda) -> Iterator[Finding]:
    for first, second in _overlapping(_held(agenda)):
        # A State or an organisation can send two people.
        names = {person.speaker: person.name for person in first.everybody if person.kind == "person"}
        for speaker in sorted({person.speaker for person in second.everybody} & set(names)):
            sentence = _("%(person)s is in “%(first)s” and in “%(second)s” at the same time.")
            words = {"person": names[speaker], "first": in_words(first.title), "second": in_words(second.title)}
            yield _finding("person", second, sentence, words)


def _without_letter(agenda: Agenda) -> Iterator[Finding]:
    groups = [item for item in _held(agenda) if item.kind == "working_group"]
    parallel = {item.id: item for pair in _overlapping(groups) for item in pair}
    for item in parallel.values():
        if not item.letter:
            yield _finding("letter", item, _("“%(title)s” runs beside another group and has no letter."))


def _untranslated(agenda: Agenda) -> Iterator[Finding]:
    """One finding for each language in which most titles are written and other texts are not.

    A language in which few of them are written is none in which the agenda is published.
    """
    items = list(_held(agenda))
    languages = Counter(language for item in items for language, text in item.title.items() if text)
    for language in sorted(code for code, count in languages.items() if count * 2 >= len(items)):
        without = [item for item in items if any(text and not text.get(language) for text in _texts_of(item))]
        if not without:
            continue
        sentence = ngettext(
            "%(language)s: the texts of %(count)s session are not complete: %(titles)s.",
            "%(language)s: the texts of %(count)s sessions are not complete: %(titles)s.",
            len(without),
        )
        named = [f"“{in_words(item.title)}”" for item in without[:NAMED]]
        named += [_("and %(count)s more") % {"count": len(without) - NAMED}] if len(without) > NAMED else []
        words = {"language": _language(language), "count": len(without), "titles": ", ".join(named)}
        yield _finding("language", without[0], sentence, words)


def _texts_of(item: Item) -> list[Texts]:
    """What a reader reads of it: titles and descriptions of the session and its contributions."""
    return [item.title, item.abstract, *(text for talk in item.talks for text in (talk.title, talk.abstract))]


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def _gone(agenda: Agenda, released: Agenda | None) -> Iterator[Finding]:
    kept = {item.uid for item in agenda.items}
    for item in released.items if released else ():
        if item.uid not in kept:
            sentence = _("“%(title)s” was released and is gone. Cancel a session instead of deleting it.")
            yield Finding(False, sentence % {"title": in_words(item.title)}, None, "gone")
