"""THE ACCESS TABLE: every address of the site against every kind of visitor.

One letter for each visitor who may open the address. Everybody else is sent to sign in, refused, or told there is
nothing.
An address that is not in the table fails: whoever adds one decides here who may open it.
"""

import re

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, get_resolver

from events.models import Edition, Speaker
from participants.models import User
from participants.staffing import revoke_role
from tests import make
from tests.world import World

pytestmark = pytest.mark.django_db

VISITORS = {
    "P": "the public",
    "A": "holder of the link to registration A",
    "B": "holder of the link to another registration of the edition",
    "N": "holder of the link of the delegation's contact",
    "H": "holder of the link by which a speaker hands in a presentation",
    "D": "check-in desk",
    "O": "observer",
    "V": "visit officer",
    "S": "secretariat of the edition",
    "X": "secretariat of another edition",
    "C": "staff whose account was closed",
    "F": "staff whose role was taken away",
}
ALL = "PABNHDOVSXCF"
STAFF = "DOVSX"
SIGNED_IN = "DOVSXF"
NOBODY = ""

TABLE = {
    "alive": ALL,
    "ready": ALL,
    # What is announced
    "events:home": ALL,
    "events:privacy": ALL,
    "events:editions": ALL,
    "events:edition": ALL,
    "events:visit": ALL,
    "events:visit_ics": ALL,
    "events:agenda": ALL,
    "events:changes": ALL,
    "events:changes_atom": ALL,
    "events:agenda_ics": ALL,
    "events:agenda_json": ALL,
    "events:agenda_xml": ALL,
    "events:agenda_pdf": ALL,
    "events:agenda_xlsx": ALL,
    "events:speakers": ALL,
    "events:speaker": ALL,
    "events:session": ALL,
    "events:session_ics": ALL,
    "events:room": ALL,
    "events:offline": ALL,
    "events:manifest": ALL,
    "worker": ALL,
    # Registration A; who has the token of a link is its holder
    "participants:register": ALL,
    "participants:sent": ALL,
    "participants:lost": ALL,
    "participants:lost-sent": ALL,
    "participants:enter": ALL,
    "participants:my": "A",
    "participants:details": "A",
    "participants:address": "A",
    "participants:erase": "A",
    "participants:confirm-address": ALL,
    "participants:address-confirmed": ALL,
    "participants:withdraw": "A",
    "participants:my-agenda": "A",
    "participants:calendar": ALL,
    "participants:my-visits": "A",
    "participants:my-visit-ics": "A",
    "participants:my-visit-give-back": "A",
    "participants:held": "A",
    "participants:record": "A",
    "participants:nothing": NOBODY,
    # The delegation of A: its contact, and the secretariat under its own name
    "participants:nominee": ALL,
    "participants:enter-delegation": ALL,
    "participants:delegation": "NS",
    "participants:nominate": "NS",
    "participants:correct-nomination": "NS",
    "participants:replace-nomination": "NS",
    "participants:withdraw-nomination": "NS",
    "participants:press": "NS",
    "participants:replace-participant": "NS",
    "participants:attach-letter": "NS",
    "participants:letter": "NS",
    "participants:import-list": "NS",
    "participants:nothing-of-delegations": NOBODY,
    # Papers: this one is for participants; the bundle holds for each what is open to them
    "participants:document": "ABDVS",
    "participants:documents": ALL,
    # Where a speaker hands in
    "participants:enter-hand-in": ALL,
    "participants:hand-in": "H",
    "participants:nothing-to-hand-in": NOBODY,
    # The desk; a badge opens a page that says nothing, for staff of the desk the person
    "participants:desks": "DSX",
    "participants:desk": "DS",
    "participants:scan": "DS",
    "participants:undo": "DS",
    "participants:result": "DS",
    "participants:badge": ALL,
    # Staff accounts
    "account_login": "PABNHC",  # leads those who are signed in to the back office
    "account_logout": ALL,
    "account_inactive": ALL,
    "account_reauthenticate": SIGNED_IN,
    "account_change_password": SIGNED_IN,
    # The back office, apart from its models
    "admin:index": STAFF,
    "admin:login": NOBODY,  # leads to the page above, those who are signed in to the index
    "admin:logout": NOBODY,  # by POST alone
    "admin:password_change": STAFF,
    "admin:password_change_done": STAFF,
    "admin:autocomplete": "SX",
    "admin:jsi18n": STAFF,
    "admin:view_on_site": NOBODY,
    "admin:app_list": "VSX",
    "admin:events_edition_copy": "S",
    "admin:events_edition_release": "S",
    "admin:events_edition_load": "S",
    "admin:events_edition_restore": "S",
    "admin:events_timetable": "S",
    "admin:participants_hand_in": "S",
    "admin:participants_places": "S",
    "admin:participants_erasures": "SX",
    "admin:participants_visit": "VS",
    "admin:participants_visit_rules": "VS",
    "admin:participants_vehicles_choose": "VSX",
    "admin:participants_vehicles": "VS",
    "admin:participants_bulk_write": "S",
    "admin:participants_mail_kinds": "VS",
    "admin:participants_invitations": "S",
    "admin:participants_attendance_choose": "SX",
    "admin:participants_attendance_grid": "S",
    "admin:participants_attendance_xlsx": "S",
    "admin:participants_attendance_person": "S",
    # Records for the host of a visit: the visit officer alone
    "admin:participants_records_visits": "V",
    "admin:participants_records_visit": "V",
    "admin:participants_records_list": "V",
    "admin:participants_records_booking": "V",
    "admin:participants_records_erase": "V",
}
# The models of the back office: who opens the list, an empty form, a row (and its history), and the page that deletes.
MODELS = {
    "events_edition": ("SX", NOBODY, "S", NOBODY),
    "events_organisation": ("SX", "SX", "SX", NOBODY),
    "events_speaker": ("SX", "SX", "SX", NOBODY),
    "events_session": ("SX", "SX", "S", "S"),
    "events_document": ("SX", "SX", "S", "S"),
    "events_agendarelease": ("SX", NOBODY, "S", NOBODY),
    "events_historyline": ("SX", NOBODY, "S", NOBODY),
    "participants_participant": ("VSX", NOBODY, "VS", NOBODY),
    "participants_changerequest": ("VSX", NOBODY, "VS", NOBODY),
    "participants_delegation": ("VSX", "SX", "VS", "S"),
    "participants_nominationletter": ("VSX", NOBODY, "VS", "S"),
    "participants_nomination": ("VSX", NOBODY, "VS", NOBODY),
    "participants_attendance": ("VSX", NOBODY, "VS", NOBODY),
    "participants_message": ("VSX", NOBODY, "VS", NOBODY),
    "participants_bulkmessage": ("VSX", NOBODY, "VS", NOBODY),
    "participants_scan": ("VSX", NOBODY, "VS", NOBODY),
    "participants_visitbooking": ("VSX", NOBODY, "VS", NOBODY),
    "participants_recordlook": ("VSX", NOBODY, "VS", NOBODY),
    "participants_vehicle": ("VSX", NOBODY, "VS", NOBODY),
    # Accounts and roles belong to the secretariat of all editions: none of these visitors
    "participants_user": (NOBODY, NOBODY, NOBODY, NOBODY),
    "participants_staffrole": (NOBODY, NOBODY, NOBODY, NOBODY),
}
for _model, (_list, _add, _change, _delete) in MODELS.items():
    TABLE |= {f"admin:{_model}_changelist": _list, f"admin:{_model}_add": _add, f"admin:{_model}_change": _change}
    TABLE |= {f"admin:{_model}_history": _change, f"admin:{_model}_delete": _delete}

