"""The app that holds who comes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParticipantsConfig(AppConfig):
    """Registration and attendance."""

    name = "participants"
    verbose_name = _("Registration and attendance")
