"""The one way in which events tells others that something happened, always inside the transaction of the change."""

from django.dispatch import Signal

# With `release`: a models.AgendaRelease that was just made.
agenda_released = Signal()
# With `visit`: a models.FieldVisit whose facts, time or status staff have just saved, and `by`: who.
visit_changed = Signal()
