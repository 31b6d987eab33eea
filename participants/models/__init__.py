"""Everything about who comes: one idea per module."""

from participants.models.attendance import Attendance
from participants.models.bulk_message import BulkMessage
from participants.models.change_request import ChangeRequest
from participants.models.delegation import Delegation
from participants.models.link import Link
from participants.models.message import Message
from participants.models.nomination import Nomination, NominationLetter
from participants.models.participant import Participant
from participants.models.scan import Scan
from participants.models.starred_session import StarredSession
from participants.models.user import StaffRole, User
from participants.models.vehicle import Vehicle
from participants.models.visit_booking import VisitBooking
from participants.models.visit_record import RecordLook, VisitRecord

__all__ = [
    "Attendance",
    "BulkMessage",
    "ChangeRequest",
    "Delegation",
    "Link",
    "Message",
    "Nomination",
    "NominationLetter",
    "Participant",
    "RecordLook",
    "Scan",
    "StaffRole",
    "StarredSession",
    "User",
    "Vehicle",
    "VisitBooking",
    "VisitRecord",
]
