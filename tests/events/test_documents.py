"""Papers and their files: replaced, deleted, counted; presentations that come by a link."""

import datetime as dt

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import connection, transaction

from events.documents import HandInError, count_downloads, hand_in, hand_in_ends, of_session, put, shown, version_of
from events.models import Document, HistoryLine, Session, Talk
from events.scheduling import release_agenda
from events.uploads import take
from tests import make
from tests.events.sent_files import PDF, sent
from tests.participants.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition()


def path_of(document):
    return str(document.file.name)


def new_file(name="new.pdf"):
    return take(sent(PDF, name))


class TestFiles:
    """No file is left behind, none is lost."""

    def test_a_file_lies_under_a_random_name_with_its_facts_in_the_row(self, edition):
        paper = make.paper(edition, name="../Žuta\u202e.PDF")
        assert path_of(paper).startswith("documents/")
        assert "uta" not in path_of(paper)
        assert (paper.file_name, paper.kind, paper.size) == ("Žuta.pdf", "pdf", len(make.PDF))

    def test_a_replaced_file_goes_once_that_is_kept(self, edition, django_capture_on_commit_callbacks):
        paper = make.paper(edition)
        before = path_of(paper)
        with django_capture_on_commit_callbacks(execute=True):
            put(paper, new_file())
            paper.save()
            assert default_storage.exists(before)
        assert not default_storage.exists(before)
        assert default_storage.exists(path_of(paper))

    def test_a_file_goes_with_its_row_also_when_the_edition_goes(self, edition, django_capture_on_commit_callbacks):
        papers = [make.paper(edition), make.paper(edition, session=make.session(edition))]
        names = [path_of(paper) for paper in papers]
        with django_capture_on_commit_callbacks(execute=True):
            edition.delete()
        assert not any(default_storage.exists(name) for name in names)

    @pytest.mark.django_db(transaction=True)
    def test_what_is_undone_leaves_the_file(self, edition):
        paper = make.paper(edition)
        with transaction.atomic():
            put(paper, new_file())
            paper.save()
            Document.objects.get(pk=paper.pk).delete()
            transaction.set_rollback(True)
        kept = Document.objects.get()
        assert kept.file_name == "paper.pdf"
        assert default_storage.exists(path_of(kept))


def test_downloads_are_counted_one_by_one_by_many_at_once(transactional_db):
    paper = make.paper(make.edition())
    for _n in range(5):
        at_once(*[lambda: count_downloads([paper.pk])] * 6)
    paper.refresh_from_db()
    assert paper.downloads == 30


class TestLists:
    """What a list names, and when a page that was kept is another one."""

    def test_a_session_lists_its_papers_those_of_its_talks_and_of_its_visit(self, edition):
        visit = make.visit(edition)
        talk = Talk.objects.create(session=visit.session, title="Sensors")
        papers = [make.paper(edition, session=visit.session), make.paper(edition, talk=talk)]
        papers += [make.paper(edition, visit=visit, access="participants")]
        make.paper(edition, session=visit.session, access="secretariat")
        make.paper(edition)
        assert of_session(visit.session_id) == papers

    def test_a_version_changes_with_what_is_read_and_not_with_downloads(self, edition):
        paper = make.paper(edition)
        seen = {version_of([paper])}
        count_downloads([paper.pk])
        paper.refresh_from_db()
        assert version_of([paper]) in seen
        for name, value in (("title", "New"), ("access", "participants"), ("language", "sq"), ("size", 7)):
            setattr(paper, name, value)
            seen.add(version_of([paper]))
        assert len(seen) == 5
        assert version_of([]) == ""

    def test_the_page_of_a_session_is_new_when_a_paper_is(self, edition, client):
        session = make.session(edition)
        release_agenda(edition=edition, by="test")
        path = f"/editions/{edition.slug}/sessions/{session.pk}/"
        first = client.get(path)
        paper = make.paper(edition, "Slides of Ana", session=session)
        second = client.get(path, headers={"If-None-Match": first["ETag"]})
        assert "Slides of Ana" in second.content.decode()
        assert client.get(path, headers={"If-None-Match": second["ETag"]}).status_code == 304
        with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5), tick=False):
            paper.access = "participants"
            paper.save()
        since = client.get(path, headers={"If-Modified-Since": second["Last-Modified"]})
        assert "open the link in your e-mail first" in since.content.decode()
        paper.delete()
        assert "Slides of Ana" not in client.get(path).content.decode()

    def test_every_process_is_told_of_a_new_paper_and_not_of_a_download(self, transactional_db):
        paper = make.paper(make.edition())
        with connection.cursor() as cursor:
            cursor.execute("LISTEN rasr_agenda")
        raw = connection.connection
        raw.notifies.clear()
        count_downloads([paper.pk])
        raw.poll()
        assert not raw.notifies
        paper.title = "Another"  # type: ignore[assignment]
        paper.save(update_fields=["title"])
        raw.poll()
        assert raw.notifies

    def test_who_has_the_released_agenda_needs_no_query_for_it(self, edition, django_assert_num_queries):
        session = make.session(edition)
        paper = make.paper(edition, session=session)
        with django_assert_num_queries(1):
            assert list(shown(edition, released=[session.pk])) == [paper]
        with django_assert_num_queries(1):
            assert not list(shown(edition, released=[]))


