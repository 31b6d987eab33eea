"""Who a line of a programme means: a person, a State or an organisation, with honorific and role taken apart."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django_countries.data import COUNTRIES

from events.edition_files.parsed import Person, Remark
from events.edition_files.strict import Node
from events.text import fold

_HONORIFICS = re.compile(
    r"(?:H\.\s?E\.|Mrs?\.?|Ms\.?|Miss|Mme\.?|Dr\.?|Prof\.?|Professor|Amb\.|Ambassador|Hon\.|Sir|Dame"
    r"|(?:Lt\.?|Maj\.?|Brig\.?)\s(?:Col\.?|Gen\.?)|Lieutenant[ -]Colonel|Brigadier[ -]General|Major[ -]General"
    r"|Col\.|Colonel|Gen\.|Maj\.|Capt\.|Cdr\.|Lt\.|Adm\.|Sgt\.)(?=\s)"
)
# Ambiguous: an honorific only where a given and a family name follow.
_BEFORE_TWO_NAMES = re.compile(r"(?:M\.|Major|General|Captain)(?=\s+\S+\s+\S)")
_ROLES = {
    "speaker": "speaker",
    "chair": "chair",
    "chairperson": "chair",
    "co-chair": "co_chair",
    "moderator": "moderator",
    "panellist": "panellist",
    "panelist": "panellist",
    "keynote": "keynote",
    "keynote speaker": "keynote",
    "rapporteur": "rapporteur",
    "host": "host",
}
_MORE_STATES = (
    "Kosovo*|Kosovo|Moldova|North Macedonia|the former Yugoslav Republic of Macedonia|Türkiye|Turkey|United States|"
    "USA|United Kingdom|UK|Russia|Czech Republic|Syria|Iran|Laos|Viet Nam|South Korea|Bolivia|Tanzania|Venezuela"
)
_STATES = {fold(str(name)) for name in COUNTRIES.values()} | {fold(name) for name in _MORE_STATES.split("|")}
_BEFORE_STATE = re.compile(
    r"^(?:(?:co-)?chairs?|coordinators?|the|(?:federal )?republic of|kingdom of|government of) ", re.IGNORECASE
)
_BODIES = re.compile(
    r"\b(?:Agency|Alliance|Association|Campaign|Cent(?:er|re)|Clearinghouse|Coalition|Commission|Committee|Council|"
    r"Delegation|Department|Federation|Forces|Foundation|Government|Initiative|Institute|Ministry|Mission|Network|"
    r"Office|Organi[sz]ation|Programme|Secretariat|Staff|Survey|Union|United Nations|University)\b"
)
_ACRONYM = re.compile(r"[A-Z]{2,8}(?:[-/][A-Z]{2,8})?|.*\((?=[^)]*[A-Z]{2})[A-Z][A-Za-z-]{1,9}\)")
_UNCONFIRMED = re.compile(r"\s*[(\[]?\b(?:tbc|to be confirmed)\b\.?[)\]]?\s*$", re.IGNORECASE)


def _is_state(name: str) -> bool:
    shorter = name
    while (cut := _BEFORE_STATE.sub("", shorter)) != shorter:
        shorter = cut
    if fold(name) in _STATES or fold(shorter) in _STATES:
        return True
    parts = re.split(r",\s*|\s+and\s+", shorter)
    return len(parts) > 1 and all(fold(part) in _STATES for part in parts)


def kind_of(name: str, organisation: str = "") -> str:
    """person, state or organisation, as far as a printed name tells."""
    if not organisation and _is_state(name):
        return "state"
    if _ACRONYM.fullmatch(name) or (not organisation and _BODIES.search(name)):
        return "organisation"
    return "person"


def take_unconfirmed(printed: str) -> tuple[str, bool]:
    """The name, and whether "to be confirmed" stood behind it."""
    return _UNCONFIRMED.sub("", printed) or printed, bool(_UNCONFIRMED.search(printed))


def split_honorific(name: str) -> tuple[str, str]:
    """The honorifics in front of a name, and the name: ("H.E. Mr", "Ime Prezime")."""
    rest, found = name, []
    while match := _HONORIFICS.match(rest) or _BEFORE_TWO_NAMES.match(rest):
        found.append(match[0])
        rest = rest[match.end() :].strip()
    return " ".join(found), rest


def split_roles(title: str) -> tuple[list[str], str]:
    """The roles named in a title, and what is left of it: "Minister; host" -> (["host"], "Minister")."""
    roles, rest = [], []
    for part in filter(None, (part.strip() for part in title.split(";"))):
        role = _ROLES.get(part.casefold())
        if role is None:
            rest.append(part)
        elif role not in roles:
            roles.append(role)
    return roles, "; ".join(rest)


def read_people(rows: Node, remarks: list[Remark]) -> Iterator[Person]:
    """The speakers of an item or a talk; one who holds two roles comes twice. What cannot be placed is remarked."""
    seen = set()
    for row in rows.rows():
        for person in _read_person(row, remarks):
            if (person.name, person.kind, person.role) in seen:
                remarks.append(
                    Remark(row.place, _("“%(name)s” stands here twice; taken once.") % {"name": person.name})
                )
                continue
            seen.add((person.name, person.kind, person.role))
            yield person


def _read_person(row: Node, remarks: list[Remark]) -> Iterator[Person]:
    if row.is_null:
        remarks.append(Remark(row.place, _("Nobody is named; left out.")))
        return
    for key in row.fields({"name", "title", "organisation", "biography"}):
        remarks.append(Remark(row[key].place, _("This field is not known; left out.")))
    printed, organisation = row["name"].line(200), row["organisation"].line(300)
    roles, function = split_roles(row["title"].line(300))
    if not printed:
        if not organisation:
            remarks.append(Remark(row.place, _("No name and no organisation; left out.")))
            return
        remarks.append(Remark(row["name"].place, _("No name; the organisation stands for it.")))
        printed, organisation = row["organisation"].line(200), ""
        kind = "state" if _is_state(printed) else "organisation"
        honorific, name = "", printed
    else:
        name, _is_open = take_unconfirmed(printed)
        kind = kind_of(name, organisation)
        honorific, name = split_honorific(name) if kind == "person" else ("", name)
    state = "to_be_confirmed" if _UNCONFIRMED.search(printed) else "confirmed"
    for role in roles or ["speaker"]:
        yield Person(name, kind, honorific, function, organisation, role, state, row["biography"].text())
