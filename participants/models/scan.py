"""Every try at the check-in desk."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Edition
from events.models.fields import LineField
from participants.models.participant import Participant


class Scan(models.Model):
    """One try, refused ones too. Append-only but for the mark that makes it void."""

    class Result(models.TextChoices):
        """What the desk was told."""

        OK = "ok", _("checked in")
        ALREADY = "already", _("already here")
        REFUSED = "refused", _("refused")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="scans", verbose_name=_("edition"))
    nonce = models.UUIDField(_("number of the try"), unique=True)
    code = LineField(_("code"), max_length=64)
    point = LineField(_("point"), max_length=40)
    participant = models.ForeignKey(
        Participant,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="scans",
        verbose_name=_("participant"),
    )
    result = models.CharField(_("result"), max_length=8, choices=Result)
    reason = LineField(_("reason"), max_length=200, blank=True)
    client_at = models.DateTimeField(_("time on the device"))
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    staff = LineField(_("staff"), max_length=200)
    device = LineField(_("device"), max_length=64, blank=True)
    void_at = models.DateTimeField(_("void since"), null=True, blank=True)
    void_by = LineField(_("made void by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ("-received_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "point"], condition=Q(result="ok", void_at=None), name="scan_one_entry_per_point"
            ),
            models.CheckConstraint(name="scan_result_known", condition=Q(result__in=["ok", "already", "refused"])),
        ]
        indexes = [models.Index(fields=["edition", "-received_at"], name="scan_latest")]

    def __str__(self) -> str:
        return f"{self.code}: {self.get_result_display()}"
