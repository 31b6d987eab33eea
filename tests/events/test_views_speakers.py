"""Who speaks: a list and a page for each, from the released agenda; the biography as it is now."""

import pytest
from i18nfield.strings import LazyI18nString

from events.caching import bodies
from events.models import Edition, Speaker, Talk
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    bodies.clear()
    return make.edition(footnotes="* Without prejudice.")


def released(edition, *appearances):
    release_agenda(edition=edition, by="test")
    return [f"/editions/{edition.slug}/speakers/{one.speaker_id}/" for one in appearances]


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_everybody_of_the_agenda_stands_in_the_list_by_name(client, edition):
    held = make.session(edition, "Depots")
    for name in ("Žika Ćirić", "Ана Петровска", "Boris Primjerić"):
        make.speaker(held, name, honorific="Dr", function="Adviser", organisation="Institute")
    released(edition)
    text = page(client, f"/editions/{edition.slug}/speakers/")
    places = [text.index(name) for name in ("Ана Петровска", "Boris Primjerić", "Žika Ćirić")]
    assert places == sorted(places)
    assert "Adviser, Institute" in text
    assert "3 speakers" in text


def test_somebody_who_speaks_twice_stands_once_with_both_functions(client, edition):
    first = make.speaker(make.session(edition, "Depots"), function="Adviser")
    make.speaker(make.session(edition, "Surplus", 11, 12), function="Head of unit")
    (address,) = released(edition, first)
    assert page(client, f"/editions/{edition.slug}/speakers/").count("Arta Shembulli") == 1
    text = page(client, address)
    for words in ("Adviser", "Head of unit", "Depots", "Surplus"):
        assert words in text


def test_the_page_shows_roles_talks_and_what_is_open(client, edition):
    held = make.session(edition, "Depots", room=make.room(edition))
    talk = Talk.objects.create(session=held, title="A talk of it")
    first = make.speaker(held, role="chair")
    make.speaker(held, talk=talk, state="to_be_confirmed")
    (address,) = released(edition, first)
    text = page(client, address)
    for words in ("Chair", "A talk of it", "To be confirmed", "Hall A", "Tuesday, 8 October 2030, 09:00"):
        assert words in text


def test_a_cancelled_session_says_so(client, edition):
    (address,) = released(edition, make.speaker(make.session(edition, status="cancelled")))
    assert "Cancelled" in page(client, address)


def test_a_state_speaks_with_its_footnote(client, edition):
    state = make.speaker(make.session(edition), "Kosovo*")
    Speaker.objects.filter(pk=state.speaker_id).update(kind="state")
    (address,) = released(edition, state)
    text = page(client, address)
    assert ">State<" in text
    assert text.count("Without prejudice.") == 1


def test_the_biography_is_the_one_of_now_in_the_reader_s_language_or_another(client, edition):
    one = make.speaker(make.session(edition))
    (address,) = released(edition, one)
    assert "Biography" not in page(client, address)
    texts = LazyI18nString({"en": "Works on depots.", "sq": "Punon."})
    Speaker.objects.filter(pk=one.speaker_id).update(biography=texts)
    assert "Works on depots." in page(client, address)
    assert "Punon." in page(client, f"/sq{address}")
    assert '<div lang="en">' in page(client, f"/bg{address}")


def test_a_biography_that_was_taken_away_is_gone_at_once_whatever_the_reader_has(client, edition):
    one = make.speaker(make.session(edition))
    Speaker.objects.filter(pk=one.speaker_id).update(biography="Works on depots.")
    (address,) = released(edition, one)
    first = client.get(address)
    Speaker.objects.filter(pk=one.speaker_id).update(biography="")
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, b"depots" in again.content) == (200, False)
    assert "Last-Modified" not in first
    assert client.get(address, headers={"If-Modified-Since": "Tue, 01 Jan 2019 00:00:00 GMT"}).status_code == 200


def test_only_who_appears_in_the_latest_release_has_a_page(client, edition):
    held = make.session(edition)
    first, later = make.speaker(held), make.speaker(held, "Not released")
    later_key, session = later.speaker_id, later.session
    later.delete()
    (address,) = released(edition, first)
    make.speaker(session, "Not released")
    page(client, f"/editions/{edition.slug}/speakers/{later_key}/", 404)
    first.delete()
    page(client, address)
    released(edition)
    page(client, address, 404)


@pytest.mark.parametrize("number", ["0", "999999999999999999999999", "1.5", "x", "-1"])
def test_a_number_of_nobody_is_nowhere(client, edition, number):
    released(edition, make.speaker(make.session(edition)))
    page(client, f"/editions/{edition.slug}/speakers/{number}/", 404)


def test_without_a_release_or_an_edition_there_is_no_list(client, edition):
    page(client, f"/editions/{edition.slug}/speakers/", 404)
    (address,) = released(edition, make.speaker(make.session(edition)))
    Edition.objects.filter(pk=edition.pk).update(status="draft")
    page(client, f"/editions/{edition.slug}/speakers/", 404)
    page(client, address, 404)


def test_speakers_stand_in_the_menu_where_there_are_any(client, edition):
    make.session(edition)
    release_agenda(edition=edition, by="test")
    assert f"/editions/{edition.slug}/speakers/" not in page(client, f"/editions/{edition.slug}/")
    assert "names no speakers yet" in page(client, f"/editions/{edition.slug}/speakers/")
    (address,) = released(edition, make.speaker(edition.sessions.get()))
    assert f"/editions/{edition.slug}/speakers/" in page(client, f"/editions/{edition.slug}/")
    assert address in page(client, f"/editions/{edition.slug}/sessions/{edition.sessions.get().pk}/")


def test_one_query_for_the_list_and_one_more_for_the_biography(client, edition, django_assert_num_queries):
    (address,) = released(edition, make.speaker(make.session(edition)))
    for where, queries in ((f"/editions/{edition.slug}/speakers/", 1), (address, 2)):
        known = client.get(where)["ETag"]
        with django_assert_num_queries(queries):
            assert client.get(where, headers={"If-None-Match": known}).status_code == 304
        with django_assert_num_queries(queries):
            assert client.head(where).status_code == 200


@pytest.mark.parametrize("language", ["bs", "ro", "sq", "sl", "bg", "mk"])
def test_every_language_has_both_pages(client, edition, language):
    (address,) = released(edition, make.speaker(make.session(edition), role="rapporteur"))
    assert f'<html lang="{language}">' in page(client, f"/{language}{address}")
    assert "Arta Shembulli" in page(client, f"/{language}/editions/{edition.slug}/speakers/")


def test_a_name_is_text(client, edition):
    (address,) = released(edition, make.speaker(make.session(edition), "<b>Bold</b> & co"))
    for where in (address, f"/editions/{edition.slug}/speakers/"):
        assert "<b>Bold" not in page(client, where)
        assert "&lt;b&gt;Bold&lt;/b&gt; &amp; co" in page(client, where)
