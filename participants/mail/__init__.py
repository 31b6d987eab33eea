"""Every mail: one function per message. Each is queued as a row in the transaction that causes it."""

from participants.mail.changes import (
    address_asked,
    address_changed,
    change_accepted,
    change_refused,
    confirm_address,
    erasure_asked,
)
from participants.mail.letters import in_words
from participants.mail.registrations import (
    already_registered,
    confirmed,
    declined,
    lost_link,
    received,
    waitlisted,
    withdrawn,
)
from participants.mail.visits import visit_place

__all__ = [
    "address_asked",
    "address_changed",
    "already_registered",
    "change_accepted",
    "change_refused",
    "confirm_address",
    "confirmed",
    "declined",
    "erasure_asked",
    "in_words",
    "lost_link",
    "received",
    "visit_place",
    "waitlisted",
    "withdrawn",
]
