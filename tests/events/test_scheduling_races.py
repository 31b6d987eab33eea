"""Releases beside each other, beside readers and beside editors: real threads, and controls without the lock."""

import threading

import pytest
from django.db import connection, connections, transaction

from events import scheduling
from events.agenda import from_json
from events.models import Appearance, Edition, Session
from events.scheduling import (
    release_agenda,
    released_agenda,
)
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def full_session(edition, **more):
    session = make.session(edition, **more)
    make.speaker(session)
    return session


def test_two_releases_at_once_get_two_numbers():
    edition = make.edition()
    barrier = threading.Barrier(3)

    def run():
        barrier.wait()
        try:
            release_agenda(edition=edition, by="sec")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(edition.releases.values_list("number", flat=True)) == [1, 2, 3]


def test_without_the_lock_two_releases_want_the_same_number(monkeypatch):
    edition = make.edition()
    barrier, errors = threading.Barrier(2), []
    built = scheduling.build_agenda

    def slow(edition):
        drawn = built(edition)
        barrier.wait(timeout=10)
        return drawn

    monkeypatch.setattr(scheduling, "build_agenda", slow)
    unlocked = Edition.objects.all()
    monkeypatch.setattr(Edition.objects, "select_for_update", lambda **options: unlocked)

    def run():
        try:
            release_agenda(edition=edition, by="sec")
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(errors) == 1


def test_readers_see_one_release_or_the_next_and_never_a_part():
    edition = make.edition()
    session = full_session(edition, title="Title 1")
    release_agenda(edition=edition, by="sec")
    is_over, torn, numbers = threading.Event(), [], set()

    def read():
        last = 0
        try:
            while not is_over.is_set():
                seen = released_agenda(edition.slug)
                if seen is None or seen.items[0].title != {"en": f"Title {seen.number}"} or seen.number < last:
                    torn.append(seen)
                last = seen.number if seen else 0
                numbers.add(last)
        finally:
            connections.close_all()

    readers = [threading.Thread(target=read) for _n in range(3)]
    for reader in readers:
        reader.start()
    for number in range(2, 12):
        Session.objects.filter(pk=session.pk).update(title=f"Title {number}")
        release_agenda(edition=edition, by="sec")
    is_over.set()
    for reader in readers:
        reader.join()
    assert not torn
    assert len(numbers) > 1


@pytest.mark.parametrize(("is_held_off", "released"), [(True, ("Old", "Old")), (False, ("Old", "New"))])
def test_an_edit_saved_meanwhile_is_released_wholly_or_not_at_all(monkeypatch, is_held_off, released):
    edition = make.edition()
    session = full_session(edition, title="Old")
    session.appearances.update(function="Old")
    is_saved = threading.Event()

    def edit():
        try:
            with transaction.atomic():
                Session.objects.filter(pk=session.pk).update(title="New")
                Appearance.objects.filter(session=session).update(function="New")
            is_saved.set()
        finally:
            connections.close_all()

    editor = threading.Thread(target=edit)

    def between(execute, sql, params, many, context):
        if sql.startswith("SELECT") and "events_appearance" in sql and not editor.ident:
            editor.start()
            is_saved.wait(timeout=0.5)
        return execute(sql, params, many, context)

    if not is_held_off:
        monkeypatch.setattr(scheduling, "hold_off_edits", lambda: None)
    with connection.execute_wrapper(between):
        release = release_agenda(edition=edition, by="sec")
    editor.join()
    (item,) = from_json(release.document).items
    assert (item.title["en"], item.people[0].function) == released
    assert is_saved.is_set()
