"""The words of an agenda as a table: what its columns are called in each language, and how a speaker is written."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from events.models import Appearance, Session
from events.text import fold

COLUMNS = {
    "day": gettext_noop("Day"),
    "start": gettext_noop("Start"),
    "end": gettext_noop("End"),
    "room": gettext_noop("Room"),
    "kind": gettext_noop("Kind"),
    "letter": gettext_noop("Group"),
    "title": gettext_noop("Title"),
    "speakers": gettext_noop("Speakers"),
    "abstract": gettext_noop("Abstract"),
    "topics": gettext_noop("Topics"),
    "status": gettext_noop("Status"),
    "id": gettext_noop("Identifier"),
}
FACTS = {
    "title": gettext_noop("Title of the edition"),
    "slug": gettext_noop("Address of the edition"),
    "city": gettext_noop("City"),
    "country": gettext_noop("State"),
    "venue": gettext_noop("Venue"),
    "first_day": gettext_noop("First day"),
    "last_day": gettext_noop("Last day"),
    "timezone": gettext_noop("Time zone"),
    "release": gettext_noop("Release"),
}
TALK = gettext_noop("Contribution")
APART = " | "  # between the parts of a speaker


def heading(column: str, language: str = "") -> str:
    """What a column is called; with the language of its texts where that is not the only one."""
    return f"{_(COLUMNS[column])} ({dict(settings.LANGUAGES)[language]})" if language else _(COLUMNS[column])


@lru_cache
def columns_by_word(language: str) -> dict[str, tuple[str, str]]:
    """Folded headings of a language: the column, and the language of its texts ("" where none is named)."""
    with translation.override(language):
        named = {fold(heading(column)): (column, "") for column in COLUMNS}
        codes = [code for code, _name in settings.LANGUAGES]
        return named | {
            fold(heading(column, code)): (column, code) for column in ("title", "abstract") for code in codes
        }


@lru_cache
def facts_by_word(language: str) -> dict[str, str]:
    """Folded names of facts of an edition in a language."""
    with translation.override(language):
        return {fold(_(word)): fact for fact, word in FACTS.items()}


@lru_cache
def kinds_by_word(language: str) -> dict[str, str]:
    """Folded kinds of sessions in a language; "talk" for a contribution."""
    with translation.override(language):
        return {fold(str(kind.label)): kind.value for kind in Session.Kind} | {fold(_(TALK)): "talk"}


@lru_cache
def roles_by_word(language: str) -> dict[str, str]:
    """Folded roles of speakers in a language."""
    with translation.override(language):
        return {fold(str(role.label)): role.value for role in Appearance.Role}


def unconfirmed() -> str:
    """What stands behind a speaker who has not agreed yet."""
    return str(Appearance.State.TO_BE_CONFIRMED.label)


def parts_of_speaker(name: str, function: str, organisation: str, role: str, state: str) -> list[str]:
    """Name, function, organisation, role and state as words; what is usual at the end is left out."""
    said = ["" if role == Appearance.Role.SPEAKER else str(Appearance.Role(role).label)]
    said.append(unconfirmed() if state == Appearance.State.TO_BE_CONFIRMED else "")
    parts = [part.replace("|", "/") for part in (name, function, organisation, *said)]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts
