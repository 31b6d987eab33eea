"""Sessions: day and times of day as staff say them, at the place of the edition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from i18nfield.forms import I18nModelForm

from events.admin import timetable
from events.admin.documents import papers_of
from events.admin.filters import edition_chosen
from events.admin.scope import ScopedAdmin, ScopedInline
from events.models import Appearance, Edition, FieldVisit, Session, Talk
from events.signals import visit_changed
from events.slots import Slot, SlotError, put, slot_of, told_twice
from events.timetable import version_of, who_changed

DAY = "D j M Y"


class SessionForm(I18nModelForm):
    """A session with its times of day; a clash of rooms names the other session."""

    start_time = forms.TimeField(
        label=_("Start"), required=False, widget=forms.TimeInput(attrs={"placeholder": "09:00"}, format="%H:%M")
    )
    end_time = forms.TimeField(
        label=_("End"), required=False, widget=forms.TimeInput(attrs={"placeholder": "10:30"}, format="%H:%M")
    )
    ends_next_day = forms.BooleanField(label=_("It ends on the next day"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Session
        exclude = ("start", "end", "loaded", "external_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            slot = slot_of(self.instance)
            self.initial |= {"seen": version_of(self.instance), "start_time": slot.start, "end_time": slot.end}
            self.initial["ends_next_day"] = slot.ends_next_day

    def clean(self) -> dict[str, Any]:
        """Put day and times together, and see that nobody else saved meanwhile."""
        answers = super().clean() or {}
        edition = self.instance.edition if self.instance.pk else answers.get("edition")
        if edition is None or self.errors:
            return answers
        if edition.status == Edition.Status.ARCHIVED:
            raise ValidationError(gettext("This edition is archived. Its agenda is not changed any more."))
        # Sessions of an edition are saved one after the other, so that the checks below see each other.
        Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=edition.pk)
        self._refuse_stale(answers)
        self._put(answers, edition)
        return answers

    def _put(self, answers: dict[str, Any], edition: Edition) -> None:
        """Set start and end, as the timetable would; what is refused stands at the field in question."""
        session = self.instance
        tried = Session(
            **{name: getattr(session, name) for name in ("pk", "day", "start", "end")},
            edition=edition,
            kind=answers["kind"],
            status=answers["status"],
        )
        slot = Slot(
            answers.get("day"),
            answers.get("start_time"),
            answers.get("end_time"),
            answers["ends_next_day"],
            answers.get("room"),
        )
        try:
            put(tried, slot)
        except SlotError as error:
            self.add_error({"start": "start_time", "end": "end_time"}.get(error.field, error.field), str(error))
        else:
            session.start, session.end = tried.start, tried.end

    def _refuse_stale(self, answers: dict[str, Any]) -> None:
        if not self.instance.pk:
            return
        now = Session.objects.select_for_update(of=("self",), no_key=True).filter(pk=self.instance.pk).first()
        if now is None:
            raise ValidationError(gettext("Somebody deleted this session while you wrote."))
        if version_of(now) != answers["seen"]:
            sentence = gettext("%(who)s saved this session while you wrote. Open it again and compare.")
            raise ValidationError(sentence % {"who": who_changed(now)})


class TalkInline(ScopedInline, admin.StackedInline):  # type: ignore[type-arg]
    model = Talk
    edition_path = "session__edition"


class AppearanceInline(ScopedInline, admin.StackedInline):  # type: ignore[type-arg]
    model = Appearance
    edition_path = "session__edition"
    autocomplete_fields = ("speaker",)
    fields = (("speaker", "role"), ("honorific", "function"), ("organisation", "state"), ("talk", "order"))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only talks of this session."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "talk" and field is not None:
            pk = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
            field.queryset = field.queryset.filter(session=pk) if str(pk).isdigit() else field.queryset.none()
        return field


class VisitInline(ScopedInline, admin.StackedInline):  # type: ignore[type-arg]
    """The facts of a visit. Places and rules are written here once; then a page of its own changes them, because
    people have been given places and have accepted rules."""

    model = FieldVisit
    edition_path = "session__edition"

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What the other page changes."""
        return ("capacity", "rules", "rules_version") if hasattr(obj, "visit") else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The way to the other page, once there is a visit."""
        return ("places_and_rules",) if hasattr(obj, "visit") else ("rules_version",)

    @admin.display(description=_("places and rules"))
    def places_and_rules(self, visit: FieldVisit) -> str:
        """How they stand, and the way to their page."""
        if visit.pk is None:
            return "–"
        number = gettext("no limit") if visit.capacity is None else str(visit.capacity)
        link = reverse("admin:participants_visit", args=[visit.pk])
        told = gettext("%(number)s places, version %(version)s of the rules")
        told = told % {"number": number, "version": visit.rules_version}
        return format_html('{} – <a href="{}">{}</a>', told, link, gettext("Change places and rules"))


class DayFilter(admin.SimpleListFilter):
    """The days on which the chosen edition has sessions."""

    title = _("day")
    parameter_name = "day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Each day in words."""
        rows, edition = model_admin.get_queryset(request), edition_chosen(request, model_admin)
        rows = rows.filter(edition=edition) if edition else rows
        days = rows.exclude(day=None).order_by("day").values_list("day", flat=True).distinct()
        return [*((day.isoformat(), formats.date_format(day, DAY)) for day in days), ("none", gettext("no day yet"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """The sessions of that day; all of them for a day that is not offered."""
        offered = {value for value, _words in self.lookup_choices}
        if self.value() not in offered:
            return queryset
        return queryset.filter(day=None if self.value() == "none" else self.value())


@admin.register(Session)
class SessionAdmin(ScopedAdmin):
    """The agenda as a list by day and time."""

    form = SessionForm
    also_saved = ("start", "end")
    list_display = ("title", "edition", "on", "from_to", "kind", "room", "status")
    list_filter = ("edition", DayFilter, "kind", "room", "status")
    list_select_related = ("edition", "room")
    ordering = ("-edition", "day", "start", "letter", "order")
    folded_fields = ("title", "abstract")
    fields = (
        *("edition", "kind", "title", "letter"),
        ("day", "start_time", "end_time", "ends_next_day"),
        *("room", "order", "topics", "abstract", "status", "cancelled_note", "source_note", "seen"),
        "documents",
    )

    @admin.display(description=_("day"), ordering="day")
    def on(self, session: Session) -> str:
        """The day of the week and the date."""
        return formats.date_format(session.day, DAY) if session.day else "–"

    @admin.display(description=_("time"), ordering="start")
    def from_to(self, session: Session) -> str:
        """The times at the place of the edition."""
        zone = session.edition.zone
        moments = [moment.astimezone(zone) for moment in (session.start, session.end) if moment]
        return "–".join(f"{moment:%H:%M}" for moment in moments) or "–"

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        """Say which moment is meant where the clocks are put back and a time comes twice."""
        super().save_model(request, obj, form, change)
        for sentence in told_twice(obj):
            messages.warning(request, sentence)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Tell that a visit may be another one now: its places follow."""
        super().save_related(request, form, formsets, change)
        for visit in FieldVisit.objects.filter(session=form.instance.pk):
            visit_changed.send(FieldVisit, visit=visit, by=request.user.get_username())

    def get_urls(self) -> list[Any]:
        """With the timetable of an edition."""
        view = self.admin_site.admin_view(timetable.timetable)
        return [path("timetable/<slug:slug>/", view, name="events_timetable"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, with the way to the timetable of the edition that it shows."""
        edition = edition_chosen(request, self)
        is_theirs = edition is not None and self.has_change_permission(request, edition)
        return super().changelist_view(request, {"timetable_of": edition if is_theirs else None})

    def response_post_save_change(self, request: HttpRequest, obj: Session) -> HttpResponseRedirect:
        """Back to the timetable for who came from there."""
        if request.GET.get("back") != "timetable":
            return super().response_post_save_change(request, obj)
        return redirect(timetable.address(obj.edition, day=obj.day, session=obj.pk))

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Talks and speakers once the session exists; the visit's own facts for a session of that kind."""
        if obj is None:
            return []
        inlines: list[Any] = [TalkInline, AppearanceInline]
        return [*inlines, VisitInline] if obj.kind == Session.Kind.FIELD_VISIT else inlines

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A session stays in its edition."""
        return ("edition", "documents") if obj else ("documents",)

    @admin.display(description=_("documents"))
    def documents(self, session: Session) -> str:
        """The papers of the session, and the ways to add one and to ask its speakers for theirs."""
        return papers_of(session)
