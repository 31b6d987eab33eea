"""The app that holds who comes."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class ParticipantsConfig(AppConfig):
    """Registration and attendance."""

    name = "participants"
    verbose_name = _("Registration and attendance")

    def ready(self) -> None:
        """Every field says how long it is kept, or `manage.py check` fails. Places follow a visit, mails an agenda."""
        from events.signals import agenda_released, visit_changed
        from participants.lifetimes import check_lifetimes

        checks.register(check_lifetimes)
        visit_changed.connect(_fill_visit)
        agenda_released.connect(_tell_concerned)


def _fill_visit(*, visit: Any, by: str, **_signal: Any) -> None:
    from participants.visits import fill_visit

    fill_visit(visit=visit, by=by)


def _tell_concerned(*, release: Any, **_signal: Any) -> None:
    from participants.concerned import tell

    tell(release=release)
