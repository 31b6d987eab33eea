"""Changes of details, by hand and on request, and the wish to be erased."""

import json

import pytest
from django.db import connection

from events.models import Edition, HistoryLine
from participants import changing, registration
from participants.models import ChangeRequest, Message
from participants.registration import RegistrationError
from tests import make
from tests.participants.changes import ENDED, LIVE, ask, confirm, forget_mails, kinds, now, request_change

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition(requires_review=True)


@pytest.fixture
def person(edition):
    return make.participant(edition, email="old@example.org")


class TestDetails:
    def test_a_military_person_keeps_a_rank_code(self, person):
        with pytest.raises(RegistrationError, match="rank code") as refused:
            changing.change_details(
                participant=person, answers={"service": "military"}, version=person.version, by="test"
            )
        assert refused.value.field == "rank_code"
        assert now(person).service == "civil"


class TestRequest:
    def test_it_keeps_what_is_new_and_changes_nothing_yet(self, person):
        request = request_change(person, function="Director", organisation=person.organisation)
        assert json.loads(request.answers) == {"function": "Director"}
        assert now(person).function == "Adviser"
        line = HistoryLine.objects.get(subject="changerequest")
        assert (line.verb, line.after, line.actor) == ("ask", "function", "participant")

    def test_the_database_holds_no_answer_in_clear(self, person):
        request = request_change(person, function="Director of Examples")
        with connection.cursor() as cursor:
            cursor.execute("SELECT answers FROM participants_changerequest WHERE id = %s", [request.pk])
            (stored,) = cursor.fetchone()
        assert "Director" not in stored

    def test_a_later_one_takes_the_place_of_one_that_waits(self, person):
        first = request_change(person, function="Director")
        second = request_change(person, function="Head")
        first.refresh_from_db()
        assert (first.state, first.answers) == ("replaced", "")
        assert second.state == "asked"

    def test_the_same_twice_is_one(self, person):
        assert request_change(person, function="Director") == request_change(person, function="Director")
        assert ChangeRequest.objects.count() == 1

    def test_what_is_in_force_takes_a_request_back(self, person):
        request_change(person, function="Director")
        assert request_change(person, function="Adviser") is None
        assert not ChangeRequest.objects.filter(state="asked").exists()

    def test_a_consent_needs_nobodys_yes(self, person):
        assert request_change(person, consent_photo=True) is None
        assert now(person).consent_photo_at
        request_change(person, consent_photo=False, function="Director")
        assert now(person).consent_photo_at is None

    def test_who_changed_it_meanwhile_is_not_overwritten(self, person):
        with pytest.raises(RegistrationError, match="Somebody else"):
            changing.request_change(
                participant=person, answers={"function": "Mine"}, version=person.version + 1, by="participant"
            )

    def test_an_edition_that_is_over_takes_none(self, person):
        Edition.objects.update(first_day="2020-01-01", last_day="2020-01-02")
        with pytest.raises(RegistrationError, match="edition has ended"):
            request_change(person, function="Director")

    def test_accepted_it_is_made_and_told_and_its_answers_are_gone(self, person):
        request = request_change(person, function="Director", phone="+355672123456", language="sq")
        forget_mails()
        request = changing.accept_change(request=request, by="office")
        changed = now(person)
        assert (changed.function, str(changed.phone), changed.language) == ("Director", "+355672123456", "sq")
        assert (request.state, request.decided_by, request.answers) == ("accepted", "office", "")
        assert kinds() == [("change accepted", "old@example.org")]
        assert Message.objects.get().language == "sq"

    def test_refused_nothing_changes_and_it_is_told(self, person):
        request = request_change(person, function="Director")
        forget_mails()
        request = changing.refuse_change(request=request, by="office")
        assert now(person).function == "Adviser"
        assert (request.state, request.answers) == ("refused", "")
        assert kinds() == [("change refused", "old@example.org")]

    @pytest.mark.parametrize("decide", [changing.accept_change, changing.refuse_change])
    @pytest.mark.parametrize("before", ["accepted", "refused", "replaced by a later one"])
    def test_what_was_decided_stays(self, person, decide, before):
        request = request_change(person, function="Director")
        if before == "accepted":
            changing.accept_change(request=request, by="office")
        elif before == "refused":
            changing.refuse_change(request=request, by="office")
        else:
            request_change(person, function="Head")
        forget_mails()
        with pytest.raises(RegistrationError, match=f"“{before}” already, since"):
            decide(request=request, by="office")
        assert not kinds()

    def test_a_change_that_does_not_fit_what_was_changed_since_is_refused_whole(self, person):
        first = changing.change_details(
            participant=person, answers={"rank": "major", "rank_code": "OF-3"}, version=person.version, by="office"
        )
        request = request_change(first, rank="", rank_code="")
        changing.change_details(
            participant=first, answers={"service": "military"}, version=now(person).version, by="office"
        )
        with pytest.raises(RegistrationError, match="rank code"):
            changing.accept_change(request=request, by="office")
        request.refresh_from_db()
        assert request.state == "asked"
        assert now(person).rank_code == "OF-3"

    def test_for_a_registration_that_ended_it_is_refused_without_a_mail(self, person):
        request = request_change(person, function="Director")
        registration.withdraw(participant=person, by="participant")
        forget_mails()
        with pytest.raises(RegistrationError, match="“withdrawn”"):
            changing.accept_change(request=request, by="office")
        changing.refuse_change(request=request, by="office")
        assert not kinds()


