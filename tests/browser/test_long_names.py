"""Names of any length and script keep to the width of the page, on a screen and on a phone."""

import pytest

from events.models import Topic
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edition():
    """An edition whose every name is one word as long as it may be."""
    made = make.edition(slug="long", title="W" * 150, label="W" * 100, city="W" * 80, venue="W" * 150, theme="W" * 150)
    topic = Topic.objects.create(edition=made, name="W" * 290)
    for letter, title in (("A", "W" * 200), ("B", "مرحبا بالعالم (2030)")):
        session = make.session(made, title, letter=letter, room=make.room(made, letter * 190), kind="working_group")
        session.topics.add(topic)
        make.speaker(session, "W" * 190, function="W" * 200, organisation="W" * 200)
    make.visit(made, host_unit="W" * 190, meeting_point="W" * 200)
    release_agenda(edition=made, by="sec", note="W" * 400)
    return made


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_no_page_is_wider_than_the_screen(visit, edition, width):
    session = edition.sessions.first()
    agenda = f"/editions/{edition.slug}/agenda/"
    pages = [
        f"/editions/{edition.slug}/",
        agenda,
        f"{agenda}?at=2030-10-08T09:30",
        f"{agenda}?room={session.room_id}",
        f"{agenda}changes/",
        f"/editions/{edition.slug}/sessions/{session.pk}/",
        f"/editions/{edition.slug}/visits/{edition.sessions.get(kind='field_visit').visit.pk}/",
        "/editions/",
    ]
    page = visit("/", width=width)
    for path in pages:
        page.goto(path)
        assert page.get_by_role("heading", level=1).is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
