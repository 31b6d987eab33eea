"""Field visits on pages of other parts: the overview of a participant, the public page of a visit."""

from __future__ import annotations

from django import template

from participants.models import Participant
from participants.visit_cards import VisitCard, cards

register = template.Library()


@register.simple_tag
def visit_cards(participant: Participant) -> list[VisitCard]:
    """How each visit of the edition stands for the participant."""
    return cards(participant)
