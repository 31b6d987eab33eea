"""Places on field visits: one function for each change of a booking, and for each change of a visit that moves places.

Everything locks the edition, then the visit. Only confirmed participants hold places.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import FieldVisit, record
from events.text import clean_text, has_visible
from participants import mail
from participants.capacity import lock_edition
from participants.models import Participant, VisitBooking
from participants.visit_places import (
    ASKED_RECORD,
    STANDING,
    TRANSITIONS,
    State,
    VisitError,
    check,
    fill,
    in_line,
    is_listed,
    is_off,
    is_open,
    is_ready,
    lock_booking,
    lock_both,
    lock_visit,
    missing,
    move,
    open_visits,
    own_tasks,
    places_left,
    save,
    with_visit,
)

# What others ask about visits and find here, beside the verbs.
__all__ = ["ASKED_RECORD", "STANDING", "TRANSITIONS", "VisitError", "in_line", "is_listed", "is_off", "is_open"]
__all__ += ["is_ready", "missing", "open_visits", "own_tasks", "places_left"]
REMINDED_ONCE_IN = dt.timedelta(days=1)


# -- What a participant does -----------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    *, participant: Participant, visit: FieldVisit, by: str, at: dt.datetime | None = None, told: bool = False
) -> VisitBooking:
    """Write down that a participant wants to come on a visit, and give the place where nothing is missing.

    Asking twice is asking once; who has withdrawn goes to the end of the line. `told`: a mail of the caller says
    what came of it, and `settle` follows. Returns the booking: refused, with the mail, where the host has refused
    this person in an earlier registration. Raises VisitError after the sign-up deadline, for a visit of another
    edition, for a registration that has ended, and after a refusal by the host.
    """
    at = at or clock.now()
    edition = lock_edition(participant.edition_id)
    visit = lock_visit(visit.pk)
    booking = VisitBooking.objects.select_related("participant").filter(participant=participant, visit=visit).first()
    if booking is not None and booking.state in STANDING:
        return booking
    _check_open(participant, visit, at)
    if booking is None:
        booking = VisitBooking.objects.create(participant=participant, visit=visit, asked_at=at)
        record(booking, "ask", by=by, edition=edition, after=booking.state)
        if refused := _refused_before(participant, visit):
            return refuse(booking=booking, reason=refused.refusal_reason, by=by, at=at)
    elif booking.state == State.REFUSED:
        raise VisitError(_("The host cannot receive you on this field visit. Write to the secretariat."))
    else:
        booking.asked_at = at
        move(with_visit(booking, visit), State.ASKED, "ask again", by)
    if not told:
        fill(visit, by, at)
        booking.refresh_from_db(fields=["state", "version"])
    return booking


def _refused_before(participant: Participant, visit: FieldVisit) -> VisitBooking | None:
    """The last word of the host on the same person, whose registration has ended since, if it was a no.

    The same person has the same address, or the same name in the same delegation; of those who share a mailbox the
    name tells.
    """
    same = Q(participant__sort_name=participant.sort_name, participant__delegation=participant.delegation_id)
    if not participant.shares_mailbox:
        same |= Q(participant__email_key=participant.email_key, participant__shares_mailbox=False)
    ended = visit.bookings.filter(participant__erased_at=None).exclude(participant__status__in=Participant.LIVE)
    last = ended.filter(same).order_by("pk").last()
    return last if last and last.state == State.REFUSED else None


def _check_open(participant: Participant, visit: FieldVisit, at: dt.datetime) -> None:
    """Under the lock: whether this person may sign up for this visit at that moment."""
    if visit.session.edition_id != participant.edition_id:
        raise VisitError(_("Choose a field visit of this edition."), "visits")
    live = Participant.objects.filter(pk=participant.pk, status__in=Participant.LIVE)
    if not live.exists():
        raise VisitError(_("Your registration has ended, so you cannot book a place."))
    if is_open(visit, at):
        return
    if visit.signup_deadline and not is_off(visit, at):
        ended = mail.in_words(visit.signup_deadline, visit.session.edition)
        raise VisitError(_("Sign-up for this field visit ended on %(when)s.") % {"when": ended}, "visits")
    raise VisitError(_("This field visit is cancelled or has begun. Choose another one."), "visits")


@transaction.atomic
def accept_rules(*, booking: VisitBooking, version: int, by: str, at: dt.datetime | None = None) -> VisitBooking:
    """Write down that a participant accepts the rules of the visit in this version; then the place may be given.

    Accepting twice is accepting once. Raises VisitError for another version than the one in force, and for a booking
    that has ended.
    """
    booking = lock_booking(booking)
    _check_stands(booking)
    if version != booking.visit.rules_version or not str(booking.visit.rules):
        raise VisitError(_("The rules of the visit have changed. Read them again and accept them."), "version")
    if booking.rules_version == version:
        return booking
    before, booking.rules_version = booking.rules_version, version
    booking.rules_accepted_at = at or clock.now()
    save(booking, "rules_version", "rules_accepted_at")
    record(booking, "accept rules", by=by, edition=booking.participant.edition, before=before or "", after=version)
    return _filled(booking, by, at)


def _check_stands(booking: VisitBooking) -> None:
    if booking.state not in STANDING:
        words = {"state": booking.get_state_display()}
        raise VisitError(_("This booking has ended: it is “%(state)s”.") % words)


def _filled(booking: VisitBooking, by: str, at: dt.datetime | None) -> VisitBooking:
    """Give free places, and return the booking as it is then."""
    fill(booking.visit, by, at)
    booking.refresh_from_db(fields=["state", "version"])
    return booking


@transaction.atomic
def withdraw_booking(*, booking: VisitBooking, by: str, at: dt.datetime | None = None) -> VisitBooking:
    """Give back a place or a wish; a place goes to the next in line at once.

    Raises VisitError where it was given back or refused, where the visit has begun and where the person is on board.
    """
    booking = lock_booking(booking)
    check(booking, State.WITHDRAWN)
    _check_ashore(booking, at)
    move(booking, State.WITHDRAWN, "withdraw", by)
    mail.visit_withdrawn(booking)
    return _filled(booking, by, at)


def _check_ashore(booking: VisitBooking, at: dt.datetime | None) -> None:
    """Who is counted on a bus stays counted until they are back."""
    if booking.boarded_out_at:
        raise VisitError(_("This person has boarded. Take the boarding back first."))
    if is_off(booking.visit, at):
        raise VisitError(_("This field visit is cancelled or has begun. The booking stays as it is."))


# -- What the host answers -------------------------------------------------------------------------------------------


@transaction.atomic
def approve(*, booking: VisitBooking, by: str, at: dt.datetime | None = None) -> VisitBooking:
    """Write down the yes of the host; then the place may be given. One who was refused stands in the line again.

    Raises VisitError where the host approved already, and where the participant gave the place back.
    """
    booking = lock_booking(booking)
    if booking.state == State.WITHDRAWN:
        _check_stands(booking)
    if booking.host_approved_at is not None:
        when = mail.in_words(booking.host_approved_at, booking.participant.edition)
        raise VisitError(_("The host approved this visitor already, on %(when)s.") % {"when": when})
    booking.host_approved_at = at or clock.now()
    if booking.state == State.REFUSED:
        booking.refusal_reason = ""
        move(booking, State.ASKED, "approve", by)
    else:
        save(booking, "host_approved_at")
        record(booking, "approve", by=by, edition=booking.participant.edition, before=booking.state, after="approved")
    return _filled(booking, by, at)


@transaction.atomic
def refuse(*, booking: VisitBooking, reason: str, by: str, at: dt.datetime | None = None) -> VisitBooking:
    """Write down the no of the host; a place goes to the next in line. The reason is for the secretariat alone: it
    stands in no mail and no history.

    Raises VisitError without a reason, where the booking has ended and where the person is on board.
    """
    booking = lock_booking(booking)
    check(booking, State.REFUSED)
    _check_ashore(booking, at)
    if not has_visible(reason):
        raise VisitError(_("Write the reason that the host gave."), "reason")
    booking.refusal_reason, booking.host_approved_at = reason, None
    move(booking, State.REFUSED, "refuse", by)
    mail.visit_refused(booking)
    return _filled(booking, by, at)


# -- What follows from the registration ------------------------------------------------------------------------------


@transaction.atomic(savepoint=False)
def settle(*, participant: Participant, by: str, at: dt.datetime | None = None, told: bool = False) -> None:
    """Give a confirmed participant the visits that were asked for, where nothing is missing and there is a place.

    `told`: a mail of the caller says what came of it.
    """
    asked = participant.bookings.filter(state__in=[State.ASKED, State.WAITLISTED], participant__status="confirmed")
    pks = list(asked.order_by("visit").values_list("visit", flat=True))
    if pks:
        lock_edition(participant.edition_id)
    for pk in pks:
        fill(lock_visit(pk), by, at, told=participant if told else None)


@transaction.atomic(savepoint=False)
def withdraw_all(*, participant: Participant, by: str, at: dt.datetime | None = None) -> None:
    """Give back every visit place and wish of a participant who does not come; a place goes to the next in line.

    Whoever calls has locked the edition, and writes to that participant.
    """
    standing = participant.bookings.filter(state__in=STANDING).order_by("visit")
    visits = {pk: lock_visit(pk) for pk in standing.values_list("visit", flat=True)}
    for booking in standing.select_for_update(of=("self",), no_key=True):
        visit = visits[booking.visit_id]
        move(with_visit(booking, visit), State.WITHDRAWN, "withdraw", by)
        fill(visit, by, at)


# -- What changes a visit --------------------------------------------------------------------------------------------


@transaction.atomic
def set_visit_capacity(
    *, visit: FieldVisit, capacity: int | None, by: str, at: dt.datetime | None = None
) -> FieldVisit:
    """Change the number of places (None: no limit). A raise gives them to those who wait, at once.

    Raises VisitError for a cut below the confirmed, with their number.
    """
    visit = lock_both(visit)
    held = visit.bookings.filter(state=State.CONFIRMED).count()
    if capacity is not None and capacity < held:
        sentence = ngettext(
            "%(held)s place is given. Write %(held)s or more.",
            "%(held)s places are given. Write %(held)s or more.",
            held,
        )
        raise VisitError(sentence % {"held": held}, "capacity")
    before, visit.capacity = visit.capacity, capacity
    visit.save(update_fields=["capacity"])
    told = ["no limit" if number is None else str(number) for number in (before, capacity)]
    record(visit, "set capacity", by=by, edition=visit.session.edition, before=told[0], after=told[1])
    fill(visit, by, at)
    return visit


@transaction.atomic
def renew_rules(*, visit: FieldVisit, rules: Any, by: str, at: dt.datetime | None = None) -> FieldVisit:
    """Put new rules in force (a text, or one in several languages), as a new version.

    Who has a place keeps it, counts as incomplete and is asked by mail to accept again; who had accepted and has no
    place yet gets none before that. Raises VisitError where the text is the same.
    """
    visit = lock_both(visit)
    before = visit.rules_version
    if _written(rules) == _written(visit.rules):
        raise VisitError(_("These are the rules in force. Change the text first."), "rules")
    visit.rules, visit.rules_version = rules, before + 1
    visit.save(update_fields=["rules", "rules_version"])
    visit.refresh_from_db(fields=["rules"])
    record(visit, "renew rules", by=by, edition=visit.session.edition, before=before, after=visit.rules_version)
    for booking in in_line(visit).exclude(rules_version=None):
        if "rules" in missing(with_visit(booking, visit)) and not is_off(visit, at):
            mail.visit_rules_changed(booking)
    fill(visit, by, at)
    return visit


def _written(rules: Any) -> dict[str, str]:
    """The text in each language that has one; a text without a language is English."""
    texts = getattr(rules, "data", rules) or ""
    texts = texts if isinstance(texts, dict) else {"en": str(texts)}
    return {language: clean_text(text) for language, text in texts.items() if text and text.strip()}


@transaction.atomic
def fill_visit(*, visit: FieldVisit, by: str, at: dt.datetime | None = None) -> FieldVisit:
    """Give places to those who lack nothing any more, because what the host asks or the time was changed; with mails.

    Who has a place keeps it. Returns the visit as it is now.
    """
    visit = lock_both(visit)
    fill(visit, by, at)
    return visit


def may_remind(booking: VisitBooking, at: dt.datetime | None = None) -> bool:
    """Whether the last reminder is a day old."""
    return booking.reminded_at is None or (at or clock.now()) - booking.reminded_at >= REMINDED_ONCE_IN


@transaction.atomic
def remind_incomplete(*, visit: FieldVisit, by: str, at: dt.datetime | None = None) -> int:
    """Write to each confirmed participant who has asked for the visit and has still to do something for it.

    Nobody is reminded twice within a day, however often the button is pressed. Returns the number of mails. Raises
    VisitError for a visit that is cancelled or has begun, and when the list has gone to the host.
    """
    at = at or clock.now()
    visit = lock_both(visit)
    if is_off(visit, at):
        raise VisitError(_("This field visit is cancelled or has begun. Nobody was reminded."))
    if is_listed(visit, at):
        listed = mail.in_words(visit.host_list_deadline, visit.session.edition)
        raise VisitError(_("The list goes to the host on %(moment)s.") % {"moment": listed})
    reminded = 0
    for booking in in_line(visit).select_for_update(of=("self",), no_key=True):
        if not may_remind(booking, at) or not own_tasks(with_visit(booking, visit)):
            continue
        booking.reminded_at = at
        booking.save(update_fields=["reminded_at"])
        mail.visit_incomplete(booking, rules="rules" in own_tasks(booking), record="record" in own_tasks(booking))
        reminded += 1
    record(visit, "remind incomplete", by=by, edition=visit.session.edition, after=f"{reminded} mails")
    return reminded
