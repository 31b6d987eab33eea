"""The coming edition of the demonstration: its facts, its programme and its two releases."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.utils.text import slugify
from i18nfield.strings import LazyI18nString

from events.documents import put
from events.models import (
    Appearance,
    Document,
    Edition,
    FieldVisit,
    Organisation,
    Partnership,
    Room,
    Session,
    Speaker,
    Talk,
    Topic,
    record,
)
from events.scheduling import release_agenda
from events.uploads import take

FOLDER = Path(__file__).parent
CONTACT = "rasr-demonstration@example.org"
MADE = "make demonstration"  # the history line by which a later run finds the edition
CITY, ZONE = "Ohrid", "Europe/Skopje"
CAPACITY = 38
Row = dict[str, Any]


def put_edition(*, at: dt.datetime, by: str) -> Edition:
    """Make the edition with its programme and release it twice, so that there is a difference to see."""
    programme = json.loads((FOLDER / "programme.json").read_text())
    edition = _put_facts(programme["edition"], at)
    record(edition, MADE, by=by, edition=edition, after=edition.status)
    _put_partners(edition)
    builder = Programme(edition, programme)
    builder.put_sessions()
    _put_visit(edition, builder.sessions["visit"])
    _put_documents(edition, builder.sessions["visit"])
    release_agenda(edition=edition, by=by, note="First programme")
    builder.revise()
    release_agenda(edition=edition, by=by, note="Later start of the panel, a room changed, a clinic cancelled")
    return edition


def _text(words: str) -> LazyI18nString:
    return LazyI18nString({"en": words})


def _texts() -> Row:
    """What stands in every language that the series publishes in."""
    return json.loads((FOLDER / "texts.json").read_text())  # type: ignore[no-any-return]


def _put_facts(texts: Row, at: dt.datetime) -> Edition:
    edition = Edition(timezone=ZONE)
    today = at.astimezone(edition.zone).date()
    first = today + dt.timedelta(days=21 + (1 - today.weekday()) % 7)

    def before(days: int) -> dt.datetime:
        """The last minute of the day so many days before the first."""
        return dt.datetime.combine(first - dt.timedelta(days=days), dt.time(23, 59), edition.zone)

    slug = f"{first.year}-{slugify(CITY)}"
    edition = Edition(
        slug=f"{slug}-demonstration" if Edition.objects.filter(slug=slug).exists() else slug,
        position=14,
        **{name: LazyI18nString(words) for name, words in texts.items()},
        city=CITY,
        country="North Macedonia",
        venue="Hotel Primer (invented)",
        address="Kej Proben 1, Ohrid",
        first_day=first,
        last_day=first + dt.timedelta(days=2),
        timezone=ZONE,
        working_languages=["English", "BCMS"],
        status=Edition.Status.PUBLISHED,
        registration_opens=at - dt.timedelta(days=30),
        registration_closes=before(6),
        capacity=CAPACITY,
        requires_review=True,
        nomination_deadline=before(12),
        details_deadline=before(4),
        travel_deadline=before(5),
        contact_email=CONTACT,
        invitation=LazyI18nString(_texts()["invitation"]),
        footnotes=_text(json.loads((FOLDER / "people.json").read_text())["footnote"]),
    )
    edition.full_clean()
    edition.save()
    return edition


def _put_partners(edition: Edition) -> None:
    partners = (
        (Partnership.Role.HOST, "Example Ministry of Defence", ""),
        (Partnership.Role.ORGANISER, "Regional Clearinghouse (example)", ""),
        (Partnership.Role.STEERING, "Regional Clearinghouse (example)", ""),
        (Partnership.Role.STEERING, "Example Agency for Support and Procurement", ""),
        (Partnership.Role.STEERING, "Sample Arms Survey", ""),
        (Partnership.Role.DONOR, "Donor Union (example)", "Example Decision 1/2026"),
    )
    for order, (role, name, basis) in enumerate(partners):
        organisation, _is_new = Organisation.objects.get_or_create(name=name)
        Partnership.objects.create(
            edition=edition, organisation=organisation, role=role, legal_basis=basis, order=order
        )


class Programme:
    """The sessions of programme.json put into an edition."""

    def __init__(self, edition: Edition, content: Row) -> None:
        self.edition, self.content = edition, content
        self.sessions: dict[str, Session] = {}
        self.speakers: dict[tuple[str, str], Speaker] = {}
        self.rooms = {
            name: Room.objects.create(edition=edition, name=name, capacity=seats, order=order)
            for order, (name, seats) in enumerate(content["rooms"])
        }
        self.topics = {
            key: Topic.objects.create(edition=edition, name=LazyI18nString(name), order=order)
            for order, (key, name) in enumerate(content["topics"].items())
        }

    def put_sessions(self) -> None:
        """Every session as it was when the programme was first released."""
        for order, row in enumerate(self.content["sessions"]):
            session = Session(edition=self.edition, order=order)
            self._write(session, row | self.content["before"].get(row["key"], {}))
            self.sessions[row["key"]] = session

    def revise(self) -> None:
        """What changed since, as it stands now."""
        rows = {row["key"]: row for row in self.content["sessions"]}
        for key in self.content["before"]:
            self._write(self.sessions[key], rows[key])

    def _write(self, session: Session, row: Row) -> None:
        session.kind, session.letter = row["kind"], row.get("letter", "")
        session.title = LazyI18nString(row["title"])
        session.abstract = LazyI18nString(row.get("abstract") or "")
        session.day = self.edition.days[row["day"] - 1]
        session.start, session.end = self._moment(session, row["start"]), self._moment(session, row["end"])
        session.room = self.rooms.get(row["room"])
        session.status = row.get("status", Session.Status.SCHEDULED)
        session.cancelled_note = LazyI18nString(row.get("cancelled_note") or "")
        session.save()
        session.topics.set([self.topics[key] for key in row.get("topics", [])])
        session.appearances.all().delete()
        self._appear(session, None, row.get("people", []))
        session.talks.all().delete()
        for order, talk in enumerate(row.get("talks", [])):
            made = Talk.objects.create(session=session, title=LazyI18nString(talk["title"]), order=order)
            self._appear(session, made, talk["people"])

    def _moment(self, session: Session, time: str | None) -> dt.datetime | None:
        if time is None or session.day is None:
            return None
        return dt.datetime.combine(session.day, dt.time.fromisoformat(time), self.edition.zone)

    def _appear(self, session: Session, talk: Talk | None, people: list[Row]) -> None:
        for order, person in enumerate(people):
            name, kind = person["name"], person.get("kind", Speaker.Kind.PERSON)
            if (name, kind) not in self.speakers:
                self.speakers[name, kind] = Speaker.objects.create(name=name, kind=kind)
            facts = {
                key: person[key] for key in ("honorific", "function", "organisation", "role", "state") if key in person
            }
            speaker = self.speakers[name, kind]
            Appearance.objects.create(session=session, talk=talk, speaker=speaker, order=order, **facts)


def _put_visit(edition: Edition, session: Session) -> None:
    def before(days: int) -> dt.datetime:
        return dt.datetime.combine(edition.days[0] - dt.timedelta(days=days), dt.time(17), edition.zone)

    FieldVisit.objects.create(
        session=session,
        site=LazyI18nString(
            {
                "en": "Demonstration depot and disposal range near Ohrid (invented)",
                "mk": "Огледен склад и полигон кај Охрид (измислени)",
            }
        ),
        host_unit="Example Logistics Battalion",
        shown=_text(
            "A renewed ammunition depot, its sensors and records, and a controlled disposal seen from a shelter."
        ),
        meeting_point=_text("In front of the hotel, on the side of the lake"),
        meets_at=dt.datetime.combine(edition.days[1], dt.time(12, 45), edition.zone),
        capacity=12,
        signup_deadline=before(8),
        host_list_deadline=before(6),
        rules=LazyI18nString(_texts()["rules"]),
        what_to_wear=_text("Closed flat shoes and long trousers. The host lends helmets and vests."),
        asks_identity=True,
        asks_sizes=True,
        asks_emergency_contact=True,
        needs_host_approval=True,
    )


def _put_documents(edition: Edition, visit: Session) -> None:
    Document.objects.create(edition=edition, title=_text("Concept note"), url="https://example.org/concept-note")
    Document.objects.create(
        edition=edition,
        session=visit,
        title=_text("Map of the way to the depot"),
        url="https://example.org/map",
        access=Document.Access.PARTICIPANTS,
    )
    rules = Document(edition=edition, session=visit, title=_text("Rules of the visit, to print"))
    put(rules, take(ContentFile(_texts()["rules"]["en"].encode(), "Rules of the visit.txt")))
    rules.save()
