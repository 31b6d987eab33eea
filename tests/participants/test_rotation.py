"""Keys of private data are changed while the site runs, and the old one can then be taken away."""

import threading
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from participants import rotation
from participants.models import Message, VisitRecord
from participants.models.encrypted import EncryptedTextField
from tests import make
from tests.participants.recorded import TYPED, asking_visit, saved

FIRST, SECOND, THIRD = (Fernet.generate_key().decode() for _n in range(3))


@pytest.fixture(autouse=True)
def _first_key(settings):
    settings.PRIVATE_DATA_KEYS = [FIRST]


def told(*flags):
    out = StringIO()
    call_command("rotate_private_data_keys", *flags, stdout=out)
    return out.getvalue()


def answers():
    return [{name: getattr(record, name) for name in TYPED} for record in VisitRecord.objects.order_by("pk")]


def tokens():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, document_number, sizes FROM participants_visitrecord ORDER BY id")
        return cursor.fetchall()


@pytest.mark.django_db
class TestRotating:
    def test_three_keys_one_after_the_other(self, settings):
        visit = asking_visit(make.edition())
        saved(visit)
        texts = list(Message.objects.order_by("pk").values_list("text", flat=True))
        assert texts
        for before, after in ((FIRST, SECOND), (SECOND, THIRD)):
            settings.PRIVATE_DATA_KEYS = [after, before]
            saved(visit)
            with pytest.raises(CommandError, match="still need an older key"):
                told("--check")
            told()
            assert "No older key is needed." in told("--check")
            settings.PRIVATE_DATA_KEYS = [after]
            assert answers() == [TYPED] * VisitRecord.objects.count()
            assert list(Message.objects.order_by("pk").values_list("text", flat=True))[: len(texts)] == texts
        assert VisitRecord.objects.count() == 3

    def test_the_numbers_are_said(self, settings):
        visit = asking_visit(make.edition())
        saved(visit)
        settings.PRIVATE_DATA_KEYS = [SECOND, FIRST]
        saved(visit)
        assert "VisitRecord: 7 under the first key, 7 encrypted anew, 0 unreadable\n" in told()
        assert "VisitRecord: 14 under the first key, 0 encrypted anew, 0 unreadable\n" in told()

    def test_what_is_under_the_first_key_stays_as_it_is(self, settings):
        saved(asking_visit(make.edition()))
        settings.PRIVATE_DATA_KEYS = [SECOND, FIRST]
        told()
        before = tokens()
        told()
        assert tokens() == before

    def test_check_changes_nothing(self, settings):
        saved(asking_visit(make.edition()))
        settings.PRIVATE_DATA_KEYS = [SECOND, FIRST]
        before = tokens()
        with pytest.raises(CommandError):
            told("--check")
        assert tokens() == before

    def test_what_no_key_reads_is_named_and_stops_nothing(self, settings):
        visit = asking_visit(make.edition())
        lost = saved(visit).record
        settings.PRIVATE_DATA_KEYS = [SECOND]
        Message.objects.all().delete()
        saved(visit)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE participants_visitrecord SET sizes = 'clear' WHERE id = %s", [lost.pk])
        settings.PRIVATE_DATA_KEYS = [THIRD, SECOND]
        said = told()
        assert "VisitRecord: 0 under the first key, 7 encrypted anew, 7 unreadable" in said
        assert f"no key reads document_number of {lost.pk}\n" in said
        assert f"no key reads sizes of {lost.pk}\n" in said
        assert "KNRX7788Q5" not in said
        assert "clear" not in said

    def test_every_encrypted_column_is_found(self):
        found = {(model, name) for model, names in rotation.encrypted_columns() for name in names}
        fields = {(m, f.name) for m in apps.get_models() for f in m._meta.fields if isinstance(f, EncryptedTextField)}
        assert found == fields
        assert {model.__name__ for model, _name in found} >= {"VisitRecord", "Message", "Link", "ChangeRequest"}

    def test_stopped_in_the_middle_it_goes_on_where_it_was(self, settings, monkeypatch):
        visit = asking_visit(make.edition())
        for _n in range(3):
            saved(visit)
        settings.PRIVATE_DATA_KEYS = [SECOND, FIRST]
        monkeypatch.setattr(rotation, "BATCH", 1)
        encrypt, left = rotation._encrypt, [2]

        def stopped(model, pk, olds):
            if model is VisitRecord:
                if not left[0]:
                    raise KeyboardInterrupt
                left[0] -= 1
            encrypt(model, pk, olds)

        with monkeypatch.context() as patched:
            patched.setattr(rotation, "_encrypt", stopped)
            with pytest.raises(KeyboardInterrupt):
                told()
        assert "VisitRecord: 14 under the first key, 7 encrypted anew" in told()
        settings.PRIVATE_DATA_KEYS = [SECOND]
        assert answers() == [TYPED] * 3


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_in_use_is_left_and_said(settings):
    saved(asking_visit(make.edition()))
    settings.PRIVATE_DATA_KEYS = [SECOND, FIRST]
    held, done = threading.Event(), threading.Event()

    def holder():
        with transaction.atomic():
            VisitRecord.objects.select_for_update().defer(*TYPED).get()
            held.set()
            done.wait(20)
        connection.close()

    thread = threading.Thread(target=holder)
    thread.start()
    assert held.wait(20)
    try:
        with pytest.raises(CommandError, match="1 rows were in use"):
            told()
    finally:
        done.set()
        thread.join()
    assert "7 encrypted anew" in told()
