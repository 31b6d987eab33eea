"""Messages to groups: write, look at what the first would read, press again to send; and what became of each."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.filters import editions_of
from events.admin.scope import ReadOnly, ScopedAdmin
from events.models import Edition
from participants import bulk, delivery
from participants.bulk import BulkError
from participants.models import BulkMessage, Message


class BulkForm(forms.Form):
    """To whom, and what; `submission` makes two presses one message, `counted` is what the preview said."""

    audience = forms.ChoiceField(label=gettext_lazy("To whom"))
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=bulk.SUBJECT_LENGTH,
        help_text=gettext_lazy("You can write {edition} and {city}"),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=5000,
        widget=forms.Textarea,
        help_text=gettext_lazy(
            "You can write {name}, {edition}, {city}, {delegation}, {link} (the reader's own page) "
            "and, for participants, {reference}. The greeting and the name of the secretariat are added"
        ),
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)
    counted = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, edition: Edition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = bulk.audiences(edition)  # type: ignore[attr-defined]

    def words(self) -> dict[str, str]:
        """What the verb takes."""
        return {name: self.cleaned_data[name] for name in ("audience", "subject", "text")}


@admin.register(BulkMessage)
class BulkMessageAdmin(ReadOnly, ScopedAdmin):
    """What was written to which group, and how many mails are sent, wait or failed."""

    list_display = ("subject", "queued_at", "sent_by", "recipients", "sent", "queued", "failed", "edition")
    list_filter = ("edition",)
    list_select_related = ("edition",)
    folded_fields = ("subject",)
    fields = ("edition", "group", "subject", "text", "sent_by", "queued_at", "recipients", "sent", "queued", "failed")
    readonly_fields = ("group", "sent", "queued", "failed")
    actions = ("stop",)
    change_list_template = "admin/participants/bulk_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the fate of their mails, in the same query."""
        counts = {f"n_{state}": Count("messages", filter=Q(messages__state=state)) for state in Message.State.values}
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description=gettext_lazy("to whom"))
    def group(self, message: BulkMessage) -> str:
        """The name of the group."""
        return dict(bulk.audiences(message.edition)).get(message.audience, message.audience)

    @admin.display(description=Message.State.SENT.label)
    def sent(self, message: Any) -> str:
        """How many are sent."""
        return _fate(message, "sent", message.n_sent)

    @admin.display(description=Message.State.QUEUED.label)
    def queued(self, message: Any) -> str:
        """How many wait."""
        return _fate(message, "queued", message.n_queued)

    @admin.display(description=Message.State.FAILED.label)
    def failed(self, message: Any) -> str:
        """How many failed."""
        return _fate(message, "failed", message.n_failed)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who may write may stop."""
        return request.user.has_perm("participants.change_bulkmessage")

    @admin.action(description=gettext_lazy("Stop what is not sent yet"), permissions=["decide"])
    def stop(self, request: HttpRequest, queryset: QuerySet[BulkMessage]) -> None:
        """Hold back the mails that wait."""
        held = sum(delivery.stop(bulk=one, by=request.user.get_username()) for one in queryset)
        told = ngettext("%(number)s mail is stopped.", "%(number)s mails are stopped.", held) % {"number": held}
        messages.success(request, told)

    def get_urls(self) -> list[Any]:
        """With the page to write one."""
        view = self.admin_site.admin_view
        return [path("write/<slug:slug>/", view(self.write), name="participants_bulk_write"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the way to write to a group of each edition that is not over."""
        editions = [one for one in editions_of(request.user, self.perm("change")) if not one.is_over()]
        return super().changelist_view(request, {"writable": editions, **(extra_context or {})})

    def write(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The form; by its first button the preview, by the second the mails."""
        edition = get_object_or_404(Edition, slug=slug)
        if not _may(request, edition):
            raise Http404
        if request.method != "POST":
            return self._page(request, edition, BulkForm(edition, initial={"submission": uuid.uuid4()}))
        form, step = BulkForm(edition, request.POST), request.POST.get("step")
        if form.is_valid() and step != "change":
            try:
                number, samples = bulk.preview(edition=edition, **form.words())
                if step == "send" and form.cleaned_data["counted"] == number:
                    return self._send(request, edition, form)
            except BulkError as error:
                form.add_error(error.field or None, str(error))
            else:
                return self._page(request, edition, form, number=number, samples=samples, has_changed=step == "send")
        return self._page(request, edition, form)

    def _send(self, request: HttpRequest, edition: Edition, form: BulkForm) -> HttpResponse:
        by, number = request.user.get_username(), form.cleaned_data["submission"]
        sent = bulk.send_bulk(edition=edition, submission=number, by=by, **form.words())
        told = ngettext("%(number)s mail is queued.", "%(number)s mails are queued.", sent.recipients)
        messages.success(request, told % {"number": sent.recipients})
        return redirect("admin:participants_bulkmessage_change", sent.pk)

    def _page(self, request: HttpRequest, edition: Edition, form: BulkForm, **more: Any) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Write to a group of %(edition)s") % {"edition": edition},
            "opts": self.opts,
            "edition": edition,
            "form": form,
            **more,
        }
        return render(request, "admin/participants/bulk.html", context, status=422 if form.errors else 200)


def _may(request: HttpRequest, edition: Edition) -> bool:
    return bool(request.user.has_perm("participants.change_bulkmessage", edition))


def _fate(message: BulkMessage, state: str, number: int) -> str:
    asked = {"edition": str(message.edition_id), "bulk__id__exact": str(message.pk), "state__exact": state}
    link = f"{reverse('admin:participants_message_changelist')}?{urlencode(asked)}"
    return format_html('<a href="{}">{}</a>', link, number) if number else "0"
