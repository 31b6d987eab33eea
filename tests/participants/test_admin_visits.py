"""The page of a field visit in the back office: who is missing what, the answers of the host, places and rules."""

import datetime as dt

import pytest
from django.utils import formats
from django.utils import timezone as clock

from events.models import FieldVisit, Session
from participants import registration, visits
from participants.models import Message, VisitBooking
from tests import make
from tests.office import change, fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def visit(edition):
    return make.visit(edition, capacity=2, rules="Stay on the path", host_list_deadline=make.local(edition, 18))


@pytest.fixture(params=["secretariat", "visit-officer"])
def office(request, client, edition):
    """A browser of each who looks after visits."""
    client.force_login(make.staff(request.param, edition))
    return client


@pytest.fixture
def secretariat(client, edition):
    client.force_login(make.staff("secretariat", edition))
    return client


def page_of(visit):
    return f"/admin/participants/visitbooking/visit/{visit.pk}/"


def said(answer):
    return " ".join(answer.content.decode().split())


def press(office, visit, do, *bookings, **typed):
    """Tick people, press a button; the page that follows."""
    chosen = {"do": do, "booking": [booking.pk for booking in bookings]}
    return office.post(page_of(visit), chosen | typed, follow=True)


def state(booking):
    return VisitBooking.objects.get(pk=booking.pk).state


def accepted(visit):
    return visits.accept_rules(booking=make.booking(visit), version=1, by="participant")


def test_the_page_counts_and_says_what_is_missing(office, visit):
    accepted(visit), make.booking(visit)
    page = said(office.get(page_of(visit)))
    for words in ("<b>2</b> places", "<b>1</b> confirmed", "<b>1</b> asked, something is missing"):
        assert words in page
    assert "rules not accepted" in page
    assert "The list goes to the host on 8 October 2030, 18:00 (Tirana time)." in page
    assert "Remind the 1 incomplete person" in page


def test_the_list_leads_to_the_page_of_each_visit(office, edition, visit):
    page = said(office.get(f"/admin/participants/visitbooking/?edition={edition.pk}"))
    assert f'href="{page_of(visit)}"' in page


def test_the_first_page_leads_there_too(office, visit):
    assert f'href="{page_of(visit)}"' in said(office.get("/admin/"))


def test_the_incomplete_are_reminded_in_one_click_and_once(office, visit):
    make.booking(visit), make.booking(visit)
    assert "2 people were reminded." in said(press(office, visit, "remind"))
    page = said(press(office, visit, "remind"))
    assert "0 people were reminded." in page
    assert "Remind the 0 incomplete people" in page
    assert Message.objects.filter(kind="visit incomplete").count() == 2


def test_nobody_is_reminded_when_the_list_has_gone_to_the_host(office, visit):
    make.booking(visit)
    assert 'value="remind"' in said(office.get(page_of(visit)))
    FieldVisit.objects.update(host_list_deadline=clock.now() - dt.timedelta(hours=1))
    assert 'value="remind"' not in said(office.get(page_of(visit)))
    assert "The list goes to the host on" in said(press(office, visit, "remind"))
    assert not Message.objects.filter(kind="visit incomplete").exists()


def test_what_the_host_asks_no_more_gives_places_to_those_who_lack_nothing_else(secretariat, edition):
    visit = make.visit(edition, capacity=1, needs_host_approval=True)
    first, second = make.booking(visit), make.booking(visit)
    assert (state(first), state(second)) == ("asked", "asked")
    assert change_visit(secretariat, visit, needs_host_approval="").status_code == 302
    assert (state(first), state(second)) == ("confirmed", "waitlisted")
    assert Message.objects.filter(kind="visit place", participant=first.participant).count() == 1


