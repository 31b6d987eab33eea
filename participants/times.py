"""Times as they are at the place of an edition."""

import datetime as dt

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.models import Edition, Session


def at_place(moment: dt.datetime | None, edition: Edition) -> str:
    """A moment as "28 September 2018, 18:00 (Tirana time)"; empty for none."""
    if moment is None:
        return ""
    words = date_format(moment.astimezone(edition.zone), pgettext("date format", "j F Y, H:i"))
    return _("%(moment)s (%(city)s time)") % {"moment": words, "city": edition.city or edition.timezone or "UTC"}


def days_of(edition: Edition) -> str:
    """The days of an edition as "9 to 11 October 2018"; empty where they are unknown."""
    first, last = edition.first_day, edition.last_day
    if first is None or last is None:
        return ""
    whole = pgettext("date format", "j F Y")
    if first == last:
        return date_format(first, whole)
    start = pgettext("date format", "j") if (first.year, first.month) == (last.year, last.month) else whole
    return _("%(first)s to %(last)s") % {"first": date_format(first, start), "last": date_format(last, whole)}


def span_at_place(session: Session) -> str:
    """Day and times of a session as "Wednesday 10 October 2018, 13:00 to 18:00"; what is unknown is left out."""
    if session.day is None:
        return _("The day is announced later")
    words = date_format(session.day, pgettext("date format", "l j F Y"))
    if session.start is None:
        return words
    zone, clock = session.edition.zone, pgettext("time format", "H:i")
    times = date_format(session.start.astimezone(zone), clock)
    if session.end is not None:
        times = _("%(first)s to %(last)s") % {"first": times, "last": date_format(session.end.astimezone(zone), clock)}
    return f"{words}, {times}"
