"""The page "My agenda"."""

from __future__ import annotations

import pytest

from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    made = make.edition()
    make.session(made, "Depots")
    make.session(made, "Marking", 11, 12, kind="working_group", letter="A")
    make.session(made, "Disposal", 11, 12, kind="working_group", letter="B")
    make.session(made, "Clinic", 15, 16, kind="side_event")
    make.visit(made)
    release_agenda(edition=made, by="test")
    return made


@pytest.fixture
def person(edition):
    return make.participant(edition, "confirmed")


def page(person):
    return f"/my/{person.reference}/agenda/"


def test_the_page_opens(bearer, person):
    answer = bearer.get(page(person))
    assert answer.status_code == 200
    assert "Choose your working group" in answer.content.decode()