POST_ONLY = {
    "admin:participants_records_erase",
    "admin:participants_records_list",
    "participants:press",
    "participants:scan",
    "participants:undo",
}
# What is private of registration A, and who may read it somewhere.
CANARIES = {
    "canary.mail@example.org": "AVS",
    "+355672123456": "AVS",
    "+355 67 212 3456": "AVS",
    "canary diet": "AVS",
    "canary note": "S",
    "canary reason": "S",
    "canary organisation": "AVS",
    "Canarić": "ANDVS",
    # Of the record only who writes a reason sees more
    "CANARY-PPT-77": NOBODY,
    "canary size": NOBODY,
}


def walk(resolver, namespace="", above=""):
    """(name, route) of every address."""
    for pattern in resolver.url_patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield (f"{namespace}{pattern.name}" if pattern.name else None), route
        else:
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern, inner, route)


ROUTES = list(walk(get_resolver()))


@pytest.fixture
def world():
    return World()


def is_open(response):
    """Whether the visitor got in, be it to learn that the form was filled wrongly."""
    if response.status_code == 302:
        # Django leads from a row that is none to the index and says so there.
        return "/login/" not in response["Location"] and response["Location"] != "/admin/"
    return response.status_code in {200, 400, 422}


def known():
    """(name, route) of the addresses that have a name."""
    return [(name, route) for name, route in ROUTES if name]


def rows():
    """How many rows each table has; sessions of browsers apart."""
    models = [m for m in apps.get_models() if m._meta.app_label in {"events", "participants", "account", "admin"}]
    return {model.__name__: model._base_manager.count() for model in models}


