"""The page of one edition: its papers and its dates."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone as clock

from events.models import Document, Talk
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db


def text(edition):
    return Client().get(f"/editions/{edition.slug}/").content.decode()


def paper(edition, title, **more):
    return Document.objects.create(edition=edition, title=title, url="https://example.org/paper", **more)


@pytest.fixture
def edition():
    return make.edition()


def test_public_papers_stand_on_the_page_with_the_session_that_they_belong_to(edition):
    session, hall = make.session(edition, "Depots"), make.session(edition, "Fences")
    visit = make.visit(edition)
    paper(edition, "Concept note")
    paper(edition, "Slides", session=session)
    paper(edition, "Figures", talk=Talk.objects.create(session=hall, title="Sensors"))
    paper(edition, "Map", visit=visit)
    release_agenda(edition=edition, by="sec")
    body = text(edition)
    for title in ("Concept note", "Slides", "Figures", "Map"):
        assert title in body
    for place in (session, hall, visit.session):
        assert f'/sessions/{place.pk}/">{place.title}</a>' in body


def test_papers_for_the_secretariat_and_of_sessions_not_released_are_not_listed(edition):
    make.session(edition, "Depots")
    release_agenda(edition=edition, by="sec")
    paper(edition, "Of a hidden session", session=make.session(edition, "Hidden", 12, 13))
    paper(edition, "For the secretariat", access=Document.Access.SECRETARIAT)
    body = text(edition)
    assert "Documents</h2>" not in body
    for words in ("Of a hidden session", "Hidden", "For the secretariat"):
        assert words not in body


def test_a_paper_for_participants_has_a_lock_and_says_how_to_get_in(edition):
    hidden = paper(edition, "For participants", access=Document.Access.PARTICIPANTS)
    body = text(edition)
    assert "For participants" in body
    assert "open the link in your e-mail first" in body
    assert 'href="#lock"' in body
    assert hidden.url not in body


def test_when_registration_opens_is_a_key_date_until_it_is_open(edition):
    assert "Registration opens</dt>" not in text(edition)
    with time_machine.travel(clock.now() - dt.timedelta(days=5), tick=False):
        assert "Registration opens</dt>" in text(edition)


def test_home_without_a_coming_edition_says_so_and_leads_to_the_past_ones():
    assert "No edition is recorded here yet." in Client().get("/").content.decode()
    past = make.edition(status="archived", registration_opens=None, registration_closes=None)
    body = Client().get("/").content.decode()
    assert "No edition is announced at this time." in body
    assert f'href="/editions/{past.slug}/"' in body
    assert "Register before" not in body


def test_home_tells_editions_that_come_later_from_those_that_are_over(edition):
    later = make.edition(label="The one after", first_day=dt.date(2031, 5, 6), last_day=dt.date(2031, 5, 7))
    over = {"registration_opens": None, "registration_closes": None}
    past = make.edition(label="Long ago", first_day=dt.date(2018, 10, 9), last_day=dt.date(2018, 10, 11), **over)
    body = Client().get("/").content.decode()
    assert body.index("Later editions") < body.index(str(later.label)) < body.index("Past editions")
    assert body.index("Past editions") < body.index(str(past.label))
    assert body.index(str(edition.label)) < body.index("Later editions")
