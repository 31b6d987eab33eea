"""Places on a field visit."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models import FieldVisit
from events.models.fields import LineField
from participants.models.participant import Participant
from participants.models.vehicle import Vehicle


class VisitBooking(models.Model):
    """One participant's wish for a visit, and what became of it."""

    class State(models.TextChoices):
        """See visits.py for the transitions."""

        ASKED = "asked", _("asked")
        CONFIRMED = "confirmed", _("confirmed")
        WAITLISTED = "waitlisted", _("waiting list")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="bookings", verbose_name=_("participant")
    )
    visit = models.ForeignKey(FieldVisit, on_delete=models.RESTRICT, related_name="bookings", verbose_name=_("visit"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.RESTRICT, null=True, blank=True, related_name="bookings", verbose_name=_("vehicle")
    )
    rules_version = models.PositiveSmallIntegerField(_("version of the rules accepted"), null=True, blank=True)
    rules_accepted_at = models.DateTimeField(_("rules accepted at"), null=True, blank=True)
    host_approved_at = models.DateTimeField(_("approved by the host at"), null=True, blank=True)
    refusal_reason = LineField(_("reason of the refusal, for the secretariat"), max_length=300, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    asked_at = models.DateTimeField(_("asked at"))
    boarded_out_at = models.DateTimeField(_("boarded out at"), null=True, blank=True)
    boarded_back_at = models.DateTimeField(_("boarded back at"), null=True, blank=True)
    # People sit where they like on the way back, and each vehicle must be counted truly both ways.
    back_vehicle = models.ForeignKey(
        Vehicle,
        on_delete=models.RESTRICT,
        null=True,
        blank=True,
        related_name="bookings_back",
        verbose_name=_("vehicle on the way back"),
    )

    class Meta:
        verbose_name = _("visit booking")
        verbose_name_plural = _("visit bookings")
        ordering = ("asked_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["participant", "visit"], name="booking_once_per_visit"),
            models.CheckConstraint(
                name="booking_state_known",
                condition=Q(state__in=["asked", "confirmed", "waitlisted", "refused", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="booking_rules_accepted_whole",
                condition=Q(rules_version=None, rules_accepted_at=None)
                | Q(rules_version__isnull=False, rules_accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_back_after_out",
                condition=Q(boarded_back_at=None)
                | Q(boarded_out_at__isnull=False, boarded_back_at__gte=F("boarded_out_at")),
            ),
            models.CheckConstraint(
                name="booking_back_in_a_vehicle",
                condition=Q(boarded_back_at=None, back_vehicle=None)
                | Q(boarded_back_at__isnull=False, back_vehicle__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["visit", "state", "asked_at"], name="booking_queue")]

    def __str__(self) -> str:
        return f"{self.participant}: {self.get_state_display()}"
