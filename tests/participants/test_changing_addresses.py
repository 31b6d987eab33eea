"""Another address: asked for, confirmed at the new one, told to both; also where a mailbox is shared."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone as clock

from events.models import HistoryLine
from participants import changing, delivery, links, mail, nominating
from participants.bulk import send_bulk
from participants.models import Link, Message
from participants.registration import RegistrationError
from tests import make
from tests.participants.changes import ENDED, ask, confirm, forget_mails, kinds, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition(requires_review=True)


@pytest.fixture
def person(edition):
    return make.participant(edition, email="old@example.org")


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


def test_an_address_is_proven_only_by_its_own_mailbox(person):
    nominating.prove_address(participant=person, by="participant")
    ask(person)
    assert now(person).email_proven_at
    assert now(person).email == "old@example.org"
