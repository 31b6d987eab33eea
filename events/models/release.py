"""Released agendas: what the public sees."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.edition import Edition
from events.models.fields import LineField


class AgendaRelease(models.Model):
    """An agenda frozen as one JSON document, never changed afterwards (the database refuses an update)."""

    class Status(models.TextChoices):
        """How much the reader may rely on it."""

        DRAFT = "draft", _("draft")
        PROVISIONAL = "provisional", _("provisional")
        FINAL = "final", _("final")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="releases", verbose_name=_("edition"))
    number = models.PositiveIntegerField(_("number"))
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.PROVISIONAL)
    note = LineField(_("note"), max_length=500, blank=True)
    released_at = models.DateTimeField(_("released at"))
    released_by = LineField(_("released by"), max_length=200)
    document = models.JSONField(_("agenda"))
    difference = models.JSONField(_("difference from the release before"), default=list)

    class Meta:
        verbose_name = _("released agenda")
        verbose_name_plural = _("released agendas")
        ordering = ("-number",)
        get_latest_by = "number"
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="release_number_once"),
            models.CheckConstraint(name="release_number_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.number}"
