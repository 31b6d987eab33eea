"""Speakers of all editions, and two spellings of one made one."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.scope import OVERRIDES, Shared
from events.merging import MergingError, merge_speakers
from events.models import Edition, Speaker
from events.text import fold


@admin.register(Speaker)
class SpeakerAdmin(Shared):
    """Speakers of all editions."""

    formfield_overrides = OVERRIDES
    list_display = ("name", "kind", "appears")
    list_filter = ("kind",)
    search_fields = ("name",)
    ordering = ("sort_name", "id")
    actions = ("merge",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Speaker]:
        """With how often each appears."""
        return super().get_queryset(request).annotate(appearing=Count("appearances"))

    @admin.display(description=gettext_lazy("appearances"), ordering="appearing")
    def appears(self, speaker: Any) -> int:
        """In how many places, over all editions."""
        return int(speaker.appearing)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """By every word, without regard to accents and script."""
        for word in fold(search_term)[:200].split():
            queryset = queryset.filter(sort_name__contains=word)
        return queryset, False

    @admin.action(description=gettext_lazy("Make one of two spellings of the same speaker"))
    def merge(self, request: HttpRequest, queryset: QuerySet[Speaker]) -> HttpResponse | None:
        """First show what each has, then, with the spelling that stays chosen, do it."""
        pair = list(queryset[:3])
        if len(pair) != 2:
            messages.warning(request, _("Choose two speakers. Nothing was changed."))
            return None
        kept = next((one for one in pair if str(one.pk) == request.POST.get("kept")), None)
        if kept is None:
            return self._asked(request, pair)
        given_up = next(one for one in pair if one != kept)
        if not self._may_give_up(request, given_up):
            told = _("“%(name)s” also speaks at an edition that you do not look after. Nothing was changed.")
            messages.error(request, told % {"name": given_up.name})
            return None
        try:
            merge_speakers(kept=kept, given_up=given_up, by=request.user.get_username())
        except MergingError as error:
            messages.error(request, str(error))
        else:
            told = _("“%(given_up)s” is now “%(kept)s” everywhere. Release the agenda so that readers see it.")
            messages.success(request, told % {"given_up": given_up.name, "kept": kept.name})
        return None

    def _may_give_up(self, request: HttpRequest, speaker: Speaker) -> bool:
        """Staff of one edition take nobody from the agenda of another."""
        editions = Edition.objects.filter(sessions__appearances__speaker=speaker).distinct()
        return all(request.user.has_perm("events.change_session", edition) for edition in editions)

    def _asked(self, request: HttpRequest, pair: list[Speaker]) -> HttpResponse:
        shown = [(one, one.appearances.select_related("session__edition").order_by("-session__day")) for one in pair]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Which spelling stays?"),
            "opts": self.opts,
            "pair": shown,
            "chosen": ACTION_CHECKBOX_NAME,
        }
        return render(request, "admin/events/speaker/merge.html", context)
