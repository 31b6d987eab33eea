"""Messages to a group: who gets them, what they may hold, and that they are sent once."""

import uuid

import pytest
from django.utils import timezone as clock

from participants import bulk, delivery, links, registration
from participants.bulk import BulkError, send_bulk
from participants.mail.bulk import FOR_PARTICIPANTS, WordingError, check_wording, filled_in
from participants.models import BulkMessage, Link, Message, VisitBooking
from tests import make

pytestmark = pytest.mark.django_db


def send(edition, audience="status:confirmed", subject="The bus", text="The bus leaves at 8.", **more):
    return send_bulk(
        edition=edition, audience=audience, subject=subject, text=text, by="sec", submission=more.pop("n", uuid.uuid4())
    )


def to_whom(sent):
    return sorted(sent.messages.values_list("to", flat=True))


def text_to(person, **more):
    make_sent = send(person.edition, **more)
    return make_sent.messages.get(participant=person)


# -- Groups -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["confirmed", "pending", "waitlisted"])
def test_everybody_with_a_status_gets_a_mail_of_their_own(status):
    edition = make.edition(requires_review=True)
    people = [make.participant(edition, status) for _n in range(2)]
    for other in {"confirmed", "pending", "waitlisted", "declined", "withdrawn"} - {status}:
        make.participant(edition, other)
    make.participant(make.edition(requires_review=True), status)
    sent = send(edition, f"status:{status}")
    assert to_whom(sent) == sorted(person.email for person in people)
    assert sent.recipients == 2


def test_a_delegation_is_all_who_stand():
    edition = make.edition(requires_review=True)
    people = [make.participant(edition, status) for status in ("", "confirmed", "waitlisted")]
    make.participant(edition, "withdrawn")
    make.participant(edition, "confirmed", of="Bulgaria")
    sent = send(edition, f"delegation:{people[0].delegation_id}")
    assert to_whom(sent) == sorted(person.email for person in people)


def on_a_visit(visit, **more):
    edition = visit.session.edition
    given = make.answers(make.delegation(edition), **more)
    return registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), visits=[visit], by="test")


def test_those_on_a_visit_are_those_with_a_place():
    edition = make.edition()
    visit = make.visit(edition, capacity=1)
    first, second = on_a_visit(visit), on_a_visit(visit)
    make.participant(edition)
    assert VisitBooking.objects.get(participant=second).state == "waitlisted"
    assert to_whom(send(edition, f"visit:{visit.pk}")) == [first.email]


def test_the_incomplete_are_confirmed_people_whose_rules_or_record_are_missing():
    edition = make.edition(requires_review=True)
    visit = make.visit(edition, rules="Wear boots.", rules_version=2)
    pending, lacking, complete = on_a_visit(visit), on_a_visit(visit), on_a_visit(visit)
    for person in (lacking, complete):
        registration.confirm(participant=person, by="sec")
    VisitBooking.objects.filter(participant=complete).update(rules_version=2, rules_accepted_at=clock.now())
    assert to_whom(send(edition, f"incomplete:{visit.pk}")) == [lacking.email]
    assert pending.email not in to_whom(send(edition, f"incomplete:{visit.pk}"))


def test_contact_persons_get_it_in_their_language_where_there_is_an_address():
    edition = make.edition()
    make.delegation(edition, "Albania", contact_name="Arta", contact_email="arta@example.org", language="sq")
    make.delegation(edition, "Bulgaria", contact_name="Nobody")
    sent = send(edition, "contacts", text="Dear {name} of {delegation}")
    message = sent.messages.get()
    assert (message.to, message.language, message.participant) == ("arta@example.org", "sq", None)
    assert "Dear Arta of Albania" in message.text


@pytest.mark.parametrize("code", ["", "status:declined", "visit:x", "delegation:0", "contacts:1", "\x00", "status"])
def test_what_is_no_group_of_the_edition_is_refused(code):
    edition = make.edition()
    make.participant(edition)
    with pytest.raises(BulkError) as refused:
        send(edition, code)
    assert refused.value.field == "audience"


def test_the_group_of_another_edition_is_refused():
    edition, other = make.edition(), make.edition()
    make.participant(other)
    with pytest.raises(BulkError):
        send(edition, f"delegation:{make.delegation(other).pk}")


def test_a_group_of_nobody_is_said():
    with pytest.raises(BulkError, match="Nobody is in this group"):
        send(make.edition())
    assert not BulkMessage.objects.exists()


def test_whoever_was_erased_is_in_no_group():
    edition = make.edition()
    person = make.participant(edition)
    make.participant(edition)
    edition.participants.filter(pk=person.pk).update(erased_at=clock.now())
    assert person.email not in to_whom(send(edition))


