"""The field visit of an edition: what a session of that kind needs beyond its time."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.fields import LineField, TranslatedLineField, TranslatedTextField
from events.models.session import Session


class FieldVisit(models.Model):
    """A visit to a place where the work is done, with its places, deadlines, rules and what the host asks."""

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="visit", verbose_name=_("session"))
    site = TranslatedLineField(_("site"), max_length=300)
    host_unit = LineField(_("host unit"), max_length=300, blank=True)
    shown = TranslatedTextField(_("what is shown"), blank=True)
    meeting_point = TranslatedLineField(_("meeting point"), max_length=300, blank=True)
    meets_at = models.DateTimeField(_("meeting time"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True, help_text=_("Empty: no limit."))
    signup_deadline = models.DateTimeField(_("sign up until"), null=True, blank=True)
    host_list_deadline = models.DateTimeField(_("list goes to the host"), null=True, blank=True)
    rules = TranslatedTextField(_("rules of the visit"), blank=True)
    rules_version = models.PositiveSmallIntegerField(_("version of the rules"), default=1)
    what_to_wear = TranslatedTextField(_("what to wear"), blank=True)
    asks_identity = models.BooleanField(_("the host asks for identity documents"), default=False)
    asks_birth_date = models.BooleanField(_("the host asks for the date of birth"), default=False)
    asks_sizes = models.BooleanField(_("the host asks for sizes of protective clothes"), default=False)
    asks_emergency_contact = models.BooleanField(_("the host asks for an emergency contact"), default=False)
    needs_host_approval = models.BooleanField(_("the host approves each visitor"), default=False)

    class Meta:
        verbose_name = _("field visit")
        verbose_name_plural = _("field visits")
        ordering = ("session__start", "id")
        constraints = [
            models.CheckConstraint(
                name="visit_list_after_signup",
                condition=Q(signup_deadline=None)
                | Q(host_list_deadline=None)
                | Q(host_list_deadline__gte=F("signup_deadline")),
                violation_error_message=_("The list goes to the host after sign-up ends."),
            ),
            models.CheckConstraint(name="visit_rules_versioned", condition=Q(rules_version__gte=1)),
        ]

    def __str__(self) -> str:
        return str(self.site)

    def clean(self) -> None:
        """A visit belongs to a session of kind field visit."""
        if self.session_id and self.session.kind != Session.Kind.FIELD_VISIT:
            raise ValidationError({"session": _("Choose a session of the kind field visit.")})
