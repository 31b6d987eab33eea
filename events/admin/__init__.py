"""The back office of what is announced."""

from events.admin import editions, sessions

__all__ = ["editions", "sessions"]
