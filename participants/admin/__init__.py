"""The back office of those who come."""

from participants.admin import attendance, bulk, changes, delegations, messages, nominations, people, staff, visits

__all__ = ["attendance", "bulk", "changes", "delegations", "messages", "nominations", "people", "staff", "visits"]
