"""Registration in every mode, walked from page to page: the form, the link in the mail, the back office."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from participants import registration
from participants.models import Message, Participant
from participants.registration import TRANSITIONS, Status
from tests import make
from tests.office import change
from tests.participants.registered import open_edition, typed

pytestmark = pytest.mark.django_db

MODES = {
    "open": {"requires_nomination": False, "requires_review": False},
    "nomination": {"requires_nomination": True, "requires_review": False},
    "review": {"requires_nomination": False, "requires_review": True},
    "both": {"requires_nomination": True, "requires_review": True},
}
# For each mode, with a free place and without one: what is done, and how the registration stands then.
WALKS = {
    ("open", "free"): "register confirmed, prove confirmed, nominate confirmed, withdraw withdrawn",
    ("open", "full"): "register waitlisted, prove waitlisted, nominate waitlisted, make room confirmed",
    ("nomination", "free"): "register pending, prove pending, confirm pending, join confirmed, decline declined",
    ("nomination", "full"): "register pending, make room pending, nominate pending, prove confirmed",
    ("review", "free"): "register pending, prove pending, confirm confirmed, decline declined, reopen pending",
    ("review", "full"): "register pending, prove pending, confirm waitlisted, make room confirmed, withdraw withdrawn",
    ("both", "free"): "register pending, confirm pending, nominate pending, prove pending, confirm confirmed",
    ("both", "full"): "register pending, nominate pending, prove pending, confirm waitlisted, make room confirmed",
}
# The walks of those who end at another point: the mail that each status brings is the last one.
MORE_WALKS = [
    ("open", "free", "register confirmed, decline declined, reopen pending, withdraw withdrawn"),
    ("open", "full", "register waitlisted, withdraw withdrawn"),
    ("open", "full", "register waitlisted, decline declined, reopen pending, confirm waitlisted"),
    ("nomination", "free", "register pending, nominate pending, prove confirmed, withdraw withdrawn"),
    ("nomination", "full", "register pending, nominate pending, prove waitlisted, make room confirmed"),
    ("nomination", "full", "register pending, join waitlisted, withdraw withdrawn"),
    ("review", "free", "register pending, waitlist waitlisted, confirm confirmed"),
    ("review", "free", "register pending, decline declined"),
    ("both", "free", "register pending, join pending, confirm confirmed, withdraw withdrawn"),
    ("both", "free", "register pending, waitlist waitlisted, confirm waitlisted, join confirmed"),
    ("both", "free", "register pending, withdraw withdrawn"),
]
ALL_WALKS = [(*where, walk) for where, walk in WALKS.items()] + MORE_WALKS
LAST_MAIL = {
    "pending": {"received", "declined"},
    "confirmed": {"confirmed", "promoted"},
    "waitlisted": {"waitlisted"},
    "declined": {"declined"},
    "withdrawn": {"withdrawn"},
}


class Walker:
    """A person with a browser, and the secretariat with another."""

    def __init__(self, mode, room):
        facts: dict[str, Any] = MODES[mode]
        self.edition = open_edition(capacity=1, **facts)
        self.delegation = self.edition.delegations.get(name="Serbia")
        self.first = None
        if room == "full":
            self.first = self._first()
        self.browser, self.office = Client(), Client()
        self.office.force_login(make.staff("secretariat", self.edition))

    def _first(self):
        """Who has the only place."""
        answers = make.answers(self.edition.delegations.get(name="Kosovo*"))
        person = registration.submit(edition=self.edition, answers=answers, submission=uuid.uuid4(), by="test")
        assert person is not None
        if person.status == "pending":
            nomination = make.nomination(person.delegation)
            person = registration.join(registration.lock(person)[1], nomination, "test", None)
        return person if person.status == "confirmed" else registration.confirm(participant=person, by="test")

    @property
    def person(self):
        return Participant.objects.get(edition=self.edition, email="mira@example.org")

    def go(self, path, **posted):
        answer = self.browser.post(path, posted)
        assert answer.status_code == 302, answer.content.decode()

    def act(self, action, person=None):
        chosen = {"action": action, "_selected_action": [(person or self.person).pk], "again": "yes"}
        return self.office.post("/admin/participants/participant/", chosen, follow=True).content.decode()

    def register(self):
        self.go(f"/editions/{self.edition.slug}/register/", **typed(self.edition))
        text = Message.objects.filter(participant=self.person).latest("pk").text
        self.browser.get("/" + re.findall(r"https?://\S+/my/\S+", text)[0].split("/", 3)[3])

    def prove(self):
        self.go(f"/my/{self.person.reference}/")

    def withdraw(self):
        self.go(f"/my/{self.person.reference}/withdraw/")

    def nominate(self):
        make.nomination(self.delegation, email="mira@example.org")

    def join(self):
        nomination = make.nomination(self.delegation)
        assert change(self.office, self.person, joined=nomination.pk).status_code == 302

    def make_room(self):
        self.act("withdraw", self.first)

    def confirm(self):
        self.act("confirm")

    def waitlist(self):
        self.act("waitlist")

    def decline(self):
        self.act("decline")

    def reopen(self):
        self.act("reopen")


@pytest.mark.parametrize(("mode", "room", "walk"), ALL_WALKS)
def test_every_mode_is_walked_with_and_without_a_free_place(mode, room, walk):
    walker = Walker(mode, room)
    for step in walk.split(", "):
        event, _space, expected = step.rpartition(" ")
        getattr(walker, event.replace(" ", "_"))()
        assert (step, walker.person.status) == (step, expected)
        last = Message.objects.filter(participant=walker.person).latest("pk").kind
        assert last in LAST_MAIL[expected], step
        assert walker.edition.participants.holding_places().count() <= 1


WORDS = {"pending": "Pending.", "confirmed": "Confirmed.", "waitlisted": "Waiting list.", "declined": "Declined."}


@pytest.mark.parametrize("mode", MODES)
def test_the_page_says_what_is_missing(mode):
    walker = Walker(mode, "free")
    walker.register()
    page = walker.browser.get(f"/my/{walker.person.reference}/").content.decode()
    assert ("We have no nomination for you yet." in page) == MODES[mode]["requires_nomination"]
    assert ("reads your registration and answers by e-mail" in page) == MODES[mode]["requires_review"]
    assert f"<b>{WORDS[walker.person.status]}</b>" in page


ACTIONS = {
    "confirm": Status.CONFIRMED,
    "waitlist": Status.WAITLISTED,
    "decline": Status.DECLINED,
    "reopen": Status.PENDING,
    "withdraw": Status.WITHDRAWN,
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("action", ACTIONS)
def test_every_decision_in_every_status_is_made_or_refused_with_its_name(client, status, action):
    edition = make.edition(requires_review=True)
    person = make.participant(edition, "" if status == Status.PENDING else status)
    client.force_login(make.staff("secretariat", edition))
    mails = Message.objects.count()
    chosen = {"action": action, "_selected_action": [person.pk], "again": "yes"}
    page = client.post("/admin/participants/participant/", chosen, follow=True).content.decode()
    person.refresh_from_db()
    if ACTIONS[action] in TRANSITIONS[status]:
        assert person.status == ACTIONS[action]
        assert f"Now 1 × {ACTIONS[action].label}." in page
        return
    assert person.status == status
    assert f"This registration is “{status.label}”" in page
    assert Message.objects.count() == mails


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("page", ["details/", "address/", "withdraw/"])
def test_what_a_person_may_do_in_every_status(client, status, page):
    """Those whose registration has ended are led back to the page that says so, and nothing changes."""
    walker = Walker("review", "free")
    walker.register()
    if status != Status.PENDING:
        moves = {Status.CONFIRMED: "confirm", Status.WAITLISTED: "waitlist"}
        walker.act(moves.get(status) or {Status.DECLINED: "decline", Status.WITHDRAWN: "withdraw"}[status])
    before = walker.person
    path = f"/my/{before.reference}/{page}"
    is_open = status in Participant.LIVE
    assert walker.browser.get(path).status_code == (200 if is_open else 302)
    answers = typed(walker.edition, email="new@example.org", function="Changed", version=str(before.version))
    answer = walker.browser.post(path, answers)
    assert (answer.status_code, answer["Location"]) == (302, f"/my/{before.reference}/")
    after = walker.person
    has_changed = (after.function, after.status) != (before.function, before.status) or after.links.filter(
        purpose="address"
    ).exists()
    assert has_changed == is_open


MILITARY = {"service": "military", "rank": "pukovnik", "rank_code": "OF-5"}


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (MILITARY, []),
        ({"service": "civil", "rank": "", "rank_code": ""}, []),
        ({"service": "civil", "rank": "reserve major", "rank_code": "OF-3"}, []),
        (MILITARY | {"rank": ""}, ["Write your rank"]),
        (MILITARY | {"rank": "\u200b"}, ["Write letters, or leave this empty"]),
        (MILITARY | {"rank_code": ""}, ["Choose the rank code"]),
        (MILITARY | {"rank_code": "OF-11"}, ["Choose the rank code"]),
        (MILITARY | {"rank": None, "rank_code": None}, ["Write your rank", "Choose the rank code"]),
        (MILITARY | {"service": "navy"}, ["Choose civil or military"]),
    ],
)
def test_rank_and_code_are_asked_of_military_people_without_a_script(client, answers, told):
    edition = open_edition()
    answer = client.post(f"/editions/{edition.slug}/register/", typed(edition, **answers))
    assert answer.status_code == (422 if told else 302)
    for sentence in told:
        assert answer.content.decode().count(f"{sentence}</") >= 2  # in the summary and at the field
    assert Participant.objects.exists() == (not told)
