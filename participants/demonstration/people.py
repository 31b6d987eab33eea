"""The delegations of the demonstration and its invented people, brought to every status by the verbs."""

import datetime as dt
import json
import uuid
from typing import Any

from events.models import Edition, FieldVisit
from events.text import fold
from participants import nominating, places, registration
from participants.demonstration.edition import FOLDER
from participants.models import Delegation, Nomination, Participant

Row = dict[str, Any]
NOMINATING = ("state", "host")
FORM_ROLES = ("delegate", "speaker", "observer", "donor")


def put_people(edition: Edition, *, at: dt.datetime, by: str) -> None:
    """Delegations with quotas, and some sixty people: they register, then the secretariat decides.

    Those who are late ask for a place when all are taken, and so come on the waiting list.
    """
    visit = FieldVisit.objects.get(session__edition=edition)
    people: list[tuple[Row, Participant]] = []
    for row in json.loads((FOLDER / "people.json").read_text())["delegations"]:
        delegation = _put_delegation(edition, row)
        nominating.invite(delegation=delegation, by=by, at=at - dt.timedelta(days=30))
        for person in row["people"]:
            moment = at - dt.timedelta(days=28) + dt.timedelta(hours=9 * len(people))
            visits = [visit] if person.get("visit") else []
            nomination = _nominate(delegation, person, moment, by) if row["kind"] in NOMINATING else None
            people.append((person, _register(delegation, person, row["language"], visits, nomination, moment)))
    for number, (person, participant) in enumerate(people):
        _decide(participant, person["outcome"], number, by)
    for person, participant in people:
        if person["outcome"] == "confirm late":
            registration.confirm(participant=participant, by=by)


def _put_delegation(edition: Edition, row: Row) -> Delegation:
    return Delegation.objects.create(
        edition=edition,
        name=row["name"],
        sort_key=row.get("sort_key", ""),
        footnote_mark=row.get("footnote_mark", ""),
        kind=row["kind"],
        quota=row["quota"],
        language=row["language"],
        contact_name="Contact of the delegation (invented)",
        contact_email=f"contact.{_mailbox(row['name'])}@example.org",
    )


def _mailbox(name: str) -> str:
    return "".join(c if c.isalnum() else "." for c in fold(name)).replace("..", ".").strip(".")


def _nominate(delegation: Delegation, person: Row, registers: dt.datetime, by: str) -> Nomination:
    return nominating.nominate(
        delegation=delegation,
        name=f"{person['given']} {person['family']}",
        email=_address(person),
        is_head=person.get("role") == "head",
        by=by,
        at=registers - dt.timedelta(days=1),
    )


def _address(person: Row) -> str:
    return f"{_mailbox(person['given'])}.{_mailbox(person['family'])}@example.org"


def _register(
    delegation: Delegation,
    person: Row,
    language: str,
    visits: list[FieldVisit],
    nomination: Nomination | None,
    at: dt.datetime,
) -> Participant:
    role = person.get("role", "delegate")
    answers = {
        "delegation": delegation,
        "given_name": person["given"],
        "family_name": person["family"],
        "gender": person["gender"],
        "service": "military" if person["rank"] else "civil",
        "rank": person["rank"],
        "rank_code": person["rank_code"],
        "function": person["function"],
        "organisation": person["organisation"],
        "role": role if role in FORM_ROLES else "delegate",
        "email": _address(person),
        "language": language,
        "dietary": person.get("dietary", ""),
        "access_needs": person.get("access_needs", ""),
        "consent_privacy": True,
        "consent_photo": person["gender"] == "f",
        "consent_list": not person["rank"],
    }
    by = "registration form"
    taken = registration.submit(
        edition=delegation.edition,
        answers=answers,
        submission=uuid.uuid4(),
        by=by,
        visits=visits,
        nomination=nomination,
        at=at,
    )
    if taken is None:
        raise ValueError(f"the address of {person['given']} {person['family']} stands twice in people.json")
    if role not in FORM_ROLES and role != taken.role:
        taken = places.reassign(participant=taken, role=role, delegation=delegation, by="demonstration")
    return taken


def _decide(participant: Participant, outcome: str, number: int, by: str) -> None:
    at = participant.registered_at + dt.timedelta(days=1)
    if number % 3:
        nominating.prove_address(participant=participant, by="link in the mail")
    if outcome in ("confirm", "confirm and withdraw"):
        registration.confirm(participant=participant, by=by, at=at)
    if outcome == "decline":
        registration.decline(participant=participant, by=by, at=at)
    if outcome in ("withdraw", "confirm and withdraw"):
        registration.withdraw(participant=participant, by="link in the mail", at=at + dt.timedelta(days=2))
