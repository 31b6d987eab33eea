"""The page that copies the agenda of another edition: choose, look at the days, press once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.filters import editions_of
from events.admin.releases import edition_to_change
from events.agenda import Item
from events.change_words import in_words
from events.copying import Copy, Wish, copy_agenda, copy_of
from events.models import AgendaRelease, Edition, Session
from events.scheduling import AgendaChanged, SchedulingError

SPEAKERS = (
    ("asked", gettext_lazy("As “to be confirmed”")),
    ("none", gettext_lazy("No speakers")),
)


class CopyForm(forms.Form):
    """From where, and what comes along."""

    source = forms.ModelChoiceField(label=gettext_lazy("Edition to copy from"), queryset=Edition.objects.none())
    rooms = forms.BooleanField(label=gettext_lazy("Rooms"), required=False, initial=True)
    topics = forms.BooleanField(label=gettext_lazy("Topics"), required=False, initial=True)
    talks = forms.BooleanField(label=gettext_lazy("Contributions"), required=False, initial=True)
    speakers = forms.ChoiceField(
        label=gettext_lazy("Speakers and chairs"), choices=SPEAKERS, initial="asked", widget=forms.RadioSelect
    )
    beside = forms.BooleanField(label=gettext_lazy("Add the copy to the sessions that are there"), required=False)

    def __init__(self, typed: Any, edition: Edition, user: Any) -> None:
        super().__init__(typed, label_suffix="")
        self.editions = {one.pk for one in editions_of(user, "events.view_edition")}
        has_sessions = Exists(Session.objects.filter(edition=OuterRef("pk")))
        is_released = Exists(AgendaRelease.objects.filter(edition=OuterRef("pk")))
        rows = Edition.objects.filter(has_sessions, pk__in=self.editions) | Edition.objects.public().filter(is_released)
        self.fields["source"].queryset = rows.exclude(pk=edition.pk).in_order()  # type: ignore[attr-defined]
        if not edition.sessions.exists():
            del self.fields["beside"]

    @property
    def wish(self) -> Wish:
        """What was chosen. Of editions that the account does not look after, only what is public is copied."""
        chosen = self.cleaned_data
        return Wish(
            source=chosen["source"],
            is_public=chosen["source"].pk not in self.editions,
            rooms=chosen["rooms"],
            topics=chosen["topics"],
            talks=chosen["talks"],
            speakers=chosen["speakers"] == "asked",
            beside=chosen.get("beside", False),
        )


class CopyPage:
    """For the admin of editions: the page that copies an agenda into one."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[Any]:
        """With the page that copies."""
        copy = path("<int:pk>/copy/", self.admin_site.admin_view(self.copy), name="events_edition_copy")
        return [copy, *super().get_urls()]  # type: ignore[misc]

    def copy(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose by GET; look; write by POST."""
        edition = edition_to_change(request, pk)
        is_press = request.method == "POST"
        typed = request.POST if is_press else request.GET if "source" in request.GET else None
        form = CopyForm(typed, edition, request.user)
        is_read = typed is not None and form.is_valid()
        if is_press and is_read:
            try:
                return self._written(request, edition, form.wish)
            except AgendaChanged as error:
                messages.warning(request, str(error))
            except SchedulingError as error:
                form.add_error(None, str(error))
        plan = _looked_at(edition, form) if is_read and form.is_valid() else None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Copy an agenda into %(edition)s") % {"edition": edition},
            "edition": edition,
            "opts": self.opts,
            "form": form,
            "plan": plan,
            "days": _days(plan) if plan else [],
        }
        with clock.override(edition.zone):
            status = 422 if is_press or form.errors else 200
            return render(request, "admin/events/edition/copy.html", context, status=status)

    def _written(self, request: HttpRequest, edition: Edition, wish: Wish) -> HttpResponse:
        seen = request.POST.get("seen", "")
        count = copy_agenda(edition=edition, wish=wish, seen=seen, by=request.user.get_username())
        told = ngettext("%(count)s session was copied.", "%(count)s sessions were copied.", count)
        messages.success(request, told % {"count": count})
        return redirect("admin:events_edition_release", edition.pk)


def _looked_at(edition: Edition, form: CopyForm) -> Copy | None:
    """What would be copied; None, with the reason in the form, where nothing can be."""
    try:
        return copy_of(edition, form.wish)
    except SchedulingError as error:
        form.add_error(None, str(error))
        return None


def _days(plan: Copy) -> list[dict[str, Any]]:
    """Each day with its rows: what the preview shows of an item."""

    def row(item: Item) -> dict[str, Any]:
        return {
            "item": item,
            "title": in_words(item.title),
            "room": plan.wanted.room_name(item.room),
            "talks": len(item.talks),
            "people": len(list(item.everybody)),
        }

    first, last = plan.wanted.first_day, plan.wanted.last_day
    return [
        {
            "old": old,
            "new": new,
            "is_outside": bool(new and first and last and not first <= new <= last),
            "rows": [row(item) for item in items],
        }
        for old, new, items in plan.days
    ]
