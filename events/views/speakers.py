"""Who speaks at an edition, from its released agenda; a biography is the one thing that is read as it is now."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone as clock
from django.utils.translation import get_language

from events.agenda import Agenda, Person, Texts, said
from events.caching import FOREVER, cached_answer
from events.models import Appearance, Speaker
from events.scheduling import released_agenda, texts
from events.text import fold
from events.views.frame import end_of, footnotes_of, frame_of
from events.views.rows import Row, row_of

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Part:
    """What somebody does in one session, or in one talk of it."""

    row: Row
    talk: str
    role: str
    is_open: bool


@dataclass
class Speaking:
    """Somebody who speaks at the edition: as what, and where."""

    key: int
    name: str
    honorific: str
    kind: str
    functions: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    @property
    def roles(self) -> list[tuple[Row, list[Part]]]:
        """The parts by session."""
        rows = {part.row.item.id: part.row for part in self.parts}
        return [(row, [part for part in self.parts if part.row.item.id == key]) for key, row in rows.items()]


@login_not_required
def speakers(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody who speaks at the edition, by name."""
    agenda = _released(slug)
    return _answer(request, agenda, "speakers", lambda: _list(request, agenda))


@login_not_required
def speaker(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One of them: biography and sessions. Who does not appear in the released agenda has no page."""
    agenda = _released(slug)
    if not any(person.speaker == pk for item in agenda.items for person in item.everybody):
        raise Http404
    written = Speaker.objects.filter(pk=pk).values_list("biography", flat=True).first()
    biography = texts(written) if written else {}
    version = hashlib.sha256(repr(sorted(biography.items())).encode()).hexdigest()
    # Nothing says when a biography was changed: its page has a tag alone.
    return _answer(
        request, agenda, f"speaker {pk} {version}", lambda: _page(request, agenda, pk, biography), dated=False
    )


def _released(slug: str) -> Agenda:
    agenda = released_agenda(slug)
    if agenda is None:
        raise Http404
    return agenda


def _answer(
    request: HttpRequest, agenda: Agenda, what: str, make: Callable[[], bytes], *, dated: bool = True
) -> HttpResponse:
    now, end = clock.now(), end_of(agenda)
    modified = agenda.released_at or now
    if end and modified < end <= now:  # with the edition the entry for its participants leaves the menu
        modified = end
    response = cached_answer(
        request,
        key=f"{what} {request.path} {agenda.number} {agenda.released_at} {modified}",
        modified=modified if dated else now,
        content_type=HTML,
        make=make,
        until=(end if end and end > now else FOREVER) if dated else None,
    )
    if not dated:
        del response["Last-Modified"]
    return response


def _list(request: HttpRequest, agenda: Agenda) -> bytes:
    found = _everybody(agenda)
    context = {
        "frame": frame_of(agenda, "speakers"),
        "agenda": agenda,
        "speakers": found,
        "footnotes": footnotes_of(agenda.footnotes, _printed(found)),
    }
    with clock.override(agenda.zone):  # templates show moments in the zone in force
        return render_to_string("events/speakers.html", context, request).encode()


def _page(request: HttpRequest, agenda: Agenda, pk: int, biography: Texts) -> bytes:
    found = next(one for one in _everybody(agenda) if one.key == pk)
    language = get_language() or "en"
    shown = said(biography, language)
    context = {
        "frame": frame_of(agenda, "speakers"),
        "agenda": agenda,
        "speaker": found,
        "biography": shown,
        "about": shown or "; ".join(found.functions),
        "biography_language": next((code for code, text in biography.items() if text == shown), language),
        "footnotes": footnotes_of(agenda.footnotes, [*_printed([found]), shown]),
    }
    with clock.override(agenda.zone):
        return render_to_string("events/speaker.html", context, request).encode()


def _everybody(agenda: Agenda) -> list[Speaking]:
    """Everybody in the order of their names, without regard to accents and script."""
    language = get_language() or "en"
    found: dict[int, Speaking] = {}
    for item in agenda.items:
        row = row_of(agenda, item)
        talks = [("", item.people), *((said(talk.title, language), talk.people) for talk in item.talks)]
        for title, people in talks:
            for person in people:
                one = found.setdefault(
                    person.speaker, Speaking(person.speaker, person.name, person.honorific, person.kind)
                )
                one.functions += [words for words in [_function(person)] if words and words not in one.functions]
                one.parts.append(Part(row, title, _role(person), person.state == Appearance.State.TO_BE_CONFIRMED))
    return sorted(found.values(), key=lambda one: (fold(one.name), one.key))


def _function(person: Person) -> str:
    return ", ".join(part for part in (person.function, person.organisation) if part)


def _role(person: Person) -> str:
    """The role, where it is another than to speak."""
    return "" if person.role == Appearance.Role.SPEAKER else str(Appearance.Role(person.role).label)


def _printed(found: list[Speaking]) -> Iterator[str]:
    """Every text in which the name of a delegation may stand."""
    for one in found:
        yield from (one.name, *one.functions)
        yield from (text for part in one.parts for text in (part.row.title, part.talk))
