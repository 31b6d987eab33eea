"""Whom a change of the agenda concerns; and the one mail that each of them gets, with all that has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone as clock

from events.agenda import Agenda, Item
from events.differences import Change, difference
from events.models import AgendaRelease, Edition, record
from events.scheduling import released_agenda
from participants import mail
from participants.mail.agenda import News
from participants.models import Message, Participant
from participants.my_agenda import Chosen

# Where and when the workshop itself is: everybody who comes has to know.
OF_THE_WORKSHOP = {"place", "days", "zone"}
NOT_SENT = (Message.State.QUEUED, Message.State.FAILED)


@dataclass(frozen=True)
class Changed:
    """A change with the item as it was and as it is; None where it was not or is not there."""

    change: Change
    before: Item | None
    after: Item | None

    @property
    def items(self) -> list[Item]:
        """The item in both forms, as far as there are two."""
        return [item for item in (self.before, self.after) if item]

    def is_of(self, chosen: Chosen) -> bool:
        """Whether it is about something that was starred, or about the visit."""
        return any(chosen.holds(item) for item in self.items)

    def is_news_on(self, day: dt.date) -> bool:
        """Whether everybody has to know: something of that day, before or after, has another start or room, or the
        workshop itself is elsewhere or at another time.
        """
        if self.change.kind in OF_THE_WORKSHOP:
            return True
        if self.before is None or self.after is None or day not in {item.day for item in self.items}:
            return False
        starts_else = (self.before.day, self.before.start) != (self.after.day, self.after.start)
        return self.change.kind == "room" or (self.change.kind == "moved" and starts_else)


def changed(before: Agenda, after: Agenda) -> list[Changed]:
    """The difference of two releases, each change with its item."""
    old, new = ({item.uid: item for item in agenda.items} for agenda in (before, after))
    found = []
    for change in difference(before, after):
        item = after.item(change.item) or before.item(change.item)
        if item:
            found.append(Changed(change, old.get(item.uid), new.get(item.uid)))
        elif change.kind in OF_THE_WORKSHOP:
            found.append(Changed(change, None, None))
    return found


@transaction.atomic
def tell(*, release: AgendaRelease, at: dt.datetime | None = None) -> list[Message]:
    """Queue one mail for each confirmed participant whom the release concerns, and return the mails.

    It concerns who starred a session that changed, or its working group, or has booked a visit that changed; and
    everybody, where something of today has another start or room, or the workshop another place, days or zone. A mail
    about an earlier release that was not sent yet, or has failed, gives way to one that tells both. Nothing is sent
    for a first release, for an edition that is not public, and after its end. Whoever calls has locked the edition.
    The number of queries does not depend on the number of people.
    """
    at = at or clock.now()
    edition = release.edition
    agenda = released_agenda(edition.slug, number=release.number)
    if agenda is None or release.number == 1 or edition.is_over(at):
        return []
    waiting = _taken_back(edition)
    news = _news(_people(edition), agenda, waiting, at)
    messages = mail.agenda_changed(news)
    if messages:
        record(release, "tell concerned", by=release.released_by, edition=edition, after=len(messages))
    return messages


def tell_again(*, participant: Participant, since: int, at: dt.datetime | None = None) -> list[Message]:
    """Queue the mail of one participant anew, to the address in force: that of the address before was dropped.

    `since` is the release that they know. Returns the mail, or nothing where nothing concerns them any more.
    """
    edition, at = participant.edition, at or clock.now()
    agenda = released_agenda(edition.slug)
    if agenda is None or edition.is_over(at) or participant.status != Participant.Status.CONFIRMED:
        return []
    return mail.agenda_changed(_news([participant], agenda, {participant.pk: since}, at))


def _news(people: Iterable[Participant], agenda: Agenda, waiting: dict[int, int], at: dt.datetime) -> list[News]:
    """What each of them has to know, since the release before this one or the one from which a mail waits."""
    today, last = at.astimezone(agenda.zone).date(), agenda.number - 1
    since = {number: _changed_since(number, agenda) for number in {last, *waiting.values()}}
    news = []
    for person in people:
        number, chosen = waiting.get(person.pk, last), Chosen.by(person)
        told = [one.change for one in since[number] if one.is_of(chosen) or one.is_news_on(today)]
        if told:
            news.append(News(person, told, number, agenda))
    return news


def _changed_since(number: int, agenda: Agenda) -> list[Changed]:
    before = released_agenda(agenda.slug, number=number, published_only=False)
    return changed(before, agenda) if before else []


def _people(edition: Edition) -> list[Participant]:
    """The confirmed, each with what they chose."""
    confirmed = edition.participants.confirmed().filter(erased_at=None).order_by("pk")
    people = list(confirmed.prefetch_related("starred", "bookings"))
    for person in people:
        person.edition = edition
    return people


def _taken_back(edition: Edition) -> dict[int, int]:
    """Delete the mails about the agenda that have not left, but for those that a worker has in hand; and return from
    which release on each reader has to be told.
    """
    unsent = edition.messages.filter(since_release__isnull=False, state__in=NOT_SENT).order_by("pk")
    locked = unsent.select_for_update(of=("self",), skip_locked=True)
    found = list(locked.only("edition", "participant", "since_release"))
    Message.objects.filter(pk__in=[message.pk for message in found]).delete()
    oldest_last = sorted(found, key=lambda message: -(message.since_release or 0))
    return {message.participant_id or 0: message.since_release or 0 for message in oldest_last}
