"""What the invented people of the demonstration chose for their own agendas."""

from events.models import Edition
from events.scheduling import released_agenda
from participants import my_agenda
from participants.my_agenda import is_group

EVERY = 3  # one in three has chosen nothing yet


def put_choices(edition: Edition) -> None:
    """Most of the confirmed have chosen a working group, by turns, and starred the first panel."""
    agenda = released_agenda(edition.slug)
    if agenda is None:
        return
    groups = [item.id for item in agenda.items if is_group(item)]
    panel = next(item.id for item in agenda.items if item.kind == "panel")
    for number, person in enumerate(edition.participants.confirmed().order_by("pk")):
        if number % EVERY:
            chosen = [panel, groups[number % len(groups)]]
            my_agenda.keep(participant=person, sessions=chosen, by="participant")
