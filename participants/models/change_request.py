"""Changes that a participant asks for after the deadline."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from participants.models.encrypted import EncryptedTextField
from participants.models.participant import Participant


class ChangeRequest(models.Model):
    """New answers that wait for the secretariat; a later request takes the place of one that still waits."""

    class State(models.TextChoices):
        """See changing.py for the transitions."""

        ASKED = "asked", _("asked")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        REPLACED = "replaced", _("replaced by a later one")

    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="change_requests", verbose_name=_("participant")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    answers = EncryptedTextField(_("answers"))  # JSON: name of the field to the new answer; emptied when decided
    asked_at = models.DateTimeField(_("asked at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("request for a change")
        verbose_name_plural = _("requests for changes")
        ordering = ("-asked_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(state="asked"), name="change_request_one_waits"
            ),
            models.CheckConstraint(
                name="change_request_decided_whole",
                condition=Q(state="asked", decided_at=None) | (~Q(state="asked") & Q(decided_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.get_state_display()}"
