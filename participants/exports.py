"""Words that every list of people needs: delegations as they are printed, and the footnotes that they ask for."""

from __future__ import annotations

from collections.abc import Iterable

from events.models import Edition
from participants.models import Delegation


def printed(delegation: Delegation) -> str:
    """The name of a delegation with its footnote mark, unless the name already ends with it."""
    mark = delegation.footnote_mark
    return delegation.name if delegation.name.endswith(mark) else delegation.name + mark


def footnotes(edition: Edition, delegations: Iterable[Delegation]) -> list[str]:
    """The footnotes of the edition that the marks of these delegations ask for, each once."""
    marks = tuple({one.footnote_mark for one in delegations} - {""})
    notes = (note.strip() for note in str(edition.footnotes).splitlines())
    return [note for note in notes if marks and note.startswith(marks)]
