"""The app that holds what is announced."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Editions and agenda."""

    name = "events"
    verbose_name = _("Editions and agenda")
