"""Programmes of any size, made by the models and released by the verb."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone as clock

from events.models import Appearance, Edition, Room, Session, Speaker, Talk, Topic
from events.scheduling import release_agenda
from tests import make

DAYS, FIRST_HOUR, LAST_HOUR = 3, 8, 20
TITLES = [
    {"en": "Surveillance of ammunition stockpiles", "sq": "Mbikëqyrja e rezervave të municionit"},
    {"en": "Security of depots", "mk": "Безбедност на складиштата", "bg": "Сигурност на складовете"},
    {"en": "Disposal of surplus ammunition", "bs": "Zbrinjavanje viška municije", "ro": "Eliminarea surplusului"},
    {"en": "Training of inspectors", "sl": "Usposabljanje inšpektorjev", "bs": "Obuka inspektora"},
]
ABSTRACT = (
    "The working group compares how participating States keep records of each lot, how often samples are drawn, and "
    "what is done when a propellant comes near the end of its life. It ends with a list of what can be shared."
)
TOPICS = ["Safety", "Security", "Disposal", "Training", "Law"]


def made(size: int) -> str:
    """The slug of a released edition of that many sessions: three days, halls side by side, two speakers each."""
    first = clock.localdate() + dt.timedelta(days=30)
    edition = make.edition(slug=f"bench-{size}", first_day=first, last_day=first + dt.timedelta(days=DAYS - 1))
    slots = (LAST_HOUR - FIRST_HOUR) * 2
    halls = -(-size // (DAYS * slots)) + 1
    rooms = [Room.objects.create(edition=edition, name=f"Hall {number + 1}", capacity=200) for number in range(halls)]
    topics = [Topic.objects.create(edition=edition, name=name) for name in TOPICS]
    sessions = Session.objects.bulk_create(_session(edition, rooms, number) for number in range(size))
    _add_people(edition, sessions, halls)
    Session.topics.through.objects.bulk_create(
        Session.topics.through(session=session, topic=topics[number % len(topics)])
        for number, session in enumerate(sessions)
    )
    release_agenda(edition=edition, by="bench")
    return edition.slug


def _session(edition: Edition, rooms: list[Room], number: int) -> Session:
    step, hall = divmod(number, len(rooms))
    day, slot = step % DAYS, step // DAYS
    start = make.local(edition, FIRST_HOUR + slot // 2, 30 * (slot % 2), day=day)
    title = {language: f"{text} {number + 1}" for language, text in TITLES[number % len(TITLES)].items()}
    return Session(
        edition=edition,
        title=title,
        abstract={"en": ABSTRACT},
        kind=Session.Kind.WORKING_GROUP if len(rooms) > 1 else Session.Kind.SESSION,
        day=edition.days[day],
        start=start,
        end=start + dt.timedelta(minutes=30),
        room=rooms[hall],
    )


def _add_people(edition: Edition, sessions: list[Session], halls: int) -> None:
    """Nobody speaks in two halls at once: whoever speaks at one time has neighbouring numbers."""
    people = Speaker.objects.bulk_create(
        Speaker(name=f"Dragana Primjerović-Ștefănescu {number + 1}") for number in range(2 * halls)
    )
    talks = Talk.objects.bulk_create(Talk(session=session, title={"en": "Lessons learnt"}) for session in sessions[::3])
    talk_of = {talk.session_id: talk for talk in talks}
    Appearance.objects.bulk_create(
        Appearance(
            session=session,
            talk=talk_of.get(session.pk) if role == "speaker" else None,
            speaker=people[(2 * number + side) % len(people)],
            function="Head of the ammunition technical office",
            organisation="Ministry of Defence",
            role=role,
        )
        for number, session in enumerate(sessions)
        for side, role in enumerate(("speaker", "chair"))
    )
