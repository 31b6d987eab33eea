"""Papers: who may see which, and what a file goes through when it comes. The talks of a speaker come by a link."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from events.models import Document, Edition, Session, Speaker, record
from events.models.document import forget
from events.scheduling import released_agenda, texts
from events.uploads import Taken

PUBLIC, PARTICIPANTS, SECRETARIAT = Document.Access.PUBLIC, Document.Access.PARTICIPANTS, Document.Access.SECRETARIAT
# What lists name; who may not open what is for participants reads how to get in.
LISTED = (PUBLIC, PARTICIPANTS)


class HandInError(Exception):
    """A presentation is not taken. The text is for the speaker, translated."""


# -- Which ----------------------------------------------------------------------------------------------------------


def shown(
    edition: Edition, accesses: Iterable[str] = LISTED, *, released: Iterable[int] | None = None
) -> QuerySet[Document]:
    """The papers of an edition with these accesses, each with `of`: the session that it belongs to, or None.

    A paper of a session that no release shows is not there yet, except for the secretariat. Who has the released
    agenda gives the keys of its sessions.
    """
    accesses = list(accesses)
    papers = edition.documents.filter(access__in=accesses)
    papers = papers.annotate(of=Coalesce("session", "talk__session", "visit__session"))
    if SECRETARIAT in accesses:
        return papers
    if released is None:
        agenda = released_agenda(edition.slug)
        released = [item.id for item in agenda.items] if agenda else []
    return papers.filter(Q(of=None) | Q(of__in=list(released)))


def of_session(pk: int) -> list[Document]:
    """What the page of a released session lists: its papers, those of its talks and of its visit."""
    of = Q(session=pk) | Q(talk__session=pk) | Q(visit__session=pk)
    return list(Document.objects.filter(of, access__in=LISTED))


def version_of(papers: Iterable[Document]) -> str:
    """Another one whenever a list of these papers would say something else. It does not count downloads."""
    facts = [(p.pk, str(p.title), p.url, p.file_name, p.kind, p.size, p.language, str(p.access)) for p in papers]
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16] if facts else ""


def count_downloads(keys: Iterable[int]) -> None:
    """One more download of each of these. Nobody is remembered."""
    Document.objects.filter(pk__in=list(keys)).update(downloads=F("downloads") + 1)


# -- Files ----------------------------------------------------------------------------------------------------------


def put(document: Document, taken: Taken) -> tuple[str, ...]:
    """Set the file of a document that is about to be saved. What it had goes once that is kept; returns the columns."""
    forget(document)
    document.file_name, document.kind, document.size = taken.name, taken.kind, taken.size
    document.file.save(taken.name, taken.content, save=False)
    return "file", "file_name", "kind", "size"


# -- What speakers hand in --------------------------------------------------------------------------------------------


def hand_in_ends(session: Session) -> dt.datetime | None:
    """Until when a presentation is taken: the start of the session; without one the midnight after its day, or after
    the last day of the edition. None where no day is known.
    """
    if session.start:
        return session.start
    day = session.day or session.edition.last_day
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), session.edition.zone) if day else None


def handed_in(session: Session, speaker: Speaker) -> Document | None:
    """What this speaker has handed in for this session."""
    return Document.objects.filter(session=session, speaker=speaker, handed_in_at__isnull=False).first()


@transaction.atomic
def hand_in(
    *,
    session: Session,
    speaker: Speaker,
    taken: Taken,
    language: str,
    may_publish: bool,
    by: str,
    at: dt.datetime | None = None,
) -> Document:
    """Keep the presentation of a speaker, for the secretariat alone, in place of the one handed in before.

    Returns the document. Raises HandInError when the session is cancelled, the speaker is no longer in it, or the time
    is over. `at` is the moment, in any zone; now without it.
    """
    at = at or clock.now()
    edition = Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=session.edition_id)
    found = Session.objects.select_related("edition").filter(pk=session.pk).first()
    session = found or session
    ends = hand_in_ends(session)
    if (
        found is None
        or session.status == Session.Status.CANCELLED
        or not session.appearances.filter(speaker=speaker).exists()
    ):
        raise HandInError(_("You are not in the programme of this session any more. Write to the secretariat."))
    if ends and ends <= at:
        raise HandInError(_("The time to hand in is over. Give your file to the secretariat in the room."))
    document = handed_in(session, speaker)
    before = document.access if document else ""
    document = document or Document(edition=edition, session=session, speaker=speaker, title=_title(session, speaker))
    put(document, taken)
    document.language, document.may_publish, document.handed_in_at = language, may_publish, at
    document.access = SECRETARIAT
    document.save()
    record(document, "hand in", by=by, edition=edition, before=before, after=document.access)
    return document


def _title(session: Session, speaker: Speaker) -> LazyI18nString:
    """The name of the session and of the speaker; the secretariat writes a better one before it publishes."""
    return LazyI18nString({lang: f"{text[:200]} – {speaker.name[:90]}" for lang, text in texts(session.title).items()})
