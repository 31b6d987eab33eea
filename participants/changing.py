"""Changes of what a person wrote: details and consents."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import record
from participants.models import Participant
from participants.registration import DETAILS, RegistrationError, lock


@transaction.atomic
def change_details(*, participant: Participant, answers: dict[str, Any], version: int, by: str) -> Participant:
    """Correct what the person wrote, or give or take back a consent. `version` is the one the form showed.

    Raises RegistrationError when somebody else has changed the registration since.
    """
    _edition, participant = lock(participant)
    if participant.version != version:
        raise RegistrationError(
            _("Somebody else changed this registration while you wrote. Look at it, then save again.")
        )
    asked = {name: answers[name] for name in (*DETAILS, "staff_note") if name in answers}
    changed = {name: value for name, value in asked.items() if getattr(participant, name) != value}
    changed |= _changed_consents(participant, answers)
    if not changed:
        return participant
    for name, value in changed.items():
        setattr(participant, name, value)
    participant.version += 1
    participant.save(update_fields=[*changed, "version"])
    record(participant, "change details", by=by, edition=participant.edition, after=", ".join(changed))
    return participant


def _changed_consents(participant: Participant, answers: dict[str, Any]) -> dict[str, Any]:
    names = [f"consent_{what}" for what in ("photo", "list") if f"consent_{what}" in answers]
    return {
        f"{name}_at": clock.now() if answers[name] else None
        for name in names
        if bool(answers[name]) != bool(getattr(participant, f"{name}_at"))
    }
