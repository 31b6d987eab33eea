"""The app that holds who comes."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class ParticipantsConfig(AppConfig):
    """Registration and attendance."""

    name = "participants"
    verbose_name = _("Registration and attendance")

    def ready(self) -> None:
        """Every field says how long it is kept, or `manage.py check` fails."""
        from participants.lifetimes import check_lifetimes

        checks.register(check_lifetimes)
