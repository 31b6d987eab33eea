"""Who speaks, and in which function they did so at one edition."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.fields import LineField, TranslatedTextField
from events.models.session import Session, Talk
from events.text import fold


class Speaker(models.Model):
    """A person, a State or an organisation that speaks; the name is kept as printed."""

    class Kind(models.TextChoices):
        """A State or an organisation may speak without a person being named."""

        PERSON = "person", _("person")
        STATE = "state", _("State")
        ORGANISATION = "organisation", _("organisation")

    name = LineField(_("name, as printed"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PERSON)
    biography = TranslatedTextField(_("biography"), blank=True)
    sort_name = models.CharField(max_length=200, editable=False, blank=True)

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ("sort_name", "id")
        constraints = [models.CheckConstraint(name="speaker_has_name", condition=~Q(name=""))]
        indexes = [models.Index(fields=["sort_name"], name="speaker_sort_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the form of the name that search and sorting use."""
        self.sort_name = fold(self.name)[:200]
        super().save(*args, **kwargs)


class Appearance(models.Model):
    """A speaker's part in a session or in one of its talks, with function and organisation as of that edition."""

    class Role(models.TextChoices):
        """One person may hold two roles in one session."""

        SPEAKER = "speaker", _("speaker")
        CHAIR = "chair", _("chair")
        CO_CHAIR = "co_chair", _("co-chair")
        MODERATOR = "moderator", _("moderator")
        PANELLIST = "panellist", _("panellist")
        KEYNOTE = "keynote", _("keynote speaker")
        RAPPORTEUR = "rapporteur", _("rapporteur")
        HOST = "host", _("host")

    class State(models.TextChoices):
        """Whether the speaker has agreed."""

        CONFIRMED = "confirmed", _("confirmed")
        TO_BE_CONFIRMED = "to_be_confirmed", _("to be confirmed")

    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="appearances", verbose_name=_("session")
    )
    talk = models.ForeignKey(
        Talk, on_delete=models.CASCADE, null=True, blank=True, related_name="appearances", verbose_name=_("talk")
    )
    speaker = models.ForeignKey(
        Speaker, on_delete=models.PROTECT, related_name="appearances", verbose_name=_("speaker")
    )
    honorific = LineField(_("honorific"), max_length=60, blank=True)
    function = LineField(_("function"), max_length=300, blank=True)
    organisation = LineField(_("organisation"), max_length=300, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.SPEAKER)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.CONFIRMED)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("appearance")
        verbose_name_plural = _("appearances")
        ordering = ("order", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "talk", "speaker", "role"],
                nulls_distinct=False,
                name="appearance_once_per_role",
                violation_error_message=_("This speaker already has this role here."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.speaker} ({self.get_role_display()})"
