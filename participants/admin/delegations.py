"""Delegations, their letters and nominations, and the page that changes places and quotas."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.scope import ScopedAdmin
from events.models import Edition
from participants import places
from participants.models import Delegation, Nomination, NominationLetter, Participant
from participants.registration import RegistrationError


class PlacesForm(forms.Form):
    """A number of places; empty for no limit."""

    number = forms.IntegerField(
        label=gettext_lazy("Places (empty: no limit)"), required=False, min_value=0, max_value=32_767
    )


@admin.register(Delegation)
class DelegationAdmin(ScopedAdmin):
    """Delegations in protocol order, with how many they sent."""

    list_display = ("name", "kind", "footnote_mark", "quota", "confirmed", "registered", "contact_name", "edition")
    list_filter = ("edition", "kind")
    list_select_related = ("edition",)
    ordering = ("-edition", "kind_rank", "position", "sort_folded")
    folded_fields = ("name", "contact_name")
    readonly_fields = ("quota",)
    also_saved = ("kind_rank", "sort_folded")

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

    def get_urls(self) -> list[Any]:
        """With the page of places and quotas."""
        places = path("places/<slug:slug>/", self.admin_site.admin_view(self.places), name="participants_places")
        return [places, *super().get_urls()]

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


@admin.register(NominationLetter)
class NominationLetterAdmin(ScopedAdmin):
    """The letters; their scans have no place yet."""

    fields = ("delegation", "reference", "date")
    edition_path = "delegation__edition"
    list_display = ("reference", "date", "delegation")
    list_filter = ("delegation__edition",)
    list_select_related = ("delegation__edition",)
    folded_fields = ("reference",)


@admin.register(Nomination)
class NominationAdmin(ScopedAdmin):
    """Who was nominated, and whether they registered."""

    edition_path = "delegation__edition"
    list_display = ("name", "delegation", "is_head", "order", "letter", "has_registered", "withdrawn_at")
    list_filter = ("delegation__edition", "is_head", ("withdrawn_at", admin.EmptyFieldListFilter))
    list_select_related = ("delegation__edition", "letter", "participant")
    folded_fields = ("name", "email")
    also_saved = ("email_key",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A nomination stays with the delegation that made it."""
        return ("delegation",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One with which a person has registered is the second key to their place."""
        return super().has_delete_permission(request, obj) and not (obj and hasattr(obj, "participant"))

    @admin.display(description=gettext_lazy("registered"), boolean=True)
    def has_registered(self, nomination: Nomination) -> bool:
        """Whether a registration carries this nomination."""
        return hasattr(nomination, "participant")
