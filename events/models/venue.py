"""The rooms of an edition."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.edition import Edition
from events.models.fields import LineField


class Room(models.Model):
    """A place where sessions are held."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="rooms", verbose_name=_("edition"))
    name = LineField(_("name"), max_length=200)
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("order", "id")
        constraints = [
            models.UniqueConstraint(fields=["edition", "name"], name="room_name_once_per_edition"),
            models.CheckConstraint(name="room_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name
