"""What tests of changes ask for, and what was mailed since."""

from typing import Any

from participants import changing
from participants.models import Link, Message, Participant

ENDED = ["declined", "withdrawn"]
LIVE = ["pending", "confirmed", "waitlisted"]


def now(person: Participant) -> Participant:
    """As the database holds it."""
    return Participant.objects.get(pk=person.pk)


def kinds() -> list[tuple[str, str]]:
    """What was mailed since the test forgot, to whom."""
    return [(message.kind, message.to) for message in Message.objects.order_by("pk")]


def forget_mails() -> None:
    """What follows is counted from here."""
    Message.objects.all().delete()


def request_change(person: Participant, **answers: Any) -> Any:
    """Ask for new answers."""
    return changing.request_change(participant=person, answers=answers, version=now(person).version, by="participant")


def ask(person: Participant, email: str = "new@example.org") -> Any:
    """Ask for a new address; the link as the database holds it."""
    return changing.ask_new_address(participant=person, email=email, by="participant")


def confirm(link: Link) -> Participant:
    """Confirm the address of a link."""
    return changing.confirm_new_address(link=link, by="participant")
