"""The past editions: every fact on record, every gap left open."""

import datetime as dt

import pytest

from events.edition_files import read
from events.loading import load
from events.models import Edition, FieldVisit, HistoryLine, KeyStatement, Partnership
from events.past_editions import all_facts, put_past_editions
from events.scheduling import released_agenda
from tests.events.test_loading import FILES, rows

pytestmark = pytest.mark.django_db


def test_thirteen_editions_in_the_order_of_the_series_all_public():
    made = put_past_editions(by="test")
    assert len(made) == 13
    in_order = list(Edition.objects.public().in_order())
    assert [e.ordinal for e in in_order] == [None, None, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert {e.status for e in in_order} == {"archived"}
    assert str(in_order[1]) == "Regional Workshop on Ammunition Surveillance"
    assert all(e.source_note for e in in_order)


def test_what_is_not_known_stays_empty_and_is_said():
    put_past_editions(by="test")
    fourth, fifth, seventh = (Edition.objects.get(ordinal=n) for n in (4, 5, 7))
    assert (fourth.city, fourth.country, fourth.first_day, fourth.timezone) == ("", "Slovenia", None, "")
    assert "inferred only" in fourth.source_note
    assert (fifth.city, fifth.first_day, fifth.timezone) == ("Durrës", None, "Europe/Tirane")
    assert (seventh.city, seventh.country, seventh.reported_participants, seventh.sources) == ("", "", None, [])
    assert "Nothing was found on record" in seventh.source_note


def test_reported_figures_are_text_and_number():
    put_past_editions(by="test")
    figures = dict(Edition.objects.exclude(ordinal=None).values_list("ordinal", "reported_participants_text"))
    assert figures[1] == "52 representatives, 3 of them ITF"
    assert figures[11] == "about 40"
    eighth = Edition.objects.get(ordinal=8)
    assert eighth.reported_visit_text.startswith("ammunition depot, Trbounje")
    assert eighth.reported_chair_text == "RACVIAC"
    assert "US$30,000" in str(eighth.partnerships.get(role="donor").note)
    assert eighth.topics.count() == 5


def test_the_tenth_has_every_fact_on_record():
    put_past_editions(by="test")
    tenth = Edition.objects.get(slug="2018-tirana")
    assert (tenth.first_day, tenth.last_day) == (dt.date(2018, 10, 9), dt.date(2018, 10, 11))
    assert (tenth.city, tenth.country, tenth.timezone) == ("Tirana", "Albania", "Europe/Tirane")
    assert str(tenth.label) == "Tenth edition"
    assert str(tenth.title).startswith("RASR - workshop on a regional approach")
    assert tenth.reported_participants == 40
    assert "(PSSM) practitioners from South East Europe" in tenth.reported_participants_text
    assert tenth.reported_from_text == "ministries of defence in South East Europe; international organisations"
    assert str(tenth.summary).startswith("A regional platform")
    assert [str(t) for t in tenth.topics.all()] == [
        "Disposal of large-scale ammunition",
        "Stopping the diversion of stockpiles to civilian markets",
        "Disposing of ammunition in an environmentally friendly way",
    ]
    visit = FieldVisit.objects.get(session__edition=tenth)
    assert (str(visit.site), str(visit.shown)) == (
        "Hotspot clearance site, Durres",
        "Demonstration of unexploded ordnance (UXO) clearance. Open to participants.",
    )
    assert "http://www.rasrinitiative.org/" in tenth.sources
    assert tenth.documents.get().url == "http://www.rasrinitiative.org/"


def test_the_partners_and_statements_of_the_tenth():
    put_past_editions(by="test")
    partners = Partnership.objects.filter(edition__ordinal=10)
    steering = partners.filter(role="steering_committee").values_list("organisation__acronym", flat=True)
    assert list(steering) == ["ITF", "NSPA", "RACVIAC", "SAS", "SEESAC"]
    union, states = partners.filter(role="donor")
    assert (union.since, union.until, union.legal_basis) == (2017, None, "Council Decision (CFSP) 2016/2356")
    assert union.legal_basis_url.endswith("EU-Council-Decision-CFSP-2016-2356.pdf")
    assert (states.until, str(states.note)) == (2016, "financed the series at first")
    statements = KeyStatement.objects.filter(edition__ordinal=10)
    assert [(s.honorific, s.name, s.is_summary) for s in statements] == [
        ("Mr", "Petro Koçi", True),
        ("Ms", "Monika Bylaite", True),
        ("Mr", "Zoran Popov", True),
    ]
    assert statements[1].function == "Head of Political Section, EU Delegation Albania"


@pytest.mark.parametrize(("slug", "items"), [("2009-zagreb", 4), ("2018-tirana", 7)])
def test_the_agendas_on_record_are_released_and_say_that_they_are_not_whole(slug, items):
    put_past_editions(by="test")
    agenda = released_agenda(slug)
    assert agenda is not None
    assert len(agenda.items) == items
    assert "not on record" in agenda.note


def test_putting_them_again_changes_nothing_and_leaves_edits_alone():
    put_past_editions(by="test")
    Edition.objects.filter(ordinal=3).update(venue="Found later")
    lines = HistoryLine.objects.count()
    assert put_past_editions(by="test") == []
    assert HistoryLine.objects.count() == lines
    assert Edition.objects.get(ordinal=3).venue == "Found later"


def test_one_that_is_missing_is_made_alone():
    put_past_editions(by="test")
    Edition.objects.filter(ordinal=7).delete()
    assert [e.ordinal for e in put_past_editions(by="test")] == [7]


def test_every_edition_on_file_has_a_label_in_english():
    assert all(facts["label"]["en"] for facts in all_facts())


def test_loading_the_file_of_an_edition_on_record_changes_nothing_of_it():
    put_past_editions(by="test")
    before = rows()
    report = load(read(FILES / "rasr-10-tirana-2018-skeleton.json"), by="test")
    assert (report.edition.ordinal, report.unchanged) == (10, 7)
    assert "edition.title: The edition has RASR - workshop on a regional approach" in "".join(map(str, report.remarks))
    assert rows() == before
