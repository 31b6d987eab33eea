"""Staff accounts and the roles they hold. Participants have no account: they come by a link."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Edition


class User(AbstractUser):
    """A member of staff."""

    class Meta(AbstractUser.Meta):
        verbose_name = _("staff account")  # type: ignore[assignment]
        verbose_name_plural = _("staff accounts")  # type: ignore[assignment]


class StaffRole(models.Model):
    """What an account may do, for one edition or for all of them."""

    class Role(models.TextChoices):
        """See access.py for what each may see and do."""

        SECRETARIAT = "secretariat", _("secretariat")
        VISIT_OFFICER = "visit-officer", _("visit officer")
        CHECK_IN = "check-in", _("check-in desk")
        OBSERVER = "observer", _("observer")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="roles", verbose_name=_("staff account"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    edition = models.ForeignKey(
        Edition,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="staff_roles",
        verbose_name=_("edition"),
        help_text=_("Empty: all editions."),
    )

    class Meta:
        verbose_name = _("staff role")
        verbose_name_plural = _("staff roles")
        ordering = ("user__username", "role", "id")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "edition"], nulls_distinct=False, name="staff_role_once")
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"
