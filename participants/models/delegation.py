"""Delegations of an edition, under the name that was right for that edition."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models import Edition
from events.models.fields import LineField
from events.text import fold


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Delegations, in the office's words."""

    def in_protocol_order(self) -> DelegationQuerySet:
        """States first, then organisations, donors, others, the secretariat last; by sort key within each."""
        return self.order_by("kind_rank", F("position").asc(nulls_last=True), "sort_folded", "id")


class Delegation(models.Model):
    """A State, organisation or office that sends people to one edition."""

    class Kind(models.TextChoices):
        """What sort of sender it is; the order here is the protocol order."""

        STATE = "state", _("State or jurisdiction")
        HOST = "host", _("host")
        ORGANISATION = "organisation", _("international organisation")
        NGO = "ngo", _("NGO or academia")
        DONOR = "donor", _("donor")
        SECRETARIAT = "secretariat", _("secretariat")

    # The host State stands among the States, by its sort key.
    RANKS = {Kind.STATE: 1, Kind.HOST: 1, Kind.ORGANISATION: 2, Kind.NGO: 3, Kind.DONOR: 4, Kind.SECRETARIAT: 5}

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="delegations", verbose_name=_("edition")
    )
    name = LineField(_("name as printed at this edition"), max_length=200)
    sort_key = LineField(_("sorted as"), max_length=200, blank=True, help_text=_("Empty: by the name."))
    footnote_mark = LineField(_("footnote mark"), max_length=3, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.STATE)
    position = models.PositiveSmallIntegerField(
        _("place set by hand"), null=True, blank=True, help_text=_("Empty: by the sort key.")
    )
    quota = models.PositiveSmallIntegerField(_("quota"), null=True, blank=True, help_text=_("Empty: no limit."))
    contact_name = LineField(_("contact person"), max_length=200, blank=True)
    contact_email = models.EmailField(_("address of the contact person"), blank=True)
    language = models.CharField(
        _("language of our messages to the contact person"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    invited_at = models.DateTimeField(_("invited at"), null=True, blank=True, editable=False)
    kind_rank = models.PositiveSmallIntegerField(editable=False)
    sort_folded = models.CharField(max_length=200, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("edition", "kind_rank", "sort_folded", "id")
        constraints = [
            models.UniqueConstraint(fields=["edition", "name"], name="delegation_name_once_per_edition"),
            models.CheckConstraint(name="delegation_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the columns that the protocol order reads."""
        self.kind_rank = self.RANKS[self.Kind(self.kind)]
        self.sort_folded = fold(self.sort_key or self.name)[:200]
        super().save(*args, **kwargs)
