"""What the page of a registration shows beside the answers: the nomination, visits, mails and history, to be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils import formats
from django.utils import timezone as clock
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import HistoryLine
from participants import capacity
from participants.models import ChangeRequest, Participant

SHOWN = 12  # lines of mails and of history


def _moment(moment: Any) -> str:
    return formats.date_format(clock.localtime(moment), "SHORT_DATETIME_FORMAT")


def _lines(lines: Iterable[str]) -> SafeString | str:
    return format_html_join("", "<div>{}</div>", ((line,) for line in lines)) or _("none")


class Beside:
    """Read-only fields of the participant's page."""

    @admin.display(description=gettext_lazy("waits for"))
    def waits_for(self, person: Participant) -> str:
        """Why somebody is pending, or which number somebody has who waits."""
        missing = []
        if not capacity.is_admissible(person.edition, person) and person.status in Participant.LIVE:
            missing.append(_("a nomination by %(delegation)s") % {"delegation": person.delegation})
        if person.status == Participant.Status.PENDING and (person.edition.requires_review or not missing):
            missing.append(_("the decision of the secretariat"))
        if number := capacity.number_in_line(person):
            missing.append(_("a place: number %(number)s in line") % {"number": number})
        if person.change_requests.filter(state=ChangeRequest.State.ASKED).exists():
            missing.append(_("an answer to the change that was asked for"))
        return "; ".join(missing) or _("nothing")

    @admin.display(description=gettext_lazy("nomination"))
    def nominated(self, person: Participant) -> str:
        """Who was nominated, when, by which letter."""
        nomination = person.nomination
        if nomination is None:
            return _("none")
        parts = [format_html("<bdi>{}</bdi>", nomination.name), nomination.email]
        if nomination.is_head:
            parts.append(_("head of delegation"))
        if nomination.letter:
            parts.append(_("letter %(reference)s") % {"reference": nomination.letter})
        if nomination.withdrawn_at:
            parts.append(_("withdrawn on %(when)s") % {"when": _moment(nomination.withdrawn_at)})
        page = reverse("admin:participants_nomination_change", args=[nomination.pk])
        return format_html('<a href="{}">{}</a>', page, format_html_join(", ", "{}", ((part,) for part in parts)))

    @admin.display(description=gettext_lazy("field visits"))
    def visits(self, person: Participant) -> str:
        """Each wish and how it stands."""
        bookings = person.bookings.select_related("visit__session")
        return _lines(f"{booking.visit.site}: {booking.get_state_display()}" for booking in bookings)

    @admin.display(description=gettext_lazy("mails"))
    def mails(self, person: Participant) -> str:
        """The last mails and their fate."""
        last = person.messages.defer("text", "html", "calendar")[:SHOWN]
        return _lines(f"{_moment(mail.queued_at)} {mail.kind}: {mail.get_state_display()}" for mail in last)

    @admin.display(description=gettext_lazy("history"))
    def history(self, person: Participant) -> str:
        """What happened last, and by whom."""
        lines = HistoryLine.objects.filter(subject="participant", subject_id=person.pk)[:SHOWN]
        return _lines(
            f"{_moment(line.at)} {line.verb}{f': {line.after}' if line.after else ''} ({line.actor})" for line in lines
        )
