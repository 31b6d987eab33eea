"""One session of a released agenda."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone as clock

from events.agenda import Agenda, Item
from events.caching import FOREVER, cached_answer
from events.documents import of_session, version_of
from events.models import Document
from events.scheduling import released_agenda
from events.views.frame import end_of, footnotes_of, frame_of
from events.views.rows import row_of


@login_not_required
def session(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Where, when and who; what is at the same time; what comes before and after."""
    agenda = released_agenda(slug)
    item = agenda.item(pk) if agenda else None
    if agenda is None or item is None or agenda.released_at is None:
        raise Http404
    papers = of_session(pk)  # as they are now: no release freezes them
    end = end_of(agenda)
    # With the edition the entry for its participants leaves the menu.
    modified = end if end and agenda.released_at < end <= clock.now() else agenda.released_at
    modified = max([modified, *(paper.changed_at for paper in papers)])
    return cached_answer(
        request,
        key=f"session {request.path} {agenda.number} {agenda.released_at} {modified} {version_of(papers)}",
        modified=modified,
        content_type="text/html; charset=utf-8",
        make=lambda: _page(request, agenda, item, papers).encode(),
        until=end if end and end > clock.now() else FOREVER,
    )


def _page(request: HttpRequest, agenda: Agenda, item: Item, papers: list[Document]) -> str:
    timed = [other for other in agenda.items if other.start and not other.is_cancelled]
    before = [other for other in timed if item.start and other.start and (other.end or other.start) <= item.start]
    after = [o for o in timed if item.start and o.start and o.start >= (item.end or item.start) and o.id != item.id]
    meanwhile = [other for other in timed if other.id != item.id and _overlap(item, other)]
    context = {
        "frame": frame_of(agenda, "agenda"),
        "agenda": agenda,
        "row": row_of(agenda, item),
        "before": row_of(agenda, before[-1]) if before else None,
        "after": row_of(agenda, after[0]) if after else None,
        "footnotes": footnotes_of(agenda.footnotes, _printed(item)),
        "papers": [(paper, None) for paper in papers],
        "meanwhile": [row_of(agenda, other) for other in meanwhile],
    }
    with clock.override(agenda.zone):  # templates show moments in the zone in force
        return render_to_string("events/session.html", context, request)


def _printed(item: Item) -> list[str]:
    """Every text in which the name of a delegation may stand."""
    people = [text for person in item.everybody for text in (person.name, person.function, person.organisation)]
    return [*people, *item.title.values(), *item.abstract.values()]


def _overlap(one: Item, other: Item) -> bool:
    if not (one.start and one.end and other.start and other.end):
        return one.start is not None and one.start == other.start
    return one.start < other.end and other.start < one.end
