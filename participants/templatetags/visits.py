"""Field visits on pages of other parts: the overview of a participant, the public page of a visit."""

from __future__ import annotations

from typing import Any

from django import template

from events.models import FieldVisit
from participants.models import Participant
from participants.visit_cards import VisitCard, cards
from participants.visits import is_off, is_open, places_left

register = template.Library()


@register.simple_tag
def visit_cards(participant: Participant) -> list[VisitCard]:
    """How each visit of the edition stands for the participant."""
    return cards(participant)


@register.inclusion_tag("participants/parts/booking_hint.html")
def booking_hint(visit: FieldVisit) -> dict[str, Any]:
    """How one comes on a visit, for the public page: whoever reads it may be registered or not."""
    edition, left = visit.session.edition, places_left(visit)
    return {
        "visit": visit,
        "edition": edition,
        "is_off": is_off(visit) or edition.is_over(),
        "is_open": is_open(visit),
        "may_register": edition.registration_state() == "open",
        "is_full": left is not None and left <= 0,
        "taken": 100 - 100 * max(left, 0) // visit.capacity if left is not None and visit.capacity else None,
    }
