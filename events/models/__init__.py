"""Everything that is announced: one idea per module."""

from events.models.document import Document
from events.models.edition import Edition, KeyStatement, Topic
from events.models.field_visit import FieldVisit
from events.models.history import HistoryLine, record
from events.models.organisation import Organisation, Partnership
from events.models.release import AgendaRelease
from events.models.session import Session, Talk
from events.models.speaker import Appearance, Speaker
from events.models.venue import Room

__all__ = [
    "AgendaRelease",
    "Appearance",
    "Document",
    "Edition",
    "FieldVisit",
    "HistoryLine",
    "KeyStatement",
    "Organisation",
    "Partnership",
    "Room",
    "Session",
    "Speaker",
    "Talk",
    "Topic",
    "record",
]