# -- Placeholders -------------------------------------------------------------------------------------------------


def test_each_placeholder_is_the_readers_own():
    edition = make.edition()
    people = [make.participant(edition, given_name=name, family_name="Primjerić") for name in ("Ana", "Boris")]
    text = "{name} / {reference} / {edition} / {city} / {delegation} / {link}"
    sent = send(edition, text=text)
    for person, other in (people, people[::-1]):
        message = sent.messages.get(participant=person)
        words = f"{person.name} / {person.reference} / Workshop on stockpiles / Tirana / Albania / http"
        assert words in message.text
        assert words.split(" / http")[0] in message.html
        for said in (message.text, message.html):
            assert other.name not in said
            assert other.email not in said


def test_the_link_opens_the_readers_registration(client):
    person = make.participant(make.edition())
    link = text_to(person, text="Here: {link}").text.split("Here: http://")[1].split()[0].partition("/")[2]
    assert client.get(f"/{link}")["Location"] == f"/my/{person.reference}/"


def test_no_link_is_made_where_none_is_written():
    person = make.participant(make.edition())
    before = person.links.count()
    text_to(person)
    assert person.links.count() == before


@pytest.mark.parametrize(
    "wrong",
    [
        "{person.__class__}",
        "{name!r}",
        "{name:>9}",
        "{name.__class__}",
        "{name[0]}",
        "{0}",
        "{}",
        "{",
        "}",
        "{nmae}",
        "{ name }",
        "{NAME}",
        "{{name}}",
        "{{ link }}",
        "{{{name}}}",
        "{email}",
    ],
)
def test_what_is_no_placeholder_is_refused_with_the_known_ones(wrong):
    edition = make.edition()
    make.participant(edition)
    with pytest.raises(BulkError) as refused:
        send(edition, text=f"Hello {wrong} there")
    assert refused.value.field == "text"
    assert "{name}, {edition}, {city}, {delegation}, {link}, {reference}" in str(refused.value)
    assert not Message.objects.filter(kind="group").exists()


@pytest.mark.parametrize("text", ["{{ settings.SECRET_KEY }}", "{{7*7}}", "%(name)s", "$name", "&lt;"])
def test_no_template_language_reads_the_text(text):
    message = text_to(make.participant(make.edition()), text=f"Said: {text}.")
    assert f"Said: {text}." in message.text


def test_a_tag_of_a_template_is_no_placeholder():
    with pytest.raises(BulkError, match="debug"):
        text_to(make.participant(make.edition()), text="{% debug %}")


@pytest.mark.parametrize("name", ["{link}", "{{name}}", "{reference}", "{{ 7*7 }}", "%(city)s", "{% debug %}"])
def test_a_name_is_never_looked_at_again(name):
    message = text_to(make.participant(make.edition(), given_name="", family_name=name), text="[{name}] and {city}")
    assert f"[{name}] and Tirana" in message.text


@pytest.mark.parametrize("name", ["www.evil.example", "a@evil.example", "https://evil.example/x", "EVIL.com"])
def test_a_name_that_looks_like_a_link_is_left_out(name):
    message = text_to(make.participant(make.edition(), given_name="", family_name=name), text="[{name}]")
    assert "[]" in message.text
    assert "evil" not in (message.text + message.html).lower()


def test_what_is_put_in_is_escaped_in_html():
    person = make.participant(make.edition(title="A <b>bold</b> & new title"), given_name="<i>", family_name="Ž'\"&")
    message = text_to(person, text="{name} at {edition} <script>alert(1)</script>")
    assert "<script" not in message.html
    assert "&lt;i&gt; Ž&#x27;&quot;&amp; at A &lt;b&gt;bold&lt;/b&gt; &amp; new title" in message.html
    assert "<i> Ž'\"& at A <b>bold</b> & new title <script>" in message.text


def test_paragraphs_and_lines_stay_as_they_were_typed_and_links_can_be_pressed():
    message = text_to(make.participant(make.edition()), text="One\r\ntwo\r\n\r\nThree https://rasr.example/x")
    assert "<p>One<br>two</p>" in message.html
    assert 'href="https://rasr.example/x"' in message.html
    assert "One\ntwo\n\nThree https://rasr.example/x" in message.text


def test_a_subject_says_nothing_of_a_person():
    edition = make.edition()
    make.participant(edition)
    with pytest.raises(BulkError) as refused:
        send(edition, subject="For {name}")
    assert (refused.value.field, "{edition}, {city}" in str(refused.value)) == ("subject", True)
    assert send(edition, subject="The bus in {city}").messages.get().subject == "The bus in Tirana"


