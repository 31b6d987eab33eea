"""The back office of those who come."""

from participants.admin import attendance, delegations, messages, people, records, staff, visits

__all__ = ["attendance", "delegations", "messages", "people", "records", "staff", "visits"]
