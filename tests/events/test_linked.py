"""What other programs and previews are told of an edition."""

import json
import re

import pytest

from events.models import Organisation
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db
NASTY = "</script><script>alert(1)</script> & \"quoted\" 'too'"


def linked(client, edition, prefix=""):
    page = client.get(f"{prefix}/editions/{edition.slug}/").content.decode()
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    return json.loads(block)


def described(client, address):
    """The meta elements of a page as a browser reads them."""
    from lxml import html

    tree = html.fromstring(client.get(address).content)
    return {e.get("property") or e.get("name"): e.get("content") for e in tree.iter("meta") if e.get("content")}


def test_an_edition_is_an_event_with_days_place_and_organiser(client, settings):
    edition = make.edition(venue="Hotel", address="Street 1", working_languages=["English"], summary="Three days.")
    host = Organisation.objects.create(name="Ministry", website="https://ministry.example")
    edition.partnerships.create(organisation=host, role="host")
    edition.partnerships.create(organisation=Organisation.objects.create(name="Union"), role="donor")
    assert linked(client, edition) == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "Workshop on stockpiles",
        "description": "Three days.",
        "url": f"{settings.SITE_URL}/editions/{edition.slug}/",
        "startDate": "2030-10-08",
        "endDate": "2030-10-10",
        "eventStatus": "https://schema.org/EventScheduled",
        "location": {
            "@type": "Place",
            "name": "Hotel",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "Street 1",
                "addressLocality": "Tirana",
                "addressCountry": "Albania",
            },
        },
        "organizer": [{"@type": "Organization", "name": "Ministry", "url": "https://ministry.example"}],
        "funder": [{"@type": "Organization", "name": "Union"}],
        "inLanguage": ["English"],
    }


def test_what_is_not_known_is_left_out(client):
    bare = make.edition(
        first_day=None,
        last_day=None,
        city="",
        country="",
        timezone="",
        registration_opens=None,
        registration_closes=None,
    )
    assert set(linked(client, bare)) == {"@context", "@type", "name", "url", "eventStatus"}


def test_no_text_can_end_the_block(client):
    edition = make.edition(title=NASTY, venue=NASTY)
    assert linked(client, edition)["name"] == NASTY
    assert "<script>alert" not in client.get(f"/editions/{edition.slug}/").content.decode()


def test_nothing_private_is_told(client):
    edition = make.edition(contact_email="secret@example.org", source_note="canary note")
    make.session(edition, "Unreleased")
    told = json.dumps(linked(client, edition))
    assert not re.search("secret@|canary|Unreleased|offers", told)


def test_previews_have_the_text_of_the_page_s_language(client, settings):
    edition = make.edition(title={"en": "Workshop & more", "sq": "Punëtoria"}, summary={"en": "Words", "sq": "Fjalë"})
    english = described(client, f"/editions/{edition.slug}/")
    assert english["og:title"].startswith("Workshop & more")
    assert (english["description"], english["og:description"]) == ("Words", "Words")
    albanian = described(client, f"/sq/editions/{edition.slug}/")
    assert albanian["og:title"].startswith("Punëtoria")
    assert albanian["og:description"] == "Fjalë"
    assert albanian["og:url"] == f"{settings.SITE_URL}/sq/editions/{edition.slug}/"


def test_an_edition_without_a_summary_is_told_by_days_and_place(client):
    told = described(client, f"/editions/{make.edition(city='Bar & Co').slug}/")
    assert told["og:description"] == "8 to 10 October 2030. Bar & Co, Albania"


def test_the_agenda_is_told_by_days_and_place(client):
    edition = make.edition(city="Bar & Co")
    make.session(edition)
    release_agenda(edition=edition, by="test")
    told = described(client, f"/editions/{edition.slug}/agenda/?day=2030-10-08")
    assert told["description"] == "8 to 10 October 2030. Bar & Co. Sessions, times, rooms and speakers."
    assert told["og:url"].endswith(f"/editions/{edition.slug}/agenda/")
    assert told["og:title"] == f"Agenda, {edition.label}"


def test_a_long_text_is_cut(client):
    told = described(client, f"/editions/{make.edition(summary='word ' * 500).slug}/")
    assert len(told["description"]) <= 300
