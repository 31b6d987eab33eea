"""Private data of single people: who asked to be erased, what erasing would do, and the second press that does it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.filters import editions_of
from participants import retention
from participants.models import Participant

DIGITS = 18  # as many as every key has


class Erasures:
    """For the ModelAdmin of registrations: an action, a page that asks again, and erased rows that nobody edits."""

    admin_site: Any
    opts: Any
    perm: Any
    change_list_template: Any = "admin/participants/erasures/list.html"

    def get_urls(self) -> list[Any]:
        """With the page of those who asked."""
        page = path("erasures/", self.admin_site.admin_view(self.erasures), name="participants_erasures")
        return [page, *super().get_urls()]  # type: ignore[misc]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody writes on a row that was erased: it holds numbers only."""
        is_erased = isinstance(obj, Participant) and obj.erased_at is not None
        return not is_erased and super().has_change_permission(request, obj)  # type: ignore[misc]

    @admin.action(description=gettext_lazy("Erase private data"), permissions=["change"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Participant]) -> HttpResponse:
        """Lead to the page that says what would happen."""
        keys = queryset.order_by("pk").values_list("pk", flat=True)
        return redirect(
            f"{reverse('admin:participants_erasures')}?{urlencode({ACTION_CHECKBOX_NAME: list(keys)}, True)}"
        )

    def erasures(self, request: HttpRequest) -> HttpResponse:
        """Those who asked, to be chosen; those chosen, with what would happen; and on the second press, done."""
        editions = editions_of(request.user, self.perm("change"))
        if not editions:
            raise PermissionDenied
        people = Participant.objects.filter(edition__in=editions, erased_at=None).select_related(
            "edition", "delegation"
        )
        sent = request.POST if request.method == "POST" else request.GET
        keys = [key for key in sent.getlist(ACTION_CHECKBOX_NAME) if key.isascii() and key.isdigit()]
        chosen = people.filter(pk__in=[int(key) for key in keys if len(key) <= DIGITS]).order_by("sort_name", "pk")
        if request.method == "POST":
            self._erase(request, list(chosen))
            return redirect("admin:participants_erasures")
        if not chosen:
            asked = people.exclude(erasure_asked_at=None).order_by("erasure_asked_at", "pk")
            return self._draw(request, "asked", _("Who asked to be erased"), people=asked)
        rows = [(person, outlook(person)) for person in chosen]
        return self._draw(request, "again", _("Erase private data?"), rows=rows)

    def _erase(self, request: HttpRequest, chosen: list[Participant]) -> None:
        """One transaction a person."""
        if not chosen:
            messages.warning(request, _("Choose at least one person. Nothing was erased."))
            return
        for person in chosen:
            retention.erase_participant(participant=person, by=request.user.get_username())
        told = ngettext(
            "%(number)s registration is erased.",
            "%(number)s registrations are erased.",
            len(chosen),
        )
        messages.success(request, told % {"number": len(chosen)})

    def _draw(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        context |= {"checkbox": ACTION_CHECKBOX_NAME}
        return render(request, f"admin/participants/erasures/{name}.html", frame | context)


def outlook(person: Participant) -> list[str]:
    """What erasing this person now would do, in sentences."""
    edition = person.edition
    said = []
    if person.status in Participant.LIVE and not edition.is_over():
        said.append(_("The registration is withdrawn."))
        if person.status == Participant.Status.CONFIRMED:
            said.append(_("Its place goes to the next in line."))
    if retention.is_kept(person):
        kept = ngettext(
            "The person was there, so name and attendance are kept for %(years)s year.",
            "The person was there, so name and attendance are kept for %(years)s years.",
            edition.keep_attendance_years,
        )
        said += [kept % {"years": edition.keep_attendance_years}, _("Everything else is erased.")]
    else:
        said.append(_("Everything is erased, the name too. Only numbers without names stay."))
    return said