def test_a_cancelled_visit_that_takes_place_again_gives_its_places(secretariat, edition):
    visit = make.visit(edition, capacity=1)
    held, waiting = make.booking(visit), make.booking(visit)
    change_visit(secretariat, visit, status="cancelled")
    registration.withdraw(participant=held.participant, by="participant")
    assert state(waiting) == "waitlisted"
    change_visit(secretariat, visit, status="scheduled")
    assert state(waiting) == "confirmed"


def change_visit(office, visit, **typed):
    """Save the form of its session, where the facts of the visit are beside its own."""
    path = f"/admin/events/session/{visit.session_id}/change/"
    page = office.get(path)
    (prefix,) = [one.formset.prefix for one in page.context["inline_admin_formsets"] if one.opts.model is FieldVisit]
    answers = fields(page)
    for name, value in typed.items():
        answers[name if name in answers else f"{prefix}-0-{name}"] = value
    return office.post(path, answers)


def test_the_yes_of_the_host_gives_places_in_the_order_of_the_line(office, edition):
    visit = make.visit(edition, capacity=1, needs_host_approval=True)
    first, second = make.booking(visit), make.booking(visit)
    page = said(press(office, visit, "approve", second, first))
    assert "Now 1 × confirmed, 1 × waiting list." in page
    assert (state(first), state(second)) == ("confirmed", "waitlisted")
    assert "The host approved this visitor already" in said(press(office, visit, "approve", first))


def test_a_refusal_is_asked_once_more_and_needs_a_reason(office, edition):
    visit = make.visit(edition)
    booking = make.booking(visit)
    page = said(press(office, visit, "refuse", booking))
    assert "without the reason" in page
    assert booking.participant.name in page
    answer = press(office, visit, "refuse", booking, sure="yes", reason="\u200b")
    assert answer.status_code == 422
    assert "Write the reason that the host gave" in said(answer)
    assert state(booking) == "confirmed"
    assert press(office, visit, "refuse", booking, sure="yes", reason="x" * 301).status_code == 422
    assert "Now 1 × refused." in said(press(office, visit, "refuse", booking, sure="yes", reason="not on the list"))
    assert VisitBooking.objects.get(pk=booking.pk).refusal_reason == "not on the list"


def test_the_reason_is_for_the_secretariat_alone(client, edition):
    visit = make.visit(edition)
    visits.refuse(booking=make.booking(visit), reason="canary reason", by="staff")
    booking = VisitBooking.objects.get()
    paths = [page_of(visit), f"/admin/participants/visitbooking/{booking.pk}/change/"]
    for role, sees in (("secretariat", True), ("visit-officer", False)):
        client.force_login(make.staff(role, edition))
        assert ["canary" in said(client.get(path)) for path in paths] == [sees, sees]


def test_a_withdrawal_is_asked_once_more(office, edition):
    visit = make.visit(edition, capacity=1)
    booking, waiting = make.booking(visit), make.booking(visit)
    assert "Withdraw these people" in said(press(office, visit, "withdraw", booking))
    assert state(booking) == "confirmed"
    assert "Now 1 × withdrawn." in said(press(office, visit, "withdraw", booking, sure="yes"))
    assert (state(booking), state(waiting)) == ("withdrawn", "confirmed")


@pytest.mark.parametrize("do", ["approve", "refuse", "withdraw", "", "fly"])
@pytest.mark.parametrize("key", [None, "abc", "0", "9" * 30, "１"])
def test_without_people_nothing_is_changed(secretariat, visit, do, key):
    typed = {"do": do} | ({"booking": key} if key else {})
    assert "Nothing was changed." in said(secretariat.post(page_of(visit), typed, follow=True))


def test_a_booking_of_another_visit_is_not_taken(secretariat, edition, visit):
    other = make.booking(make.visit(make.edition()))
    press(secretariat, visit, "withdraw", other, sure="yes")
    assert state(other) == "confirmed"


def test_places_are_raised_and_cut_by_the_verb(office, visit):
    holders = [accepted(visit), accepted(visit)]
    waiting = accepted(visit)
    answer = press(office, visit, "places", number="1")
    assert answer.status_code == 422
    assert "2 places are given. Write 2 or more." in said(answer)
    assert "Saved." in said(press(office, visit, "places", number="3"))
    assert [state(one) for one in (*holders, waiting)] == ["confirmed"] * 3