def test_a_subject_stays_one_line_that_fits_whatever_is_put_in():
    edition = make.edition(title="Ž" * 190)
    make.participant(edition)
    subject = send(edition, subject="Bus\r\nBcc: other@example.org {edition}{edition}").messages.get().subject
    assert "\n" not in subject
    assert len(subject) == 200


@pytest.mark.parametrize(("field", "typed"), [("subject", " \u200b"), ("subject", ""), ("text", "\n")])
def test_nothing_is_not_sent(field, typed):
    edition = make.edition()
    make.participant(edition)
    with pytest.raises(BulkError) as refused:
        send(edition, **{field: typed})
    assert refused.value.field == field


def test_a_contact_has_no_reference():
    edition = make.edition()
    make.delegation(edition, contact_email="arta@example.org")
    with pytest.raises(BulkError, match="reference"):
        send(edition, "contacts", text="{reference}")


def test_every_known_placeholder_is_filled_in():
    text = " ".join(f"{{{name}}}" for name in FOR_PARTICIPANTS)
    check_wording(text, FOR_PARTICIPANTS)
    assert filled_in(text, dict.fromkeys(FOR_PARTICIPANTS, "x")) == " ".join("x" * len(FOR_PARTICIPANTS))
    with pytest.raises(WordingError):
        check_wording(text, FOR_PARTICIPANTS[1:])


def test_the_link_of_a_contact_person_is_that_of_the_delegation():
    edition = make.edition()
    delegation = make.delegation(edition, contact_email="arta@example.org", language="sq")
    message = send(edition, "contacts", text="See {link}").messages.get()
    token = message.text.split("/sq/delegations/")[1].split("/")[0]
    found = links.find(token, Link.Purpose.DELEGATION)
    assert found
    assert found.delegation == delegation


# -- Once ---------------------------------------------------------------------------------------------------------


def test_the_same_form_sent_again_is_the_same_message():
    edition = make.edition()
    make.participant(edition)
    number = uuid.uuid4()
    first = send(edition, n=number, subject=" The  bus", text="The bus\r\nleaves. \n")
    make.participant(edition)
    assert send(edition, n=number, subject=" The  bus", text="The bus\r\nleaves. \n") == first
    assert Message.objects.filter(kind="group").count() == 1


@pytest.mark.parametrize("other", [{"audience": "contacts"}, {"subject": "Another"}, {"text": "Something else"}])
def test_a_form_that_was_sent_and_then_written_anew_is_refused(other):
    edition = make.edition()
    make.participant(edition)
    make.delegation(edition, "Kosovo*", contact_email="contact@example.org")
    number = uuid.uuid4()
    send(edition, n=number)
    with pytest.raises(BulkError, match="sent before"):
        send(edition, n=number, **other)
    assert Message.objects.filter(kind="group").count() == 1


def test_a_number_of_another_edition_is_refused():
    edition, other, number = make.edition(), make.edition(), uuid.uuid4()
    for one in (edition, other):
        make.participant(one)
    send(edition, n=number)
    with pytest.raises(BulkError, match="sent before"):
        send(other, n=number)


def test_a_message_leaves_a_line_in_the_history_without_its_text():
    edition = make.edition()
    make.participant(edition)
    sent = send(edition, text="canary")
    line = edition.history.get(subject="bulkmessage")
    assert (line.subject_id, line.verb, line.after, line.actor) == (sent.pk, "send", "1", "sec")


def test_either_all_are_written_to_or_none(monkeypatch):
    edition = make.edition()
    for _n in range(2):
        make.participant(edition)
    calls = []

    def broken(sent, person):
        calls.append(person)
        if len(calls) == 2:
            raise ValueError("cannot be drawn")
        return write(sent, person)

    write = bulk.letters.to_group_participant
    monkeypatch.setattr(bulk.letters, "to_group_participant", broken)
    with pytest.raises(ValueError, match="drawn"):
        send(edition)
    assert not BulkMessage.objects.exists()
    assert not Message.objects.filter(kind="group").exists()


# -- Stopped ------------------------------------------------------------------------------------------------------


def test_what_is_not_sent_yet_can_be_stopped_and_queued_again():
    edition = make.edition()
    for _n in range(3):
        make.participant(edition)
    Message.objects.all().delete()
    sent = send(edition)
    assert delivery.send_next() == "sent"
    assert delivery.stop(bulk=sent, by="sec") == 2
    assert delivery.send_next() is None
    assert sorted(sent.messages.values_list("state", flat=True)) == ["failed", "failed", "sent"]
    stopped = sent.messages.filter(state="failed").first()
    assert stopped.log[-1]["what"] == "stopped"
    delivery.retry(message=stopped, by="sec")
    assert delivery.send_next() == "sent"
    assert delivery.stop(bulk=sent, by="sec") == 0
