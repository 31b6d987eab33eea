"""The timetable of an edition: a day by time and room, with small forms that add, place, swap and fill sessions."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from events.admin.timetable_forms import FORMS, AddForm, days_of, session_of
from events.models import Edition, FieldVisit, Room, Session, Speaker
from events.scheduling import find_clashes
from events.slots import SlotError, slot_of, told_twice
from events.timetable import TimetableError, version_of

HOUR = 60
USUAL = (8 * HOUR, 19 * HOUR)  # what a day shows at least, in minutes from midnight
MOST_SUGGESTED = 500


@dataclass(frozen=True)
class Block:
    """A session of the shown day as the grid draws it; minutes are counted from midnight of its day."""

    session: Session
    start: int | None
    end: int | None
    names: str
    version: str

    @property
    def slot(self) -> Any:
        """In the words of the list."""
        return slot_of(self.session)


def timetable(request: HttpRequest, slug: str) -> HttpResponse:
    """The page, and what its forms ask."""
    edition = Edition.objects.filter(slug=slug).first()
    if edition is None or not request.user.has_perm("events.change_session", edition):
        raise Http404
    with clock.override(edition.zone):
        if request.method == "POST":
            return _act(request, edition)
        return _page(request, edition, session_of(edition, request.GET.get("session", "")))


def address(edition: Edition, **query: Any) -> str:
    """The address of the timetable; what is None is left out."""
    path = reverse("admin:events_timetable", args=[edition.slug])
    asked = {name: str(value) for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(asked)}" if asked else path


def _act(request: HttpRequest, edition: Edition) -> HttpResponse:
    """Do what a form asks; a refused one stands there again with what was typed."""
    asked, session = request.POST.get("do", ""), session_of(edition, request.POST.get("session", ""))
    if asked not in FORMS or (session is None and asked != "add"):
        messages.error(request, _("This session is gone: somebody deleted it. Nothing was changed."))
        return redirect(address(edition, day=_shown(request, days_of(edition))))
    form = FORMS[asked](edition, session, request.POST)
    other = None
    if form.is_valid():
        try:
            session, told = form.act(request.user.get_username())
        except SlotError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            other = error.other if asked == "place" else None
        except TimetableError as error:
            form.add_error(None, str(error))
        except IntegrityError:
            form.add_error(None, _("Somebody else wrote the same at this moment. Nothing was saved. Try again."))
        else:
            return _done(request, edition, asked, session, told)
    fresh = session_of(edition, request.POST.get("session", ""))
    return _page(request, edition, fresh, refused=form, other=other)


def _done(request: HttpRequest, edition: Edition, asked: str, session: Session, told: str) -> HttpResponse:
    messages.success(request, told)
    if asked in {"add", "place", "swap"}:
        for sentence in [*told_twice(session), *_told_of_visit(session)]:
            messages.warning(request, sentence)
    day = session.day or _shown(request, days_of(edition))
    if asked == "add":
        return redirect(address(edition, day=day, after=session.pk) + "#add")
    return redirect(address(edition, day=day, session=session.pk) + "#chosen")


def _told_of_visit(session: Session) -> list[str]:
    """People are told when to meet: that does not move by itself."""
    visit = FieldVisit.objects.filter(session=session, meets_at__isnull=False).first()
    if visit is None or visit.meets_at is None:
        return []
    local = visit.meets_at.astimezone(session.edition.zone)
    words = {"day": date_format(local.date()), "time": f"{local:%H:%M}"}
    return [_("The visit still meets on %(day)s at %(time)s. Change that in the session.") % words]


def _page(
    request: HttpRequest, edition: Edition, chosen: Session | None, refused: Any = None, other: Session | None = None
) -> HttpResponse:
    days = days_of(edition)
    day = _shown(request, days)
    blocks = [_block(session, edition) for session in _sessions(edition).filter(day=day, start__isnull=False)]
    tray = [_block(session, edition) for session in _sessions(edition).filter(start=None)]
    rooms: list[Room | None] = [None, *edition.rooms.all()]
    keys = {block.session.pk for block in [*blocks, *tray]}
    context = {
        **admin.site.each_context(request),
        "is_nav_sidebar_enabled": False,  # the rooms need its width
        "title": _("Timetable of %(edition)s") % {"edition": edition},
        "edition": edition,
        "opts": Session._meta,
        "is_open": edition.status != Edition.Status.ARCHIVED,
        "days": days,
        "day": day,
        "span": _span(blocks),
        "blocks": blocks,
        "columns": [(room, [one for one in blocks if one.session.room == room]) for room in rooms],
        "tray": tray,
        "findings": [found for found in find_clashes(edition) if found.session in keys],
        "refused": refused,
        **_beside(request, edition, day, chosen, refused, other),
    }
    return render(request, "admin/events/timetable/page.html", context, status=422 if refused else 200)


def _beside(
    request: HttpRequest,
    edition: Edition,
    day: dt.date | None,
    chosen: Session | None,
    refused: Any,
    other: Session | None,
) -> dict[str, Any]:
    """The forms beside the grid: one that adds, and those about the chosen session."""
    last = session_of(edition, request.GET.get("after", ""))
    initial: dict[str, Any] = {"day": day}
    if last is not None:
        slot = slot_of(last)
        initial |= {"start": slot.end, "room": slot.room}
    forms = {"add": AddForm(edition, None, initial=initial)}
    if chosen is not None:
        forms |= {name: FORMS[name](edition, chosen) for name in ("place", "talk", "speaker")}
        forms["swap"] = FORMS["swap"](edition, chosen, other=other)
    if refused is not None:
        forms |= {name: refused for name, form in FORMS.items() if type(refused) is form}
    more: dict[str, Any] = {}
    if chosen is not None:
        names = Speaker.objects.order_by("sort_name").values_list("name", flat=True)
        more = {"version": version_of(chosen), "names": list(names[:MOST_SUGGESTED])}
        people = list(chosen.appearances.select_related("speaker"))
        talks = [None, *chosen.talks.all()]
        more["parts"] = [(talk, [one for one in people if one.talk_id == (talk and talk.pk)]) for talk in talks]
    return {"chosen": chosen, "forms": forms, "was_added": last is not None, "other": other, **more}


def _shown(request: HttpRequest, days: list[dt.date]) -> dt.date | None:
    """The day that the address asks for, or the first."""
    asked = request.GET.get("day", "")
    return next((day for day in days if day.isoformat() == asked), days[0] if days else None)


def _sessions(edition: Edition) -> Any:
    return edition.sessions.select_related("room").prefetch_related("appearances__speaker")


def _block(session: Session, edition: Edition) -> Block:
    session.edition = edition

    def minutes(moment: dt.datetime | None) -> int | None:
        if moment is None or session.day is None:
            return None
        local = moment.astimezone(edition.zone)
        return (local.date() - session.day).days * 24 * HOUR + local.hour * HOUR + local.minute

    names = ", ".join(dict.fromkeys(one.speaker.name for one in session.appearances.all()))
    return Block(session, minutes(session.start), minutes(session.end), names, version_of(session))


def _span(blocks: list[Block]) -> tuple[int, int]:
    """From which full hour to which the day is drawn."""
    moments = [moment for block in blocks for moment in (block.start, block.end) if moment is not None]
    first, last = min([USUAL[0], *moments]), max([USUAL[1], *moments])
    return first // HOUR * HOUR, -(-last // HOUR) * HOUR
