"""Going back to a release: what is deleted, cancelled and kept, and who is told."""

import pytest

from events.models import Document, Session, Talk
from events.restoring import restoration_of
from events.signals import visit_changed
from tests import make
from tests.events.test_restoring import back, names, released

pytestmark = pytest.mark.django_db


def test_what_was_never_released_is_deleted_and_what_was_released_later_is_cancelled():
    edition = make.edition()
    make.session(edition, "First")
    released(edition)
    later = make.session(edition, "Later", 11, 12)
    released(edition)
    make.session(edition, "Never", 14, 15)
    plan = restoration_of(edition, 1)
    assert plan is not None
    assert (names(plan.deleted), names(plan.cancelled), names(plan.kept)) == (["Never"], ["Later"], [])
    back(edition)
    later.refresh_from_db()
    assert later.status == "cancelled"
    assert sorted(map(str, edition.sessions.all())) == ["First", "Later"]
    again = restoration_of(edition, 1)
    assert again is not None
    assert (again.changes, again.cancelled) == ([], ())


def test_a_visit_with_bookings_is_never_lost():
    edition = make.edition()
    make.session(edition, "First")
    released(edition)
    never, later = make.visit(edition), make.visit(edition)
    never.session.talks.create(title="In the bus")
    booking = make.booking(never)
    plan = restoration_of(edition, 1)
    assert plan is not None
    assert names(plan.kept) == ["Visit to the site"]
    assert names(plan.deleted) == ["Visit to the site"]
    back(edition)
    booking.refresh_from_db()
    never.session.refresh_from_db()
    assert (booking.state, never.session.status) == ("confirmed", "scheduled")
    assert not Session.objects.filter(pk=later.session_id).exists()


def test_a_session_that_was_released_later_is_cancelled_with_its_papers_but_not_where_its_visit_is_booked():
    edition = make.edition()
    released(edition)
    session, visit = make.session(edition, "Later"), make.visit(edition)
    Document.objects.create(edition=edition, session=session, title="Paper", url="https://example.org/paper")
    make.booking(visit)
    released(edition)
    done = back(edition)
    assert (names(done.cancelled), names(done.kept)) == (["Later"], ["Visit to the site"])
    assert session.documents.count() == 1
    session.refresh_from_db()
    visit.session.refresh_from_db()
    assert (session.status, visit.session.status) == ("cancelled", "scheduled")


def test_a_session_with_papers_or_with_a_paper_of_a_contribution_is_kept():
    edition = make.edition()
    released(edition)
    one, other = make.session(edition, "One"), make.session(edition, "Other", 11, 12)
    papers = {"edition": edition, "title": "Paper", "url": "https://example.org/paper"}
    Document.objects.create(session=one, **papers)
    Document.objects.create(talk=Talk.objects.create(session=other, title="Talk"), **papers)
    assert names(back(edition).kept) == ["One", "Other"]
    assert Document.objects.count() == 2


def test_a_contribution_with_papers_is_kept_and_that_is_said():
    edition = make.edition()
    session = make.session(edition)
    Talk.objects.create(session=session, title="Old")
    released(edition)
    session.talks.all().delete()
    talk = Talk.objects.create(session=session, title="New")
    Document.objects.create(edition=edition, talk=talk, title="Paper", url="https://example.org/paper")
    done = back(edition)
    assert done.remarks == ("The contribution “New” of “Depots” has papers and is kept.",)
    assert [str(talk.title) for talk in session.talks.all()] == ["Old", "New"]


def test_the_facts_of_a_visit_stay_and_a_visit_that_was_deleted_has_to_be_written_again():
    edition = make.edition()
    kept, gone = make.visit(edition, host_unit="Engineers"), make.visit(edition)
    released(edition)
    Session.objects.filter(pk=kept.session_id).update(kind="social")
    released(edition)
    Session.objects.filter(pk=kept.session_id).update(kind="field_visit")
    gone.session.delete()
    done = back(edition, 1)
    assert "Write the facts of the visit again" in "".join(done.remarks)
    done = back(edition, 2)
    assert "stays a field visit: its visit exists." in "".join(done.remarks)
    kept.session.refresh_from_db()
    assert (kept.session.kind, kept.session.visit.host_unit) == ("field_visit", "Engineers")


def test_of_a_visit_that_moves_others_are_told_and_of_no_other():
    edition = make.edition()
    moved, still = make.visit(edition), make.visit(edition)
    released(edition)
    Session.objects.filter(pk=moved.session_id).update(start=make.local(edition, 14, day=1))
    Session.objects.filter(pk=still.session_id).update(title="Other")
    told = []

    def listen(sender, visit, by, **signal):
        told.append((visit, visit.session.start, by))

    visit_changed.connect(listen)
    try:
        back(edition)
    finally:
        visit_changed.disconnect(listen)
    assert told == [(moved, make.local(edition, 13, day=1), "sec")]


def test_a_room_that_is_held_by_what_is_kept_is_not_taken_from_it():
    edition = make.edition()
    hall = make.room(edition)
    session = make.session(edition, room=hall)
    released(edition)
    Session.objects.filter(pk=session.pk).update(room=None)
    kept = make.session(edition, "With papers", room=hall)
    Document.objects.create(edition=edition, session=kept, title="Paper", url="https://example.org/paper")
    done = back(edition)
    assert done.remarks == ("“Depots” comes without a room: “With papers” holds it at that time.",)
    kept.refresh_from_db()
    assert kept.room == hall
