"""Requests for changes after the deadline: old and new side by side, and the two answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from events.admin.scope import ReadOnly, ScopedAdmin
from participants import changing
from participants.models import ChangeRequest, Participant
from participants.registration import DETAILS, RegistrationError


@dataclass(frozen=True)
class Compared:
    """One answer of a request beside what is in force."""

    label: str
    old: str
    new: str


def compared(request: ChangeRequest) -> list[Compared]:
    """What a request that waits asks for, in the order of the form; nothing for one that was decided."""
    answers = json.loads(request.answers) if request.answers else {}
    person = request.participant
    return [
        Compared(capfirst(_label(name)), _in_words(name, getattr(person, name)), _in_words(name, answers[name]))
        for name in DETAILS
        if name in answers
    ]


def _field(name: str) -> Any:
    return Participant._meta.get_field(name)


def _label(name: str) -> str:
    return str(_field(name).verbose_name)


def _in_words(name: str, value: Any) -> str:
    return str(dict(_field(name).flatchoices).get(value, value))


@admin.register(ChangeRequest)
class ChangeRequestAdmin(ReadOnly, ScopedAdmin):
    """Who asks for which change; a decided request keeps no answers."""

    edition_path = "participant__edition"
    list_display = ("participant", "state", "asked_at", "decided_at", "decided_by")
    list_filter = ("participant__edition", "state")
    list_select_related = ("participant__edition",)
    folded_fields = ("participant__search",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Without the answers, which only the page of one request reads."""
        return super().get_queryset(request).defer("answers")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Old and new, and the two answers. A post decides, and says what happened."""
        found = self.get_object(request, object_id)
        if found is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        edition = found.participant.edition
        may_decide = request.user.has_perm(self.perm("change"), edition)
        if request.method == "POST":
            if may_decide:
                self._decide(request, found)
            return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Change asked for by %(name)s") % {"name": found.participant.name},
            "opts": self.opts,
            "asked": found,
            "edition": edition,
            "compared": compared(found),
            "may_decide": may_decide and found.state == ChangeRequest.State.ASKED,
        }
        return render(request, "admin/participants/change_request.html", context)

    def _decide(self, request: HttpRequest, asked: ChangeRequest) -> None:
        verbs = {
            "accept": (changing.accept_change, _("The details are changed. The person is told by e-mail.")),
            "refuse": (changing.refuse_change, _("The details are as before. The person is told by e-mail.")),
        }
        verb, sentence = verbs.get(request.POST.get("decision", ""), (None, ""))
        try:
            if verb is not None:
                verb(request=asked, by=request.user.get_username())
                messages.success(request, sentence)
        except RegistrationError as error:
            messages.error(request, str(error))
