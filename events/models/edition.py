"""An edition of the workshop: its place, days, rules of admission and, for history, the figures reported of it."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy as _

from events.models.fields import LineField, ParagraphField, TranslatedLineField, TranslatedTextField

EARLIEST = dt.date(1990, 1, 1)
LATEST = dt.date(2100, 12, 31)
# Far beyond every law, and so that what is counted from LATEST is still a date.
MOST_DAYS_KEPT, MOST_YEARS_KEPT = 3650, 100


def validate_zone(value: str) -> None:
    """Refuse a name that is not an IANA time zone."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("Write a time zone like Europe/Tirane."), code="zone")


class EditionQuerySet(models.QuerySet["Edition"]):
    """Editions, in the office's words."""

    def public(self) -> EditionQuerySet:
        """What anybody may see: published and archived editions."""
        return self.exclude(status=Edition.Status.DRAFT)

    def in_order(self) -> EditionQuerySet:
        """Newest first; one whose days are unknown stands after the dated one before it in the series."""
        earlier = Edition.objects.filter(position__lt=OuterRef("position"), first_day__isnull=False)
        neighbour = Subquery(earlier.order_by("-position").values("first_day")[:1])
        date = Coalesce(F("first_day"), neighbour).desc(nulls_last=True)
        return self.order_by(date, F("position").desc(nulls_last=True), "-id")

    def current(self, at: dt.datetime | None = None) -> Edition | None:
        """The published edition that runs or comes next; None between editions."""
        today = (at or clock.now()).date()
        upcoming = self.filter(status=Edition.Status.PUBLISHED, last_day__gte=today - dt.timedelta(days=1))
        return upcoming.order_by("first_day").first()


