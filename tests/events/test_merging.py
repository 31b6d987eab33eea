"""Two spellings of one speaker become one, with everything that hung on them."""

import datetime as dt

import pytest
from django.utils import timezone as clock
from i18nfield.strings import LazyI18nString

from events.merging import MergingError, merge_speakers
from events.models import Appearance, Document, HistoryLine, Speaker
from events.scheduling import build_agenda, release_agenda
from participants import links
from participants.models import Link
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition()


def spellings(edition):
    kept = make.speaker(make.session(edition, "Depots"), "Arta Shembulli").speaker
    other = make.speaker(make.session(edition, "Surplus", 11, 12), "A. Shembulli", function="Adviser").speaker
    return kept, other


def test_every_appearance_moves_with_its_function(edition):
    kept, other = spellings(edition)
    merge_speakers(kept=kept, given_up=other, by="test")
    people = [person for item in build_agenda(edition).items for person in item.everybody]
    assert [(person.name, person.function) for person in people] == [
        ("Arta Shembulli", ""),
        ("Arta Shembulli", "Adviser"),
    ]
    assert not Speaker.objects.filter(pk=other.pk).exists()


def test_the_same_role_in_one_place_stays_once(edition):
    held = make.session(edition)
    kept = make.speaker(held, "Arta Shembulli", function="Adviser").speaker
    other = make.speaker(held, "A. Shembulli").speaker
    make.speaker(held, "A. Shembulli", role="chair")
    merge_speakers(kept=kept, given_up=other, by="test")
    assert sorted(Appearance.objects.values_list("role", "function")) == [("chair", ""), ("speaker", "Adviser")]


def test_the_biography_is_completed_and_never_overwritten(edition):
    kept, other = spellings(edition)
    Speaker.objects.filter(pk=kept.pk).update(biography=LazyI18nString({"en": "Hers"}))
    Speaker.objects.filter(pk=other.pk).update(biography=LazyI18nString({"en": "Other", "sq": "E saj"}))
    merged = merge_speakers(kept=kept, given_up=other, by="test")
    assert merged.biography.data == {"en": "Hers", "sq": "E saj"}


def test_papers_handed_in_and_links_to_hand_one_in_move_along(edition):
    kept, other = spellings(edition)
    held = edition.sessions.get(title__contains="Surplus")
    paper = Document.objects.create(edition=edition, title="Slides", url="https://example.org/slides", speaker=other)
    ends = clock.now() + dt.timedelta(days=1)
    links.issue(Link.Purpose.HAND_IN, speaker=other, session=held, expires_at=ends)
    merge_speakers(kept=kept, given_up=other, by="test")
    paper.refresh_from_db()
    assert paper.speaker == kept
    assert Link.objects.get(purpose="hand_in").speaker == kept


def test_it_stands_in_the_history(edition):
    kept, other = spellings(edition)
    merge_speakers(kept=kept, given_up=other, by="ana")
    line = HistoryLine.objects.get(verb="merge")
    assert (line.subject, line.subject_id, line.actor) == ("speaker", kept.pk, "ana")
    assert (line.before, line.after) == (f"A. Shembulli ({other.pk})", "Arta Shembulli")


def test_one_and_the_same_or_one_that_is_gone_is_refused(edition):
    kept, other = spellings(edition)
    with pytest.raises(MergingError):
        merge_speakers(kept=kept, given_up=kept, by="test")
    merge_speakers(kept=kept, given_up=other, by="test")
    other.pk = 999_999_999
    with pytest.raises(MergingError):
        merge_speakers(kept=kept, given_up=other, by="test")


def test_an_open_form_of_a_session_is_stale_afterwards(edition):
    kept, other = spellings(edition)
    before = edition.sessions.get(title__contains="Surplus").changed_at
    merge_speakers(kept=kept, given_up=other, by="test")
    assert edition.sessions.get(title__contains="Surplus").changed_at > before


def test_pages_of_the_release_before_stay_there_until_the_next(client, edition):
    kept, other = spellings(edition)
    release_agenda(edition=edition, by="test")
    merge_speakers(kept=kept, given_up=other, by="test")
    address = f"/editions/{edition.slug}/speakers/{other.pk}/"
    assert client.get(address).status_code == 200
    release_agenda(edition=edition, by="test")
    assert client.get(address).status_code == 404
    assert client.get(f"/editions/{edition.slug}/speakers/{kept.pk}/").content.count(b"Surplus") > 0


class TestInTheBackOffice:
    def press(self, client, *speakers, **more):
        body = {"action": "merge", "_selected_action": [one.pk for one in speakers]} | more
        return client.post("/admin/events/speaker/", body, follow=True)

    @pytest.fixture
    def staff(self, client, edition):
        client.force_login(make.staff("secretariat", edition))
        return client

    def test_it_asks_first_and_then_merges(self, staff, edition):
        kept, other = spellings(edition)
        asked = self.press(staff, kept, other).content.decode()
        assert "Keep “Arta Shembulli”" in asked
        assert Speaker.objects.count() == 2
        done = self.press(staff, kept, other, kept=kept.pk).content.decode()
        assert "“A. Shembulli” is now “Arta Shembulli” everywhere." in done
        assert list(Speaker.objects.all()) == [kept]

    @pytest.mark.parametrize("number", [1, 3])
    def test_two_are_needed(self, staff, edition, number):
        held = make.session(edition)
        several = [make.speaker(held, f"Speaker {n}").speaker for n in range(number)]
        assert "Choose two speakers" in self.press(staff, *several).content.decode()
        assert Speaker.objects.count() == number

    def test_staff_of_one_edition_take_nobody_from_another(self, staff, edition):
        kept, _other = spellings(edition)
        foreign = make.speaker(make.session(make.edition()), "Foreign spelling").speaker
        assert "you do not look after" in self.press(staff, kept, foreign, kept=kept.pk).content.decode()
        assert Speaker.objects.filter(pk=foreign.pk).exists()

    @pytest.mark.parametrize("kept", ["", "x", "999999999", "\x00"])
    def test_an_answer_that_is_none_asks_again(self, staff, edition, kept):
        pair = spellings(edition)
        assert self.press(staff, *pair, kept=kept).status_code in {200, 400}
        assert Speaker.objects.count() == 2

    def test_speakers_are_found_while_one_types_in_their_order(self, staff, edition):
        held = make.session(edition)
        for name in ("Žika", "Ana", "Žana"):
            make.speaker(held, name)
        asked = {"app_label": "events", "model_name": "appearance", "field_name": "speaker", "term": "z"}
        found = staff.get("/admin/autocomplete/", asked).json()["results"]
        assert [one["text"] for one in found] == ["Žana", "Žika"]

    def test_the_biography_is_edited_here(self, staff, edition):
        kept, _other = spellings(edition)
        form = staff.get(f"/admin/events/speaker/{kept.pk}/change/").content.decode()
        assert 'name="biography_0"' in form
