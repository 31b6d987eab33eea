"""The mail to a speaker: hand in your presentation."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from events.documents import hand_in_ends
from events.models import Session, Speaker
from participants import links
from participants.mail.letters import Letter, in_words, subject_line, to_speaker
from participants.models import Message


def hand_in(session: Session, speaker: Speaker, email: str, language: str) -> Message:
    """The speaker is asked for the presentation; the link opens the page that takes it."""
    edition = session.edition
    with override(language):
        ends = hand_in_ends(session)
        facts = [(_("Session"), str(session.title)), (_("Start"), in_words(session.start, edition))]
        facts += [(_("Room"), session.room.name)] if session.room else []
        facts += [(_("Hand in before"), in_words(ends, edition))]
        letter = Letter(
            subject_line(edition, _("please hand in your presentation")),
            [
                _("You speak at this workshop. Please hand in your presentation with this link."),
                _("You can send a new file as often as you need. It takes the place of the one before."),
                _("Keep the link to yourself: whoever has it can send a file in your name."),
            ],
            facts=[fact for fact in facts if fact[1]],
            link=links.hand_in_link(speaker, session, language),
            link_words=_("Hand in the presentation"),
        )
        return to_speaker(session, speaker, "hand in", letter, to=email, language=language)
