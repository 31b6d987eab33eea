"""The mail about a change of the agenda."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from events.agenda import Agenda
from events.change_words import change_in_words
from events.differences import Change
from participants import links
from participants.mail.letters import Letter, subject_line, written_to_participant
from participants.models import Message, Participant

MOST_TOLD = 40  # sentences in one mail; the page has them all


@dataclass(frozen=True)
class News:
    """What one participant has to know: what of the agenda has changed for them since that release."""

    participant: Participant
    changes: list[Change]
    since: int
    agenda: Agenda


def agenda_changed(news: list[News]) -> list[Message]:
    """What has changed, for each reader their own part of it; two queries, however many they are."""
    addresses = links.agenda_links([one.participant for one in news])
    written = []
    for one in news:
        with override(one.participant.language):
            letter = _letter(one, addresses[one.participant.pk])
            message = written_to_participant(one.participant, "agenda changed", letter)
        message.since_release = one.since
        written.append(message)
    return Message.objects.bulk_create(written)


def _letter(news: News, link: str) -> Letter:
    edition = news.participant.edition
    points = [change_in_words(change, news.agenda) for change in news.changes[:MOST_TOLD]]
    if left := len(news.changes) - len(points):
        words = ngettext("%(number)s more change: see your agenda.", "%(number)s more changes: see your agenda.", left)
        points.append(words % {"number": left})
    told = [_("The agenda has changed. This is what concerns you.")]
    if edition.timezone and edition.city:
        told.append(_("All times are %(place)s time.") % {"place": edition.city})
    return Letter(
        subject_line(edition, _("the agenda has changed")),
        told,
        points=points,
        link=link,
        link_words=_("My agenda"),
        facts=[(_("All changes"), settings.SITE_URL + reverse("events:changes", args=[edition.slug]))],
    )
