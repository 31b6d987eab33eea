"""Changes of details, by hand and on request; another address; the wish to be erased."""

import datetime as dt
import json
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone as clock

from events.models import Edition, HistoryLine
from participants import changing, delivery, links, mail, nominating, registration
from participants.bulk import send_bulk
from participants.models import ChangeRequest, Link, Message, Participant
from participants.registration import RegistrationError
from tests import make

pytestmark = pytest.mark.django_db

ENDED = ["declined", "withdrawn"]
LIVE = ["pending", "confirmed", "waitlisted"]


@pytest.fixture
def edition():
    return make.edition(requires_review=True)


@pytest.fixture
def person(edition):
    return make.participant(edition, email="old@example.org")


def now(person):
    return Participant.objects.get(pk=person.pk)


def kinds():
    """What was mailed since the test forgot, to whom."""
    return [(message.kind, message.to) for message in Message.objects.order_by("pk")]


def forget_mails():
    Message.objects.all().delete()


def request_change(person, **answers):
    return changing.request_change(participant=person, answers=answers, version=now(person).version, by="participant")


def ask(person, email="new@example.org"):
    """Ask for a new address; the link as the database holds it."""
    return changing.ask_new_address(participant=person, email=email, by="participant")


def confirm(link):
    return changing.confirm_new_address(link=link, by="participant")


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


