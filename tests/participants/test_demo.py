"""The demonstration: full enough to show everything, invented, and only on a development site."""

import datetime as dt
from collections import Counter
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone as clock

from events.edition_files import read_bytes
from events.feeds.schedules import to_json, to_xml
from events.loading import load
from events.models import Appearance, Edition, FieldVisit, HistoryLine, Session, Speaker
from events.scheduling import find_clashes, released_agenda
from participants.capacity import places_left, quota_left
from participants.demonstration import ACCOUNT, OFFICER, PASSWORD
from participants.demonstration.edition import put_edition
from participants.models import Delegation, Message, Participant, StaffRole, User, VisitBooking

pytestmark = pytest.mark.django_db


def run(**options: Any) -> str:
    out = StringIO()
    call_command("demo", stdout=out, **options)
    return out.getvalue()


def coming() -> Edition:
    return Edition.objects.get(city="Ohrid")


@pytest.fixture
def demo(settings) -> Edition:
    settings.DEVELOPMENT = True
    run()
    return coming()


def test_it_is_refused_on_a_real_site(settings):
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="for development sites only"):
        run()
    assert not Edition.objects.exists()
    assert not User.objects.exists()


def test_it_says_what_it_made_and_how_to_sign_in(settings, client):
    settings.DEVELOPMENT = True
    text = run()
    assert "Past editions added: 13." in text
    assert "with 60 invented people" in text
    assert f"as {ACCOUNT} with the password {PASSWORD}" in text
    assert f"{OFFICER}, with the same password, opens visit records" in text
    user = User.objects.get(username=ACCOUNT)
    assert user.check_password(PASSWORD)
    assert user.is_staff
    assert not user.is_superuser
    assert set(user.roles.values_list("role", "edition")) == {("secretariat", None)}
    officer = User.objects.get(username=OFFICER)
    assert set(officer.roles.values_list("role", "edition")) == {("visit-officer", None)}


def test_running_it_again_changes_nothing_and_keeps_what_staff_changed(demo):
    models = (Edition, Session, Appearance, Speaker, Participant, Delegation, VisitBooking, Message, StaffRole)
    before = [model._default_manager.count() for model in models] + [HistoryLine.objects.count()]
    user = User.objects.get(username=ACCOUNT)
    user.set_password("another one entirely")
    user.save()
    Edition.objects.filter(pk=demo.pk).update(contact_email="changed@example.org", slug="renamed")
    text = run()
    assert [model._default_manager.count() for model in models] + [HistoryLine.objects.count()] == before
    assert User.objects.get(username=ACCOUNT).check_password("another one entirely")
    assert "Past editions added: 0." in text
    assert "its password stays" in text


def test_if_empty_leaves_a_database_with_editions_alone(settings):
    settings.DEVELOPMENT = True
    Edition.objects.create(slug="ours", title="Ours")
    assert run(if_empty=True) == ""
    assert Edition.objects.count() == 1


def test_an_address_that_is_taken_is_left_to_its_owner(settings):
    settings.DEVELOPMENT = True
    year = (clock.now() + dt.timedelta(days=24)).year
    for slug in (f"{year}-ohrid", f"{year + 1}-ohrid", "2018-tirana"):
        Edition.objects.create(slug=slug, title="Ours", ordinal=7 if slug == "2018-tirana" else None)
    run()
    assert coming().slug.endswith("-ohrid-demonstration")
    assert str(Edition.objects.get(ordinal=7).title) == "Ours"


@pytest.mark.parametrize("day", range(7))
def test_it_starts_on_a_tuesday_three_to_four_weeks_on(day):
    moment = dt.datetime(2026, 3, 2 + day, 23, 30, tzinfo=dt.UTC)
    with time_machine.travel(moment, tick=False):
        edition = put_edition(at=moment, by="test")
    assert edition.first_day is not None
    assert edition.first_day.weekday() == 1
    assert 21 <= (edition.first_day - moment.astimezone(edition.zone).date()).days <= 27


def test_it_is_open_for_registration_with_every_deadline_ahead_and_in_order(demo):
    assert demo.registration_state() == "open"
    assert Edition.objects.current() == demo
    visit = FieldVisit.objects.get(session__edition=demo)
    ahead = [clock.now(), demo.nomination_deadline, visit.signup_deadline, demo.registration_closes]
    assert ahead == sorted(ahead)
    assert demo.registration_closes < demo.travel_deadline < demo.details_deadline
    assert (visit.capacity, visit.rules_version, visit.asks_identity, visit.needs_host_approval) == (12, 1, True, True)
    visit.full_clean()


