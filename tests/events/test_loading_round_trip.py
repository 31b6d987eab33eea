"""The schedules of this site read back by its own load: the same agenda but for what the formats cannot hold."""

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone as clock
from i18nfield.strings import LazyI18nString

from events.agenda import said
from events.edition_files import EditionFileError, read, read_bytes
from events.feeds.schedules import to_json, to_xml
from events.loading import load
from events.models import Edition, FieldVisit, Organisation, Partnership, Session, Talk, Topic
from events.past_editions import put_past_editions
from events.scheduling import build_agenda, release_agenda
from participants.demonstration.edition import put_edition
from tests import make
from tests.events.fed import SITE
from tests.events.test_loading import FILES, REAL, rows

pytestmark = pytest.mark.django_db
DRAW = {"json": to_json, "xml": to_xml}
FORMS = pytest.mark.parametrize("form", DRAW)

LOST = {
    "json": {
        *("texts in other languages", "label", "address", "contact", "footnotes", "donors"),
        *("items without a start", "cancelled items", "what a visit is", "which release"),
    }
}
LOST["xml"] = LOST["json"] | {
    *("city", "country", "venue", "rooms without a session", "seats"),
    *("appearances", "talks", "letters of what is no working group", "seconds"),
}


def held(agenda):
    """What an agenda holds, under the names by which people would say what is missing; no ids of rows."""
    items = [item for item in agenda.items if item.start and not item.is_cancelled]
    topics = {topic.id: said(topic.name, "en") for topic in agenda.topics}
    talks = [talk for item in items for talk in item.talks]
    texts = [agenda.title, *(t.name for t in agenda.topics)]
    texts += [t for one in (*items, *talks) for t in (one.title, one.abstract)]
    facts = ("city", "country", "venue", "timezone", "first_day", "last_day", "label", "address", "contact")

    def each(value):
        return {item.uid: value(item) for item in items}

    def person(one):
        return (one.name, one.kind, one.honorific, one.function, one.organisation, one.role, one.state)

    def exact(moment):
        return moment and moment.astimezone(dt.UTC)

    def minute(moment):
        return moment and exact(moment).replace(second=0)

    return {name: getattr(agenda, name) for name in (*facts, "footnotes", "donors")} | {
        "title": said(agenda.title, "en"),
        "texts in other languages": [text for each in texts for code, text in each.items() if code != "en"],
        "topics": list(topics.values()),
        "rooms": sorted({agenda.room_name(item.room) for item in items}),
        "rooms without a session": sorted(room.name for room in agenda.rooms),
        "seats": sorted(room.capacity or 0 for room in agenda.rooms),
        "which release": (agenda.number, agenda.note, agenda.released_at),
        "items without a start": [item.uid for item in agenda.items if not item.start],
        "cancelled items": [item.uid for item in agenda.items if item.is_cancelled],
        "order": [item.uid for item in items],
        "kinds": each(lambda i: i.kind),
        "letters of what is no working group": each(lambda i: i.letter if i.kind != "working_group" else ""),
        "letters of groups": each(lambda i: i.letter if i.kind == "working_group" else ""),
        "titles": each(lambda i: f"{i.letter}. {said(i.title, 'en')}" if i.letter else said(i.title, "en")),
        "abstracts": each(lambda i: said(i.abstract, "en")),
        "times": each(lambda i: (i.day, minute(i.start), minute(i.end))),
        "seconds": each(lambda i: (exact(i.start), exact(i.end))),
        "places": each(lambda i: agenda.room_name(i.room)),
        "topics of each": each(lambda i: [topics[key] for key in i.topics]),
        "who": each(lambda i: list(dict.fromkeys(one.name for one in i.everybody))),
        "appearances": each(lambda i: [person(one) for one in i.people]),
        "talks": each(
            lambda i: [(said(t.title, "en"), said(t.abstract, "en"), [person(p) for p in t.people]) for t in i.talks]
        ),
        "what a visit is": each(lambda i: i.visit is not None),
    }


def lost(before, after):
    was, now = held(before), held(after)
    return {name for name in was if was[name] != now[name]}


def drawn(agenda, form, language="en"):
    return DRAW[form](agenda, site=SITE, language=language)


