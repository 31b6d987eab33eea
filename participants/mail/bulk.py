"""A mail that the secretariat writes to a group, with a short list of placeholders.

No template language reads what was typed: a placeholder is a whole name from the list, in single braces, put in once.
What is put in is never looked at again. Double braces are text like any other.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import override

from events.text import clean_line
from participants import links
from participants.mail.letters import Letter, shown, to_contact, to_participant
from participants.models import BulkMessage, Delegation, Message, Participant

FOR_SUBJECT = ("edition", "city")  # a subject is read over the shoulder: nothing of a person
FOR_CONTACTS = ("name", "edition", "city", "delegation", "link")
FOR_PARTICIPANTS = (*FOR_CONTACTS, "reference")
# Double braces with what they hold; a placeholder; a brace that belongs to nothing.
BRACES = re.compile(r"\{\{(?P<text>[^{}]*)\}\}|\{(?P<name>[^{}]*)\}|[{}]")
SUBJECT_LENGTH = 200


class WordingError(Exception):
    """A text with a placeholder that is none; the text is a sentence that lists the known ones."""


def check_wording(text: str, known: tuple[str, ...]) -> None:
    """Raise WordingError for the first brace that does not hold one of the known names."""
    for found in BRACES.finditer(text):
        name = found["name"]
        is_meant = found["text"] is not None and found["text"].strip() in known
        if name in known or (found["text"] is not None and not is_meant):
            continue
        words = {"wrong": found[0][:60], "known": ", ".join(f"{{{one}}}" for one in known)}
        raise WordingError(_("“%(wrong)s” is no placeholder. You can write: %(known)s.") % words)


def filled_in(text: str, values: dict[str, str]) -> str:
    """The text with each placeholder replaced, in one pass; what has no value stays as it is written."""

    def value(found: re.Match[str]) -> str:
        return values.get(found["name"] or "", found[0])

    return BRACES.sub(value, text)


def to_group_participant(bulk: BulkMessage, participant: Participant) -> Message:
    """The message to one of the group, who reads nothing of the others. Queued once however often it is called for."""
    values = {"name": shown(participant.name), "reference": participant.reference}
    if "{link}" in bulk.text:
        values["link"] = links.my_link(participant)
    with override(participant.language):
        letter = _letter(bulk, participant.delegation, values)
        return to_participant(participant, "group", letter, f"group {bulk.pk} participant {participant.pk}", bulk=bulk)


def to_group_contact(bulk: BulkMessage, delegation: Delegation) -> Message:
    """The message to the contact person of a delegation."""
    with override(delegation.language):
        values = {"name": shown(delegation.contact_name)}
        if "{link}" in bulk.text:
            values["link"] = links.delegation_link(delegation)
        letter = _letter(bulk, delegation, values)
        return to_contact(delegation, "group", letter, f"group {bulk.pk} delegation {delegation.pk}", bulk=bulk)


def _letter(bulk: BulkMessage, delegation: Delegation, values: dict[str, str]) -> Letter:
    edition = bulk.edition
    values |= {"edition": str(edition.title), "city": edition.city, "delegation": delegation.name}
    subject = filled_in(bulk.subject, {name: values[name] for name in FOR_SUBJECT})
    paragraphs = re.split(r"\n\s*\n", filled_in(bulk.text, values))
    return Letter(clean_line(subject)[:SUBJECT_LENGTH], [one for one in paragraphs if one.strip()])
