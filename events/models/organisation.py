"""Organisations, and the part each plays in an edition."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from events.models.edition import Edition
from events.models.fields import LineField, TranslatedLineField


class Organisation(models.Model):
    """A body that hosts, organises, steers, pays for or joins an edition."""

    name = LineField(_("name"), max_length=300)
    acronym = LineField(_("acronym"), max_length=30, blank=True)
    website = models.URLField(_("website"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(Lower("name"), name="organisation_name_once"),
            models.CheckConstraint(name="organisation_has_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym else self.name


class Partnership(models.Model):
    """What an organisation was for one edition, with the legal basis of its money where there is one."""

    class Role(models.TextChoices):
        """In the order in which a page lists them."""

        HOST = "host", _("host")
        ORGANISER = "organiser", _("organiser")
        STEERING = "steering_committee", _("steering committee")
        DONOR = "donor", _("donor")
        PARTNER = "partner", _("partner")

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="partnerships", verbose_name=_("edition")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="partnerships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    legal_basis = LineField(_("legal basis"), max_length=200, blank=True)
    legal_basis_url = models.URLField(_("link to the legal basis"), max_length=500, blank=True)
    since = models.PositiveSmallIntegerField(_("since the year"), null=True, blank=True)
    until = models.PositiveSmallIntegerField(_("until the year"), null=True, blank=True)
    note = TranslatedLineField(_("note"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering = ("order", "id")
        constraints = [
            models.UniqueConstraint(fields=["edition", "organisation", "role"], name="partnership_once"),
            models.CheckConstraint(
                name="partnership_years_in_order",
                condition=Q(since=None) | Q(until=None) | Q(until__gte=F("since")),
                violation_error_message=_("The last year is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_role_display()})"
