"""The items of an agenda as staff edit them. What the public sees is the released agenda, never these rows."""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from events.models.edition import EARLIEST, LATEST, Edition, Topic
from events.models.fields import LineField, TranslatedLineField, TranslatedTextField
from events.models.venue import Room


class TsTzRange(Func):
    """PostgreSQL's tstzrange(start, end, '[)'): a session that ends as the next begins does not meet it."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class Session(models.Model):
    """One item of an edition's agenda. Day, start, end and room may each be unknown."""

    class Kind(models.TextChoices):
        """What sort of item it is."""

        REGISTRATION = "registration", _("Registration")
        OPENING = "opening", _("Opening")
        SESSION = "session", _("Session")
        PLENARY = "plenary", _("Plenary")
        PANEL = "panel", _("Panel")
        WORKING_GROUP = "working_group", _("Working group")
        SIDE_EVENT = "side_event", _("Side event")
        BREAK = "break", _("Break")
        MEAL = "meal", _("Meal")
        SOCIAL = "social", _("Social event")
        FIELD_VISIT = "field_visit", _("Field visit")
        CLOSING = "closing", _("Closing")
        ARRIVAL = "arrival", _("Arrival")
        OTHER = "other", _("Other")

    class Status(models.TextChoices):
        """A cancelled session stays in the agenda and says so."""

        SCHEDULED = "scheduled", _("scheduled")
        CANCELLED = "cancelled", _("cancelled")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="sessions", verbose_name=_("edition"))
    uid = models.UUIDField(_("lasting identifier"), default=uuid.uuid4, unique=True, editable=False)
    external_id = LineField(_("identifier in the loaded file"), max_length=100, blank=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.SESSION)
    title = TranslatedLineField(_("title"), max_length=500)
    abstract = TranslatedTextField(_("abstract"), blank=True)
    letter = LineField(
        _("letter of a parallel group"), max_length=3, blank=True, help_text=_("Sets the order of parallel groups.")
    )
    day = models.DateField(_("day"), null=True, blank=True)
    start = models.DateTimeField(_("start"), null=True, blank=True)
    end = models.DateTimeField(_("end"), null=True, blank=True)
    room = models.ForeignKey(
        Room, on_delete=models.RESTRICT, null=True, blank=True, related_name="sessions", verbose_name=_("room")
    )
    order = models.PositiveSmallIntegerField(_("order among items without a time"), default=0)
    topics = models.ManyToManyField(Topic, blank=True, related_name="sessions", verbose_name=_("topics"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.SCHEDULED)
    cancelled_note = TranslatedLineField(
        _("why it is cancelled, what the room is used for"), max_length=300, blank=True
    )
    source_note = LineField(_("what the source says of it"), max_length=1000, blank=True)
    loaded = models.JSONField(null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(auto_now=True, editable=False)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = (F("day").asc(nulls_last=True), F("start").asc(nulls_last=True), "letter", "order", "id")
        constraints = [
            models.CheckConstraint(
                name="session_start_needs_day",
                condition=Q(start=None) | Q(day__isnull=False),
                violation_error_message=_("Choose the day of this start."),
            ),
            models.CheckConstraint(
                name="session_end_needs_start",
                condition=Q(end=None) | Q(start__isnull=False),
                violation_error_message=_("Write a start before the end."),
            ),
            models.CheckConstraint(
                name="session_end_after_start",
                condition=Q(end=None) | Q(end__gt=F("start")),
                violation_error_message=_("The end is not after the start."),
            ),
            models.CheckConstraint(
                name="session_at_most_a_day",
                condition=Q(end=None) | Q(end__lte=F("start") + dt.timedelta(hours=24)),
                violation_error_message=_("A session lasts at most 24 hours."),
            ),
            models.CheckConstraint(
                name="session_day_in_range",
                condition=Q(day=None) | Q(day__gte=EARLIEST, day__lte=LATEST),
                violation_error_message=_("Use days between 1990 and 2100."),
            ),
            models.CheckConstraint(
                name="session_start_near_day",
                condition=Q(start=None)
                | Q(
                    start__gte=Func(F("day") - dt.timedelta(days=1), template="timezone('UTC', %(expressions)s)"),
                    start__lt=Func(F("day") + dt.timedelta(days=3), template="timezone('UTC', %(expressions)s)"),
                ),
                violation_error_message=_("The start is not on the day of the session."),
            ),
            models.UniqueConstraint(
                fields=["edition", "external_id"], condition=~Q(external_id=""), name="session_external_id_once"
            ),
            ExclusionConstraint(
                name="session_room_free",
                expressions=[
                    (F("room"), RangeOperators.EQUAL),
                    (TsTzRange("start", "end", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(status="scheduled", room__isnull=False, start__isnull=False, end__isnull=False)
                & ~Q(kind__in=["break", "meal"]),
                violation_error_message=_("Another session holds this room at that time."),
            ),
        ]
        indexes = [models.Index(fields=["edition", "day", "start"], name="session_edition_day")]

    def __str__(self) -> str:
        return str(self.title)

    def clean(self) -> None:
        """Refuse a room or a start that does not belong to the edition and day."""
        if self.room is not None and self.room.edition_id != self.edition_id:
            raise ValidationError({"room": _("Choose a room of this edition.")})
        if self.start and not EARLIEST.year <= self.start.year <= LATEST.year:
            raise ValidationError({"start": _("Use a year between 1990 and 2100.")})


class Talk(models.Model):
    """One of several contributions inside a session, with its own speakers."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="talks", verbose_name=_("session"))
    title = TranslatedLineField(_("title"), max_length=500)
    abstract = TranslatedTextField(_("abstract"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("talk")
        verbose_name_plural = _("talks")
        ordering = ("order", "id")

    def __str__(self) -> str:
        return str(self.title)
