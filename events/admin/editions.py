"""Editions with all that belongs to them, and the way to the pages of their agendas."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18nfield.forms import I18nModelForm

from events.admin.copying import CopyPage
from events.admin.releases import ReleasePages
from events.admin.scope import OVERRIDES, ReadOnly, ScopedAdmin, ScopedInline, Shared
from events.admin.tables import TablePage
from events.models import (
    Edition,
    HistoryLine,
    KeyStatement,
    Organisation,
    Partnership,
    Room,
    Topic,
)


class EditionForm(I18nModelForm):
    """An edition; refused, with what was typed kept, when somebody else saved it meanwhile."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Edition
        fields = ()  # the fieldsets name them

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.instance.changed_at.isoformat()

    def clean(self) -> dict[str, Any]:
        """See that nobody else saved."""
        answers = super().clean() or {}
        if self.instance.pk:
            now = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=self.instance.pk).changed_at
            if now.isoformat() != answers.get("seen"):
                raise ValidationError(_("Somebody else saved this edition while you wrote. Open it again and compare."))
        return answers


class RoomInline(ScopedInline, admin.TabularInline):  # type: ignore[type-arg]
    model = Room


class TopicFormSet(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    """Django looks for two of the same name by their hash, which a text in several languages has none of."""

    def validate_unique(self) -> None:
        """Compare the names as they would be stored."""
        stored = Topic._meta.get_field("name").get_prep_value
        kept = [form for form in self.forms if form not in self.deleted_forms and form.cleaned_data.get("name")]
        names = [stored(form.cleaned_data["name"]) for form in kept if form.is_valid()]
        if len(names) != len(set(names)):
            raise ValidationError(_("Two topics have the same name. Change one of them."))


class TopicInline(ScopedInline, admin.TabularInline):  # type: ignore[type-arg]
    model = Topic
    formset = TopicFormSet


class PartnershipInline(ScopedInline, admin.StackedInline):  # type: ignore[type-arg]
    model = Partnership
    autocomplete_fields = ("organisation",)


class StatementInline(ScopedInline, admin.StackedInline):  # type: ignore[type-arg]
    model = KeyStatement


@admin.register(Edition)
class EditionAdmin(TablePage, CopyPage, ReleasePages, ScopedAdmin):
    """One edition; times are at its place."""

    form = EditionForm
    edition_path = ""
    list_display = ("__str__", "slug", "place", "first_day", "last_day", "status", "agenda")
    list_filter = ("status",)
    ordering = tuple(Edition.objects.in_order().query.order_by)
    folded_fields = ("title", "label", "city", "country")
    inlines = (RoomInline, TopicInline, PartnershipInline, StatementInline)
    fieldsets = (
        (None, {"fields": ("slug", "status", ("ordinal", "position"), "title", "label", "theme", "summary", "seen")}),
        (
            gettext_lazy("Place and days"),
            {
                "fields": (
                    ("city", "country"),
                    "venue",
                    "address",
                    ("first_day", "last_day"),
                    "timezone",
                    "working_languages",
                )
            },
        ),
        (
            gettext_lazy("Admission. Times are at the place of the edition"),
            {
                "fields": (
                    ("registration_opens", "registration_closes"),
                    "places",
                    ("requires_nomination", "requires_review"),
                    ("nomination_deadline", "details_deadline", "travel_deadline"),
                    "contact_email",
                    "invitation",
                    "footnotes",
                )
            },
        ),
        (
            gettext_lazy("How long data is kept"),
            {
                "fields": (("keep_visit_days", "keep_unconfirmed_days", "keep_attendance_years"),),
                "classes": ("collapse",),
            },
        ),
        (
            gettext_lazy("History: what was reported"),
            {
                "fields": (
                    ("reported_participants", "reported_participants_text"),
                    ("reported_from_text", "reported_chair_text"),
                    "reported_visit_text",
                    "source_note",
                    "sources",
                ),
                "classes": ("collapse",),
            },
        ),
    )
    readonly_fields = ("places",)

    def zone_of(self, request: HttpRequest, edition: Edition | None) -> dt.tzinfo | None:
        """The zone that is being written, where it is one: the times beside it are meant at the place."""
        name = request.POST.get("timezone", "")
        return zoneinfo.ZoneInfo(name) if name in zoneinfo.available_timezones() else super().zone_of(request, edition)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Addresses of sources stand one a line: they may hold commas."""
        if db_field.name != "sources":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return SimpleArrayField(
            forms.URLField(assume_scheme="https", max_length=500),
            label=gettext_lazy("Sources, one address a line"),
            required=False,
            delimiter="\n",
            widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        )

    @admin.display(description=gettext_lazy("places"))
    def places(self, edition: Edition) -> str:
        """The capacity, which a page of its own changes: a raise gives places away at once."""
        if edition.pk is None:
            return "–"
        link = reverse("admin:participants_places", args=[edition.slug])
        number = _("no limit") if edition.capacity is None else str(edition.capacity)
        return format_html('{} – <a href="{}">{}</a>', number, link, _("Change places and quotas"))

    @admin.display(description=gettext_lazy("agenda"))
    def agenda(self, edition: Edition) -> str:
        """The way to the pages of its agenda."""
        pages = {"release": _("Release"), "copy": _("Copy"), "load": _("Load a table")}
        links = [(reverse(f"admin:events_edition_{page}", args=[edition.pk]), word) for page, word in pages.items()]
        timetable = (reverse("admin:events_timetable", args=[edition.slug]), _("Timetable"))
        return format_html_join(", ", '<a href="{}">{}</a>', [timetable, *links])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An edition is history: it is archived, never deleted."""
        return False


@admin.register(Organisation)
class OrganisationAdmin(Shared):
    """Organisations of all editions."""

    formfield_overrides = OVERRIDES
    list_display = ("name", "acronym", "website")
    search_fields = ("name", "acronym")


@admin.register(HistoryLine)
class HistoryAdmin(ReadOnly, ScopedAdmin):
    """Who changed which state of what, when."""

    list_display = ("at", "edition", "subject", "subject_id", "verb", "before", "after", "actor")
    list_filter = ("edition", "subject", "verb")
    list_select_related = ("edition",)
    date_hierarchy = "at"
