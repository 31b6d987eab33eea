"""Every e-mail, from queued to sent or failed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Edition
from events.models.fields import LineField
from participants.models.bulk_message import BulkMessage
from participants.models.delegation import Delegation
from participants.models.encrypted import EncryptedTextField
from participants.models.nomination import Nomination
from participants.models.participant import Participant


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, in the office's words."""

    def backlog(self) -> dict[str, Any]:
        """How many are `queued` and `failed`, and since when the `oldest` queued one waits (None: none); one query."""
        queued = Q(state="queued")
        return self.aggregate(
            queued=models.Count("pk", filter=queued),
            failed=models.Count("pk", filter=Q(state="failed")),
            oldest=models.Min("queued_at", filter=queued),
        )


class Message(models.Model):
    """One mail to one recipient. Its text is encrypted while it waits and emptied when it was sent."""

    class State(models.TextChoices):
        """Failed ones stay visible and can be tried again."""

        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, null=True, blank=True, related_name="messages", verbose_name=_("edition")
    )
    participant = models.ForeignKey(
        Participant,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("participant"),
    )
    delegation = models.ForeignKey(
        Delegation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("delegation"),
    )
    nomination = models.ForeignKey(
        Nomination,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("nomination"),
    )
    bulk = models.ForeignKey(
        BulkMessage,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("message to a group"),
    )
    kind = models.CharField(_("kind"), max_length=60)
    to = models.EmailField(_("to"))
    reply_to = models.EmailField(_("replies go to"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    subject = LineField(_("subject"), max_length=200)
    text = EncryptedTextField(_("text"), blank=True)
    html = EncryptedTextField(_("text as HTML"), blank=True)
    calendar = EncryptedTextField(_("calendar attachment"), blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=200, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField(_("queued at"), auto_now_add=True)
    next_try_at = models.DateTimeField(_("next try at"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    log = models.JSONField(_("log"), default=list, blank=True)
    once_key = models.CharField(_("key that is sent once"), max_length=120, null=True, blank=True, unique=True)
    # Of a mail about the agenda: the release that its reader knows. While it waits, a later release takes its place.
    since_release = models.PositiveIntegerField(_("tells what changed since release"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-queued_at", "-id")
        constraints = [
            models.CheckConstraint(name="message_state_known", condition=Q(state__in=["queued", "sent", "failed"])),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="queued"), name="message_waiting"),
            models.Index(fields=["edition", "state"], name="message_edition_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
