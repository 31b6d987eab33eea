"""What mails put into the reader's calendar and take out again, read back as calendar programs read it."""

import datetime as dt
import email
import email.policy
import functools
import uuid

import icalendar
import pytest
from django.core import mail as django_mail

from events.scheduling import release_agenda
from participants import delivery, nominating, registration, visits
from participants.mail import calendars
from participants.mail.programme import programme_of
from tests import make

pytestmark = pytest.mark.django_db


def read(stream):
    """[(method, event)] of every calendar in the text."""
    found = [(str(one["method"]), one.walk("VEVENT")) for one in icalendar.Calendar.from_ical(stream, multiple=True)]
    assert all(len(events) == 1 for _method, events in found)
    return [(method, events[0]) for method, events in found]


def last(participant):
    return read(participant.messages.latest("pk").calendar)


def booked(edition, *wanted, **more):
    given = make.answers(make.delegation(edition), **more)
    return registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), visits=wanted, by="test")


def test_a_confirmation_is_a_request_that_is_answered_already():
    person = make.participant(make.edition(), email="boris+rasr@example.org")
    ((method, event),) = last(person)
    assert method == "REQUEST"
    assert event["uid"] == f"registration-{person.reference}@rasr"
    assert event["status"] == "CONFIRMED"
    assert event["organizer"] == "mailto:secretariat@example.org"
    assert event["organizer"].params["CN"] == "RASR secretariat"
    assert event["attendee"] == "mailto:boris+rasr@example.org"
    assert {name: event["attendee"].params[name] for name in ("CN", "PARTSTAT", "RSVP")} == {
        "CN": "Boris Primjerić",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
    assert event.decoded("dtstamp").utcoffset() == dt.timedelta()


def test_the_address_in_a_calendar_opens_nothing_by_itself(settings):
    settings.SITE_URL = "https://rasr.example"
    person = make.participant(make.edition())
    ((_method, event),) = last(person)
    assert event["url"] == f"https://rasr.example/my/{person.reference}/"
    assert not delivery.CALENDAR.sub("", person.messages.get().calendar)
    assert "/my/" in person.messages.get().text
    token = person.messages.get().text.split("/my/")[1].split("/")[0]
    assert token not in person.messages.get().calendar


def test_without_a_contact_address_the_dates_are_for_information():
    edition = make.edition(contact_email="")
    person = make.participant(edition)
    ((method, event),) = last(person)
    assert (method, "organizer" in event, "attendee" in event) == ("PUBLISH", False, False)
    registration.withdraw(participant=person, by="sec")
    ((method, event),) = last(person)
    assert (method, event["status"]) == ("PUBLISH", "CANCELLED")


def test_request_then_changed_request_then_cancel_are_one_event_with_rising_numbers():
    edition = make.edition(requires_review=True)
    person = make.participant(edition, "confirmed")
    ((one, before),) = last(person)
    make.session(edition, start=8, end=17)
    release_agenda(edition=edition, by="sec")
    person.refresh_from_db()
    ((two, changed),) = read(calendars.calendar(person, programme_of(person)))
    registration.withdraw(participant=person, by="sec")
    ((three, after),) = last(person)
    assert (one, two, three) == ("REQUEST", "REQUEST", "CANCEL")
    assert before["uid"] == changed["uid"] == after["uid"]
    assert before["sequence"] < changed["sequence"] < after["sequence"]
    assert before.decoded("dtstart") == edition.first_day
    assert changed.decoded("dtstart") == make.local(edition, 8) == after.decoded("dtstart")
    assert after["status"] == "CANCELLED"
    assert after["organizer"] == before["organizer"]
    assert after["attendee"] == before["attendee"]


@pytest.mark.parametrize("verb", [registration.withdraw, registration.decline])
def test_whoever_loses_a_place_is_told_to_take_the_dates_and_the_visits_out(verb):
    edition = make.edition()
    visit = make.visit(edition)
    person = booked(edition, visit)
    asked = {event["uid"]: event["sequence"] for _method, event in last(person)}
    verb(participant=person, by="sec")
    ended = last(person)
    assert [method for method, _event in ended] == ["CANCEL", "CANCEL"]
    assert {event["uid"] for _method, event in ended} == set(asked)
    assert all(event["sequence"] > asked[event["uid"]] for _method, event in ended)
    assert "The attached file takes the dates out of your calendar." in person.messages.latest("pk").text


def test_whoever_is_replaced_is_told_to_take_the_dates_out():
    edition = make.edition()
    person = make.participant(edition)
    ((_method, asked),) = last(person)
    nominating.substitute(
        delegation=person.delegation, participant=person, name="Vesna Uzorak", email="vesna@example.org", by="sec"
    )
    ((method, event),) = last(person)
    assert (method, event["uid"]) == ("CANCEL", asked["uid"])
    assert event["sequence"] > asked["sequence"]


@pytest.mark.parametrize("verb", [registration.withdraw, registration.decline])
def test_whoever_never_had_a_place_has_nothing_to_take_out(verb):
    person = make.participant(make.edition(requires_review=True))
    verb(participant=person, by="sec")
    assert person.messages.latest("pk").calendar == ""
    assert "calendar" not in person.messages.latest("pk").text


def test_a_wish_that_never_was_a_place_is_not_taken_out():
    edition = make.edition()
    person = booked(edition, make.visit(edition, capacity=0))
    registration.withdraw(participant=person, by="sec")
    assert len(last(person)) == 1


def test_a_visit_given_back_is_cancelled_alone():
    edition = make.edition()
    person = booked(edition, make.visit(edition))
    booking = person.bookings.get()
    ((method, event),) = read(calendars.visit_calendar(booking))
    assert (method, event["status"]) == ("REQUEST", "CONFIRMED")
    visits.withdraw_all(participant=person, by="test")
    ((method, event),) = read(calendars.visit_calendar(person.bookings.get()))
    assert (method, event["status"]) == ("CANCEL", "CANCELLED")
    assert event["uid"] == f"visit-{booking.visit_id}-{person.reference}@rasr"


@pytest.mark.parametrize("verb", [visits.withdraw_booking, functools.partial(visits.refuse, reason="no room")])
def test_a_visit_place_that_ends_is_taken_out_alone_with_a_higher_number(verb):
    edition = make.edition()
    person = booked(edition, make.visit(edition))
    asked = {event["uid"]: event["sequence"] for _method, event in last(person)}
    verb(booking=person.bookings.get(), by="sec")
    ((method, event),) = last(person)
    assert method == "CANCEL"
    assert event["uid"].startswith("visit-")
    assert event["sequence"] > asked[event["uid"]]


@pytest.mark.parametrize("verb", [visits.withdraw_booking, functools.partial(visits.refuse, reason="no room")])
def test_a_wish_that_ends_has_nothing_to_take_out(verb):
    edition = make.edition()
    person = booked(edition, make.visit(edition, capacity=0))
    verb(booking=person.bookings.get(), by="sec")
    assert person.messages.latest("pk").calendar == ""


def test_a_place_that_became_free_is_a_request_for_that_visit():
    edition = make.edition()
    visit = make.visit(edition, capacity=1)
    first, second = booked(edition, visit), booked(edition, visit)
    visits.withdraw_booking(booking=first.bookings.get(), by="sec")
    ((method, event),) = last(second)
    assert (method, event["uid"]) == ("REQUEST", f"visit-{visit.pk}-{second.reference}@rasr")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("a@bücher.example", "mailto:a@xn--bcher-kva.example"),
        ('"a b"@example.org', "mailto:%22a%20b%22@example.org"),
        ("a&b=c?d@example.org", "mailto:a%26b%3Dc%3Fd@example.org"),
    ],
)
def test_an_address_is_written_as_a_mailbox_in_a_calendar(address, said):
    ((_method, event),) = last(make.participant(make.edition(), email=address))
    assert event["attendee"] == said


