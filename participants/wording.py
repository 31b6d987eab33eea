"""How names of delegations and times of sessions are said on pages and papers."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from events.models import Edition, Session
from participants.models import Delegation


def printed(delegation: Delegation) -> str:
    """The name as printed at its edition, with its footnote mark unless the name already ends with it."""
    mark = delegation.footnote_mark
    return delegation.name if delegation.name.endswith(mark) else delegation.name + mark


def footnotes(edition: Edition, delegations: Iterable[Delegation]) -> list[str]:
    """The footnotes of the edition whose mark one of these delegations carries, in the edition's order."""
    return notes_with(edition, {one.footnote_mark for one in delegations})


def notes_with(edition: Edition, marks: set[str]) -> list[str]:
    """The footnotes of the edition that begin with one of these marks, in the edition's order."""
    wanted = tuple(marks - {""})
    notes = [note.strip() for note in str(edition.footnotes).splitlines()]
    return [note for note in notes if wanted and note.startswith(wanted)]


def when(session: Session, edition: Edition) -> str:
    """Day and times at the place, as far as they are known: "Wednesday, 10 October 2018, 13:00 to 18:00"."""
    if session.day is None:
        return _("The day is announced later")
    day = f"{date_format(session.day, 'l')}, {date_format(session.day)}"
    times = [f"{moment.astimezone(edition.zone):%H:%M}" for moment in (session.start, session.end) if moment]
    return ", ".join(part for part in (day, f" {pgettext('between two times', 'to')} ".join(times)) if part)
