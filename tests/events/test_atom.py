"""The feed of what changed: RFC 4287, in every language, with identifiers that last."""

import datetime as dt
import re

import pytest
from lxml import etree

from events.feeds.atom import to_atom
from events.models import Session
from events.scheduling import release_agenda, released_agenda
from tests import make

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "https://rasr.example"


def feed_of(edition, language="en", site=SITE):
    releases = edition.releases.defer("document")
    latest = released_agenda(edition.slug)
    assert latest is not None
    return etree.fromstring(to_atom(latest, releases, site=site, language=language))


def told(feed, name):
    return [entry.findtext(f"{ATOM}{name}") for entry in feed.iter(f"{ATOM}entry")]


@pytest.fixture
def edition():
    """Two releases: in the second a session is cancelled."""
    made = make.edition()
    session = make.session(made, {"en": "Depots", "sq": "Depo"})
    release_agenda(edition=made, by="sec", note="First & <b>best</b>")
    Session.objects.filter(pk=session.pk).update(status="cancelled")
    release_agenda(edition=made, by="sec", status="final")
    return made


def test_changes_are_told_newest_first_in_the_readers_words(edition):
    feed = feed_of(edition)
    assert told(feed, "title") == ["Release 2", "Release 1"]
    assert told(feed, "summary") == [
        "<p>Final.</p><ul><li>Cancelled: “Depots”.</li></ul>",
        "<p>Provisional. First &amp; &lt;b&gt;best&lt;/b&gt;</p><p>The first release.</p>",
    ]
    assert "Depo”" in told(feed_of(edition, "sq"), "summary")[0]


def test_a_release_without_a_change_says_so(edition):
    release_agenda(edition=edition, by="sec")
    assert told(feed_of(edition), "summary")[0] == "<p>Provisional.</p><p>Nothing changed in the sessions.</p>"


def test_an_entry_keeps_its_identifier_in_every_language_at_every_address_and_after_later_releases(edition):
    ids = told(feed_of(edition), "id")
    assert len(set(ids)) == 2
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one) for one in ids)
    assert told(feed_of(edition, "sq", "https://elsewhere.example"), "id") == ids
    edition.slug += "-moved"
    edition.save(update_fields=["slug"])
    release_agenda(edition=edition, by="sec")
    assert told(feed_of(edition), "id")[1:] == ids
    assert told(feed_of(edition), "updated")[1:] == [
        f"{release.released_at:%Y-%m-%dT%H:%M:%S}+00:00" for release in edition.releases.filter(number__lte=2)
    ]


def test_two_editions_share_no_identifier():
    editions = [make.edition(), make.edition()]
    for one in editions:
        release_agenda(edition=one, by="sec")
    assert len({told(feed_of(one), "id")[0] for one in editions}) == 2


@pytest.mark.parametrize("language", ["en", "bg", "bs", "mk", "ro", "sl", "sq"])
def test_the_feed_has_what_rfc_4287_asks_for_in_every_language(edition, language):
    feed = feed_of(edition, language)
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == language
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
            assert element.findtext(f"{ATOM}{name}").strip()
        assert dt.datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
        alternate = [one for one in element.findall(f"{ATOM}link") if one.get("rel", "alternate") == "alternate"]
        assert len(alternate) == 1
    assert feed.findtext(f"{ATOM}author/{ATOM}name").strip()
    assert feed.findtext(f"{ATOM}updated") == max(told(feed, "updated"))
    prefix = "" if language == "en" else f"/{language}"
    page = f"{SITE}{prefix}/editions/{edition.slug}/agenda/"
    links = {one.get("rel", "alternate"): one.get("href") for one in feed.findall(f"{ATOM}link")}
    assert links == {"alternate": f"{page}changes/", "self": f"{page}changes.atom"}
    entries = [entry.find(f"{ATOM}link").get("href") for entry in feed.iter(f"{ATOM}entry")]
    assert entries == [f"{page}?release=2", f"{page}?release=1"]


def test_the_links_lead_to_releases_that_stay_readable(edition, client):
    for number, path in enumerate(reversed([link.replace(SITE, "") for link in _links(edition)]), start=1):
        page = client.get(path).content.decode()
        assert ("not the latest" in page) == (number == 1)


def _links(edition):
    return [entry.find(f"{ATOM}link").get("href") for entry in feed_of(edition).iter(f"{ATOM}entry")]
