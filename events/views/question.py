"""What the address of the agenda asks for: filters, a search, a moment, a release. Each can be shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.http import HttpRequest
from django.utils.http import urlencode

from events.agenda import Agenda
from events.models import Session
from events.models.edition import EARLIEST, LATEST
from events.searching import LONGEST, readable, search

FILTERS = ("day", "room", "topic", "kind", "q")


class WrongQuestion(Exception):
    """A filter in the address that cannot be read."""


@dataclass(frozen=True)
class Question:
    """What the address asks of the agenda."""

    q: str = ""
    day: dt.date | None = None
    room: int | None = None
    topic: int | None = None
    kind: str = ""
    at: dt.datetime | None = None
    release: int | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Question:
        """Read the address; raises WrongQuestion for a value that is none."""
        asked = {name: request.GET.get(name, "")[:40] for name in ("day", "room", "topic", "kind", "at", "release")}
        try:
            return cls(
                q=readable(request.GET.get("q", "")),
                day=dt.date.fromisoformat(asked["day"]) if asked["day"] else None,
                room=_number(asked["room"]),
                topic=_number(asked["topic"]),
                kind=Session.Kind(asked["kind"]).value if asked["kind"] else "",
                at=_moment(asked["at"]),
                release=_number(asked["release"]),
            )
        except ValueError:
            raise WrongQuestion from None

    @property
    def is_filtered(self) -> bool:
        """Whether only a part is asked for."""
        return any(getattr(self, name) not in (None, "") for name in FILTERS)

    @property
    def longest(self) -> int:
        """How many characters a search may have."""
        return LONGEST

    def applied_to(self, agenda: Agenda) -> Agenda:
        """The same agenda with the sessions that fit."""
        return search(agenda.only(day=self.day, room=self.room, topic=self.topic, kind=self.kind), self.q)

    def is_common(self, agenda: Agenda) -> bool:
        """Whether many readers ask this: no search, no moment, and at most one filter, which leads somewhere."""
        known: dict[str, Sequence[object]] = {
            "day": agenda.days,
            "room": [room.id for room in agenda.rooms],
            "topic": [topic.id for topic in agenda.topics],
            "kind": list(Session.Kind),
        }
        asked = {name: value for name in FILTERS if (value := getattr(self, name)) not in (None, "")}
        if self.at or len(asked) > 1:
            return False
        return all(value in known.get(name, []) for name, value in asked.items())

    @property
    def words(self) -> dict[str, str]:
        """What is asked, as it stands in an address."""
        return {name: _word(value) for name, value in asdict(self).items() if value not in (None, "")}

    @property
    def beside_search(self) -> dict[str, str]:
        """What a search in this page keeps of the question."""
        return {name: word for name, word in self.words.items() if name != "q"}

    def link(self, **changes: object) -> str:
        """The address of the same question with something else asked; None takes a filter away."""
        changed = {name: _word(value) for name, value in changes.items() if value not in (None, "")}
        kept = {name: word for name, word in self.words.items() if name not in changes} | changed
        return f"?{urlencode(kept)}" if kept else "."


def _word(value: object) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


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
