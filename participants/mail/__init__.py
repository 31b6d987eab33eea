"""Every mail: one function per message. Each is queued as a row in the transaction that causes it."""

from participants.mail.agenda import agenda_changed
from participants.mail.changes import (
    address_asked,
    address_changed,
    change_accepted,
    change_refused,
    confirm_address,
    erasure_asked,
)
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
from participants.mail.speakers import hand_in
from participants.mail.visits import (
    visit_incomplete,
    visit_place,
    visit_refused,
    visit_rules_changed,
    visit_waitlisted,
    visit_withdrawn,
)

__all__ = [
    "address_asked",
    "address_changed",
    "agenda_changed",
    "already_registered",
    "change_accepted",
    "change_refused",
    "confirm_address",
    "confirmed",
    "declined",
    "erasure_asked",
    "hand_in",
    "in_words",
    "invitation",
    "lost_link",
    "nominated",
    "nomination_withdrawn",
    "received",
    "replaced",
    "substitute",
    "visit_incomplete",
    "visit_place",
    "visit_refused",
    "visit_rules_changed",
    "visit_waitlisted",
    "visit_withdrawn",
    "waitlisted",
    "withdrawn",
]
