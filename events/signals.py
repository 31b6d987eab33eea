"""The one way in which events tells others that something happened."""

from django.dispatch import Signal

# Sent inside the transaction of the release, with `release`: a models.AgendaRelease that was just made.
agenda_released = Signal()
