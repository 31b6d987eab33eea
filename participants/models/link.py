"""Secret links: only a hash of each is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Session, Speaker
from participants.models.delegation import Delegation
from participants.models.encrypted import EncryptedTextField
from participants.models.nomination import Nomination
from participants.models.participant import Participant

_OF_A_PERSON = Q(speaker=None, session=None)


class Link(models.Model):
    """A token with one purpose, one subject and an end; it can be revoked."""

    class Purpose(models.TextChoices):
        """What the bearer may do."""

        MY = "my", _("manage a registration")
        NOMINEE = "nominee", _("register as nominated")
        DELEGATION = "delegation", _("manage a delegation")
        CALENDAR = "calendar", _("read a personal calendar")
        ADDRESS = "address", _("confirm a changed address")
        HAND_IN = "hand_in", _("hand in a presentation")

    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    participant = models.ForeignKey(
        Participant,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="links",
        verbose_name=_("participant"),
    )
    nomination = models.ForeignKey(
        Nomination, on_delete=models.CASCADE, null=True, blank=True, related_name="links", verbose_name=_("nomination")
    )
    delegation = models.ForeignKey(
        Delegation, on_delete=models.CASCADE, null=True, blank=True, related_name="links", verbose_name=_("delegation")
    )
    # A speaker in a session: rows that stay the same when the parts of a session are loaded anew.
    speaker = models.ForeignKey(
        Speaker, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("speaker")
    )
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("session")
    )
    new_email = EncryptedTextField(_("the new address"), blank=True)
    issued_at = models.DateTimeField(_("issued at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("ends at"))
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ("-issued_at", "-id")
        constraints = [
            models.CheckConstraint(
                name="link_subject_fits_purpose",
                condition=Q(
                    _OF_A_PERSON,
                    purpose__in=["my", "calendar", "address"],
                    participant__isnull=False,
                    nomination=None,
                    delegation=None,
                )
                | Q(_OF_A_PERSON, purpose="nominee", nomination__isnull=False, participant=None, delegation=None)
                | Q(_OF_A_PERSON, purpose="delegation", delegation__isnull=False, participant=None, nomination=None)
                | Q(
                    purpose="hand_in",
                    speaker__isnull=False,
                    session__isnull=False,
                    participant=None,
                    nomination=None,
                    delegation=None,
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"
