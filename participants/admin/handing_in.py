"""The page that asks the speakers of a session for their presentations: links, mails, and what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.admin.documents import DocumentAdmin
from events.documents import HandInError, hand_in_ends, handed_in
from events.models import Document, Session, Speaker
from participants import handing_in
from participants.models import Link

admin.site.unregister(Document)


@dataclass(frozen=True)
class Row:
    """A speaker of the session, the link that stands, and what was handed in."""

    speaker: Speaker
    link: Link | None
    document: Document | None


@admin.register(Document)
class PapersAdmin(DocumentAdmin):
    """Papers, with the page that asks speakers for theirs."""

    def get_urls(self) -> list[Any]:
        """With the page of a session."""
        view = self.admin_site.admin_view(self.hand_in)
        return [path("hand-in/<int:pk>/", view, name="participants_hand_in"), *super().get_urls()]

    def hand_in(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who speaks and what came; a POST makes, sends or ends one link. A new link is shown this once."""
        session = get_object_or_404(Session.objects.select_related("edition"), pk=pk)
        if not request.user.has_perm(self.perm("change"), session.edition):
            raise Http404
        made: dict[str, Any] = {}
        if request.method == "POST":
            try:
                made = _act(request, session)
            except HandInError as error:
                made = {"problem": str(error)}
            if not made:
                return HttpResponseRedirect(request.path)
        people = Speaker.objects.filter(appearances__session=session).distinct().order_by("sort_name", "pk")
        ends = hand_in_ends(session)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Presentations for %(session)s") % {"session": session},
            "opts": self.opts,
            "session": session,
            "edition": session.edition,
            "ends": ends,
            "is_over": ends is not None and ends <= clock.now(),
            "rows": [Row(one, handing_in.standing_link(session, one), handed_in(session, one)) for one in people],
            "languages": settings.LANGUAGES,
        }
        with clock.override(session.edition.zone):
            status = 422 if "problem" in made else 200
            return render(request, "admin/participants/hand_in.html", context | made, status=status)


def _act(request: HttpRequest, session: Session) -> dict[str, Any]:
    """What the button does; what the page shows of it, or nothing where it is only said."""
    key, do = request.POST.get("speaker", ""), request.POST.get("do", "")
    is_key = key.isascii() and key.isdigit() and len(key) < 18
    speaker = Speaker.objects.filter(pk=int(key) if is_key else 0, appearances__session=session).first()
    if speaker is None or do not in {"make", "send", "end"}:
        raise HandInError(_("Nothing was changed. Press one of the buttons of this page."))
    chosen = request.POST.get("language", "")
    language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    about: Any = {"session": session, "speaker": speaker, "by": request.user.get_username()}
    if do == "make":
        return {"made": handing_in.make_link(language=language, **about), "made_for": speaker}
    if do == "send":
        email = request.POST.get("email", "")
        message = handing_in.send_link(email=email, language=language, **about)
        messages.success(request, _("The link goes to %(address)s.") % {"address": message.to})
    elif handing_in.end_link(**about):
        messages.success(request, _("The link has ended."))
    else:
        messages.warning(request, _("There was no link to end."))
    return {}