class TestNewAddress:
    def test_the_new_address_gets_the_link_and_the_old_one_a_warning(self, person):
        forget_mails()
        link = ask(person)
        assert kinds() == [("address asked", "old@example.org"), ("confirm address", "new@example.org")]
        assert link.expires_at - clock.now() == pytest.approx(dt.timedelta(days=3), abs=dt.timedelta(minutes=1))
        assert now(person).email == "old@example.org"
        warning, asking = Message.objects.order_by("pk")
        assert "/my/" in warning.text
        assert "/address/" in asking.text
        assert "Confirm this address" in asking.html
        assert "new@example.org" not in warning.text + warning.html

    def test_a_mailbox_that_may_be_a_strangers_learns_no_name(self, person):
        ask(person)
        asking = Message.objects.get(kind="confirm address")
        for private in ("Primjerić", "old@example.org", person.reference, person.code, "/my/"):
            assert private not in asking.text + asking.html + asking.subject

    def test_the_database_holds_no_new_address_in_clear(self, person):
        link = ask(person)
        with connection.cursor() as cursor:
            cursor.execute("SELECT new_email FROM participants_link WHERE id = %s", [link.pk])
            (stored,) = cursor.fetchone()
        assert "new@" not in stored
        assert not HistoryLine.objects.filter(after__contains="@").exists()

    def test_confirmed_it_takes_effect_is_proven_and_told_to_both(self, person):
        link = ask(person)
        forget_mails()
        code, reference = person.code, person.reference
        changed = confirm(link)
        assert (changed.email, changed.email_key) == ("new@example.org", "new@example.org")
        assert changed.email_proven_at
        assert (changed.code, changed.reference) == (code, reference)
        assert kinds() == [("address changed", "new@example.org"), ("address left", "old@example.org")]
        new, old = Message.objects.order_by("pk")
        assert "/my/" in new.text
        assert "/my/" not in old.text
        assert "new@example.org" not in old.text

    def test_what_waits_for_the_old_address_is_told_to_the_new_one(self):
        person = make.participant(make.edition(), email="old@example.org")
        assert kinds() == [("confirmed", "old@example.org")]
        confirm(ask(person))
        assert ("address left", "old@example.org") in kinds()
        assert {to for kind, to in kinds() if kind not in {"address left"}} == {"new@example.org"}
        told = Message.objects.get(kind="confirmed")
        assert person.code in told.text
        assert re.search(r"/my/([\w-]{43})/", told.text)
        (line,) = HistoryLine.objects.filter(verb="drop mails")
        assert (line.subject, line.subject_id, line.after) == ("participant", person.pk, "2")

    def test_what_could_not_be_brought_to_the_old_address_is_told_to_the_new_one(self, person):
        Message.objects.update(state="failed")
        confirm(ask(person))
        assert Message.objects.get(kind="received").to == "new@example.org"

    def test_what_was_sent_stays_and_is_not_sent_again(self, person):
        assert delivery.send_next() == "sent"
        confirm(ask(person))
        assert Message.objects.get(kind="received").to == "old@example.org"
        assert Message.objects.filter(kind="received").count() == 1

    @pytest.mark.parametrize("state", ["queued", "failed"])
    def test_a_message_to_a_group_goes_to_the_new_address_and_one_that_was_stopped_stays_so(self, person, state):
        facts: dict[str, Any] = {"subject": "Bus", "text": "See {link}", "submission": uuid.uuid4(), "by": "office"}
        sent = send_bulk(edition=person.edition, audience="status:pending", **facts)
        sent.messages.update(state=state)
        confirm(ask(person))
        again = sent.messages.get()
        assert (again.to, again.state) == ("new@example.org", state)
        token = re.search(r"/my/([\w-]{43})/", again.text)
        assert token
        assert links.find(token[1], Link.Purpose.MY)

    def test_old_links_end_and_the_calendar_stays(self, person):
        ends = clock.now() + dt.timedelta(days=1)
        calendar = links.issue(Link.Purpose.CALENDAR, participant=person, expires_at=ends)
        old = links.issue(Link.Purpose.MY, participant=person, expires_at=ends)
        forget_mails()
        confirm(ask(person))
        assert links.find(old, Link.Purpose.MY) is None
        assert links.find(calendar, Link.Purpose.CALENDAR)
        assert person.links.filter(purpose="my", revoked_at=None).count() == 1

    def test_confirmed_twice_it_is_once(self, person):
        link = ask(person)
        confirm(link)
        before = (now(person).version, Message.objects.count(), HistoryLine.objects.count())
        confirm(link)
        assert before == (now(person).version, Message.objects.count(), HistoryLine.objects.count())

    def test_the_link_keeps_no_address_when_it_is_used(self, person):
        link = ask(person)
        confirm(link)
        link.refresh_from_db()
        assert link.new_email == ""

    @pytest.mark.parametrize("same", ["old@example.org", "OLD@Example.ORG", " old@example.org "])
    def test_the_address_in_force_is_no_new_one(self, person, same):
        with pytest.raises(RegistrationError, match="your address already") as refused:
            ask(person, same)
        assert refused.value.field == "email"

    def test_a_later_wish_ends_the_one_before(self, person):
        first, second = ask(person, "one@example.org"), ask(person, "two@example.org")
        with pytest.raises(RegistrationError, match="does not work any more"):
            confirm(first)
        assert confirm(second).email == "two@example.org"

    def test_the_fourth_within_an_hour_waits(self, person):
        for number in range(3):
            ask(person, f"n{number}@example.org")
        with pytest.raises(RegistrationError, match="Try again in one hour"):
            ask(person, "n4@example.org")
        Link.objects.update(issued_at=clock.now() - dt.timedelta(minutes=61))
        assert ask(person, "n4@example.org")

    def test_an_ended_link_confirms_nothing(self, person):
        link = ask(person)
        Link.objects.update(expires_at=clock.now())
        with pytest.raises(RegistrationError, match="does not work any more"):
            confirm(link)
        assert now(person).email == "old@example.org"

    @pytest.mark.parametrize("purpose", [Link.Purpose.MY, Link.Purpose.CALENDAR])
    def test_a_link_of_another_purpose_confirms_nothing(self, person, purpose):
        links.issue(purpose, participant=person, expires_at=clock.now() + dt.timedelta(days=1))
        with pytest.raises(RegistrationError, match="does not work any more"):
            confirm(Link.objects.filter(purpose=purpose).latest("pk"))
        assert now(person).email == "old@example.org"

    def test_kept_the_wish_is_gone(self, person):
        link = ask(person)
        changing.keep_address(participant=person, by="participant")
        with pytest.raises(RegistrationError, match="does not work any more"):
            confirm(link)
        lines = HistoryLine.objects.count()
        changing.keep_address(participant=person, by="participant")
        assert HistoryLine.objects.count() == lines

    def test_a_taken_address_gets_no_link_and_its_owner_the_own_one(self, edition, person):
        make.participant(edition, email="New@example.org")
        forget_mails()
        link = ask(person)
        assert kinds() == [("address asked", "old@example.org"), ("already registered", "New@example.org")]
        assert changing.open_address_links(person).get() == link

    @pytest.mark.parametrize("end", ENDED)
    def test_an_address_whose_registration_ended_is_free(self, edition, person, end):
        make.participant(edition, end, email="new@example.org")
        assert confirm(ask(person)).email == "new@example.org"

    def test_an_address_of_another_edition_is_free(self, person):
        make.participant(make.edition(), email="new@example.org")
        assert confirm(ask(person)).email == "new@example.org"

    def test_who_registered_meanwhile_keeps_the_address(self, edition, person):
        link = ask(person)
        make.participant(edition, email="new@example.org")
        with pytest.raises(RegistrationError, match="Another registration has this address"):
            confirm(link)
        assert now(person).email == "old@example.org"

    def test_a_proven_nominated_address_meets_its_nomination(self):
        edition = make.edition(requires_nomination=True)
        person = make.participant(edition)
        nomination = make.nomination(person.delegation, email="new@example.org")
        changed = confirm(ask(person))
        assert (changed.nomination, changed.status) == (nomination, "confirmed")

    def test_a_lost_link_that_was_asked_before_does_not_go_to_the_old_address(self, person):
        found_before = now(person)
        confirm(ask(person))
        forget_mails()
        assert mail.lost_link(found_before) is None
        assert not kinds()