class TestHandIn:
    """A speaker's presentation, again and again until the session begins."""

    @pytest.fixture
    def talk(self, edition):
        session = make.session(edition)
        return {"session": session, "speaker": make.speaker(session).speaker}

    def give(self, talk, name="talk.pdf", **more):
        facts = {"taken": new_file(name), "language": "sq", "may_publish": False, "by": "speaker"}
        return hand_in(**talk, **facts | more)

    def test_it_is_for_the_secretariat_until_it_is_published(self, edition, talk):
        document = self.give(talk)
        assert (document.access, document.language, document.session) == ("secretariat", "sq", talk["session"])
        assert str(document.title) == "Depots – Arta Shembulli"
        assert document.handed_in_at is not None
        assert not shown(edition, released=[talk["session"].pk])
        line = HistoryLine.objects.get(verb="hand in")
        assert (line.actor, line.after, line.edition) == ("speaker", "secretariat", edition)

    def test_a_new_file_takes_the_place_of_the_old_one(self, talk, django_capture_on_commit_callbacks):
        before = path_of(self.give(talk))
        with django_capture_on_commit_callbacks(execute=True):
            document = self.give(talk, "second.pdf", may_publish=True)
        assert Document.objects.get() == document
        assert (document.file_name, document.may_publish) == ("second.pdf", True)
        assert not default_storage.exists(before)

    def test_a_published_one_that_is_replaced_is_looked_at_again(self, talk):
        document = self.give(talk, may_publish=True)
        Document.objects.filter(pk=document.pk).update(access="public", title="Better title")
        document = self.give(talk, may_publish=True)
        assert (document.access, str(document.title)) == ("secretariat", "Better title")

    def test_two_speakers_do_not_replace_each_other(self, talk):
        other = make.speaker(talk["session"], "Boris Primjerić").speaker
        self.give(talk)
        self.give(talk | {"speaker": other})
        assert Document.objects.count() == 2

    def test_the_time_ends_with_the_start_wherever_it_moved(self, edition, talk):
        session = talk["session"]
        assert hand_in_ends(session) == session.start
        with pytest.raises(HandInError, match="time to hand in is over"):
            self.give(talk, at=session.start)
        Session.objects.filter(pk=session.pk).update(
            start=session.start + dt.timedelta(minutes=30), end=session.end + dt.timedelta(minutes=30)
        )
        assert self.give(talk, at=session.start)

    def test_without_a_start_it_ends_with_the_day_and_without_a_day_with_the_edition(self, edition):
        day = make.session(edition, start=None, on=1)
        assert hand_in_ends(day) == make.local(edition, 0, day=2)
        day.day = None
        assert hand_in_ends(day) == make.local(edition, 0, day=2) + dt.timedelta(days=1)
        edition.first_day = edition.last_day = None
        assert hand_in_ends(day) is None

    def test_who_is_not_in_the_programme_hands_in_nothing(self, talk):
        talk["session"].appearances.all().delete()
        with pytest.raises(HandInError, match="not in the programme"):
            self.give(talk)
        assert not Document.objects.exists()

    def test_nor_does_anybody_for_a_cancelled_session(self, talk):
        Session.objects.filter(pk=talk["session"].pk).update(status="cancelled")
        with pytest.raises(HandInError, match="not in the programme"):
            self.give(talk)

    def test_sent_twice_at_once_it_is_there_once(self, transactional_db):
        session = make.session(make.edition())
        talk = {"session": session, "speaker": make.speaker(session).speaker}
        at_once(*[lambda: self.give(talk)] * 4)
        document = Document.objects.get()
        assert default_storage.listdir("documents")[1] == [path_of(document).removeprefix("documents/")]
