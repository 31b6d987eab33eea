"""An agenda loaded from a table, in two presses: what was understood is shown first, and nothing is written by it."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.change_words import change_in_words
from events.differences import difference
from events.edition_files import EditionFile, EditionFileError, Remark, WrongRows, read_bytes
from events.edition_files.tables import LIMIT
from events.loading import Report, load
from events.models import Edition
from events.scheduling import build_agenda

MOST_TOLD = 20  # remarks after the second press; all of them were shown before it


class TableForm(forms.Form):
    """The file."""

    table = forms.FileField(label=gettext_lazy("Table (.xlsx)"))

    def clean_table(self) -> bytes:
        """What stands in it."""
        sent = self.cleaned_data["table"]
        if sent.size > LIMIT:
            raise forms.ValidationError(_("Choose a file of at most 2 MB."))
        return bytes(sent.read())


@dataclass
class Understood:
    """What loading the file would do."""

    content: bytes
    file: EditionFile
    report: Report
    changes: list[str]

    @property
    def packed(self) -> str:
        """The file, for the second press."""
        return base64.b64encode(self.content).decode()


@dataclass
class Refused:
    """Why nothing of the file can be loaded."""

    rows: list[Remark] = field(default_factory=list)
    more: int = 0


class TablePage:
    """For the admin of editions: the page on which an agenda is loaded from a table."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[Any]:
        """With the page of the table."""
        page = self.admin_site.admin_view(self.load_table)
        return [path("<int:pk>/load/", page, name="events_edition_load"), *super().get_urls()]  # type: ignore[misc]

    def load_table(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the file; show what was understood; load it."""
        edition = Edition.objects.filter(pk=pk).first()
        if edition is None or not request.user.has_perm("events.change_edition", edition):
            raise Http404
        if edition.status == Edition.Status.ARCHIVED:
            messages.error(request, _("This edition is archived. Its agenda is not changed any more."))
            return redirect("admin:events_edition_change", edition.pk)
        by = request.user.get_username()
        sent = request.method == "POST" and "packed" not in request.POST
        form = TableForm(request.POST, request.FILES) if sent else TableForm()
        outcome: Understood | Refused | None = None
        if sent and form.is_valid():
            outcome = _understood(edition, form.cleaned_data["table"], by)
        elif "packed" in request.POST:
            outcome = _understood(edition, _unpacked(request.POST["packed"]), by)
            if isinstance(outcome, Understood):
                return self._load(request, edition, outcome, by)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Load the agenda of %(edition)s from a table") % {"edition": edition},
            "edition": edition,
            "opts": self.opts,
            "form": form,
            "understood": outcome if isinstance(outcome, Understood) else None,
            "refused": outcome if isinstance(outcome, Refused) else None,
            "last": edition.releases.defer("document").first(),
        }
        wrong = form.errors or isinstance(outcome, Refused)
        with clock.override(edition.zone):  # templates show moments in the zone in force
            return render(request, "admin/events/edition/load.html", context, status=422 if wrong else 200)

    def _load(self, request: HttpRequest, edition: Edition, understood: Understood, by: str) -> HttpResponse:
        """The second press. Meanwhile somebody may have written: what they wrote is kept like any edit."""
        try:
            report = load(understood.file, by=by, slug=edition.slug)
        except EditionFileError as error:
            messages.error(request, str(error))
            return redirect("admin:events_edition_load", edition.pk)
        numbers = {"made": report.made, "changed": report.changed, "unchanged": report.unchanged}
        told = _("Sessions: %(made)d new, %(changed)d changed, %(unchanged)d unchanged.") % numbers
        messages.success(request, told)
        for remark in report.remarks[:MOST_TOLD]:
            messages.warning(request, str(remark))
        if more := len(report.remarks[MOST_TOLD:]):
            messages.warning(request, ngettext("%(n)d more remark.", "%(n)d more remarks.", more) % {"n": more})
        return redirect("admin:events_edition_release", edition.pk)


def _unpacked(packed: str) -> bytes:
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _understood(edition: Edition, content: bytes, by: str) -> Understood | Refused:
    """Read the file and load it for a look: the transaction is always taken back."""
    try:
        file = read_bytes(content)
        with transaction.atomic():
            before = build_agenda(edition)
            report = load(file, by=by, slug=edition.slug)
            after = build_agenda(edition)
            transaction.set_rollback(True)
    except WrongRows as error:
        return Refused(error.rows, error.count - len(error.rows))
    except EditionFileError as error:
        return Refused([Remark(error.place, error.sentence)])
    return Understood(content, file, report, [change_in_words(one, after) for one in difference(before, after)])