def test_a_name_that_looks_like_a_link_is_not_in_the_calendar():
    ((_method, event),) = last(make.participant(make.edition(), given_name="", family_name="www.evil.example"))
    assert "CN" not in event["attendee"].params


@pytest.mark.parametrize(
    "name",
    ['Q"uote', "Semi;colon:comma,", "BEGIN:VEVENT", "Back\\slash\\n", "\r\nX-EVIL:1", "\u202eRLO", "Ž" * 150, "^n'"],
)
def test_no_name_breaks_out_of_its_line(name):
    person = make.participant(make.edition(venue=name), family_name=name)
    stream = person.messages.get().calendar
    lines = icalendar.Calendar.from_ical(stream).to_ical().decode().split("\r\n")
    assert not [line for line in lines if line.startswith("X-EVIL")]
    assert stream.count("\r\nBEGIN:VEVENT\r\n") == 1
    assert max(len(line.encode()) for line in stream.split("\r\n")) <= 75
    assert len(last(person)) == 1


def test_the_zone_of_the_place_is_in_each_calendar():
    edition = make.edition()
    person = booked(edition, make.visit(edition))
    make.session(edition)
    release_agenda(edition=edition, by="sec")
    stream = calendars.calendar(person, programme_of(person))
    whole = icalendar.Calendar.from_ical(stream, multiple=True)
    assert [str(zone["tzid"]) for one in whole for zone in one.walk("VTIMEZONE")] == ["Europe/Tirane"] * 2


