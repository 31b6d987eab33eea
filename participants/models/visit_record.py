"""What the host of a visit asks to know: held apart, encrypted, seen by the visit officer alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from participants.models.encrypted import EncryptedTextField
from participants.models.visit_booking import VisitBooking


class VisitRecord(models.Model):
    """The identity record of one booking; every field is stored as a token."""

    booking = models.OneToOneField(
        VisitBooking, on_delete=models.CASCADE, related_name="record", verbose_name=_("booking")
    )
    nationality = EncryptedTextField(_("nationality"), blank=True)
    document_type = EncryptedTextField(_("type of the document"), blank=True)
    document_number = EncryptedTextField(_("number of the document"), blank=True)
    document_expiry = EncryptedTextField(_("expiry of the document"), blank=True)
    birth_date = EncryptedTextField(_("date of birth"), blank=True)
    emergency_contact = EncryptedTextField(_("emergency contact"), blank=True)
    sizes = EncryptedTextField(_("sizes of protective clothes"), blank=True)
    saved_at = models.DateTimeField(_("saved at"), auto_now=True)

    class Meta:
        verbose_name = _("visit record")
        verbose_name_plural = _("visit records")

    def __str__(self) -> str:
        return f"record {self.pk}"


class RecordLook(models.Model):
    """Who looked at which record or took it out, when, how many, and why. Append-only."""

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.CharField(_("by"), max_length=200)
    visit = models.ForeignKey(
        "events.FieldVisit", on_delete=models.CASCADE, related_name="looks", verbose_name=_("visit")
    )
    record = models.ForeignKey(
        VisitRecord, on_delete=models.SET_NULL, null=True, blank=True, related_name="looks", verbose_name=_("record")
    )
    action = models.CharField(_("action"), max_length=60)
    records = models.PositiveIntegerField(_("number of records"), default=1)
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("look at visit records")
        verbose_name_plural = _("looks at visit records")
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"
