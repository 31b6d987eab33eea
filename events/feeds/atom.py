"""What changed from release to release, as Atom (RFC 4287)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from events.agenda import Agenda, said
from events.change_words import change_in_words
from events.feeds.words import NOT_XML, edition_url
from events.models import AgendaRelease
from events.text import clean_line

RELEASES = uuid.UUID("3f0b6c0e-6d0c-4c55-9b0e-8f5f0a1d7a42")  # the name space of releases


def to_atom(agenda: Agenda, releases: Iterable[AgendaRelease], *, site: str, language: str) -> bytes:
    """The releases of this agenda as an Atom feed, each with its difference in words. `agenda` is the latest."""
    page = f"{edition_url(site, agenda, language)}agenda/"
    with translation.override(language):
        name = clean_line(said(agenda.label, language) or said(agenda.title, language))
        feed = Atom1Feed(
            title=_("%(edition)s: what changed") % {"edition": name},
            link=f"{page}changes/",
            feed_url=f"{page}changes.atom",
            description="",
            language=language,
            author_name=name,
        )
        for release in releases:
            feed.add_item(
                title=_("Release %(number)s") % {"number": release.number},
                link=f"{page}?release={release.number}",
                description=NOT_XML.sub("", _told(release, agenda)),
                unique_id=_lasting(release),
                pubdate=release.released_at,
                updateddate=release.released_at,
            )
    return str(feed.writeString("utf-8")).encode()


def _told(release: AgendaRelease, agenda: Agenda) -> str:
    """How fixed it is, the note, and the difference as a list."""
    status = str(AgendaRelease.Status(release.status).label)
    head = format_html("<p>{}</p>", f"{status[:1].upper()}{status[1:]}. {release.note}".strip())
    words = [change_in_words(change, agenda) for change in release.difference]
    if words:
        return head + format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((word,) for word in words)))
    first, same = _("The first release."), _("Nothing changed in the sessions.")
    return head + format_html("<p>{}</p>", first if release.number == 1 else same)


def _lasting(release: AgendaRelease) -> str:
    """An identifier that outlives a move of the site and a new address of the edition: a release never changes."""
    facts = f"{release.edition_id} {release.number} {release.released_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    return uuid.uuid5(RELEASES, facts).urn