def test_the_programme_shows_everything_there_is_to_show(demo):
    sessions = demo.sessions
    kinds = set(sessions.values_list("kind", flat=True))
    assert set(Session.Kind.values) - kinds == {"arrival"}
    groups = sessions.filter(kind="working_group")
    assert list(groups.values_list("letter", flat=True)) == ["A", "B", "C"]
    assert groups.values("start").distinct().count() == 1
    assert sessions.get(title__contains="five depots").talks.count() == 5
    cancelled = sessions.get(status="cancelled")
    assert str(cancelled.cancelled_note)
    assert sessions.filter(room=None, start__isnull=False).exists()
    assert sessions.filter(start=None).exists()
    assert Appearance.objects.get(session__edition=demo, speaker__kind="state").speaker.name == "North Macedonia"
    assert Appearance.objects.filter(session__edition=demo, state="to_be_confirmed").count() == 1
    assert {"en", "sq", "bs", "mk"} <= set(sessions.get(kind="opening").title.data)
    assert demo.topics.count() == 4
    assert not [finding for finding in find_clashes(demo) if finding.blocks]
    for session in sessions.all():
        session.full_clean()


def test_two_releases_differ(demo):
    first, second = demo.releases.order_by("number")
    assert first.difference == []
    assert {change["kind"] for change in second.difference} == {"moved", "room", "cancelled", "retitled", "speakers"}
    agenda = released_agenda(demo.slug)
    assert agenda is not None
    assert len(agenda.items) == demo.sessions.count()


def test_people_are_in_every_status_and_the_places_are_taken(demo):
    people = Counter(demo.participants.values_list("status", flat=True))
    assert people == {"confirmed": 41, "waitlisted": 8, "pending": 6, "declined": 2, "withdrawn": 3}
    assert places_left(demo) == 0
    assert any(quota_left(delegation) == 0 for delegation in demo.delegations.all())
    assert set(demo.participants.values_list("role", flat=True)) == set(Participant.Role.values)
    bookings = VisitBooking.objects.filter(participant__status="confirmed")
    states = Counter(bookings.values_list("state", flat=True))
    assert states["confirmed"] == 12
    assert min(states[one] for one in VisitBooking.State.values) >= 1
    for person in demo.participants.all():
        assert person.email.endswith("@example.org")
        person.full_clean(exclude=["title", "consent_version"])


def test_most_of_the_confirmed_have_chosen_one_working_group(demo):
    choosing = demo.participants.confirmed().filter(starred__isnull=False).distinct()
    assert 0 < choosing.count() < demo.participants.confirmed().count()
    assert {person.starred.count() for person in choosing} == {2}


def test_delegations_stand_in_protocol_order_under_their_right_names(demo):
    names = [delegation.name for delegation in demo.delegations.in_protocol_order()]
    assert names[:11] == [
        "Albania",
        "Bosnia and Herzegovina",
        "Bulgaria",
        "Croatia",
        "Kosovo*",
        "Moldova",
        "Montenegro",
        "North Macedonia",
        "Romania",
        "Serbia",
        "Slovenia",
    ]
    assert names[-1] == "Secretariat"
    assert demo.delegations.get(name="Kosovo*").footnote_mark == "*"
    assert str(demo.footnotes).startswith("* This designation is without prejudice to positions on status")


@pytest.mark.parametrize("draw", [to_json, to_xml])
def test_the_feeds_of_the_agenda_can_be_loaded_again(demo, draw):
    agenda = released_agenda(demo.slug)
    report = load(read_bytes(draw(agenda, site="https://rasr.example.org", language="en")), by="test", slug="copy")
    copy = report.edition
    drawn = demo.sessions.filter(start__isnull=False, status="scheduled")
    assert report.made == drawn.count() == copy.sessions.count()
    assert set(copy.sessions.values_list("start", "end")) == set(drawn.values_list("start", "end"))
    assert (copy.first_day, copy.last_day, copy.timezone) == (demo.first_day, demo.last_day, demo.timezone)
    assert copy.sessions.filter(kind="opening", room__name="Great Hall").exists()
    assert [remark.sentence for remark in report.remarks if "known" in remark.sentence] == []
