"""Delegations with their numbers, places and quotas, mails, and the roles of staff."""

import re

import pytest
from django.utils import timezone

from participants import places
from participants.models import Delegation, Message, StaffRole, User
from tests import make
from tests.office import change

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def office(client, edition):
    """A browser of the secretariat of the edition."""
    client.force_login(make.staff("secretariat", edition))
    return client


@pytest.fixture
def everywhere(client):
    """A browser of the secretariat of all editions."""
    client.force_login(make.staff("secretariat"))
    return client


def page_of(edition):
    return f"/admin/participants/delegation/places/{edition.slug}/"


class TestPlaces:
    def test_a_place_that_is_kept_for_a_substitute_is_told(self, office, edition):
        make.substitute(make.participant(edition, "confirmed"))
        assert "1 place is kept for a substitute." in office.get(page_of(edition)).content.decode()

    def test_the_list_of_delegations_counts_its_people(self, office, edition):
        make.participant(edition, "confirmed")
        make.participant(edition, "declined")
        row = office.get("/admin/participants/delegation/").content.decode()
        assert '<td class="field-confirmed">1</td>' in row
        assert '<td class="field-registered">1</td>' in row

    def test_a_raise_gives_the_place_to_who_waited(self, office, edition):
        places.set_capacity(edition=edition, capacity=1, by="test")
        make.participant(edition)
        waiting = make.participant(edition)
        assert waiting.status == "waitlisted"
        answer = office.post(page_of(edition), {"number": "2"}, follow=True)
        assert "Saved." in answer.content.decode()
        waiting.refresh_from_db()
        assert waiting.status == "confirmed"

    def test_a_cut_below_the_confirmed_is_refused_with_their_number(self, office, edition):
        make.participant(edition)
        make.participant(edition)
        delegation = edition.delegations.get()
        for typed in ({"number": "1"}, {"number": "1", "delegation": delegation.pk}):
            answer = office.post(page_of(edition), typed)
            assert answer.status_code == 422
            assert "2 people are confirmed. Write 2 or more." in answer.content.decode()
        edition.refresh_from_db()
        assert edition.capacity is None

    @pytest.mark.parametrize("number", ["-1", "abc", "99999999999999999999", "1.5", "１２"])
    def test_a_number_that_is_none_is_explained(self, office, edition, number):
        answer = office.post(page_of(edition), {"number": number})
        assert answer.status_code in {302, 422}
        assert answer.status_code == 422 or number == "１２"

    @pytest.mark.parametrize("key", ["abc", "0", "99999999999999999999"])
    def test_a_delegation_that_is_none_is_not_found(self, office, edition, key):
        assert office.post(page_of(edition), {"number": "1", "delegation": key}).status_code == 404

    def test_a_delegation_of_another_edition_is_not_found(self, office, edition):
        foreign = make.delegation(make.edition())
        answer = office.post(page_of(edition), {"number": "1", "delegation": foreign.pk})
        assert answer.status_code == 404
        foreign.refresh_from_db()
        assert foreign.quota is None

    def test_the_form_of_a_delegation_keeps_what_a_verb_changed_meanwhile(self, office, edition):
        delegation = make.delegation(edition)
        places.set_quota(delegation=delegation, quota=3, by="test")
        assert change(office, delegation, name="Ärgonia", quota="9").status_code == 302
        changed = Delegation.objects.get()
        assert (changed.name, changed.quota, changed.sort_folded) == ("Ärgonia", 3, "argonia")


@pytest.mark.parametrize(
    "path",
    [
        "participants/delegation/places/{slug}/",
        "participants/delegation/invite/{slug}/",
        "events/edition/{pk}/release/",
    ],
)
def test_pages_of_another_edition_are_as_if_there_were_none(office, path):
    other = make.edition()
    there = office.get("/admin/" + path.format(slug=other.slug, pk=other.pk))
    nowhere = office.get("/admin/" + path.format(slug="nowhere", pk=99999999))
    assert (there.status_code, nowhere.status_code) == (404, 404)


class TestMessages:
    @pytest.fixture
    def failed(self, edition):
        make.participant(edition)
        message = Message.objects.get()
        Message.objects.filter(pk=message.pk).update(state="failed", tries=9, next_try_at=timezone.now())
        return message

    def test_a_failed_mail_is_tried_again_once(self, office, failed):
        typed = {"action": "try_again", "_selected_action": [failed.pk]}
        assert (
            "1 mail is queued again."
            in office.post("/admin/participants/message/", typed, follow=True).content.decode()
        )
        failed.refresh_from_db()
        assert failed.state == "queued"
        again = office.post("/admin/participants/message/", typed, follow=True).content.decode()
        assert "0 mails are queued again." in again

    def test_the_text_of_a_mail_is_shown_and_its_link_opens_nothing(self, office, failed):
        (token,) = set(re.findall(r"/my/([\w-]{43})/", failed.text))
        page = office.get(f"/admin/participants/message/{failed.pk}/change/").content.decode()
        assert failed.subject in page
        assert "/my/•••/" in page
        assert token not in page


class TestRoles:
    def test_a_role_is_given_and_taken_away(self, everywhere, edition):
        user = User.objects.create_user("newcomer")
        typed = {"user": user.pk, "role": "check-in", "edition": edition.pk}
        assert everywhere.post("/admin/participants/staffrole/add/", typed).status_code == 302
        role = user.roles.get()
        assert User.objects.get(pk=user.pk).is_staff
        typed = {"action": "take_away", "_selected_action": [role.pk]}
        everywhere.post("/admin/participants/staffrole/", typed, follow=True)
        assert not user.roles.exists()
        assert not User.objects.get(pk=user.pk).is_staff

    def test_a_role_given_twice_is_one(self, everywhere):
        user = make.staff("observer")
        typed = {"user": user.pk, "role": "observer", "edition": ""}
        assert everywhere.post("/admin/participants/staffrole/add/", typed).status_code in {200, 302}
        assert user.roles.count() == 1

    def test_the_last_secretariat_is_kept(self, everywhere):
        role = StaffRole.objects.get()
        typed = {"action": "take_away", "_selected_action": [role.pk]}
        page = everywhere.post("/admin/participants/staffrole/", typed, follow=True).content.decode()
        assert "This is the last secretariat account" in page
        page = change(everywhere, role.user, is_active="")
        page = everywhere.post(
            f"/admin/participants/user/{role.user_id}/change/",
            {"first_name": "Mira", "last_name": "", "email": ""},
            follow=True,
        ).content.decode()
        assert "This is the last secretariat account" in page
        user = User.objects.get(pk=role.user_id)
        assert user.is_active
        assert user.roles.count() == 1

    def test_a_closed_account_is_out_at_once(self, everywhere, edition):
        user = make.staff("secretariat", edition)
        everywhere.post(f"/admin/participants/user/{user.pk}/change/", {"first_name": "", "last_name": "", "email": ""})
        assert not User.objects.get(pk=user.pk).is_active

    def test_nobody_makes_a_superuser_here(self, everywhere, edition):
        user = make.staff("observer", edition)
        change(everywhere, user, is_superuser="on", is_staff="on", username="root", password="x")
        kept = User.objects.get(pk=user.pk)
        assert (kept.is_superuser, kept.username, kept.password) == (False, user.username, user.password)

    def test_the_secretariat_of_one_edition_gives_no_roles(self, office, edition):
        assert office.get("/admin/participants/staffrole/").status_code == 403
        assert office.post("/admin/participants/staffrole/add/", {"role": "secretariat"}).status_code == 403
