"""Releases: what does not fit, what would change, the button; and what was released."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.scope import ReadOnly, ScopedAdmin
from events.change_words import change_in_words, in_words
from events.clashes import grouped
from events.models import AgendaRelease, Edition
from events.restoring import restoration_of, restore_agenda
from events.scheduling import AgendaChanged, Draft, SchedulingError, draft_of, release_agenda


class ReleaseForm(forms.Form):
    """What the reader is told with a release."""

    status = forms.ChoiceField(
        label=gettext_lazy("How fixed it is"), choices=AgendaRelease.Status.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=gettext_lazy("Note for the reader (optional)"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    seen = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)


class ReleasePages:
    """For the admin of editions: the page that releases the agenda of one."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[Any]:
        """With the release page, and one for going back to each release."""
        view = self.admin_site.admin_view
        release = path("<int:pk>/release/", view(self.release), name="events_edition_release")
        back = path("<int:pk>/release/<int:number>/", view(self.restore), name="events_edition_restore")
        return [release, back, *super().get_urls()]  # type: ignore[misc]

    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What does not fit, what would change, and the button."""
        edition = edition_to_change(request, pk)
        form = ReleaseForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                made = release_agenda(edition=edition, by=request.user.get_username(), **form.cleaned_data)
            except AgendaChanged as error:
                messages.warning(request, str(error))
                form.add_error(None, str(error))
            except SchedulingError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Release %(number)s is public now.") % {"number": made.number})
                return redirect("admin:events_edition_release", edition.pk)
        draft, releases = draft_of(edition), list(edition.releases.defer("document"))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Release the agenda of %(edition)s") % {"edition": edition},
            "edition": edition,
            "opts": self.opts,
            "form": _shown(form, draft, releases),
            "releases": releases,
            "last": releases[0] if releases else None,
            "changes": [change_in_words(change, draft.agenda) for change in draft.changes],
            **findings_in(draft),
        }
        return render(request, "admin/events/edition/release.html", context, status=422 if form.errors else 200)

    def restore(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """What going back to this release changes in what staff edit, and the button."""
        edition = edition_to_change(request, pk)
        status = 200
        if request.method == "POST":
            try:
                done = restore_agenda(
                    edition=edition, number=number, seen=request.POST.get("seen", ""), by=request.user.get_username()
                )
            except SchedulingError as error:
                messages.warning(request, str(error))
                status = 422
            else:
                told = _("The agenda is as in release %(number)s again. The public sees it after you release it.")
                messages.success(request, told % {"number": done.number})
                return redirect("admin:events_edition_release", edition.pk)
        plan = restoration_of(edition, number)
        if plan is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": _("Go back to release %(number)s") % {"number": number},
            "edition": edition,
            "opts": self.opts,
            "plan": plan,
            "is_open": edition.status != Edition.Status.ARCHIVED,
            "fates": [
                (fate, [(item.id, in_words(item.title)) for item in getattr(plan, fate)])
                for fate in ("deleted", "cancelled", "kept")
            ],
            "release": edition.releases.defer("document").get(number=number),
            "changes": [change_in_words(change, plan.now) for change in plan.changes if change.kind != "removed"],
        }
        return render(request, "admin/events/edition/restore.html", context, status=status)


def edition_to_change(request: HttpRequest, pk: int) -> Edition:
    """The edition with this key, if the account may change it; else there is none."""
    edition = Edition.objects.filter(pk=pk).first()
    if edition is None or not request.user.has_perm("events.change_edition", edition):
        raise Http404
    return edition


def findings_in(draft: Draft) -> dict[str, Any]:
    """What does not fit, as a page lists it: what stops a release, then the rest under its headings."""
    findings = draft.findings
    blockers = [one for one in findings if one.blocks]
    return {
        "blockers": blockers,
        "warnings": grouped(one for one in findings if not one.blocks),
        "count": len(findings) - len(blockers),
    }


def _shown(form: ReleaseForm, draft: Draft, releases: list[AgendaRelease]) -> ReleaseForm:
    """The form with what the page beside it shows: whatever was typed stays."""
    if form.is_bound:
        form.data = {**form.data.dict(), "seen": draft.mark}  # type: ignore[attr-defined]
    else:
        status = releases[0].status if releases else AgendaRelease.Status.PROVISIONAL
        form.initial = {"seen": draft.mark, "status": status}
    return form


@admin.register(AgendaRelease)
class AgendaReleaseAdmin(ReadOnly, ScopedAdmin):
    """What was released, when and by whom."""

    list_display = ("edition", "number", "status", "released_at", "released_by", "note")
    list_filter = ("edition", "status")
    list_select_related = ("edition",)
    fields = ("edition", "number", "status", "note", "released_at", "released_by", "changes")
    readonly_fields = ("changes",)

    @admin.display(description=gettext_lazy("changes"))
    def changes(self, release: AgendaRelease) -> str:
        """How many lines the difference has, and where it is public."""
        return format_html(
            '{} – <a href="{}">{}</a>',
            len(release.difference),
            reverse("events:changes", args=[release.edition.slug]),
            _("Public page of changes"),
        )
