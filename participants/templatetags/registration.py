"""What the public pages say about registration and places."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Edition, FieldVisit
from participants.capacity import places_left
from participants.models import VisitBooking

register = template.Library()


@register.inclusion_tag("participants/parts/panel.html")
def registration_panel(edition: Edition) -> dict[str, Any]:
    """Can I register, and until when? Nothing where the edition is over or takes no registrations."""
    state = "over" if edition.is_over() else edition.registration_state()
    left = places_left(edition) if state == "open" else None
    return {"edition": edition, "state": state, "is_full": left is not None and left <= 0}


@register.simple_tag
def visit_places(visit: FieldVisit) -> str:
    """Free places of a visit in words; empty where it has no limit."""
    if visit.capacity is None:
        return ""
    taken = VisitBooking.objects.filter(visit=visit, state=VisitBooking.State.CONFIRMED).count()
    left = max(0, visit.capacity - taken)
    if not left:
        return _("All %(places)s places are taken. There is a waiting list.") % {"places": visit.capacity}
    return ngettext("%(left)s place of %(all)s free", "%(left)s places of %(all)s free", left) % {
        "left": left,
        "all": visit.capacity,
    }
