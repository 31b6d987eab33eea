"""Mails with their text and fate, and every try at the desk: to be looked at, failed mails to be tried again."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import formats
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.filters import editions_of
from events.admin.scope import ReadOnly, ScopedAdmin
from events.models import Edition
from participants import delivery
from participants.mail import samples
from participants.models import Message, Scan
from participants.models.encrypted import DecryptionFailed


@admin.register(Message)
class MessageAdmin(ReadOnly, ScopedAdmin):
    """What was mailed. A text is kept until it is sent; the secret of its links is never shown."""

    list_display = ("kind", "recipient", "state", "tries", "queued", "sent", "edition")
    list_filter = ("edition", "state", "kind")
    list_select_related = ("participant", "delegation", "nomination", "edition")
    folded_fields = ("participant__search", "kind", "to")
    fields = (
        *("edition", "participant", "delegation", "nomination", "bulk", "kind", "to", "language", "subject"),
        *("state", "tries", "queued_at", "next_try_at", "sent_at", "log", "written"),
    )
    readonly_fields = ("written",)
    actions = ("try_again",)
    change_list_template = "admin/participants/message_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Without their texts, which no list shows; one that no key reads would hold up the others."""
        rows: QuerySet[Message] = super().get_queryset(request)
        return rows.defer(*delivery.TEXTS)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """The mails of one message to a group, to which its own list leads."""
        return lookup == "bulk__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=gettext_lazy("to whom"))
    def recipient(self, message: Message) -> str:
        """The person, or the delegation whose contact person it is."""
        return str(message.participant or message.nomination or message.delegation or "–")

    @admin.display(description=gettext_lazy("queued"), ordering="queued_at")
    def queued(self, message: Message) -> str:
        """When, short enough for a list."""
        return formats.date_format(clock.localtime(message.queued_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=gettext_lazy("sent"), ordering="sent_at")
    def sent(self, message: Message) -> str:
        """When; nothing while it waits."""
        return formats.date_format(clock.localtime(message.sent_at), "SHORT_DATETIME_FORMAT") if message.sent_at else ""

    @admin.display(description=gettext_lazy("text"))
    def written(self, message: Message) -> str:
        """The mail as its reader sees it, while it is kept."""
        if message.state == Message.State.SENT:
            return _("The text is not kept after the mail is sent.")
        try:
            return render_to_string("admin/participants/drawn.html", {"mail": samples.seen(message)})
        except DecryptionFailed:
            return _("No key reads this text.")

    def get_urls(self) -> list[Any]:
        """With the page that shows every kind of mail."""
        view = self.admin_site.admin_view
        return [path("kinds/<slug:slug>/", view(self.kinds), name="participants_mail_kinds"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the way to that page for each edition that is not over."""
        shown = editions_of(request.user, self.perm("view"))
        coming = [edition for edition in shown if not edition.is_over()]
        return super().changelist_view(request, {"editions": coming, **(extra_context or {})})

    def kinds(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Each kind of mail in each language, to an invented reader of this edition; nothing of it is queued."""
        edition = get_object_or_404(Edition, slug=slug)
        if not self.has_view_permission(request, edition):
            raise Http404
        every = list(samples.kinds())
        kind = next((one for one in every if one == request.GET.get("kind")), every[0])
        language = next((code for code, _name in settings.LANGUAGES if code == request.GET.get("language")), "en")
        context = {
            **self.admin_site.each_context(request),
            "title": _("What the mails of %(edition)s say") % {"edition": edition},
            "opts": self.opts,
            "kinds": [(one, one.replace("_", " ").capitalize()) for one in every],
            "languages": settings.LANGUAGES,
            "kind": kind,
            "language": language,
            "mails": samples.sample(edition, kind, language),
        }
        return render(request, "admin/participants/mail_kinds.html", context)

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