@pytest.mark.parametrize("number", ["-1", "abc", "9" * 20, "1.5"])
def test_a_number_of_places_that_is_none_is_explained(secretariat, visit, number):
    assert press(secretariat, visit, "places", number=number).status_code == 422


def test_new_rules_are_a_new_version(office, visit):
    booking = accepted(visit)
    path = page_of(visit) + "rules/"
    form = office.get(path).context["form"]
    typed = {f"rules_{n}": "" for n in range(len(form.fields["rules"].fields))} | {"rules_0": "No telephones"}
    assert "Version 2 is in force." in said(office.post(path, typed | {"seen": "1"}, follow=True))
    assert state(booking) == "confirmed"
    assert "rules not accepted" in said(office.get(page_of(visit)))
    for again, words in (("2", "rules in force"), ("1", "Somebody else changed the rules")):
        answer = office.post(path, typed | {"seen": again})
        assert answer.status_code == 422
        assert words in said(answer)
    assert office.post(path, typed | {"seen": "abc"}).status_code == 422
    assert office.post(path, typed | {"seen": "2", "rules_0": "\u200b"}).status_code == 422


def test_a_visit_of_another_edition_is_as_if_there_were_none(office):
    foreign = make.visit(make.edition())
    for path in (page_of(foreign), page_of(foreign) + "rules/", page_of(foreign).replace(str(foreign.pk), "9" * 30)):
        assert office.get(path).status_code == 404
        assert office.post(path, {"do": "remind"}).status_code == 404


@pytest.mark.parametrize("role", ["observer", "check-in"])
def test_others_see_nothing_of_it(client, edition, visit, role):
    client.force_login(make.staff(role, edition))
    assert client.get(page_of(visit)).status_code == 404


def test_the_page_costs_the_same_for_one_person_and_for_four(secretariat, edition, django_assert_max_num_queries):
    visit = make.visit(edition, asks_identity=True, rules="Stay")
    make.booking(visit)
    with django_assert_max_num_queries(14) as few:
        secretariat.get(page_of(visit))
    for _n in range(3):
        make.booking(visit)
    with django_assert_max_num_queries(len(few)):
        secretariat.get(page_of(visit))


def test_the_form_of_the_session_leaves_places_and_rules_to_that_page(secretariat, visit):
    answer = secretariat.get(f"/admin/events/session/{visit.session_id}/change/")
    page = said(answer)
    assert f'href="{page_of(visit)}"' in page
    assert "visit-0-capacity" not in page
    assert "visit-0-rules" not in page
    typed = {"visit-0-capacity": "0", "visit-0-rules_version": "9", "visit-0-host_unit": "A unit"}
    assert change(secretariat, visit.session, **typed).status_code == 302
    visit.refresh_from_db()
    assert (visit.capacity, visit.rules_version, visit.host_unit) == (2, 1, "A unit")


def test_a_visit_that_is_over_misses_nothing_any_more(secretariat, visit):
    make.booking(visit)
    Session.objects.update(status="cancelled")
    page = said(secretariat.get(page_of(visit)))
    assert "rules not accepted" not in page
    assert "Remind the" not in page


def test_times_are_those_of_the_place(secretariat, visit):
    booking = make.booking(visit)
    VisitBooking.objects.filter(pk=booking.pk).update(asked_at=dt.datetime(2030, 1, 1, 23, 30, tzinfo=dt.UTC))
    page = said(secretariat.get(page_of(visit)))
    local = dt.datetime(2030, 1, 2, 0, 30, tzinfo=visit.session.edition.zone)
    with clock.override(visit.session.edition.zone):
        assert formats.date_format(clock.localtime(local), "SHORT_DATETIME_FORMAT") in page
