"""Private data ends: what is due goes, wholly, and the rest stays; the numbers stay the same."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from events.models import Edition, HistoryLine
from participants import erasing, handing_in, registration
from participants.mail import letters
from participants.mail.letters import Letter
from participants.models import Link, Message, NominationLetter, Participant, StarredSession, VisitRecord
from participants.retention import erase_due
from tests import make
from tests.participants import planted
from tests.participants.planted import CAME, OF_VISIT, PEOPLE, STAYED_AWAY, Planted, canary, seen, statistics, stored

pytestmark = pytest.mark.django_db


def after(world: Planted, **ago: int) -> dt.datetime:
    """Noon, so many days or years after the last day."""
    last = world.edition.days[-1]
    last = last.replace(year=last.year + ago.get("years", 0)) + dt.timedelta(days=ago.get("days", 0))
    return dt.datetime.combine(last, dt.time(12), world.edition.zone)


@pytest.fixture
def world() -> Planted:
    return Planted()


def secrets_of(world, *who):
    return {secret for one in who for secret in world.secrets[one]}


def test_every_private_column_is_planted(world):
    assert planted.unplanted() == []
    text = stored()
    assert all(f"canary-{who}-" in text for who in PEOPLE)
    assert all(secret in text for secret in secrets_of(world, *PEOPLE))


def test_after_everything_is_over_nothing_private_is_stored(world):
    before = statistics(world.edition)
    erase_due(at=after(world, years=7, days=1))
    text = stored()
    assert seen(text) == set()
    assert [secret for secret in secrets_of(world, *PEOPLE) if secret in text] == []
    assert "canary" not in text.casefold()
    assert planted.files() == ""
    assert statistics(world.edition) == before


def test_on_the_last_day_kept_nothing_is_due(world):
    before = seen(stored())
    lines = erase_due(at=after(world, days=30))
    assert [line.what for line in lines] == ["ended sessions"]
    assert before - seen(stored()) == {canary("waiting", "session")}


def test_after_the_days_of_the_visit_exactly_its_data_are_gone(world):
    before = seen(stored())
    erase_due(at=after(world, days=31))
    gone = {one for one in before if one.rsplit("-", 1)[1] in OF_VISIT | {"session"}}
    assert {one.rsplit("-", 1)[1] for one in gone} == OF_VISIT | {"session"}
    assert before - seen(stored()) == gone


def test_stars_end_with_the_visit(world):
    erase_due(at=after(world, days=30))
    assert StarredSession.objects.count() == len(world.people)
    erase_due(at=after(world, days=31))
    assert not StarredSession.objects.exists()


def test_after_the_days_of_the_unconfirmed_exactly_who_did_not_come_is_gone(world):
    erase_due(at=after(world, days=180))
    before = seen(stored())
    assert before >= {canary(who, "email") for who in PEOPLE}
    erase_due(at=after(world, days=181))
    text = stored()
    left = seen(text)
    gone = {one for one in before if one.split("-")[1] in STAYED_AWAY}
    # What officers wrote about their looks is the audit of the visit; a mail to a contact may name who did not come.
    gone -= {canary(who, "looked") for who in STAYED_AWAY}
    assert before - left == gone | {canary("contact", "subject")}
    assert {secret for secret in secrets_of(world, *STAYED_AWAY) if secret in text} == set()
    assert {secret for secret in secrets_of(world, *CAME) if secret not in text} == set()
    assert "canary-guest-scan" in planted.files()
    assert "canary-nominee-scan" not in planted.files()


def rows():
    """What is stored but the history, which no run writes twice."""
    return "\n".join(line for line in stored().splitlines() if not line.startswith("events_historyline"))


def test_a_dry_run_says_the_same_and_changes_nothing(world):
    at = after(world, years=7, days=1)
    before = stored()
    told = erase_due(at=at, dry_run=True)
    assert stored() == before
    assert told == erase_due(at=at)
    assert {line.what for line in told} >= {
        "visit records",
        "participants",
        "nominations",
        "letters",
        "contact persons",
    }


def test_a_second_run_finds_nothing(world):
    at = after(world, years=7, days=1)
    erase_due(at=at)
    before = stored()
    assert erase_due(at=at) == []
    assert stored() == before


def test_run_by_run_comes_to_the_same_as_all_at_once(world):
    before = statistics(world.edition)
    for end in ({"days": 31}, {"days": 181}, {"years": 7, "days": 1}):
        erase_due(at=after(world, **end))
        assert statistics(world.edition) == before
    assert seen(stored()) == set()


def test_each_kind_writes_one_line_of_numbers_into_the_history(world):
    erase_due(at=after(world, days=181))
    lines = world.edition.history.filter(actor="retention").order_by("id")
    assert [(line.subject, line.verb) for line in lines] == [
        ("edition", "erase visit data"),
        ("edition", "erase people who did not come"),
    ]
    assert lines[0].after.startswith("needs: 5, visit records: 5")


def test_what_is_kept_of_the_history_holds_no_private_word(world):
    history = "\n".join(f"{line.verb} {line.before} {line.after} {line.actor}" for line in HistoryLine.objects.all())
    assert history.count("\n") > 20
    assert seen(history) == set()
    assert [secret for secret in secrets_of(world, *PEOPLE) if secret in history] == []


def test_an_edition_without_a_last_day_keeps_everything_and_says_so(world):
    Edition.objects.filter(pk=world.edition.pk).update(
        first_day=None, last_day=None, registration_opens=None, registration_closes=None
    )
    before = seen(stored())
    lines = erase_due(at=dt.datetime(2090, 1, 1, tzinfo=dt.UTC))
    assert str(lines[0]) == f"{world.edition.slug}: no last day is known, so nothing is due"
    assert before - seen(stored()) == {canary("waiting", "session")}


def test_an_edition_of_history_that_holds_nobody_says_nothing():
    make.edition(first_day=None, last_day=None, registration_opens=None, registration_closes=None)
    make.edition()
    assert erase_due(at=dt.datetime(2090, 1, 1, tzinfo=dt.UTC)) == []


def test_another_edition_keeps_its_own(world):
    other = make.edition(first_day=dt.date(2031, 10, 8), last_day=dt.date(2031, 10, 8))
    person = make.participant(other, family_name="Other", dietary="Other diet")
    erase_due(at=after(world, days=181))
    person.refresh_from_db()
    assert (person.family_name, person.dietary, person.erased_at) == ("Other", "Other diet", None)
    assert person.messages.exists()
    assert person.links.exists()


def test_a_person_who_withdrew_after_a_day_there_is_kept_like_those_who_came(world):
    registration.withdraw(participant=world.people["guest"], by="participant")
    erase_due(at=after(world, days=181))
    assert world.person("guest").family_name == canary("guest", "family_name")


def test_each_row_that_stays_has_another_unusable_address_reference_and_code(world):
    erase_due(at=after(world, years=7, days=1))
    people = list(Participant.objects.filter(edition=world.edition))
    for name in ("email", "reference", "code", "submission", "email_key"):
        assert len({getattr(one, name) for one in people}) == len(people)
    assert all(one.email.endswith("@erased.invalid") for one in people)
    assert all(one.erased_at and one.rank_code == "" and one.service == "military" for one in people)
    assert {str(one) for one in people} == {"(erased)"}


def test_a_letter_stays_as_long_as_it_names_somebody_who_is_kept(world):
    declined, guest = world.people["declined"].nomination, world.people["guest"].nomination
    type(declined).objects.filter(pk=declined.pk).update(letter=guest.letter)
    erase_due(at=after(world, days=181))
    assert "canary-guest-scan" in planted.files()
    assert NominationLetter.objects.count() == 2


def test_a_file_whose_row_was_never_written_goes_after_a_day(world):
    path = default_storage.save("letters/2030/orphan.pdf", ContentFile(b"canary-nobody-scan"))
    assert str(erase_due(dry_run=True)) == "[]"
    long_ago = (timezone.now() - dt.timedelta(days=2)).timestamp()
    os.utime(default_storage.path(path), (long_ago, long_ago))
    assert [str(line) for line in erase_due(dry_run=True)] == ["all editions: files without a row: 1"]
    assert default_storage.exists(path)
    erase_due()
    assert not default_storage.exists(path)
    assert "canary-guest-scan" in planted.files()


def test_presentations_that_nobody_published_go_with_the_links_of_their_speakers(world):
    session = make.session(world.edition)
    speaker = make.speaker(session).speaker
    facts: dict[str, Any] = {"session": session, "speaker": speaker, "handed_in_at": session.start}
    kept_back = make.paper(world.edition, access="secretariat", **facts)
    published = make.paper(world.edition, access="participants", **facts)
    own = make.paper(world.edition, access="secretariat")
    handing_in.make_link(
        session=session, speaker=speaker, language="en", by="sec", at=facts["handed_in_at"] - dt.timedelta(days=1)
    )
    erase_due(at=after(world, days=180))
    assert world.edition.documents.count() == 3
    erase_due(at=after(world, days=181))
    assert set(world.edition.documents.all()) == {published, own}
    assert not Link.objects.filter(session=session).exists()
    assert kept_back.pk


def test_a_file_that_is_gone_already_stops_nothing(world):
    for letter in NominationLetter.objects.all():
        default_storage.delete(str(letter.scan.name))
    erase_due(at=after(world, years=7, days=1))
    assert not NominationLetter.objects.exists()


def test_what_no_key_reads_any_more_is_erased_all_the_same(world, settings):
    settings.PRIVATE_DATA_KEYS = [Fernet.generate_key().decode()]
    erase_due(at=after(world, years=7, days=1))
    assert not VisitRecord.objects.exists()
    assert not Message.objects.exists()


def test_when_one_edition_fails_nothing_of_it_is_half_erased(world, monkeypatch):
    before = rows()
    monkeypatch.setattr(erasing, "delete_audit", lambda _edition: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erase_due(at=after(world, years=7, days=1))
    # Files go first: the letters they belonged to are found again by the next run.
    assert seen(rows()) == {one for one in seen(before) if not one.endswith(("-scan",))}
    monkeypatch.undo()
    erase_due(at=after(world, years=7, days=1))
    assert seen(stored()) == set()


def test_a_mail_that_is_written_later_to_somebody_erased_goes_with_the_next_run(world):
    at = after(world, days=181)
    erase_due(at=at)
    letters.to_participant(world.person("declined"), "late", Letter("canary-declined-late", ["text"]))
    assert [(line.what, line.number) for line in erase_due(at=at)] == [("messages", 1)]


def test_what_is_written_after_an_end_is_kept_until_the_next_one(world):
    erase_due(at=after(world, days=181))
    letters.to_contact(world.delegation, "thanks", Letter("Thank you", ["text"]))
    Message.objects.filter(kind="thanks").update(queued_at=after(world, days=182))
    erase_due(at=after(world, days=183))
    assert Message.objects.filter(kind="thanks").exists()
    erase_due(at=after(world, years=7, days=1))
    assert not Message.objects.exists()