def test_the_table_names_every_address_and_no_other():
    assert {name for name, _route in known()} == set(TABLE)
    # What has no name: the old address of a row, which leads to its form, and whatever else stands below admin/.
    unnamed = {route for name, route in ROUTES if name is None}
    assert {re.sub(r"(events|participants)/\w+/", "", route) for route in unnamed} == {
        "admin/<path:object_id>/",
        "admin/(?P<url>.*)$",
    }


@pytest.mark.parametrize("letter", VISITORS)
def test_everybody_opens_what_the_table_says(world, letter):
    client = world.client(letter)
    wrong = []
    for name, route in known():
        path = world.path(name, route)
        if name == "admin:autocomplete":
            path += "?app_label=events&model_name=appearance&field_name=speaker"
        response = client.post(path, {}) if name in POST_ONLY else client.get(path)
        if response.streaming:
            b"".join(response.streaming_content)  # else the file stays open
        if name == "account_logout":
            continue
        if is_open(response) != (letter in TABLE[name]):
            wrong.append((name, path, response.status_code, response.headers.get("Location")))
    assert not wrong


@pytest.mark.parametrize("letter", VISITORS)
def test_nobody_reads_what_is_private_of_another(world, letter):
    client = world.client(letter)
    leaks = []
    for name, route in known():
        path = world.path(name, route)
        searches = name.endswith(("changelist", ":desk", "grid"))
        asked = ["", "?q=canari&edition=all", f"?q={world.a.code}&edition=all"] if searches else [""]
        for address in (path + more for more in asked):
            response = client.get(address, follow=name == "participants:badge")
            said = b"".join(response.streaming_content if response.streaming else [response.content]).decode(
                errors="ignore"
            )
            if name in {"participants:enter", "participants:enter-hand-in", "participants:confirm-address"}:
                continue
            leaks += [(address, canary) for canary, may in CANARIES.items() if canary in said and letter not in may]
    assert not leaks


@pytest.mark.parametrize("letter", VISITORS)
def test_who_may_not_open_an_address_writes_nothing_by_it(world, letter):
    client = world.client(letter)
    before = rows()
    body = {"nonce": str(world.nonce), "code": world.b.code, "action": "decline", "_selected_action": [world.a.pk]}
    body |= {"post": "yes", "number": "1", "point": f"day:{world.edition.days[2].isoformat()}"}
    wrong = []
    for name, route in known():
        if letter in TABLE[name] or name in {"admin:login", "admin:logout", "account_logout"}:
            continue
        response = client.post(world.path(name, route), body)
        if is_open(response):
            wrong.append((name, response.status_code))
    assert not wrong
    assert rows() == before
    world.a.refresh_from_db()
    assert world.a.status == "confirmed"


@pytest.mark.parametrize("letter", ["P", "A", "S"])
def test_a_post_without_its_token_is_refused_everywhere(world, letter):
    client = world.client(letter, enforce_csrf_checks=True)
    before = rows()
    answers = {name: client.post(world.path(name, route), {}).status_code for name, route in known()}
    # The page that keeps what was typed looks first who asks: for others there is nothing.
    kept = answers.pop("participants:details")
    assert kept == (403 if letter in TABLE["participants:details"] else 404)
    assert set(answers.values()) == {403}, answers
    assert rows() == before


@pytest.mark.parametrize("letter", ["P", "A", "D", "X"])
def test_an_edition_that_is_not_published_is_nowhere(world, letter):
    client = world.client(letter)
    Edition.objects.filter(pk=world.edition.pk).update(status="draft")
    public = [name for name, route in known() if "<slug:slug>" in route and not name.startswith("admin:")]
    public = [name for name in public if name not in {"participants:desk", *POST_ONLY, "participants:result"}]
    answers = {n: client.get(world.path(n, r)).status_code for n, r in known() if n in public}
    assert answers
    assert set(answers.values()) == {404}, answers


def test_a_role_that_was_taken_away_refuses_at_the_next_request(world):
    user = make.staff("secretariat", world.edition)
    client = Client()
    client.force_login(user)
    assert client.get("/admin/participants/participant/").status_code == 200
    revoke_role(role=user.roles.get(), by="test")
    assert client.get("/admin/participants/participant/").status_code in {302, 403}
    assert client.get("/admin/", follow=True).status_code == 403


def test_a_superuser_sees_no_groups_and_no_identity_records(world):
    user = User.objects.create_superuser("root")
    client = Client()
    client.force_login(user)
    page = client.get("/admin/").content.decode()
    assert "/admin/participants/participant/" in page
    assert not re.search("auth/group|emailaddress|visitrecord", page)
    assert Speaker.objects.exists()
