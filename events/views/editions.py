"""Home, the list of editions, one edition before and after, and its field visits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone as clock
from django.utils.translation import get_language

from events.documents import of_session, shown
from events.feeds.linked import event_of
from events.models import Document, Edition, FieldVisit, Partnership
from events.scheduling import released_agenda, texts
from events.views.frame import edition_frame, footnotes_of
from events.views.rows import Row, row_of


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """The current edition first: can I register, until when? Then the ones before."""
    current = Edition.objects.current()
    others = [edition for edition in Edition.objects.public().in_order() if edition != current]
    context = {
        "frame": edition_frame(current, "home") if current else None,
        "edition": current,
        "later": [edition for edition in others if not edition.is_over()],
        "before": [edition for edition in others if edition.is_over()],
    }
    return render(request, "events/home.html", context)


@login_not_required
def editions(request: HttpRequest) -> HttpResponse:
    """Every edition of the series, newest first; what is not known is said to be unknown."""
    return render(request, "events/editions.html", {"editions": list(Edition.objects.public().in_order())})


@login_not_required
def edition(request: HttpRequest, slug: str) -> HttpResponse:
    """One edition: before it facts and registration, after it the outcome."""
    found = get_object_or_404(Edition.objects.public(), slug=slug)
    partnerships = list(found.partnerships.select_related("organisation"))
    printed = [p.organisation.name for p in partnerships] + [found.reported_from_text, found.reported_participants_text]
    visits = FieldVisit.objects.filter(session__edition=found).select_related("session")
    papers = _papers(found)
    context = {
        "frame": edition_frame(found, "edition"),
        "edition": found,
        "topics": list(found.topics.all()),
        "statements": list(found.statements.all()),
        "partners": [
            (role.label, [p for p in partnerships if p.role == role])
            for role in Partnership.Role
            if any(p.role == role for p in partnerships)
        ],
        "visits": list(visits),
        "footnotes": footnotes_of(texts(found.footnotes), map(str, printed)),
        "papers": papers,
        "has_files": any(paper.file and paper.access == Document.Access.PUBLIC for paper, _row in papers),
        "linked": _linked(request, found, partnerships),
    }
    return render(request, "events/edition.html", context)


def _linked(request: HttpRequest, edition: Edition, partnerships: list[Partnership]) -> dict[str, Any]:
    """The edition for other programs."""
    address = settings.SITE_URL + request.path
    return event_of(edition, partnerships, address=address, language=get_language() or "en")


def _papers(edition: Edition) -> list[tuple[Document, Row | None]]:
    """The papers that everybody may know of, each with the session that it belongs to."""
    agenda = released_agenda(edition.slug)
    rows = {item.id: row_of(agenda, item) for item in agenda.items} if agenda else {}
    papers: Any = shown(edition, released=rows)
    return [(paper, rows.get(paper.of)) for paper in papers]


@login_not_required
def visit(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A field visit: safety first, then places and deadlines, then what is shown."""
    agenda = released_agenda(slug)
    items = [item for item in agenda.items if item.visit == pk] if agenda else []
    found = get_object_or_404(
        FieldVisit.objects.select_related("session__edition"), pk=pk, session__in=[item.id for item in items]
    )
    context = {
        "frame": edition_frame(found.session.edition, "visit"),
        "edition": found.session.edition,
        "visit": found,
        "row": row_of(agenda, items[0]) if agenda else None,
        "papers": [(paper, None) for paper in of_session(found.session_id)],
    }
    with clock.override(found.session.edition.zone):  # templates show moments in the zone in force
        return render(request, "events/visit.html", context)


@login_not_required
def privacy(request: HttpRequest) -> HttpResponse:
    """What is asked, why, for how long, and the rights of a participant."""
    return render(request, "events/privacy.html", {"edition": Edition.objects.current()})
