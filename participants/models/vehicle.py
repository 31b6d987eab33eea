"""The vehicles of a field visit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import FieldVisit
from events.models.fields import LineField


class Vehicle(models.Model):
    """A bus or car with its seats."""

    visit = models.ForeignKey(FieldVisit, on_delete=models.CASCADE, related_name="vehicles", verbose_name=_("visit"))
    label = LineField(_("label"), max_length=60)
    seats = models.PositiveSmallIntegerField(_("seats"))

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        ordering = ("visit", "label", "id")
        constraints = [
            models.UniqueConstraint(fields=["visit", "label"], name="vehicle_label_once_per_visit"),
            models.CheckConstraint(name="vehicle_has_seats", condition=Q(seats__gte=1)),
        ]

    def __str__(self) -> str:
        return self.label
