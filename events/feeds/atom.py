"""What changed from release to release, as Atom (RFC 4287)."""

from __future__ import annotations

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
            words = [change_in_words(change, agenda) for change in release.difference]
            note = format_html("<p>{}</p>", release.note) if release.note else ""
            listed = format_html_join("", "<li>{}</li>", ((word,) for word in words))
            told = format_html("{}<ul>{}</ul>", note, listed) if words else note
            feed.add_item(
                title=_("Release %(number)s") % {"number": release.number},
                link=f"{page}?release={release.number}",
                description=NOT_XML.sub("", told),
                unique_id=f"{edition_url(site, agenda, 'en')}agenda/?release={release.number}",
                pubdate=release.released_at,
                updateddate=release.released_at,
            )
    return str(feed.writeString("utf-8")).encode()