class TestSharedMailbox:
    def shared(self, edition, email="office@example.org"):
        person = make.participant(edition, email=f"{clock.now().timestamp()}@example.org")
        person.email, person.shares_mailbox = email, True
        person.save(update_fields=["email", "shares_mailbox"])
        return person

    def test_one_leaves_it_for_a_mailbox_of_their_own(self, edition):
        one, two = self.shared(edition), self.shared(edition)
        assert not confirm(ask(one)).shares_mailbox
        assert now(two).shares_mailbox
        ask(two)
        assert ("already registered", "new@example.org") in kinds()

    def test_all_of_them_move_to_another_mailbox_of_the_contact(self, edition):
        one, two = self.shared(edition), self.shared(edition)
        one.delegation.contact_email = "Contact@example.org"
        one.delegation.save(update_fields=["contact_email"])
        for person in (one, two):
            assert confirm(ask(person, "contact@example.org")).shares_mailbox

    def test_one_joins_colleagues_who_moved_before(self, edition):
        self.shared(edition, "desk@example.org")
        assert confirm(ask(self.shared(edition), "desk@example.org")).shares_mailbox

    def test_nobody_moves_onto_the_address_of_one_person(self, edition):
        make.participant(edition, email="own@example.org")
        forget_mails()
        ask(self.shared(edition), "own@example.org")
        assert ("already registered", "own@example.org") in kinds()
        assert not Message.objects.filter(kind="confirm address").exists()

    def test_nobody_with_an_address_of_their_own_moves_onto_a_shared_one(self, edition, person):
        ask(person, "office@example.org")
        link = changing.open_address_links(person).get()
        forget_mails()
        two = [self.shared(edition), self.shared(edition)]
        with pytest.raises(RegistrationError, match="Another registration has this address"):
            changing.confirm_new_address(link=link, by="participant")
        ask(person, "office@example.org")
        assert ("already registered", "office@example.org") in kinds()
        assert not Message.objects.filter(kind="confirm address").exists()
        assert {now(one).email for one in two} == {"office@example.org"}


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


def test_an_address_is_proven_only_by_its_own_mailbox(person):
    nominating.prove_address(participant=person, by="participant")
    ask(person)
    assert now(person).email_proven_at
    assert now(person).email == "old@example.org"
