"""What stands around the pages of an edition: its menu, its donors, the policy for what a page may load."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from events.models import Document, KeyStatement, Organisation, Partnership, Topic
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db
MY_REGISTRATION = "My registration</a></li>"


def donor(edition, name, **more):
    organisation = Organisation.objects.create(name=name)
    return Partnership.objects.create(edition=edition, organisation=organisation, role="donor", **more)


def text(path):
    return Client().get(path).content.decode()


def foot(path):
    return text(path).partition("<footer")[2]


def paths(edition):
    """A page drawn from rows, and those drawn from the released agenda."""
    base = f"/editions/{edition.slug}/"
    return [base, f"{base}agenda/", f"{base}sessions/{edition.sessions.first().pk}/"]


@pytest.fixture
def edition():
    made = make.edition()
    make.session(made)
    return made


def test_every_page_of_an_edition_names_who_pays_for_it_and_under_which_decision(edition):
    link = "https://example.org/decision"
    donor(edition, "European Union", since=2017, legal_basis="Council Decision (CFSP) 2016/2356", legal_basis_url=link)
    donor(edition, "Who paid before", until=2016)
    donor(edition, "Who pays later", since=2031)
    release_agenda(edition=edition, by="sec")
    for path in ["/", *paths(edition)]:
        assert "European Union" in foot(path), path
        assert f'<a href="{link}" rel="noreferrer">Council Decision (CFSP) 2016/2356</a>' in foot(path), path
        assert "Who pa" not in foot(path), path


def test_without_a_donor_on_record_nothing_is_said_of_funding(edition):
    release_agenda(edition=edition, by="sec")
    for path in ["/privacy/", *paths(edition)]:
        assert "Funding" not in foot(path), path


def test_where_the_year_is_unknown_a_donor_of_certain_years_is_not_claimed():
    facts = {"first_day": None, "last_day": None, "registration_opens": None, "registration_closes": None}
    edition = make.edition(status="archived", **facts)
    donor(edition, "Of certain years", since=2017)
    donor(edition, "Of all years")
    said = foot(f"/editions/{edition.slug}/")
    assert "Of all years" in said
    assert "Of certain years" not in said


@pytest.mark.parametrize(("after", "is_there"), [(dt.timedelta(seconds=-1), True), (dt.timedelta(0), False)])
def test_after_the_last_day_the_menu_offers_no_registration(edition, after, is_there):
    release_agenda(edition=edition, by="sec")
    with time_machine.travel(make.local(edition, 0, day=3) + after, tick=False):
        for path in paths(edition):
            assert (MY_REGISTRATION in text(path)) == is_there, path


def test_a_reader_of_a_session_learns_that_the_edition_has_ended(edition):
    release_agenda(edition=edition, by="sec")
    path = paths(edition)[-1]
    first = Client().get(path)
    since = {"if-modified-since": first["Last-Modified"]}
    assert Client().get(path, headers=since).status_code == 304
    with time_machine.travel(make.local(edition, 1, day=3), tick=False):
        assert Client().get(path, headers=since).status_code == 200


def widen(edition, number):
    """One more of everything that the page of an edition lists."""
    donor(edition, f"Donor {number}")
    Topic.objects.create(edition=edition, name=f"Topic {number}")
    KeyStatement.objects.create(edition=edition, name="Petro Koçi", statement="Good practice.")
    Document.objects.create(edition=edition, title=f"Paper {number}", url="https://example.org/", access="public")
    make.visit(edition)
    release_agenda(edition=edition, by="sec")


@pytest.mark.parametrize("below", ["", "agenda/changes/"])
def test_a_page_costs_the_same_with_one_row_and_with_many(edition, below, django_assert_num_queries):
    path = f"/editions/{edition.slug}/{below}"
    queries = {"": 9, "agenda/changes/": 5}[below]
    for number in range(3):
        widen(edition, number)
        text(path)  # a released agenda is read whole once
        with django_assert_num_queries(queries):
            text(path)


@pytest.mark.parametrize("path", ["/", "/editions/", "/privacy/", "/nothing/", "/sq/"])
def test_a_page_may_load_nothing_but_what_this_site_serves(path):
    policy = Client().get(path)["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    body = text(path)
    assert " style=" not in body
    assert "<script>" not in body