def moved_elsewhere(edition, form):
    """The agenda as another site has it, where nobody knows these sessions: they are gone here."""
    agenda = build_agenda(edition)
    content = drawn(agenda, form)
    edition.sessions.all().delete()
    report = load(read_bytes(content), by="test", slug=f"copy-{form}")
    return agenda, build_agenda(report.edition), report


@pytest.fixture
def rich():
    """An edition in which everything that an agenda can say is said."""
    edition = make.edition(
        title=LazyI18nString({"en": "Workshop", "sq": "Punëtori"}),
        venue="Hotel",
        address="Rruga 1",
        footnotes=LazyI18nString({"en": "* note"}),
    )
    donor = Organisation.objects.create(name="Switzerland")
    Partnership.objects.create(edition=edition, organisation=donor, role=Partnership.Role.DONOR)
    hall, library = make.room(edition, "Hall A", capacity=80), make.room(edition, "Library", capacity=10, order=1)
    make.room(edition, "Never used", capacity=5, order=2)
    names = ["Depots", "Safety, security", "Safety", "Nothing on it"]
    topics = [Topic.objects.create(edition=edition, name=name, order=n) for n, name in enumerate(names)]
    opening = make.session(edition, {"en": "Opening", "sq": "Hapja"}, room=hall, kind="opening", abstract="One\n\nTwo")
    opening.topics.set(topics[:3])
    make.speaker(opening, "Petro Koçi", honorific="H.E. Mr", function="Minister, of State", organisation="MoD; Staff")
    make.speaker(opening, "Albania", state="to_be_confirmed", role="host", order=1)
    make.speaker(opening, "Petro Koçi", role="chair", order=2)
    panel = make.session(edition, "Panel", 10, 11, kind="panel", letter="P", room=library)
    first = Talk.objects.create(session=panel, title="Of “marking”", abstract="How")
    Talk.objects.create(session=panel, title="Nobody is named yet", order=1)
    make.speaker(panel, "Vesna Primjerić", talk=first, role="panellist")
    make.speaker(panel, "Ana Ćosić", role="moderator", order=1)
    make.session(edition, "Group", 12, 13, kind="working_group", letter="Б")
    make.session(edition, {"sq": "Vetëm shqip"}, 14, None)
    late = make.local(edition, 23, 30)
    exact = {"start": late.replace(second=30), "end": late + dt.timedelta(hours=3, seconds=50)}
    Session.objects.create(edition=edition, title="A. Night", kind="social", day=edition.first_day, **exact)
    make.session(edition, "Before it begins", on=0, day=edition.days[0] - dt.timedelta(days=1), start=None)
    arrival = make.local(edition, 15) - dt.timedelta(days=1)
    Session.objects.create(edition=edition, title="Arrival", kind="arrival", day=arrival.date(), start=arrival)
    make.session(edition, "Off", 15, 16, status="cancelled")
    FieldVisit.objects.create(session=make.session(edition, "Visit", 9, 12, on=1, kind="field_visit"), site="Depot")
    release_agenda(edition=edition, by="sec", note="First")
    return edition


@FORMS
def test_what_is_lost_on_the_way_to_another_site_is_exactly_this(rich, form):
    agenda, there, report = moved_elsewhere(rich, form)
    # Topics of a session come back in the order of the edition's topics; a text without English becomes English.
    assert lost(agenda, there) == LOST[form] - {"which release"}
    assert report.made == len([item for item in agenda.items if item.start and not item.is_cancelled])


@FORMS
def test_read_back_into_the_same_edition_nothing_changes_at_all(rich, form):
    before = rows()
    report = load(read_bytes(drawn(build_agenda(rich), form)), by="test")
    assert report.edition == rich
    assert (report.made, report.changed, report.fields, report.remarks) == (0, 0, [], [])
    assert rows() == before


@FORMS
def test_the_second_time_elsewhere_nothing_changes_either(rich, form):
    content = drawn(build_agenda(rich), form)
    load(
        read_bytes(content), by="test", slug="beside"
    )  # the sessions are still here: they get identifiers of their own
    before = rows()
    report = load(read_bytes(content), by="test", slug="beside")
    assert (report.made, report.changed) == (0, 0)
    assert rows() == before


