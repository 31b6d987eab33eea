"""A message that the secretariat writes to a group."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Edition
from events.models.fields import LineField, ParagraphField


class BulkMessage(models.Model):
    """What was written to whom; each recipient gets a mail of their own. One form sends it once."""

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="bulk_messages", verbose_name=_("edition")
    )
    submission = models.UUIDField(_("form sent"), unique=True, editable=False)
    audience = models.CharField(_("to whom"), max_length=60)
    subject = LineField(_("subject"), max_length=150)
    text = ParagraphField(_("text"), max_length=5000)
    sent_by = models.CharField(_("by"), max_length=200)
    queued_at = models.DateTimeField(_("queued at"))
    recipients = models.PositiveIntegerField(_("recipients"), default=0)

    class Meta:
        verbose_name = _("message to a group")
        verbose_name_plural = _("messages to groups")
        ordering = ("-queued_at", "-id")
        constraints = [models.CheckConstraint(name="bulk_has_subject", condition=~Q(subject=""))]

    def __str__(self) -> str:
        return self.subject