class TestErasure:
    @pytest.mark.parametrize("status", LIVE)
    def test_a_live_registration_ends_and_it_is_told(self, edition, status):
        person = make.participant(edition, status)
        forget_mails()
        asked = changing.ask_for_erasure(participant=person, by="participant")
        assert (asked.status, bool(asked.erasure_asked_at)) == ("withdrawn", True)
        assert [kind for kind, _to in kinds()] == ["withdrawn", "erasure asked"]

    @pytest.mark.parametrize("status", ENDED)
    def test_one_that_has_ended_stays_as_it_is(self, edition, status):
        person = make.participant(edition, status)
        assert changing.ask_for_erasure(participant=person, by="participant").status == status

    def test_after_the_edition_attendance_is_not_taken_back(self, person):
        registration.confirm(participant=person, by="office")
        Edition.objects.update(first_day="2020-01-01", last_day="2020-01-02")
        assert changing.ask_for_erasure(participant=now(person), by="participant").status == "confirmed"

    def test_twice_is_once(self, person):
        first = changing.ask_for_erasure(participant=person, by="participant")
        before = (Message.objects.count(), HistoryLine.objects.count())
        second = changing.ask_for_erasure(participant=person, by="participant")
        assert second.erasure_asked_at == first.erasure_asked_at
        assert before == (Message.objects.count(), HistoryLine.objects.count())

    def test_the_place_goes_to_the_next_in_line_and_an_asked_address_is_forgotten(self):
        edition = make.edition(capacity=1)
        person, waiting = make.participant(edition), make.participant(edition, of="Serbia")
        link = ask(person)
        changing.ask_for_erasure(participant=person, by="participant")
        assert now(waiting).status == "confirmed"
        with pytest.raises(RegistrationError, match="does not work any more"):
            confirm(link)


VERBS = {
    "request a change": lambda person, link: request_change(person, function="Director"),
    "ask for an address": lambda person, link: ask(person, "third@example.org"),
    "confirm an address": lambda person, link: confirm(link),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", [*LIVE, *ENDED])
def test_every_change_in_every_status_is_made_or_refused_by_its_name(edition, verb, status):
    person = make.participant(edition)
    link = ask(person)
    if status != "pending":
        moves = {"confirmed": registration.confirm, "waitlisted": registration.waitlist}
        moves |= {"declined": registration.decline, "withdrawn": registration.withdraw}
        moves[status](participant=person, by="test")
    if status in LIVE:
        assert VERBS[verb](now(person), link)
        assert now(person).status == status
        return
    with pytest.raises(RegistrationError, match=f"“{status}”"):
        VERBS[verb](now(person), link)
