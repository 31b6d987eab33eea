"""The back office of those who come."""

from participants.admin import attendance, bulk, delegations, messages, people, staff, vehicles, visits

__all__ = ["attendance", "bulk", "delegations", "messages", "people", "staff", "vehicles", "visits"]
