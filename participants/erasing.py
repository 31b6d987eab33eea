"""What erasing does to rows: those that only hold something private go, those that are counted stay, emptied.

Nothing is decided here: retention.py says whose data and when. Call it under the lock of the edition. Everything finds
what is left by itself, so that it can be interrupted, run again and run after a restore.
"""

from __future__ import annotations

import datetime as dt
import itertools
import secrets
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone as clock

from events.models import Document, Edition, HistoryLine
from events.models.document import FOLDER as DOCUMENT_FOLDER
from participants.lifetimes import ATTENDANCE, LETTERS, PERSON, VISIT, Lifetime, fields_of
from participants.models import (
    Attendance,
    BulkMessage,
    ChangeRequest,
    Delegation,
    Link,
    Message,
    Nomination,
    NominationLetter,
    Participant,
    RecordLook,
    Scan,
    StarredSession,
    VisitBooking,
    VisitRecord,
)
from participants.models.participant import new_code

NOBODY, NOWHERE = "–", "erased.invalid"
NAMES = ("title", "given_name", "family_name", "printed_name")
LETTER_FOLDER = "letters"
# A file is written before its row: what is younger may still get one.
ORPHAN_AFTER = dt.timedelta(days=1)


def _nowhere() -> str:
    """An address that nobody has (RFC 2606); a new one each time, since live addresses of an edition differ."""
    return f"{secrets.token_hex(8)}@{NOWHERE}"


# What stands in the columns that cannot be empty. Old badges and links open nothing then.
INSTEAD: dict[str, Callable[[], Any]] = {
    "email": _nowhere,
    "reference": lambda: f"erased-{secrets.token_hex(6)}",
    "code": new_code,
    "submission": uuid.uuid4,
    "name": lambda: NOBODY,
    "subject": lambda: NOBODY,
}


def emptied(model: type[models.Model], *lifetimes: Lifetime) -> dict[str, Any]:
    """The fields of these lifetimes with the value that says nothing."""
    return {field.name: _nothing(field) for lifetime in lifetimes for field in fields_of(model, lifetime)}


def _nothing(field: models.Field[Any, Any]) -> Any:
    if field.name in INSTEAD:
        return INSTEAD[field.name]()
    if field.null:
        return None
    return field.get_default() if field.has_default() else ""


def _deleted(rows: QuerySet[Any]) -> int:
    """Delete them without reading what they hold: a key of the encryption may be lost."""
    return rows.only("pk").delete()[1].get(rows.model._meta.label, 0)


# -- Who ----------------------------------------------------------------------------------------------------------


def attended() -> Exists:
    """Whether a participant was there on some day."""
    return Exists(Attendance.objects.standing().filter(participant=OuterRef("pk"), mark=Attendance.Mark.PRESENT))


def came() -> Q:
    """Those whose names are kept as long as the attendance: who had a place, or was there all the same."""
    return Q(status=Participant.Status.CONFIRMED) | Q(attended())


def named(edition: Edition) -> QuerySet[Participant]:
    """Those whose names are still there."""
    return edition.participants.exclude(family_name="")


def nominated(edition: Edition) -> QuerySet[Nomination]:
    """The nominations whose names are still there."""
    nominations = Nomination.objects.filter(delegation__edition=edition)
    return nominations.exclude(name=NOBODY, email__endswith=f"@{NOWHERE}")


def not_come(nominations: QuerySet[Nomination], edition: Edition) -> QuerySet[Nomination]:
    """Those of the nominations from which nobody came."""
    people = edition.participants.filter(came(), nomination__isnull=False)
    return nominations.exclude(pk__in=people.values("nomination"))


# -- People -------------------------------------------------------------------------------------------------------


def empty_people(people: QuerySet[Participant], at: dt.datetime, *, but: tuple[str, ...] = ()) -> int:
    """Empty the private columns of these participants, `but` those. Returns how many people."""
    locked = people.select_for_update(of=("self",), no_key=True).select_related("delegation").order_by("pk")
    found = list(locked)
    for person in found:
        values = emptied(Participant, VISIT, PERSON) | {"erased_at": at, "version": person.version + 1}
        kept = {name: value for name, value in values.items() if name not in but}
        for name, value in kept.items():
            setattr(person, name, value)
        person.save(update_fields=list(kept))
    return len(found)


def delete_traces(people: QuerySet[Participant]) -> dict[str, int]:
    """Delete what hangs on these participants but their marks: mails, links, stars, check-ins, requests, records."""
    return {
        "visit records": _deleted(VisitRecord.objects.filter(booking__participant__in=people)),
        "reasons of refusals": empty_refusals(VisitBooking.objects.filter(participant__in=people)),
        "requests for changes": _deleted(ChangeRequest.objects.filter(participant__in=people)),
        "links": _deleted(Link.objects.filter(participant__in=people)),
        "messages": delete_messages(Message.objects.filter(participant__in=people)),
        "check-ins": _deleted(Scan.objects.filter(participant__in=people)),
        "starred sessions": _deleted(StarredSession.objects.filter(participant__in=people)),
    }


def empty_marks(people: QuerySet[Participant]) -> int:
    """Leave of the attendance what is counted: standing marks, without who wrote them."""
    marks = Attendance.objects.filter(participant__in=people)
    corrected = _deleted(marks.exclude(void_at=None))
    return corrected + marks.exclude(recorded_by="").update(**emptied(Attendance, PERSON))


def empty_nominations(nominations: QuerySet[Nomination]) -> int:
    """Empty name and address of these nominations. Returns how many."""
    found = list(nominations.select_for_update(of=("self",), no_key=True).order_by("pk"))
    for nomination in found:
        for name, value in emptied(Nomination, PERSON).items():
            setattr(nomination, name, value)
        nomination.save()
    return len(found)


