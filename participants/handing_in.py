"""Links by which speakers hand in their presentations: the secretariat makes them, sends them and ends them."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.documents import HandInError, hand_in_ends
from events.models import Edition, Session, Speaker, record
from participants import links, mail
from participants.models import Link, Message
from participants.typed import Address


@transaction.atomic
def make_link(*, session: Session, speaker: Speaker, language: str, by: str, at: dt.datetime | None = None) -> str:
    """A new address under which the speaker hands in a presentation; the link before it ends.

    Returns the address, this once, in that language. Raises HandInError for somebody who does not speak there, a
    cancelled session and one that has begun.
    """
    session = _renewed(session, speaker, by, at)
    return links.hand_in_link(speaker, session, language)


@transaction.atomic
def send_link(
    *, session: Session, speaker: Speaker, email: str, language: str, by: str, at: dt.datetime | None = None
) -> Message:
    """Send a new link to that address, in that language; the link before it ends.

    Returns the queued message. Raises HandInError as make_link does, and for an address that is none.
    """
    try:
        typed = Address().clean(email)
    except ValidationError as error:
        raise HandInError(error.messages[0]) from None
    session = _renewed(session, speaker, by, at)
    return mail.hand_in(session, speaker, typed, language)


def _renewed(session: Session, speaker: Speaker, by: str, at: dt.datetime | None) -> Session:
    """The session, locked with its edition; the links of the speaker for it have ended."""
    session = _locked(session)
    ends = hand_in_ends(session)
    if session.status == Session.Status.CANCELLED or not session.appearances.filter(speaker=speaker).exists():
        raise HandInError(_("This person does not speak in this session any more."))
    if ends and ends <= (at or clock.now()):
        raise HandInError(_("This session has begun. Add the file to the documents yourself."))
    ended = links.revoke_for(session=session, speaker=speaker)
    record(session, "make hand-in link", by=by, edition=session.edition, before=ended, after=1)
    return session


@transaction.atomic
def end_link(*, session: Session, speaker: Speaker, by: str) -> int:
    """End the link of this speaker; what was handed in stays. Returns how many links ended."""
    session = _locked(session)
    ended = links.revoke_for(session=session, speaker=speaker)
    if ended:
        record(session, "end hand-in link", by=by, edition=session.edition, before=ended, after=0)
    return ended


def standing_link(session: Session, speaker: Speaker) -> Link | None:
    """The link of this speaker that opens the page now."""
    return links.good().filter(purpose=Link.Purpose.HAND_IN, session=session, speaker=speaker).first()


def _locked(session: Session) -> Session:
    Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=session.edition_id)
    found = Session.objects.select_related("edition").filter(pk=session.pk).first()
    if found is None:
        raise HandInError(_("This person does not speak in this session any more."))
    return found
