"""The back office of those who come."""

from participants.admin import (
    attendance,
    bulk,
    changes,
    delegations,
    erasures,
    handing_in,
    messages,
    nominations,
    people,
    records,
    staff,
    vehicles,
    visits,
)

__all__ = [
    "attendance",
    "bulk",
    "changes",
    "delegations",
    "erasures",
    "handing_in",
    "messages",
    "nominations",
    "people",
    "records",
    "staff",
    "vehicles",
    "visits",
]
