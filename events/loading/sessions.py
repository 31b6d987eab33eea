"""The agenda of an edition file written into an edition, field by field.

Session.loaded holds what the last load wrote. A field that still holds it may be written anew; one that holds
something else was edited by staff and is kept.
"""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from i18nfield.strings import LazyI18nString

from events.edition_files import EditionFile, EditionFileError, Remark
from events.edition_files.parsed import Item, Person
from events.loading.compare import Key, Values, current, english, match, plain, with_english
from events.models import Appearance, Document, Edition, FieldVisit, Room, Session, Speaker, Talk, Topic
from events.signals import visit_changed
from events.slots import holder
from events.writing import appear

FIELDS = {
    "title": gettext_lazy("title"),
    "kind": gettext_lazy("kind"),
    "letter": gettext_lazy("letter"),
    "abstract": gettext_lazy("abstract"),
    "times": gettext_lazy("time"),
    "order": gettext_lazy("order"),
    "room": gettext_lazy("room"),
    "topics": gettext_lazy("topics"),
    "note": gettext_lazy("note"),
    "people": gettext_lazy("speakers"),
    "talks": gettext_lazy("contributions"),
}


@dataclass
class Place:
    """A session that waits for its room."""

    session: Session
    item: Item
    room: str
    before: str


class Sessions:
    """One load of the items of a file into an edition whose row is locked."""

    def __init__(self, edition: Edition, remarks: list[Remark], by: str) -> None:
        self.edition = edition
        self.by = by
        self.remarks = remarks
        self.made = self.changed = self.unchanged = 0
        self.touched: set[int] = set()
        self.rooms = {room.name: room for room in edition.rooms.all()}
        self.topics = {english(topic.name): topic for topic in edition.topics.all()}
        self.speakers: dict[tuple[str, str], Speaker] = {}
        self.waiting: list[Place] = []
        self.told: dict[str, Values] = {}
        self.released: dict[str, Values] = {}

    def take(self, file: EditionFile, told: EditionFile, released: dict[str, Values]) -> None:
        """Write every item; then give the rooms, first come first served.

        `told` is what the file would say by now; `released` what the release says of which it was written.
        """
        self.told = {item.uid: self._values(item) for item in told.items}
        self.released = released
        self._take_rooms(file)
        for name in file.topics if file.slug else []:
            self._topic(name)
        self._find_speakers(file)
        related = ("topics", "appearances__speaker", "talks__appearances__speaker")
        standing = list(self.edition.sessions.select_related("room").prefetch_related(*related))
        pairs = match(file.items, standing, self.edition)
        for item, key, session in pairs:
            self._take(item, key, session)
        for place in self.waiting:
            self._give_room(place)
        taken = {session.pk for _item, _key, session in pairs if session}
        self.changed, self.unchanged = len(self.touched), len(taken - self.touched)
        for visit in FieldVisit.objects.filter(session__in=self.touched).order_by("pk"):
            visit_changed.send(FieldVisit, visit=visit, by=self.by)
        for session in standing:
            is_held = (
                not file.slug or file.form == "xlsx" or (session.start and session.status == Session.Status.SCHEDULED)
            )
            if session.loaded is not None and session.pk not in taken and is_held:
                sentence = _("“%(title)s” is no longer in the file; it was kept. Delete or cancel it by hand.")
                self.remarks.append(Remark("", sentence % {"title": english(session.title)}))

    def counts(self) -> tuple[int, int, int]:
        """How many talks, speakers and rooms the edition now has."""
        appearances = Appearance.objects.filter(session__edition=self.edition)
        talks = Talk.objects.filter(session__edition=self.edition).count()
        return talks, appearances.values("speaker").distinct().count(), len(self.rooms)

    # -- What sessions refer to --------------------------------------------------------------------------------------

    def _take_rooms(self, file: EditionFile) -> None:
        for order, wanted in enumerate(file.rooms):
            room = self.rooms.get(wanted.name)
            if room is None:
                self.rooms[wanted.name] = Room.objects.create(
                    edition=self.edition, name=wanted.name, capacity=wanted.capacity, order=min(order, 30_000)
                )
            elif room.capacity is None and wanted.capacity is not None:
                room.capacity = wanted.capacity
                room.save(update_fields=["capacity"])

    def _topic(self, name: str) -> Topic:
        if name not in self.topics:
            title = LazyI18nString({"en": name})
            self.topics[name] = Topic.objects.create(edition=self.edition, name=title, order=len(self.topics))
        return self.topics[name]

    def _find_speakers(self, file: EditionFile) -> None:
        """Those already there under the same name; of several, who spoke at this edition, else the oldest."""
        people = [p for item in file.items for p in (*item.people, *(p for talk in item.talks for p in talk.people))]
        here = set(Appearance.objects.filter(session__edition=self.edition).values_list("speaker_id", flat=True))
        found = Speaker.objects.filter(name__in={p.name for p in people}).order_by("-id")
        for speaker in sorted(found, key=lambda s: s.pk in here):
            self.speakers[speaker.name, speaker.kind] = speaker

    def _speaker(self, person: Person) -> Speaker:
        if (person.name, person.kind) not in self.speakers:
            biography = LazyI18nString({"en": person.biography}) if person.biography else ""
            speaker = Speaker.objects.create(name=person.name, kind=person.kind, biography=biography)
            self.speakers[person.name, person.kind] = speaker
        return self.speakers[person.name, person.kind]

    # -- One item ----------------------------------------------------------------------------------------------------

    def _take(self, item: Item, key: Key, session: Session | None) -> None:
        is_new = session is None
        session = session or self._new(item)
        now = {} if is_new else current(session)
        new = self._values(item)
        if not is_new and self.told.get(str(session.uid)) == new:
            return
        write, loaded = self._compare(item, session, now, new)
        is_ours = item.uid == str(session.uid)  # other files still know it by the key that it had
        loaded["key"] = session.loaded["key"] if is_ours and session.loaded else list(key)
        room = new["room"] if "room" in write else now["room"]
        room_before = now.get("room", "")
        if room != room_before or (room and write & {"times", "kind"}):
            # Rooms are given when every session stands at its time: two may have changed places.
            session.room = None
            self.waiting += [Place(session, item, room, room_before)] if room else []
        if "room" in write:
            loaded["room"] = "" if room != room_before else room
        written = write - {"room"} | ({"room"} if room_before and not room else set())
        if is_new:
            self.made += 1
        if item.id and item.id != str(session.uid):
            loaded["id"] = session.external_id = item.id
        if written or session.loaded != loaded or (session.room is None and room_before):
            self._write(item, session, write, loaded)
        if written and not is_new:
            self.touched.add(session.pk)

    def _new(self, item: Item) -> Session:
        """A session that is to be made, under the identifier that it has elsewhere if that is free here."""
        session = Session(edition=self.edition, external_id=item.id)
        if item.uid and not Session.objects.filter(uid=item.uid).exists():
            session.uid, session.external_id = uuid.UUID(item.uid), ""
        return session

    def _compare(self, item: Item, session: Session, now: Values, new: Values) -> tuple[set[str], Values]:
        """Which fields to write, and what the load then remembers."""
        before = (session.loaded or {}) | self.released.get(str(session.uid), {})
        same = self.told.get(str(session.uid), {}) if now else {}
        write: set[str] = set()
        loaded: Values = {}
        for name, said in FIELDS.items():
            if new[name] is None or (same and new[name] == same[name]):
                loaded |= {name: before[name]} if name in before else {}
                continue
            loaded[name] = new[name]
            if not now:
                write.add(name)
            elif now[name] == new[name]:
                continue
            elif (name in before and now[name] == before[name]) or (not before and now[name] in ("", [], [None] * 3)):
                write.add(name)
            else:
                loaded[name] = before.get(name, new[name])
                sentence = _("%(field)s of “%(title)s”: edited here since, kept.")
                self.remarks.append(Remark(item.place, sentence % {"field": said, "title": english(session.title)}))
        return write, loaded

    def _values(self, item: Item) -> Values:
        moments = [self._moment(item, moment) for moment in (item.start, item.end)]
        return {
            "title": item.title,
            "kind": item.kind,
            "letter": item.letter,
            "abstract": item.abstract,
            "times": [item.day.isoformat() if item.day else None, *(m and m.isoformat() for m in moments)],
            "order": item.order,
            "room": item.room,
            "topics": sorted(item.topics),
            "note": item.note,
            "people": [plain(person) for person in item.people],
            "talks": [[talk.title, talk.abstract, [plain(p) for p in talk.people]] for talk in item.talks],
        }

    def _moment(self, item: Item, moment: dt.datetime | None) -> dt.datetime | None:
        """In UTC; a wall time is one at the place of the edition, and must exist there."""
        if moment is None:
            return None
        if moment.tzinfo is not None:
            return moment.astimezone(dt.UTC)
        utc = moment.replace(tzinfo=self.edition.zone).astimezone(dt.UTC)
        if utc.astimezone(self.edition.zone).replace(tzinfo=None) != moment:
            sentence = _("%(time)s does not exist on that day: the clocks are put forward.")
            raise EditionFileError(sentence % {"time": moment.strftime("%H:%M")}, item.place)
        return utc

    # -- Writing -----------------------------------------------------------------------------------------------------

    def _write(self, item: Item, session: Session, write: set[str], loaded: Values) -> None:
        if "title" in write:
            session.title = with_english(session.title, item.title)
        if "abstract" in write:
            session.abstract = with_english(session.abstract, item.abstract)
        if "kind" in write:
            session.kind = item.kind
        if "letter" in write:
            session.letter = item.letter or ""
        if "order" in write:
            session.order = item.order or 0
        if "note" in write:
            session.source_note = item.note or ""
        if "times" in write:
            session.day, session.start, session.end = (
                item.day,
                self._moment(item, item.start),
                self._moment(item, item.end),
            )
        session.loaded = loaded
        session.save()
        if "topics" in write:
            session.topics.set([self._topic(name) for name in item.topics])
        if "people" in write:
            Appearance.objects.filter(session=session, talk=None).delete()
            self._appear(session, None, item.people)
        if "talks" in write:
            self._write_talks(session, item)

    def _write_talks(self, session: Session, item: Item) -> None:
        """Talks of the same title stay the same rows: papers hang on them."""
        old: dict[str, list[Talk]] = {}
        for talk in Talk.objects.filter(session=session):
            old.setdefault(english(talk.title), []).append(talk)
        for order, wanted in enumerate(item.talks):
            talk = old[wanted.title].pop(0) if old.get(wanted.title) else Talk(session=session)
            talk.title = with_english(talk.title, wanted.title)
            talk.abstract = with_english(talk.abstract, wanted.abstract)
            talk.order = order
            talk.save()
            talk.appearances.all().delete()
            self._appear(session, talk, wanted.people)
        for talk in (talk for left in old.values() for talk in left):
            if Document.objects.filter(talk=talk).exists():
                sentence = _("The contribution “%(title)s” is no longer in the file, but has papers; it was kept.")
                self.remarks.append(Remark(item.place, sentence % {"title": english(talk.title)}))
            else:
                talk.delete()

    def _appear(self, session: Session, talk: Talk | None, people: tuple[Person, ...]) -> None:
        for order, person in enumerate(people):
            appear(session, talk, self._speaker(person), person, order)

    def _give_room(self, place: Place) -> None:
        """Two sessions never hold one room at the same time: the second stays without."""
        session, room = place.session, self.rooms[place.room]
        session.room = room
        if (other := holder(session)) is not None:
            session.room = None
            sentence = _("%(room)s is held by “%(other)s” at that time; loaded without a room.")
            values = {"room": room.name, "other": english(other.title)}
            self.remarks.append(Remark(f"{place.item.place}.room", sentence % values))
        else:
            if place.room == place.item.room:
                session.loaded = (session.loaded or {}) | {"room": room.name}
            session.save(update_fields=["room", "loaded", "changed_at"])
        if place.before and place.before != (session.room.name if session.room else ""):
            self.touched.add(session.pk)
