"""The back office of those who come."""

from participants.admin import attendance, changes, delegations, messages, people, staff, visits

__all__ = ["attendance", "changes", "delegations", "messages", "people", "staff", "visits"]
