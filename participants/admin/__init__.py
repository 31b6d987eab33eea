"""The back office of those who come."""

from participants.admin import attendance, delegations, messages, nominations, people, staff, visits

__all__ = ["attendance", "delegations", "messages", "nominations", "people", "staff", "visits"]
