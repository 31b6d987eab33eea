"""Nominations: whom a delegation sends, and the letters that say so."""

import secrets
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from events.models.fields import LineField
from participants.addresses import address_key
from participants.models.delegation import Delegation


def scan_path(letter: "NominationLetter", filename: str) -> str:
    """Where a scan is kept: a name of ours that nobody guesses; the name it came with is forgotten."""
    return f"letters/{secrets.token_hex(16)}.pdf"


class NominationLetter(models.Model):
    """One letter that names several people."""

    delegation = models.ForeignKey(
        Delegation, on_delete=models.CASCADE, related_name="letters", verbose_name=_("delegation")
    )
    reference = LineField(_("reference"), max_length=120)
    date = models.DateField(_("date"))
    scan = models.FileField(_("scan"), upload_to=scan_path, max_length=300, blank=True)

    class Meta:
        verbose_name = _("nomination letter")
        verbose_name_plural = _("nomination letters")
        ordering = ("-date", "-id")
        constraints = [
            models.UniqueConstraint(fields=["delegation", "reference"], name="letter_reference_once"),
            models.CheckConstraint(
                name="letter_date_in_range", condition=Q(date__gte="1990-01-01", date__lte="2100-12-31")
            ),
        ]

    def __str__(self) -> str:
        return self.reference


@receiver(post_delete, sender=NominationLetter)
def _delete_scan(instance: NominationLetter, **_sent: Any) -> None:
    """However a letter goes, with its edition too, its scan goes with it, once that cannot be undone any more."""
    if path := instance.scan.name:
        transaction.on_commit(lambda: instance.scan.storage.delete(path), robust=True)


class Nomination(models.Model):
    """One person whom a delegation names. Those beyond the quota are reserves, in this order."""

    delegation = models.ForeignKey(
        Delegation, on_delete=models.CASCADE, related_name="nominations", verbose_name=_("delegation")
    )
    letter = models.ForeignKey(
        NominationLetter,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="nominations",
        verbose_name=_("letter"),
    )
    name = LineField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"))
    email_key = models.CharField(max_length=320, editable=False)
    is_head = models.BooleanField(_("head of delegation"), default=False)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    nominated_at = models.DateTimeField(_("nominated at"), auto_now_add=True)
    invited_at = models.DateTimeField(_("invited at"), null=True, blank=True, editable=False)
    replaces = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    # From the moment when the delegation replaces somebody confirmed until the substitute is confirmed.
    holds_place = models.BooleanField(_("a place is kept"), default=False, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("nomination")
        verbose_name_plural = _("nominations")
        ordering = ("delegation", "order", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["delegation"],
                condition=Q(is_head=True, withdrawn_at=None),
                name="nomination_one_head",
                violation_error_message=_("This delegation already has a head."),
            ),
            models.UniqueConstraint(
                fields=["delegation", "email_key", "name"],
                condition=Q(withdrawn_at=None),
                name="nomination_person_once",
            ),
            models.CheckConstraint(
                name="nomination_withdrawn_holds_no_place", condition=Q(holds_place=False) | Q(withdrawn_at=None)
            ),
            models.CheckConstraint(name="nomination_has_name", condition=~Q(name="")),
        ]
        indexes = [models.Index(fields=["email_key"], name="nomination_email_key")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the form of the address that is compared."""
        self.email_key = address_key(self.email)
        super().save(*args, **kwargs)
