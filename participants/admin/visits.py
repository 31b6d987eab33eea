"""Places of field visits. Identity records are not here."""

from __future__ import annotations

from django.contrib import admin

from events.admin.scope import ReadOnly, ScopedAdmin
from participants.models import VisitBooking


@admin.register(VisitBooking)
class VisitBookingAdmin(ReadOnly, ScopedAdmin):
    """Who asked for which visit."""

    edition_path = "participant__edition"
    list_display = ("participant", "visit", "state", "vehicle", "asked_at")
    list_filter = ("participant__edition", "visit", "state", "vehicle")
    list_select_related = ("participant", "visit__session", "vehicle")
    folded_fields = ("participant__search",)
