"""Delegations: their facts and contact persons, and the pages that change quotas and invite them."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.filters import edition_chosen
from events.admin.scope import ScopedAdmin
from events.models import Edition, record
from participants import delivery, links, places
from participants.admin.invitations import invitations
from participants.capacity import lock_delegation, lock_edition, places_kept
from participants.models import Delegation, Participant
from participants.registration import RegistrationError


class PlacesForm(forms.Form):
    """A number of places; empty for no limit."""

    number = forms.IntegerField(
        label=gettext_lazy("Places (empty: no limit)"), required=False, min_value=0, max_value=32_767
    )


FACTS = ("name", "sort_key", "footnote_mark", "kind", "position", "contact_name", "contact_email", "language")


class DelegationForm(forms.ModelForm):  # type: ignore[type-arg]
    """The facts of a delegation; refused when somebody else saved them meanwhile."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Delegation
        fields = ("edition", *FACTS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("seen", self._seen(self.instance))

    def _seen(self, delegation: Delegation) -> str:
        """What stands for the facts that a form shows."""
        facts = [str(getattr(delegation, name)) for name in FACTS]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()

    def clean(self) -> dict[str, Any]:
        """A stale form is refused, with what was typed kept."""
        answers = super().clean() or {}
        if self.instance.pk:
            # From here on nobody else saves this delegation, so that what is compared is what is written over.
            lock_edition(self.instance.edition_id)
            if answers.get("seen") != self._seen(lock_delegation(self.instance.pk)):
                self.add_error(
                    None, _("Somebody else saved this delegation while you wrote. Open it again and compare.")
                )
        return answers


def _way_to_invite(edition: Edition, chosen: list[int]) -> str:
    query = urlencode([("delegation", pk) for pk in chosen])
    return reverse("admin:participants_invitations", args=[edition.slug]) + (f"?{query}" if query else "")


@admin.register(Delegation)
class DelegationAdmin(ScopedAdmin):
    """Delegations in protocol order, with how many they sent."""

    form = DelegationForm
    list_display = (
        *("name", "kind", "footnote_mark", "quota", "confirmed", "registered", "contact_name", "invited_at"),
        *("people", "edition"),
    )
    list_filter = ("edition", "kind")
    list_select_related = ("edition",)
    ordering = ("-edition", "kind_rank", "position", "sort_folded")
    folded_fields = ("name", "contact_name")
    readonly_fields = ("quota", "invited_at", "people", "invitation")
    also_saved = ("kind_rank", "sort_folded")
    actions = ("invite",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "edition",
                    "people",
                    "name",
                    ("sort_key", "position"),
                    "footnote_mark",
                    "kind",
                    "quota",
                    "seen",
                )
            },
        ),
        (
            gettext_lazy("Contact person"),
            {"fields": (("contact_name", "contact_email"), "language", "invited_at", "invitation")},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A delegation stays with its edition."""
        return (*self.readonly_fields, "edition") if obj else self.readonly_fields

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the numbers of people, in the same query."""
        live, confirmed = Q(participants__status__in=Participant.LIVE), Q(participants__status="confirmed")
        rows = super().get_queryset(request)
        return rows.annotate(n_live=Count("participants", filter=live), n_held=Count("participants", filter=confirmed))

    @admin.display(description=gettext_lazy("confirmed"), ordering="n_held")
    def confirmed(self, delegation: Any) -> int:
        """How many have a place."""
        return int(delegation.n_held)

    @admin.display(description=gettext_lazy("registered"), ordering="n_live")
    def registered(self, delegation: Any) -> int:
        """How many registrations stand."""
        return int(delegation.n_live)

    @admin.display(description=gettext_lazy("people and letters"))
    def people(self, delegation: Delegation) -> str:
        """The way to the page where people are nominated, replaced and imported."""
        if delegation.pk is None:
            return "–"
        link = reverse("participants:delegation", args=[delegation.pk])
        return format_html('<a href="{}">{}</a>', link, _("Open the page of the delegation"))

    @admin.display(description=gettext_lazy("invitation"))
    def invitation(self, delegation: Delegation) -> str:
        """The way to the page that invites this one."""
        if delegation.pk is None:
            return "–"
        return format_html('<a href="{}">{}</a>', _way_to_invite(delegation.edition, [delegation.pk]), _("Invite"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """With another address, the link of the former contact person ends, and what waits for them is dropped."""
        super().save_model(request, obj, form, change)
        if not change or "contact_email" not in form.changed_data:
            return
        by = request.user.get_username()
        has_ended = links.revoke_for(delegation=obj)
        delivery.drop(reader=obj, by=by)
        if has_ended:
            record(obj, "revoke links", by=by, edition=obj.edition)
            messages.warning(request, _("The link of the former contact person has ended. Invite the new one."))

    @admin.action(description=gettext_lazy("Invite (shows the letter first)"), permissions=["change"])
    def invite(self, request: HttpRequest, queryset: QuerySet[Delegation]) -> HttpResponse | None:
        """Lead to the page that shows what is sent and to whom."""
        chosen = list(queryset.select_related("edition"))
        if len({one.edition_id for one in chosen}) != 1:
            messages.warning(request, _("Choose delegations of one edition."))
            return None
        return redirect(_way_to_invite(chosen[0].edition, [one.pk for one in chosen]))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With the way to the page that invites, for the edition that is shown."""
        edition = edition_chosen(request, self)
        way = _way_to_invite(edition, []) if edition and self.has_change_permission(request) else ""
        return super().changelist_view(request, {"invite": way, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        """With the pages of places and quotas, and of invitations."""
        return [
            path("places/<slug:slug>/", self.admin_site.admin_view(self.places), name="participants_places"),
            path("invite/<slug:slug>/", self.admin_site.admin_view(self.invitations), name="participants_invitations"),
            *super().get_urls(),
        ]

    def invitations(self, request: HttpRequest, slug: str) -> HttpResponse:
        """What is sent and to whom; the second press sends it."""
        edition = get_object_or_404(Edition, slug=slug)
        if not request.user.has_perm("participants.change_delegation", edition):
            raise Http404
        return invitations(request, edition, {**self.admin_site.each_context(request), "opts": self.opts})

    def places(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Change the capacity of the edition or the quota of a delegation; a raise gives places away at once."""
        edition = get_object_or_404(Edition, slug=slug)
        if not request.user.has_perm("participants.change_delegation", edition):
            raise Http404
        delegations = self.get_queryset(request).filter(edition=edition).in_protocol_order()
        form = PlacesForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and self._change(request, edition, form):
            return redirect("admin:participants_places", slug)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Places and quotas of %(edition)s") % {"edition": edition},
            "opts": self.opts,
            "edition": edition,
            "held": edition.participants.holding_places().count(),
            "kept": places_kept(edition).count(),
            "waiting": edition.participants.filter(status=Participant.Status.WAITLISTED).count(),
            "delegations": delegations,
            "form": form,
        }
        return render(request, "admin/participants/places.html", context, status=422 if form.errors else 200)

    def _change(self, request: HttpRequest, edition: Edition, form: PlacesForm) -> bool:
        number, by = form.cleaned_data["number"], request.user.get_username()
        which = request.POST.get("delegation", "")
        try:
            if not which:
                places.set_capacity(edition=edition, capacity=number, by=by)
            else:
                key = int(which) if which.isascii() and which.isdigit() and len(which) < 10 else 0
                delegation = get_object_or_404(Delegation, pk=key, edition=edition)
                places.set_quota(delegation=delegation, quota=number, by=by)
        except RegistrationError as error:
            form.add_error("number", str(error))
            return False
        messages.success(request, _("Saved. Free places were given to those who waited."))
        return True
