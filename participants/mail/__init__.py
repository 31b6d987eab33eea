"""Every mail: one function per message. Each is queued as a row in the transaction that causes it."""

from participants.mail.delegations import invitation, nominated, nomination_withdrawn, replaced, substitute
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
    "already_registered",
    "confirmed",
    "declined",
    "in_words",
    "invitation",
    "lost_link",
    "nominated",
    "nomination_withdrawn",
    "received",
    "replaced",
    "substitute",
    "visit_place",
    "waitlisted",
    "withdrawn",
]