@FORMS
def test_what_was_edited_in_the_file_is_taken_where_a_load_wrote_it_and_else_kept(rich, form):
    rich.sessions.all().delete()
    make.session(rich, "Made here", 17, 18)
    make.session(rich, "Loaded", 9, 10, letter="L")
    agenda = build_agenda(rich)
    Session.objects.filter(title__contains="Loaded").delete()
    load(read_bytes(drawn(agenda, form)), by="test")
    loaded = rich.sessions.get(title__contains="Loaded")
    Talk.objects.create(session=loaded, title="Added since")
    content = drawn(build_agenda(rich), form).decode()
    changed = content.replace("Loaded", "Edited").replace("Made here", "Made there")
    report = load(read_bytes(changed.encode()), by="test")
    told = "\n".join(map(str, report.remarks))
    assert (report.made, report.changed) == (0, 1)
    assert "title of “Made here”: edited here since, kept." in told
    loaded.refresh_from_db()
    assert "Edited" in str(loaded.title)
    assert loaded.talks.count() == 1


@FORMS
@pytest.mark.parametrize("name", [name for name, *_rest in REAL])
def test_real_files_come_back(name, form):
    edition = load(read(FILES / name), by="test").edition
    before = rows()
    if not build_agenda(edition).days:
        return
    report = load(read_bytes(drawn(build_agenda(edition), form)), by="test")
    assert (report.made, report.changed, report.fields, report.remarks) == (0, 0, [], [])
    assert rows() == before
    agenda, there, _report = moved_elsewhere(edition, form)
    assert lost(agenda, there) <= LOST[form]


@FORMS
def test_the_demonstration_and_the_editions_before_come_back(form):
    put_past_editions(by="test")
    put_edition(at=clock.now(), by="test")
    seen = 0
    for edition in Edition.objects.exclude(sessions=None):
        before = rows()
        agenda = build_agenda(edition)
        if agenda.days:
            report = load(read_bytes(drawn(agenda, form)), by="test")
            assert (report.made, report.changed, report.fields, report.remarks) == (0, 0, [], [])
            assert rows() == before
            seen += len(agenda.items)
    assert seen > 30


@FORMS
def test_guids_are_the_uids_of_the_calendar_for_ever(rich, form):
    agenda = build_agenda(rich)
    _before, there, _report = moved_elsewhere(rich, form)
    shown = {item.uid for item in agenda.items if item.start and not item.is_cancelled}
    assert {item.uid for item in there.items} == shown


@FORMS
def test_a_schedule_in_another_language_is_refused(rich, form):
    content = drawn(build_agenda(rich), form, "sq")
    with pytest.raises(EditionFileError, match="another language"):
        read_bytes(content)


@FORMS
def test_a_schedule_of_another_edition_under_the_same_address_is_refused(rich, form):
    content = drawn(build_agenda(rich), form)
    Edition.objects.filter(pk=rich.pk).update(title="Quite another")
    with pytest.raises(EditionFileError, match="belongs to another edition"):
        load(read_bytes(content), by="test")


def test_a_schedule_of_ours_that_was_broken_by_hand_is_named_where_it_is_wrong(rich):
    whole = json.loads(drawn(build_agenda(rich), "json"))

    def broken(**change):
        document = json.loads(json.dumps(whole))
        conference = document["schedule"]["conference"]
        event = conference["days"][1]["rooms"]["Hall A"][0]
        event |= change
        return json.dumps(document).encode()

    person: dict[str, Any] = {"id": 1, "public_name": "X", "appearances": [{"role": "king"}]}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"guid": "no"}, "guid"),
        ({"persons": [{"id": 1}]}, "public_name"),
        ({"persons": [person]}, r"persons\[0\].appearances\[0\].role"),
        ({"persons": [person | {"kind": "robot"}]}, r"persons\[0\].kind"),
        ({"persons": [person | {"appearances": [7]}]}, "appearances"),
        ({"end": "2030-10-08T01:00:00+02:00"}, "end"),
    ]
    for change, place in wrong:
        with pytest.raises(EditionFileError, match=place):
            read_bytes(broken(**change))
    conference = whole["schedule"]["conference"]
    uids = list(conference["meta"]["sessions"])
    talks = [{uid: {"talks": [each]} for uid in uids} for each in (7, {"title": ""})]
    for sessions in ([], dict.fromkeys(uids, 5), *talks):
        conference["meta"]["sessions"] = sessions
        with pytest.raises(EditionFileError, match=r"meta\.sessions"):
            read_bytes(json.dumps(whole).encode())
    conference["meta"] = []
    with pytest.raises(EditionFileError, match="meta"):
        read_bytes(json.dumps(whole).encode())