class Edition(models.Model):
    """One workshop of the series."""

    class Status(models.TextChoices):
        """Draft is seen by staff only; archived is public and read-only."""

        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        ARCHIVED = "archived", _("archived")

    slug = models.SlugField(
        _("address"),
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use small letters, digits and single hyphens."))],
        help_text=_("The part of the web address that names this edition, for example 2018-tirana."),
    )
    ordinal = models.PositiveSmallIntegerField(
        _("number"), null=True, blank=True, unique=True, help_text=_("Leave empty when the edition has no number.")
    )
    position = models.DecimalField(
        _("place in the series"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Orders the list of editions. It is needed only where days are unknown."),
    )
    title = TranslatedLineField(_("title"), max_length=300)
    label = TranslatedLineField(_("label"), max_length=120, blank=True, help_text=_("For example: Tenth edition."))
    theme = TranslatedLineField(_("theme"), max_length=300, blank=True)
    summary = TranslatedTextField(_("summary"), blank=True)
    city = LineField(_("city"), max_length=120, blank=True)
    country = LineField(_("State or jurisdiction of the place"), max_length=120, blank=True)
    venue = LineField(_("venue"), max_length=200, blank=True)
    address = LineField(_("street address"), max_length=300, blank=True)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])
    working_languages = ArrayField(
        models.CharField(max_length=40), verbose_name=_("languages of work"), default=list, blank=True
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)

    registration_opens = models.DateTimeField(_("registration opens"), null=True, blank=True)
    registration_closes = models.DateTimeField(_("registration closes"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True, help_text=_("Empty: no limit."))
    requires_nomination = models.BooleanField(_("a nomination is needed"), default=False)
    requires_review = models.BooleanField(_("the secretariat reviews each registration"), default=True)
    nomination_deadline = models.DateTimeField(_("nomination deadline"), null=True, blank=True)
    details_deadline = models.DateTimeField(_("deadline for changes of details"), null=True, blank=True)
    travel_deadline = models.DateTimeField(_("deadline for flight details"), null=True, blank=True)
    keep_visit_days = models.PositiveSmallIntegerField(
        _("days to keep visit data and needs"), default=30, validators=[MaxValueValidator(MOST_DAYS_KEPT)]
    )
    keep_unconfirmed_days = models.PositiveSmallIntegerField(
        _("days to keep people who did not come"), default=180, validators=[MaxValueValidator(MOST_DAYS_KEPT)]
    )
    keep_attendance_years = models.PositiveSmallIntegerField(
        _("years to keep names and attendance"), default=7, validators=[MaxValueValidator(MOST_YEARS_KEPT)]
    )
    invitation = TranslatedTextField(
        _("text of the invitation to the delegations"),
        blank=True,
        help_text=_("In the e-mail to each contact person, above the link to the page of the delegation."),
    )
    contact_email = models.EmailField(_("address of the secretariat"), blank=True)
    footnotes = TranslatedTextField(
        _("footnotes"),
        blank=True,
        help_text=_("One a line, each beginning with its mark, for example: * This designation …"),
    )

    reported_participants = models.PositiveIntegerField(_("reported participants"), null=True, blank=True)
    reported_participants_text = LineField(_("reported participants, in words"), max_length=200, blank=True)
    reported_from_text = LineField(_("reported origin of participants"), max_length=500, blank=True)
    reported_visit_text = LineField(_("reported field visit"), max_length=500, blank=True)
    reported_chair_text = LineField(_("reported chair"), max_length=200, blank=True)
    source_note = ParagraphField(_("what the sources say and do not say"), blank=True)
    sources = ArrayField(models.URLField(max_length=500), verbose_name=_("sources"), default=list, blank=True)
    loaded = models.JSONField(null=True, blank=True, editable=False)
    changed_at = models.DateTimeField(auto_now=True, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        # A check that compares with NULL is passed: each half of a pair is asked for by itself.
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ("-first_day", "-position", "-id")
        constraints = [
            models.CheckConstraint(
                name="edition_days_in_order",
                condition=Q(first_day__isnull=False, last_day__isnull=False, last_day__gte=F("first_day"))
                | Q(first_day=None, last_day=None),
                violation_error_message=_("The last day is before the first day, or one of them is missing."),
            ),
            models.CheckConstraint(
                name="edition_days_in_range",
                condition=Q(first_day=None) | Q(first_day__gte=EARLIEST, last_day__lte=LATEST),
                violation_error_message=_("Use days between 1990 and 2100."),
            ),
            models.CheckConstraint(
                name="edition_at_most_a_month",
                condition=Q(first_day=None) | Q(last_day__lte=F("first_day") + dt.timedelta(days=31)),
                violation_error_message=_("An edition lasts at most 31 days."),
            ),
            models.CheckConstraint(
                name="edition_registration_window",
                condition=Q(registration_opens=None, registration_closes=None)
                | Q(
                    registration_opens__isnull=False,
                    registration_closes__isnull=False,
                    registration_closes__gt=F("registration_opens"),
                ),
                violation_error_message=_("Registration closes after it opens. Give both times or none."),
            ),
            models.CheckConstraint(
                name="edition_registration_needs_facts",
                condition=Q(registration_opens=None)
                | (Q(first_day__isnull=False) & ~Q(timezone="") & ~Q(city="") & ~Q(country="")),
                violation_error_message=_("Before registration can open, write the days, city, State and time zone."),
            ),
            models.CheckConstraint(
                name="edition_ordinal_positive",
                condition=Q(ordinal=None) | Q(ordinal__gte=1),
                violation_error_message=_("The number of an edition is 1 or more."),
            ),
            models.CheckConstraint(name="edition_slug_not_empty", condition=~Q(slug="")),
            models.CheckConstraint(
                name="edition_keep_times_are_bounded",
                condition=Q(
                    keep_visit_days__lte=MOST_DAYS_KEPT,
                    keep_unconfirmed_days__lte=MOST_DAYS_KEPT,
                    keep_attendance_years__lte=MOST_YEARS_KEPT,
                ),
            ),
        ]
        indexes = [models.Index(fields=["status", "last_day"], name="edition_status_days")]

    def __str__(self) -> str:
        return str(self.label or self.title)

    def clean(self) -> None:
        """Refuse times outside the years that calendars and spreadsheets can show."""
        for name in (
            "registration_opens",
            "registration_closes",
            "nomination_deadline",
            "details_deadline",
            "travel_deadline",
        ):
            moment = getattr(self, name)
            if moment and not EARLIEST.year <= moment.year <= LATEST.year:
                raise ValidationError({name: _("Use a year between 1990 and 2100.")})

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The edition's time zone; UTC where it is unknown."""
        return zoneinfo.ZoneInfo(self.timezone or "UTC")

    @property
    def days(self) -> list[dt.date]:
        """The days of the edition, in order; none where they are unknown."""
        if not self.first_day or not self.last_day:
            return []
        return [self.first_day + dt.timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]

    @property
    def place(self) -> str:
        """City and State as far as they are known."""
        return ", ".join(part for part in (self.city, self.country) if part)

    def is_over(self, at: dt.datetime | None = None) -> bool:
        """Whether the last day has passed at the place of the edition, or the edition is archived."""
        if self.status == self.Status.ARCHIVED:
            return True
        return self.last_day is not None and (at or clock.now()).astimezone(self.zone).date() > self.last_day

    def has_begun(self, at: dt.datetime | None = None) -> bool:
        """Whether the first day has come at the place of the edition."""
        return self.first_day is not None and (at or clock.now()).astimezone(self.zone).date() >= self.first_day

    def registration_state(self, at: dt.datetime | None = None) -> str:
        """One of none (no window known), early, open, closed: whether a registration is taken at that moment."""
        at = at or clock.now()
        if self.status != self.Status.PUBLISHED or self.registration_opens is None or self.registration_closes is None:
            return "none"
        if at < self.registration_opens:
            return "early"
        return "open" if at < self.registration_closes else "closed"


class Topic(models.Model):
    """A subject of an edition; sessions of the agenda may carry several."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="topics", verbose_name=_("edition"))
    name = TranslatedLineField(_("name"), max_length=300)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ("order", "id")
        constraints = [models.UniqueConstraint(fields=["edition", "name"], name="topic_once_per_edition")]

    def __str__(self) -> str:
        return str(self.name)


class KeyStatement(models.Model):
    """What a speaker said, as a quotation or as a summary that is marked as one."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="statements", verbose_name=_("edition"))
    honorific = LineField(_("honorific"), max_length=40, blank=True)
    name = LineField(_("name"), max_length=200)
    function = LineField(_("function"), max_length=300, blank=True)
    organisation = LineField(_("organisation"), max_length=300, blank=True)
    statement = TranslatedTextField(_("statement"))
    is_summary = models.BooleanField(_("this is a summary, not a quotation"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("key statement")
        verbose_name_plural = _("key statements")
        ordering = ("order", "id")
        constraints = [models.CheckConstraint(name="statement_has_name", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name
