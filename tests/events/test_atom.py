"""The list of changes as a feed."""

import pytest
from lxml import etree

from events.feeds.atom import to_atom
from events.models import Session
from events.scheduling import release_agenda, released_agenda
from tests import make
from tests.events.fed import SITE

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def atom(edition, language="en"):
    releases = edition.releases.defer("document")
    latest = released_agenda(edition.slug)
    assert latest is not None
    return etree.fromstring(to_atom(latest, releases, site=SITE, language=language))


def test_changes_are_a_feed_newest_first_in_the_readers_words():
    edition = make.edition()
    session = make.session(edition, {"en": "Depots", "sq": "Depo"})
    release_agenda(edition=edition, by="sec", note="First & <b>best</b>")
    Session.objects.filter(pk=session.pk).update(status="cancelled")
    release_agenda(edition=edition, by="sec")
    feed = atom(edition)
    assert [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")] == ["Release 2", "Release 1"]
    summaries = [entry.findtext(f"{ATOM}summary") for entry in feed.iter(f"{ATOM}entry")]
    assert summaries == ["<ul><li>Cancelled: “Depots”.</li></ul>", "<p>First &amp; &lt;b&gt;best&lt;/b&gt;</p>"]
    assert "Depo”" in next(atom(edition, "sq").iter(f"{ATOM}summary")).text
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert ids == [entry.findtext(f"{ATOM}id") for entry in atom(edition, "sq").iter(f"{ATOM}entry")]
