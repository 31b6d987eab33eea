"""Papers: for everybody, for those who have a place, for the secretariat; one by one, or all that one may see."""

from __future__ import annotations

import logging

from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from events import bundles
from events.documents import LISTED, count_downloads, shown
from events.models import Document, Edition
from events.views.files import PRIVATE, PUBLIC, file_answer, to_be_kept
from events.views.frame import edition_frame
from participants import throttling
from participants.access import papers_for
from participants.views.private import all_remembered

BUNDLES = 200  # from one network, where a whole workshop may sit
BUNDLES_SECONDS = 600
log = logging.getLogger(__name__)


@login_not_required
@require_safe
def document(request: HttpRequest, slug: str, pk: int, name: str) -> HttpResponseBase:
    """One paper. What is for participants says to others how to get in; what is for the secretariat is not there."""
    edition = get_object_or_404(Edition, slug=slug)
    found = shown(edition, Document.Access.values).filter(pk=pk).first()
    if found is None:
        raise Http404
    is_open = found.access == Document.Access.PUBLIC and is_listed(edition, found)
    if not is_open and not _may_open(request, edition, found):
        if found.access == Document.Access.PARTICIPANTS and is_listed(edition, found):
            return _private(render(request, "participants/locked.html", _context(edition, found), status=403))
        raise Http404
    cache = PUBLIC if is_open else PRIVATE
    if name != found.address_name:
        answer: HttpResponse = redirect("participants:document", slug, pk, found.address_name)
        answer["Cache-Control"] = cache
        return answer
    return _answer(request, found, cache)


def is_listed(edition: Edition, found: Document) -> bool:
    """Whether everybody may know of it."""
    return edition.status != Edition.Status.DRAFT and shown(edition, LISTED).filter(pk=found.pk).exists()


def _may_open(request: HttpRequest, edition: Edition, found: Document) -> bool:
    accesses = papers_for(edition, request.user, all_remembered(request))
    return found.access in accesses and shown(edition, accesses).filter(pk=found.pk).exists()


def _answer(request: HttpRequest, found: Document, cache: str) -> HttpResponseBase:
    if found.url:
        response: HttpResponseBase = HttpResponseRedirect(found.url, headers={"Cache-Control": cache})
        begins = request.method == "GET"
    else:
        try:
            response, begins = file_answer(request, found, cache)
        except OSError:
            log.exception("the file of a document is missing", extra={"document": found.pk})
            raise Http404 from None
    if begins:
        count_downloads([found.pk])
    return response


@login_not_required
@require_safe
def documents(request: HttpRequest, slug: str) -> HttpResponseBase:
    """One ZIP file of all that this visitor may see."""
    edition = get_object_or_404(Edition, slug=slug)
    papers = list(shown(edition, papers_for(edition, request.user, all_remembered(request))).select_related("edition"))
    if not papers:
        raise Http404
    who = throttling.client_address(request)
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse()
    elif throttling.count("bundle", who, BUNDLES_SECONDS) > BUNDLES:
        return throttling.too_many(request, BUNDLES_SECONDS)
    else:
        response = StreamingHttpResponse(bundles.bundle(papers))
        count_downloads(paper.pk for paper in papers if paper.file)
    response["Content-Type"] = "application/zip"
    return to_be_kept(response, f"{edition.slug}.zip", PRIVATE)


def _context(edition: Edition, found: Document) -> dict[str, object]:
    return {"document": found, "edition": edition, "frame": edition_frame(edition, "documents")}


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = PRIVATE
    response["X-Robots-Tag"] = "noindex"
    return response
