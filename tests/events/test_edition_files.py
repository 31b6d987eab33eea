"""Who a line of a programme means, and which zone a city has."""

import pytest

from events.edition_files.people import kind_of, split_honorific, split_roles
from events.edition_files.places import zone_of


@pytest.mark.parametrize(
    ("name", "organisation", "kind"),
    [
        ("Belgium", "", "state"),
        ("Kosovo*", "", "state"),
        ("the former Yugoslav Republic of Macedonia", "", "state"),
        ("Republic of Moldova", "", "state"),
        ("Bosnia and Herzegovina", "", "state"),
        ("Co-chairs Croatia and Spain", "", "state"),
        ("International Campaign to Ban Landmines (ICBL)", "", "organisation"),
        ("NATO", "", "organisation"),
        ("Ministry of Defence of Albania", "", "organisation"),
        ("Small Arms Survey", "", "organisation"),
        ("Petro Koçi", "Ministry of Defence of Albania", "person"),
        ("Georgia", "University of Example", "person"),
        ("Mr Stephan Vigié", "", "person"),
    ],
)
def test_a_name_is_a_person_a_state_or_an_organisation(name, organisation, kind):
    assert kind_of(name, organisation) == kind


@pytest.mark.parametrize(
    ("printed", "honorific", "name"),
    [
        ("Mr Petro Koçi", "Mr", "Petro Koçi"),
        ("Lt. Col. Marijan Jozić", "Lt. Col.", "Marijan Jozić"),
        ("H.E. Mr Heraldo Muñoz", "H.E. Mr", "Heraldo Muñoz"),
        ("Amb. Daniel Livermore", "Amb.", "Daniel Livermore"),
        ("M. John Rawson", "M.", "John Rawson"),
        ("M. Rawson", "", "M. Rawson"),  # an initial, as far as one can tell
        ("Mrinal Sample", "", "Mrinal Sample"),
        ("Mr", "", "Mr"),
        ("Брана Пробна", "", "Брана Пробна"),
    ],
)
def test_honorifics_are_taken_off_and_kept(printed, honorific, name):
    assert split_honorific(printed) == (honorific, name)


def test_roles_stand_in_a_title_between_semicolons():
    assert split_roles("Minister of Foreign Affairs; host") == (["host"], "Minister of Foreign Affairs")
    assert split_roles("Chair; rapporteur") == (["chair", "rapporteur"], "")
    assert split_roles("Host Nation Adviser") == ([], "Host Nation Adviser")


@pytest.mark.parametrize(
    ("city", "country", "zone"),
    [
        ("Tirana", "Albania", "Europe/Tirane"),
        ("tiranë", "", "Europe/Tirane"),
        ("Durres", "Republic of Albania", "Europe/Tirane"),
        ("The Hague", "", "Europe/Amsterdam"),
        ("Skopje", "the former Yugoslav Republic of Macedonia", "Europe/Skopje"),
        ("Santiago", "Chile", "America/Santiago"),
        ("Santiago", "Spain", ""),
        ("Nowhere", "", ""),
        ("", "", ""),
    ],
)
def test_the_zone_of_a_city(city, country, zone):
    assert zone_of(city, country) == zone
