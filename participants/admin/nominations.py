"""Nominations and letters: to be found and looked at; they are changed by the verbs, on the page of the delegation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.scope import ScopedAdmin
from participants import nominating
from participants.models import Nomination, NominationLetter
from participants.registration import RegistrationError

SHOWN_REFUSALS = 20


class OnPageOfDelegation(ScopedAdmin):
    """Rows that are looked at here; a link leads to the page where they are changed."""

    edition_path = "delegation__edition"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """On the page of the delegation."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By actions of the list alone."""
        return obj is None and super().has_change_permission(request)

    @admin.display(description=gettext_lazy("changes"))
    def page(self, row: Any) -> str:
        """The way to the page of the delegation."""
        link = reverse("participants:delegation", args=[row.delegation_id])
        return format_html('<a href="{}">{}</a>', link, _("Open the page of the delegation"))


@admin.register(NominationLetter)
class NominationLetterAdmin(OnPageOfDelegation):
    """The letters, with the people whom they name. One with a mistake is deleted and attached again."""

    fields = ("delegation", "reference", "date", "people", "download", "page")
    readonly_fields = ("people", "download", "page")
    list_display = ("reference", "date", "delegation", "download")
    list_filter = ("delegation__edition",)
    list_select_related = ("delegation__edition",)
    folded_fields = ("reference",)

    @admin.display(description=gettext_lazy("people"))
    def people(self, letter: NominationLetter) -> str:
        """Whom it names."""
        return ", ".join(letter.nominations.values_list("name", flat=True)) or "–"

    @admin.display(description=gettext_lazy("letter"))
    def download(self, letter: NominationLetter) -> str:
        """The file itself."""
        if not letter.scan:
            return "–"
        link = reverse("participants:letter", args=[letter.delegation_id, letter.pk])
        return format_html('<a href="{}">{}</a>', link, _("Download (PDF)"))


@admin.register(Nomination)
class NominationAdmin(OnPageOfDelegation):
    """Who was nominated, and whether they registered."""

    fields = (
        *("delegation", "name", "email", "is_head", "order", "letter", "replaces", "holds_place"),
        *("nominated_at", "invited_at", "withdrawn_at", "has_registered", "page"),
    )
    readonly_fields = ("has_registered", "page", "nominated_at", "invited_at", "withdrawn_at", "holds_place")
    list_display = ("name", "delegation", "is_head", "order", "letter", "has_registered", "holds_place", "withdrawn_at")
    list_filter = (
        *("delegation__edition", "is_head", "holds_place"),
        ("withdrawn_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("delegation__edition", "letter", "participant")
    folded_fields = ("name", "email")
    actions = ("send_link", "withdraw")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A nomination is withdrawn, never deleted: who was named and when is kept."""
        return False

    @admin.display(description=gettext_lazy("registered"), boolean=True)
    def has_registered(self, nomination: Nomination) -> bool:
        """Whether a registration carries this nomination."""
        return hasattr(nomination, "participant")

    def _each(self, request: HttpRequest, chosen: QuerySet[Nomination], verb: Callable[..., Nomination]) -> int:
        """Call the verb for each, one transaction a nomination; say why not. Returns for how many it was done."""
        done, refusals = 0, []
        for nomination in chosen.select_related("delegation__edition").order_by("delegation_id", "order", "id"):
            try:
                with transaction.atomic():
                    verb(nomination=nomination, by=request.user.get_username())
                done += 1
            except RegistrationError as error:
                refusals.append(f"{nomination.name}: {error}")
        for refusal in refusals[:SHOWN_REFUSALS]:
            messages.warning(request, refusal)
        if len(refusals) > SHOWN_REFUSALS:
            more = len(refusals) - SHOWN_REFUSALS
            messages.warning(request, _("%(number)s more were not changed.") % {"number": more})
        return done

    @admin.action(description=gettext_lazy("Send the link again"), permissions=["change"])
    def send_link(self, request: HttpRequest, queryset: QuerySet[Nomination]) -> None:
        """To those who have not registered."""
        if sent := self._each(request, queryset, nominating.invite_nominee):
            told = ngettext("%(sent)s link is queued.", "%(sent)s links are queued.", sent)
            messages.success(request, told % {"sent": sent})

    @admin.action(description=gettext_lazy("Withdraw (ends the registration too)"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Nomination]) -> None:
        """Take nominations back in the name of the delegation."""
        if ended := self._each(request, queryset, nominating.withdraw_nomination):
            told = ngettext("%(ended)s nomination is withdrawn.", "%(ended)s nominations are withdrawn.", ended)
            messages.success(request, told % {"ended": ended})