def delete_traces_of_nominations(edition: Edition) -> dict[str, int]:
    """Delete the mails and links of nominations whose names are gone."""
    gone = Nomination.objects.filter(delegation__edition=edition).exclude(pk__in=nominated(edition))
    return {
        "links": _deleted(Link.objects.filter(nomination__in=gone)),
        "messages": delete_messages(Message.objects.filter(nomination__in=gone)),
    }


def delete_left(edition: Edition) -> Counter[str]:
    """Delete what still hangs on people and nominations whose data were erased before: what could not go then."""
    left: Counter[str] = Counter(delete_traces(edition.participants.exclude(erased_at=None)))
    left.update(delete_traces_of_nominations(edition))
    return left


def delete_letters(edition: Edition, letters: QuerySet[NominationLetter], *, with_files: bool) -> int:
    """Delete the letters that name nobody any more. Returns how many.

    The file goes first: a row without its file is found again by the next run.
    """
    gone = list(letters.exclude(nominations__in=nominated(edition)))
    for letter in gone:
        if letter.scan and with_files:
            letter.scan.delete(save=False)
        letter.delete()
    return len(gone)


# -- Editions -----------------------------------------------------------------------------------------------------


def delete_messages(messages: QuerySet[Message]) -> int:
    """Delete messages, but for those that a worker sends at this moment: they go with the next run."""
    free = messages.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)
    return _deleted(Message.objects.filter(pk__in=list(free)))


def empty_refusals(bookings: QuerySet[VisitBooking]) -> int:
    """Empty the reasons for which the host refused. Returns how many."""
    return bookings.exclude(refusal_reason="").update(**emptied(VisitBooking, VISIT))


def empty_needs(edition: Edition) -> int:
    """Empty what people eat and what help they need. Returns of how many."""
    empty = emptied(Participant, VISIT)
    return edition.participants.exclude(**empty).update(**empty, version=F("version") + 1)


def delete_visit_traces(edition: Edition, end: dt.datetime) -> dict[str, int]:
    """Delete records, requests, new addresses, stars and what could not be sent until then."""
    unsent = edition.messages.exclude(state=Message.State.SENT).filter(queued_at__lt=end)
    addresses = Link.objects.filter(participant__edition=edition, purpose=Link.Purpose.ADDRESS)
    return {
        "visit records": _deleted(VisitRecord.objects.filter(booking__participant__edition=edition)),
        "reasons of refusals": empty_refusals(VisitBooking.objects.filter(participant__edition=edition)),
        "requests for changes": _deleted(ChangeRequest.objects.filter(participant__edition=edition)),
        "links": _deleted(addresses),
        "starred sessions": _deleted(StarredSession.objects.filter(participant__edition=edition)),
        "messages": delete_messages(unsent),
    }


def delete_correspondence(edition: Edition, end: dt.datetime) -> dict[str, int]:
    """Delete what may name anybody: messages to groups and contact persons, links of delegations and speakers, unknown
    badges, and presentations that nobody published.
    """
    until = edition.messages.filter(queued_at__lt=end)
    shared = until.filter(Q(bulk__isnull=False) | Q(participant=None, nomination=None))
    groups = BulkMessage.objects.filter(edition=edition, queued_at__lt=end).exclude(subject=NOBODY)
    return {
        "messages": delete_messages(shared),
        "messages to groups": groups.update(**emptied(BulkMessage, LETTERS)),
        "links": _deleted(
            Link.objects.filter(Q(delegation__edition=edition) | Q(session__edition=edition), issued_at__lt=end)
        ),
        "presentations": _delete_presentations(edition, end),
        "check-ins": _deleted(edition.scans.filter(participant=None)),
    }


def _delete_presentations(edition: Edition, end: dt.datetime) -> int:
    """Delete what speakers handed in until then for the secretariat alone, with the files."""
    kept_back = edition.documents.filter(access=Document.Access.SECRETARIAT, handed_in_at__lt=end)
    return kept_back.delete()[1].get(Document._meta.label, 0)


def delete_audit(edition: Edition) -> dict[str, int]:
    """Empty the contact persons; delete who looked at visit records, and the history of everything about people."""
    contacts = Delegation.objects.filter(edition=edition).exclude(contact_name="", contact_email="")
    people = [model._meta.model_name for model in Participant._meta.apps.get_app_config("participants").get_models()]
    return {
        "contact persons": contacts.update(**emptied(Delegation, ATTENDANCE)),
        "looks at visit records": _deleted(RecordLook.objects.filter(visit__session__edition=edition)),
        "history lines": _deleted(HistoryLine.objects.filter(edition=edition, subject__in=people)),
    }


# -- Files --------------------------------------------------------------------------------------------------------


def delete_orphans(*, with_files: bool) -> int:
    """Delete the files of letters and documents that no row names: of an upload that broke off, or of one replaced."""
    known = set(NominationLetter.objects.exclude(scan="").values_list("scan", flat=True))
    known |= set(Document.objects.exclude(file="").values_list("file", flat=True))
    files = itertools.chain(_files(LETTER_FOLDER), _files(DOCUMENT_FOLDER))
    orphans = [path for path in files if path not in known and _is_old(path)]
    for path in orphans if with_files else ():
        default_storage.delete(path)
    return len(orphans)


def _files(folder: str) -> Iterator[str]:
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _files(f"{folder}/{name}")


def _is_old(path: str) -> bool:
    return default_storage.get_modified_time(path) < clock.now() - ORPHAN_AFTER
