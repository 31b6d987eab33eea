"""The list of participants and the form of one, as the secretariat uses them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone as clock

from events.models import HistoryLine
from participants import nominating, places, registration
from participants.models import Message, Participant
from participants.staffing import grant_role
from tests import make
from tests.office import change, errors, fields

pytestmark = pytest.mark.django_db

LIST = "/admin/participants/participant/"


@pytest.fixture
def edition():
    return make.edition(requires_review=True)


@pytest.fixture
def office(client, edition):
    """A browser of the secretariat of the edition."""
    client.force_login(make.staff("secretariat", edition))
    return client


def act(office, action, *people, again="yes"):
    """Tick people, choose an action, go, say yes where it is asked again; the page that follows."""
    typed = {"action": action, "_selected_action": [person.pk for person in people], "again": again}
    return office.post(LIST, typed, follow=True).content.decode()


def status(person):
    """The status as it is stored."""
    return Participant.objects.get(pk=person.pk).status


class TestList:
    @pytest.mark.parametrize("words", ["primjeric", "PRIMJERIĆ boris", "примјерић", "albania"])
    def test_search_ignores_accents_case_and_script(self, office, edition, words):
        make.participant(edition)
        make.participant(edition, of="Serbia", given_name="Vlad", family_name="Model")
        page = office.get(LIST, {"q": words}).content.decode()
        assert "Primjerić" in page
        assert "Vlad Model" not in page

    def test_it_can_be_narrowed_to_a_delegation_of_the_edition(self, office, edition):
        foreign = make.delegation(make.edition(), "Foreignland")
        person = make.participant(edition)
        make.participant(edition, of="Serbia", family_name="Modelaj")
        page = office.get(LIST, {"delegation__id__exact": person.delegation_id}).content.decode()
        assert "Primjerić" in page
        assert "Modelaj" not in page
        assert foreign.name not in page

    def test_a_badge_code_finds_its_person(self, office, edition):
        person = make.participant(edition)
        assert "Primjerić" in office.get(LIST, {"q": f" {person.code.lower()}"}).content.decode()

    def test_the_number_of_queries_does_not_grow_with_the_rows(self, office, edition):
        def queries():
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert office.get(LIST).status_code == 200
            return len(caught)

        make.participant(edition, of="Albania")
        queries()
        one = queries()
        make.participant(edition, of="Serbia")
        make.participant(edition, of="Croatia")
        assert queries() == one

    def test_it_shows_the_current_edition_until_another_is_chosen(self, client, edition):
        later = make.edition(first_day="2031-10-08", last_day="2031-10-09")
        client.force_login(make.staff("secretariat"))
        make.participant(edition, family_name="Primjerić")
        make.participant(later, family_name="Modelaj")
        assert "Modelaj" not in client.get(LIST).content.decode()
        assert "Modelaj" in client.get(LIST, {"edition": later.pk}).content.decode()
        everybody = client.get(LIST, {"edition": "all"}).content.decode()
        assert "Modelaj" in everybody
        assert "Primjerić" in everybody

    def test_the_numbers_of_the_first_page_lead_to_the_rows_they_count(self, office, edition):
        make.participant(edition, family_name="Primjerić")
        make.participant(edition, "confirmed", family_name="Modelaj")
        page = office.get("/admin/")
        ((_edition, waiting, _is_ours),) = page.context["editions"]
        links = {one.words: one for one in waiting}
        assert [links[words].number for words in ("to decide", "confirmed", "addresses not proven")] == [1, 1, 2]
        assert "Modelaj" not in office.get(links["to decide"].link).content.decode()
        assert "1 participant" in office.get(links["to decide"].link).content.decode()


class TestDecisions:
    def test_what_happened_is_said(self, office, edition):
        one, two = make.participant(edition), make.participant(edition, of="Serbia")
        places.set_capacity(edition=edition, capacity=1, by="test")
        page = act(office, "confirm", two, one)
        assert "Now 1 × confirmed, 1 × waiting list." in page
        assert (status(one), status(two)) == ("confirmed", "waitlisted")

    def test_places_go_in_the_order_of_nomination_within_a_delegation(self, office, edition):
        delegation = make.delegation(edition, quota=1)
        first, second = (make.named(delegation, name) for name in ("Arta", "Boris"))
        late_named, first_named = make.registered(second), make.registered(first)
        act(office, "confirm", late_named, first_named)
        assert (status(first_named), status(late_named)) == ("confirmed", "waitlisted")

    @pytest.mark.parametrize("action", ["confirm", "decline", "waitlist"])
    def test_pressed_twice_it_happens_once(self, office, edition, action):
        person = make.participant(edition)
        act(office, action, person)
        before = (status(person), HistoryLine.objects.count(), Message.objects.count())
        page = act(office, action, person)
        assert "already, since" in page
        assert before == (status(person), HistoryLine.objects.count(), Message.objects.count())

    def test_the_one_who_cannot_does_not_stop_the_others(self, office, edition):
        one, two = make.participant(edition, "declined"), make.participant(edition, of="Serbia")
        page = act(office, "confirm", one, two)
        assert "Now 1 × confirmed." in page
        assert status(two) == "confirmed"

    def test_without_a_choice_it_says_so(self, office, edition):
        person = make.participant(edition)
        page = office.post(LIST, {"action": "confirm", "index": "0"}, follow=True).content.decode()
        assert "must be selected" in page
        assert status(person) == "pending"

    @pytest.mark.parametrize("key", ["abc", "99999999999999999999", "", "-1"])
    @pytest.mark.parametrize("action", ["confirm", "nonsense"])
    def test_keys_that_are_none_decide_nothing(self, office, edition, key, action):
        person = make.participant(edition)
        response = office.post(LIST, {"action": action, "_selected_action": [key]}, follow=True)
        assert response.status_code in {200, 400}
        assert status(person) == "pending"

    def test_somebody_of_another_edition_is_not_reached(self, office, edition):
        foreigner = make.participant(make.edition(requires_review=True))
        act(office, "confirm", foreigner)
        assert status(foreigner) == "pending"
        assert office.get(f"{LIST}{foreigner.pk}/change/").status_code == 302

    def test_a_declined_registration_is_taken_up_again(self, office, edition):
        person = make.participant(edition, "declined")
        assert "Now 1 × pending." in act(office, "reopen", person)
        assert status(person) == "pending"

    def test_the_place_of_somebody_who_withdraws_by_telephone_goes_to_the_next_in_line(self, office, edition):
        places.set_capacity(edition=edition, capacity=1, by="test")
        one, two = make.participant(edition, "confirmed"), make.participant(edition, "waitlisted", of="Serbia")
        assert "Now 1 × withdrawn." in act(office, "withdraw", one)
        assert (status(one), status(two)) == ("withdrawn", "confirmed")


class TestAskedTwice:
    @pytest.mark.parametrize(("action", "end"), [("decline", "declined"), ("withdraw", "withdrawn")])
    def test_what_ends_a_registration_is_asked_again_with_the_names(self, office, edition, action, end):
        one, two = make.participant(edition, "confirmed"), make.participant(edition, family_name="Modelaj")
        other = make.participant(edition, family_name="Vzorec")
        page = act(office, action, one, two, again="")
        assert (status(one), status(two)) == ("confirmed", "pending")
        assert "Boris Primjerić" in page
        assert "Boris Modelaj" in page
        assert "Vzorec" not in page
        assert "1 of them has a place. It goes to the next in line at once." in page
        assert (status(one), status(two)) == ("confirmed", "pending")
        act(office, action, one, two)
        assert (status(one), status(two), status(other)) == (end, end, "pending")

    def test_the_others_are_done_at_once(self, office, edition):
        person = make.participant(edition)
        act(office, "confirm", person, again="")
        assert status(person) == "confirmed"

    def test_a_name_is_shown_as_it_was_written(self, office, edition):
        person = make.participant(edition, printed_name="<b>Bold</b>")
        assert "&lt;b&gt;Bold" in act(office, "decline", person, again="")


class TestNomination:
    def test_a_nomination_is_joined_by_the_hand_of_the_secretariat(self, office, edition):
        person = make.participant(edition)
        nomination = make.nomination(person.delegation)
        assert change(office, person, joined=nomination.pk, function="Changed").status_code == 302
        joined = Participant.objects.get(pk=person.pk)
        assert (joined.nomination, joined.function) == (nomination, "Changed")
        page = office.get(f"{LIST}{person.pk}/change/").content.decode()
        assert 'name="joined"' not in page
        assert nomination.name in page

    @pytest.mark.parametrize("which", ["of another delegation", "withdrawn", "joined already", "none"])
    def test_only_a_free_nomination_of_the_delegation_can_be_chosen(self, office, edition, which):
        person, other = make.participant(edition), make.participant(edition)
        nomination = make.nomination(person.delegation)
        if which == "of another delegation":
            nomination = make.nomination(make.delegation(edition, "Serbia"))
        elif which == "withdrawn":
            nomination.withdrawn_at = clock.now()
            nomination.save(update_fields=["withdrawn_at"])
        elif which == "joined already":
            nominating.link_nomination(participant=other, nomination=nomination, by="test")
        key = "abc" if which == "none" else nomination.pk
        assert set(errors(change(office, person, joined=key))) == {"joined"}
        assert Participant.objects.get(pk=person.pk).nomination is None

    def test_one_who_changes_delegation_cannot_keep_a_nomination_of_the_old_one(self, office, edition):
        person = make.participant(edition)
        nomination, serbia = make.nomination(person.delegation), make.delegation(edition, "Serbia")
        response = change(office, person, joined=nomination.pk, delegation=serbia.pk)
        assert "The nomination was not joined." in office.get(response["Location"]).content.decode()
        assert Participant.objects.get(pk=person.pk).nomination is None


class TestForm:
    def test_a_correction_is_saved_by_the_verb_with_its_line(self, office, edition):
        person = make.participant(edition)
        assert change(office, person, function="Head of section", staff_note="Calls back").status_code == 302
        changed = Participant.objects.get(pk=person.pk)
        assert (changed.function, changed.staff_note) == ("Head of section", "Calls back")
        assert changed.version > person.version
        assert (
            HistoryLine.objects.filter(subject="participant", subject_id=person.pk).latest("pk").verb
            == "change details"
        )

    def test_the_second_of_two_editors_is_refused_and_keeps_the_text(self, office, edition):
        person = make.participant(edition)
        path = f"{LIST}{person.pk}/change/"
        mine = fields(office.get(path)) | {"function": "Mine"}
        change(office, person, function="Theirs")
        response = office.post(path, mine)
        assert "Somebody else saved this registration" in response.content.decode()
        assert 'value="Mine"' in response.content.decode()
        assert Participant.objects.get(pk=person.pk).function == "Theirs"

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"service": "military"}, "rank_code"),
            ({"family_name": "\u200b"}, "family_name"),
            ({"family_name": ""}, "family_name"),
            ({"delegation": "abc"}, "delegation"),
            ({"role": "king"}, "role"),
            ({"phone": "1"}, "phone"),
            ({"seen": "99999999999999999999"}, "__all__"),
            ({"seen": "abc"}, "seen"),
            ({"seen": ""}, "__all__"),
        ],
    )
    def test_what_cannot_be_is_explained(self, office, edition, typed, field):
        response = change(office, make.participant(edition), **typed)
        assert response.status_code == 200
        assert field in errors(response)

    def test_role_and_delegation_move_by_their_verb(self, office, edition):
        person = make.participant(edition, "confirmed")
        serbia = make.delegation(edition, "Serbia")
        change(office, person, role="speaker", delegation=serbia.pk, function="Changed")
        moved = Participant.objects.get(pk=person.pk)
        assert (moved.role, moved.delegation, moved.function) == ("speaker", serbia, "Changed")
        assert HistoryLine.objects.filter(verb="reassign").exists()

    def test_a_delegation_without_a_place_refuses_and_says_why(self, office, edition):
        person = make.participant(edition, "confirmed")
        serbia = make.delegation(edition, "Serbia")
        places.set_quota(delegation=serbia, quota=0, by="test")
        response = change(office, person, delegation=serbia.pk, function="Changed")
        page = office.get(response["Location"]).content.decode()
        assert "stay as they were" in page
        kept = Participant.objects.get(pk=person.pk)
        assert (kept.delegation.name, kept.function) == ("Albania", "Changed")

    def test_a_status_is_not_written_by_the_form(self, office, edition):
        person = make.participant(edition)
        change(office, person, status="confirmed", email="other@example.org", code="AAAAAAAA")
        kept = Participant.objects.get(pk=person.pk)
        assert (kept.status, kept.email, kept.code) == ("pending", person.email, person.code)

    def test_a_delegation_of_another_edition_cannot_be_chosen(self, office, edition):
        foreign = make.delegation(make.edition(), "Foreignland")
        person = make.participant(edition)
        response = change(office, person, delegation=foreign.pk)
        assert "delegation" in errors(response)
        assert "Foreignland" not in response.content.decode()

    def test_what_ended_meanwhile_is_told(self, office, edition):
        person = make.participant(edition)
        path = f"{LIST}{person.pk}/change/"
        mine = fields(office.get(path)) | {"function": "Mine"}
        registration.withdraw(participant=person, by="participant")
        assert "Somebody else saved" in office.post(path, mine).content.decode()


ODD = ["id=abc", "p=last", "o=x", "e=1", "e=1&id=abc", "edition__id__exact=abc", "status__exact=%22", "q=%25_%5C"]
ODD += [
    "q=" + "Ж" * 5000,
    "q=%E2%80%8B",
    "proven=maybe",
    "bookings__state=x",
    "delegation__contact_email__startswith=a",
]
NAMES = [
    "participant",
    "changerequest",
    "delegation",
    "nomination",
    "nominationletter",
    "message",
    "scan",
    "visitbooking",
    "vehicle",
]


@pytest.mark.parametrize("query", ODD)
def test_odd_addresses_of_lists_are_answered_with_a_sentence(office, edition, query):
    make.participant(edition)
    for name in NAMES:
        response = office.get(f"/admin/participants/{name}/?{query}", follow=True)
        assert response.status_code in {200, 400}, (name, response.status_code)
        assert "atabase" not in response.content.decode()


def test_the_visit_officer_looks_and_changes_nothing(client, edition):
    client.force_login(make.staff("visit-officer", edition))
    person = make.participant(edition)
    person.staff_note = "a difficult person"
    person.save(update_fields=["staff_note"])
    page = client.get(f"{LIST}{person.pk}/change/").content.decode()
    assert "Primjerić" in page
    assert "difficult" not in page
    assert 'type="submit" value="Save"' not in page
    typed = {"action": "decline", "_selected_action": [person.pk]}
    client.post(LIST, typed)
    assert client.post(f"{LIST}{person.pk}/change/", {"function": "Spy"}).status_code == 403
    person.refresh_from_db()
    assert (person.status, person.function) == ("pending", "Adviser")


@pytest.mark.parametrize("role", ["observer", "check-in"])
def test_other_roles_see_no_people(client, edition, role):
    client.force_login(make.staff(role, edition))
    person = make.participant(edition)
    for name in NAMES:
        assert client.get(f"/admin/participants/{name}/").status_code == 403, name
    assert client.get(f"{LIST}{person.pk}/change/").status_code in {302, 403}
    assert client.get("/admin/").status_code == 200
    assert "Primjerić" not in client.get("/admin/").content.decode()


def test_an_observer_reads_numbers_on_the_first_page_without_a_way_to_people(client, edition):
    make.participant(edition)
    make.participant(edition, "confirmed", of="Serbia")
    make.participant(make.edition(), "confirmed")
    client.force_login(make.staff("observer", edition))
    page = client.get("/admin/")
    ((shown, numbers, is_ours),) = page.context["editions"]
    assert (shown, is_ours) == (edition, False)
    assert [(one.number, one.words, one.link) for one in numbers] == [(2, "registered", ""), (1, "confirmed", "")]
    assert "participants/" not in page.content.decode()


def test_the_desk_finds_its_way_from_the_first_page(client, edition):
    client.force_login(make.staff("check-in", edition))
    page = client.get("/admin/").content.decode()
    assert 'href="/checkin/"' in page
    assert "permission to view" not in page


@pytest.mark.parametrize("name", ["visitrecord", "link"])
def test_identity_records_and_links_are_nowhere(client, name):
    client.force_login(make.staff("secretariat"))
    assert client.get(f"/admin/participants/{name}/").status_code == 404


def test_a_decision_does_not_reach_people_whom_the_account_may_only_see(client, edition):
    other = make.edition()
    user = make.staff("secretariat", edition)
    grant_role(user=user, role="visit-officer", edition=other, by="test")
    client.force_login(user)
    own, foreign = make.participant(edition, "confirmed"), make.participant(other, "confirmed")
    page = act(client, "decline", own, foreign)
    own.refresh_from_db()
    foreign.refresh_from_db()
    assert (own.status, foreign.status) == ("declined", "confirmed"), page
