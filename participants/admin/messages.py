"""Mails with their fate, and every try at the desk: to be looked at, failed mails to be tried again."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from events.admin.scope import ReadOnly, ScopedAdmin
from participants import delivery
from participants.models import Message, Scan


@admin.register(Message)
class MessageAdmin(ReadOnly, ScopedAdmin):
    """What was mailed; the text itself is encrypted and not shown."""

    list_display = ("kind", "participant", "state", "tries", "queued_at", "sent_at", "next_try_at", "edition")
    list_filter = ("edition", "state", "kind")
    list_select_related = ("participant", "edition")
    folded_fields = ("participant__search", "kind")
    fields = (
        "edition",
        "participant",
        "kind",
        "to",
        "subject",
        "state",
        "tries",
        "queued_at",
        "next_try_at",
        "sent_at",
        "log",
    )
    actions = ("try_again",)

    @admin.action(description=gettext_lazy("Try failed mails again"), permissions=["decide"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Queue the failed ones of the chosen mails again."""
        failed = list(queryset.filter(state=Message.State.FAILED))
        for message in failed:
            delivery.retry(message=message, by=request.user.get_username())
        told = ngettext("%(number)s mail is queued again.", "%(number)s mails are queued again.", len(failed))
        messages.success(request, told % {"number": len(failed)})

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who may change anything about people may send their mail again."""
        return request.user.has_perm("participants.change_message")


@admin.register(Scan)
class ScanAdmin(ReadOnly, ScopedAdmin):
    """Every try at the desk, refused ones too."""

    list_display = ("received_at", "participant", "result", "reason", "point", "staff", "device", "void_at")
    list_filter = ("edition", "result", "point", "staff")
    list_select_related = ("participant", "edition")
    folded_fields = ("participant__search", "code")
