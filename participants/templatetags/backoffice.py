"""The first page of the back office: what waits for somebody, and the way to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import template
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from events.models import Edition, FieldVisit
from participants.access import Right, editions_for, may
from participants.models import ChangeRequest, Message, Participant, VisitBooking

register = template.Library()


@dataclass(frozen=True)
class Waiting:
    """A number, what it counts, and the list behind it for those who may see it."""

    number: int
    words: str
    link: str


# The rows of every day, in the order of the work; what is not named follows by name.
DAILY = (
    *(
        "participant",
        "changerequest",
        "delegation",
        "nomination",
        "nominationletter",
        "visitbooking",
        "attendance",
        "message",
    ),
    *("session", "speaker", "edition"),
)


@register.simple_tag
def daily_first(apps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The index of the back office: who comes before what is announced, and in each the rows of every day first."""
    places = {name: place for place, name in enumerate(DAILY)}

    def place(model: dict[str, Any]) -> int:
        return places.get(model["model"]._meta.model_name, len(DAILY))

    ordered = sorted(apps, key=lambda app: app["app_label"] != "participants")
    return [app | {"models": sorted(app["models"], key=place)} for app in ordered]


@register.inclusion_tag("admin/participants/today.html", takes_context=True)
def today(context: dict[str, Any]) -> dict[str, Any]:
    """For each edition that is not over: what waits, or for an observer the numbers. Three queries an edition."""
    user = context["request"].user
    coming = [edition for edition in editions_for(user, Right.SEE_NUMBERS) if not edition.is_over()]
    sees = [may(user, Right.SEE_PEOPLE, edition) for edition in coming]
    ours = [may(user, Right.DECIDE, edition) for edition in coming]
    return {
        "editions": [
            (edition, _waiting(edition) if sees_people else _numbers(edition), is_ours)
            for edition, sees_people, is_ours in zip(coming[:5], sees, ours, strict=False)
        ],
        "sees_records": may(user, Right.SEE_VISIT_RECORDS),
        "may_check_in_only": may(user, Right.CHECK_IN) and not any(sees),
    }


def _numbers(edition: Edition) -> list[Waiting]:
    """How many people, without a way to them."""
    people = edition.participants.aggregate(
        registered=Count("pk", filter=Q(status__in=Participant.LIVE)),
        confirmed=Count("pk", filter=Q(status="confirmed")),
    )
    return [
        Waiting(people["registered"], _("registered"), ""),
        Waiting(people["confirmed"], _("confirmed"), ""),
    ]


def _mails_waiting(oldest: dt.datetime | None) -> str:
    """With the age of the oldest: a worker that stands still is seen here."""
    return _("mails waiting, the oldest for %(time)s") % {"time": timesince(oldest)} if oldest else _("mails waiting")


def _waiting(edition: Edition) -> list[Waiting]:
    people, mails, changes = (
        reverse(f"admin:participants_{model}_changelist") for model in ("participant", "message", "changerequest")
    )
    asked = ChangeRequest.objects.filter(state="asked").values("participant")
    counted = Participant.objects.filter(edition=edition).aggregate(
        pending=Count("pk", filter=Q(status="pending")),
        confirmed=Count("pk", filter=Q(status="confirmed")),
        waitlisted=Count("pk", filter=Q(status="waitlisted")),
        unproven=Count("pk", filter=Q(status__in=Participant.LIVE, email_proven_at=None)),
        changes=Count("pk", filter=Q(pk__in=asked)),
        erasures=Count("pk", filter=Q(erasure_asked_at__isnull=False, erased_at=None)),
    )
    mailed = Message.objects.filter(edition=edition).backlog()

    held = Count("bookings", filter=Q(bookings__state=VisitBooking.State.CONFIRMED))
    visits = FieldVisit.objects.filter(session__edition=edition).annotate(held=held)

    def link(page: str, **filters: str) -> str:
        return f"{page}?{urlencode({'edition': str(edition.pk)} | filters)}"

    def page_of(visit: FieldVisit) -> str:
        return reverse("admin:participants_visit", args=[visit.pk])

    return [
        Waiting(counted["pending"], _("to decide"), link(people, status__exact="pending")),
        Waiting(counted["confirmed"], _("confirmed"), link(people, status__exact="confirmed")),
        Waiting(counted["waitlisted"], _("on the waiting list"), link(people, status__exact="waitlisted")),
        Waiting(counted["unproven"], _("addresses not proven"), link(people, proven="no")),
        Waiting(counted["changes"], _("changes to decide"), link(changes, state__exact="asked")),
        Waiting(counted["erasures"], _("asked to be erased"), link(people, erasure="asked")),
        *(Waiting(one.held, _("on the visit %(site)s") % {"site": one}, page_of(one)) for one in visits),
        Waiting(mailed["queued"], _mails_waiting(mailed["oldest"]), link(mails, state__exact="queued")),
        Waiting(mailed["failed"], _("mails failed"), link(mails, state__exact="failed")),
    ]
