"""The pages of a delegation and what tests read on them."""

import re
from typing import Any

from django.test import Client

from events.models import HistoryLine
from participants import links, nominating
from participants.models import Delegation, Link, Message, Nomination, Participant


def path_of(delegation: Delegation) -> str:
    """The path of a fresh link for the contact, as the mail holds it."""
    return "/" + links.delegation_link(delegation).split("/", 3)[3]


def open_link(browser: Client, delegation: Delegation) -> Client:
    """The browser, which has opened a link of the contact."""
    browser.get(path_of(delegation))
    return browser


def home(delegation: Delegation) -> str:
    """The path of the page of a delegation."""
    return f"/delegations/{delegation.pk}/"


def at(nomination: Nomination, what: str) -> str:
    """The path of what can be done with a nomination."""
    return f"/delegations/{nomination.delegation_id}/nominations/{nomination.pk}/{what}/"


def named(delegation: Delegation, name: str = "Ana Primerić", **more: Any) -> Nomination:
    """Somebody whom the delegation has nominated by the verb."""
    email = more.pop("email", f"{name.split()[0].lower()}@example.org")
    return nominating.nominate(delegation=delegation, name=name, email=email, by="test", **more)


def words(response: Any) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def rows() -> list[int]:
    """How many rows there are of all that a delegation's page could write."""
    return [model.objects.count() for model in (Nomination, Participant, Message, Link, HistoryLine)]
