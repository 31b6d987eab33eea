"""Decisions that end a registration ask a second time, with the names."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from participants.models import Participant

AGAIN = "again"


def has_been_asked(request: HttpRequest) -> bool:
    """Whether the post comes from the page that asks a second time."""
    return request.POST.get(AGAIN) == "yes"


def ask_again(
    model_admin: Any, request: HttpRequest, chosen: QuerySet[Participant], *, action: str, question: str, button: str
) -> HttpResponse:
    """The page that lists who it is about; its form sends the action once more for exactly those."""
    people = list(chosen.select_related("delegation").order_by("sort_name", "id"))
    context = {
        **model_admin.admin_site.each_context(request),
        "title": question,
        "opts": model_admin.opts,
        "people": people,
        "with_place": sum(person.status == Participant.Status.CONFIRMED for person in people),
        "checkbox": ACTION_CHECKBOX_NAME,
        "again": AGAIN,
        "action": action,
        "button": button,
        "back": request.get_full_path(),
    }
    return render(request, "admin/participants/ask_again.html", context)
