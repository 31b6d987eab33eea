"""The editions that were held, put into the database with every fact on record, and with its gaps.

What is not known stays empty, and the note on the sources says so. An edition that is there already is left alone.
"""

import json
from pathlib import Path
from typing import Any

from django.db import transaction
from i18nfield.strings import LazyI18nString

from events.edition_files import read
from events.edition_files.places import zone_of
from events.loading import load
from events.models import (
    Document,
    Edition,
    FieldVisit,
    KeyStatement,
    Organisation,
    Partnership,
    Session,
    Topic,
    record,
)
from events.scheduling import release_agenda

HISTORY = Path(__file__).parent / "history"
AGENDA_NOTE = "Only what the sources tell. The full programme is not on record."
Facts = dict[str, Any]


def all_facts() -> list[Facts]:
    """The facts of every past edition, in the order of the series."""
    found = [*json.loads((HISTORY / "editions.json").read_text()), json.loads((HISTORY / "tenth.json").read_text())]
    return sorted(found, key=lambda facts: facts["position"])


@transaction.atomic
def put_past_editions(*, by: str) -> list[Edition]:
    """Make the past editions that are missing, archived and so public, and return those that were made.

    The first and the tenth get the agenda on record, released. `by` is the actor as text.
    """
    slugs = set(Edition.objects.values_list("slug", flat=True))
    numbers = set(Edition.objects.exclude(ordinal=None).values_list("ordinal", flat=True))
    missing = [facts for facts in all_facts() if facts["slug"] not in slugs and facts["ordinal"] not in numbers]
    return [_put(facts, by) for facts in missing]


def _put(facts: Facts, by: str) -> Edition:
    reported = facts["reported"]
    edition = Edition.objects.create(
        slug=facts["slug"],
        ordinal=facts["ordinal"],
        position=facts["position"],
        title=_english(facts["title"]),
        label=LazyI18nString(facts["label"]),
        summary=_english(facts.get("summary")),
        city=facts["city"] or "",
        country=facts["country"] or "",
        first_day=facts["first_day"],
        last_day=facts["last_day"],
        timezone=facts.get("timezone") or zone_of(facts["city"] or "", facts["country"] or ""),
        reported_participants=reported["participants"],
        reported_participants_text=reported["text"] or "",
        reported_from_text=reported["from"] or "",
        reported_visit_text=reported["visit"] or "",
        reported_chair_text=reported["chair"] or "",
        source_note=facts["note"],
        sources=facts["sources"],
    )
    for order, topic in enumerate(facts["topics"]):
        Topic.objects.create(edition=edition, name=_english(topic), order=order)
    for order, partner in enumerate(facts["partners"]):
        _put_partner(edition, partner, order)
    for order, statement in enumerate(facts.get("statements", [])):
        _put_statement(edition, statement, order)
    if website := facts.get("website"):
        Document.objects.create(edition=edition, title=_english("Website of the series"), url=website)
    edition.refresh_from_db()
    _put_agenda(edition, facts.get("visit"), by)
    edition.status = Edition.Status.ARCHIVED
    edition.save(update_fields=["status", "changed_at"])
    record(edition, "put on record", by=by, edition=edition, after=edition.status)
    return edition


def _english(text: str | None) -> LazyI18nString | str:
    return LazyI18nString({"en": text}) if text else ""


def _put_partner(edition: Edition, partner: Facts, order: int) -> None:
    organisation, _is_new = Organisation.objects.get_or_create(
        name__iexact=partner["name"], defaults={"name": partner["name"], "acronym": partner.get("acronym", "")}
    )
    Partnership.objects.create(
        edition=edition,
        organisation=organisation,
        role=partner["role"].replace(" ", "_"),
        legal_basis=partner.get("legal_basis", ""),
        legal_basis_url=partner.get("link", ""),
        since=partner.get("since"),
        until=partner.get("until"),
        note=_english(partner.get("note")),
        order=order,
    )


def _put_statement(edition: Edition, statement: Facts, order: int) -> None:
    KeyStatement.objects.create(
        edition=edition,
        honorific=statement["honorific"],
        name=statement["name"],
        function=statement["function"],
        statement=_english(statement["summary"]),
        is_summary=True,
        order=order,
    )


def _put_agenda(edition: Edition, visit: Facts | None, by: str) -> None:
    """The items on record, where there are any, released with a note that says how much they are."""
    path = HISTORY / "agendas" / f"{edition.slug}.json"
    if not path.exists():
        return
    load(read(path), by=by, slug=edition.slug)
    if visit:
        session = edition.sessions.get(kind=Session.Kind.FIELD_VISIT)
        FieldVisit.objects.create(session=session, site=_english(visit["site"]), shown=_english(visit["shown"]))
    release_agenda(edition=edition, by=by, note=AGENDA_NOTE)