# -- On the wire --------------------------------------------------------------------------------------------------


def parts(person):
    """The calendars of the mail that is sent: (type, method, disposition, file name, bytes)."""
    django_mail.outbox = []
    while delivery.send_next():
        pass
    whole = email.message_from_bytes(django_mail.outbox[-1].message().as_bytes(), policy=email.policy.default)
    kinds = {"text/calendar", "application/ics"}
    return [
        (
            part.get_content_type(),
            part["Content-Type"].params.get("method"),
            part.get_content_disposition(),
            part.get_filename(),
            icalendar.Calendar.from_ical(part.get_content()),
        )
        for part in whole.walk()
        if part.get_content_type() in kinds
    ], whole


def test_a_request_is_a_form_of_the_text_and_a_file_further_ones_are_files():
    edition = make.edition()
    person = booked(edition, make.visit(edition))
    found, whole = parts(person)
    assert [one[:4] for one in found] == [
        ("text/calendar", "REQUEST", None, None),
        ("application/ics", None, "attachment", "invite.ics"),
        ("text/calendar", "REQUEST", "attachment", "invite-2.ics"),
    ]
    assert [str(one[4]["method"]) for one in found] == ["REQUEST"] * 3
    (alternative,) = [part for part in whole.walk() if part.get_content_type() == "multipart/alternative"]
    kinds = [part.get_content_type() for part in alternative.iter_parts()]
    assert kinds == ["text/plain", "text/html", "text/calendar"]
    assert found[0][4].to_ical() == found[1][4].to_ical()


def test_a_cancellation_says_so_in_its_head():
    person = make.participant(make.edition(), "withdrawn")
    found, _whole = parts(person)
    assert [one[:4] for one in found] == [
        ("text/calendar", "CANCEL", None, None),
        ("application/ics", None, "attachment", "invite.ics"),
    ]


def test_dates_for_information_are_one_file():
    found, _whole = parts(make.participant(make.edition(contact_email="")))
    assert [one[:4] for one in found] == [("text/calendar", "PUBLISH", "attachment", "invite.ics")]


def test_a_mail_without_dates_has_no_calendar():
    found, _whole = parts(make.participant(make.edition(requires_review=True)))
    assert found == []
