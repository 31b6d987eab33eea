"""Sessions: day and times of day as staff say them, at the place of the edition."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from i18nfield.forms import I18nModelForm

from events.admin.documents import papers_of
from events.admin.filters import edition_chosen
from events.admin.scope import OVERRIDES, ScopedAdmin, ScopedInline, Shared
from events.models import Appearance, Edition, FieldVisit, Session, Speaker, Talk
from events.models.edition import EARLIEST, LATEST
from events.signals import visit_changed
from events.text import fold

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
        session = self.instance
        if session.pk:
            zone = session.edition.zone
            self.initial["seen"] = session.changed_at.isoformat()
            if session.start:
                self.initial["start_time"] = session.start.astimezone(zone).time()
            if session.end:
                end = session.end.astimezone(zone)
                self.initial["end_time"] = end.time()
                self.initial["ends_next_day"] = bool(session.day and end.date() > session.day)

    def clean(self) -> dict[str, Any]:
        """Put day and times together, and see that nobody else saved meanwhile."""
        answers = super().clean() or {}
        edition = self.instance.edition if self.instance.pk else answers.get("edition")
        if edition is None or self.errors:
            return answers
        # Sessions of an edition are saved one after the other, so that the checks below see each other.
        Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=edition.pk)
        self._refuse_stale(answers)
        start, end = answers.get("start_time"), answers.get("end_time")
        day = answers.get("day")
        if start and not day:
            self.add_error("day", _("Choose the day of this start."))
        elif end and not start:
            self.add_error("start_time", _("Write a start before the end."))
        elif day and not EARLIEST <= day <= LATEST:
            self.add_error("day", _("Use days between 1990 and 2100."))
        else:
            later = dt.timedelta(days=1) if answers.get("ends_next_day") else dt.timedelta()
            self.instance.start = self._moment("start_time", day, start, edition)
            self.instance.end = self._moment("end_time", day + later if day else None, end, edition)
            self._compare(answers)
        return answers

    def _moment(self, field: str, day: dt.date | None, time: dt.time | None, edition: Edition) -> dt.datetime | None:
        """The moment; a time that the clock change leaves out does not exist and is refused."""
        if day is None or time is None:
            return None
        moment = dt.datetime.combine(day, time, edition.zone)
        if moment.astimezone(dt.UTC).astimezone(edition.zone).replace(tzinfo=None) == moment.replace(tzinfo=None):
            return moment
        self.add_error(field, _("This time does not exist on that day: the clocks change. Choose another."))
        return None

    def _compare(self, answers: dict[str, Any]) -> None:
        start, end = self.instance.start, self.instance.end
        if start and end and end <= start:
            self.add_error("end_time", _("The end is not after the start. If it ends after midnight, tick “next day”."))
        elif not self.errors:
            self._name_clash(answers)

    def _refuse_stale(self, answers: dict[str, Any]) -> None:
        if not self.instance.pk:
            return
        now = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=self.instance.pk).changed_at
        if now.isoformat() != answers["seen"]:
            raise ValidationError(_("Somebody else saved this session while you wrote. Open it again and compare."))

    def _name_clash(self, answers: dict[str, Any]) -> None:
        room, start, end = answers.get("room"), self.instance.start, self.instance.end
        if not (room and start and end) or answers.get("kind") in {"break", "meal"}:
            return
        if answers.get("status") == Session.Status.CANCELLED:
            return
        others = Session.objects.filter(room=room, start__lt=end, end__gt=start, status="scheduled")
        other = others.exclude(pk=self.instance.pk).exclude(kind__in=["break", "meal"]).first()
        if other:
            self.add_error("room", _("“%(title)s” holds this room at that time.") % {"title": other.title})


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
        local = [moment.astimezone(obj.edition.zone) for moment in (obj.start, obj.end) if moment]
        for twice in (one for one in local if one.replace(fold=0).utcoffset() != one.replace(fold=1).utcoffset()):
            told = _("The clocks change on that day and %(time)s comes twice. The first is meant.")
            messages.warning(request, told % {"time": f"{twice:%H:%M}"})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Tell that a visit may be another one now: its places follow."""
        super().save_related(request, form, formsets, change)
        for visit in FieldVisit.objects.filter(session=form.instance.pk):
            visit_changed.send(FieldVisit, visit=visit, by=request.user.get_username())

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


@admin.register(Speaker)
class SpeakerAdmin(Shared):
    """Speakers of all editions."""

    formfield_overrides = OVERRIDES
    list_display = ("name", "kind")
    list_filter = ("kind",)
    search_fields = ("name",)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """By every word, without regard to accents and script."""
        for word in fold(search_term)[:200].split():
            queryset = queryset.filter(sort_name__contains=word)
        return queryset, False
