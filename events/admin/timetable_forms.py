"""The small forms of the timetable. Each is about one thing, and says in words what it did."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Appearance, Edition, Session
from events.slots import Slot, slot_of
from events.timetable import (
    LONGEST_NAME,
    LONGEST_TITLE,
    TimetableError,
    add_session,
    add_speaker,
    add_talk,
    place_session,
    swap_sessions,
    version_of,
)

ONE_DAY = dt.timedelta(days=1)


def days_of(edition: Edition) -> list[dt.date]:
    """The days of the edition and every other day on which it has a session."""
    held = edition.sessions.exclude(day=None).order_by().values_list("day", flat=True).distinct()
    return sorted({*edition.days, *(day for day in held if day)})


def session_of(edition: Edition, key: str) -> Session | None:
    """The session of the edition with that key, if the text is one."""
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    found = edition.sessions.select_related("room", "visit").filter(pk=key).first()
    if found is not None:
        found.edition = edition
    return found


class Asked(forms.Form):
    """What is asked of one session of an edition, in the version that was seen."""

    def __init__(self, edition: Edition, session: Session | None, typed: Any = None, **more: Any) -> None:
        self.edition, self.session = edition, session
        super().__init__(typed, auto_id=f"id_{type(self).__name__.lower()}_%s", label_suffix="", **more)

    @property
    def seen(self) -> dict[str, Any]:
        """The session and the version that came with the answers."""
        return {"session": self.session, "seen": self.data.get("seen", "")}

    def act(self, by: str) -> tuple[Session, str]:
        """Do it: the session as it is then, and what was done in words."""
        raise NotImplementedError


class SlotForm(Asked):
    """Day, times and room."""

    field_order: Any = ("day", "room", "start", "end", "ends_next_day")
    day = forms.TypedChoiceField(
        label=gettext_lazy("Day"), coerce=dt.date.fromisoformat, empty_value=None, required=False
    )
    start = forms.TimeField(label=gettext_lazy("Start"), required=False)
    end = forms.TimeField(label=gettext_lazy("End"), required=False)
    ends_next_day = forms.BooleanField(label=gettext_lazy("It ends on the next day"), required=False)
    room: Any = forms.ModelChoiceField(
        label=gettext_lazy("Room"), queryset=None, required=False, empty_label=gettext_lazy("no room")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = days_of(self.edition)
        around = [days[0] - ONE_DAY, *days, days[-1] + ONE_DAY] if days else []
        words = [(day.isoformat(), date_format(day, "D j M Y")) for day in around]
        self.fields["day"].choices = [("", _("no day")), *words]  # type: ignore[attr-defined]
        self.fields["room"].queryset = self.edition.rooms.all()  # type: ignore[attr-defined]
        for name in ("start", "end"):
            self.fields[name].widget = forms.TimeInput(attrs={"placeholder": "09:00", "size": 6}, format="%H:%M")

    @property
    def slot(self) -> Slot:
        """Where and when, as typed."""
        return Slot(**{name: self.cleaned_data[name] for name in ("day", "start", "end", "ends_next_day", "room")})


class PlaceForm(SlotForm):
    """Moves or stretches a session."""

    def __init__(self, edition: Edition, session: Session, typed: Any = None) -> None:
        now = slot_of(session)
        super().__init__(edition, session, typed, initial=vars(now))

    def act(self, by: str) -> tuple[Session, str]:
        """Place the session."""
        session = place_session(**self.seen, slot=self.slot, by=by)
        return session, _("“%(title)s” is now: %(slot)s.") % {"title": session.title, "slot": slot_of(session)}


class TakeOutForm(Asked):
    """Puts a session back among those without a place and time."""

    def act(self, by: str) -> tuple[Session, str]:
        """Empty its slot."""
        session = place_session(**self.seen, slot=Slot(), by=by)
        return session, _("“%(title)s” has no day, time and room now.") % {"title": session.title}


class AddForm(SlotForm):
    """Adds a session."""

    title = forms.CharField(label=gettext_lazy("Title in English"), max_length=LONGEST_TITLE)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Session.Kind.choices, initial=Session.Kind.SESSION)
    field_order = ("title", "kind", *SlotForm.field_order)

    def act(self, by: str) -> tuple[Session, str]:
        """Add it."""
        answers = self.cleaned_data
        session = add_session(edition=self.edition, title=answers["title"], kind=answers["kind"], slot=self.slot, by=by)
        return session, _("“%(title)s” was added: %(slot)s.") % {"title": session.title, "slot": slot_of(session)}


class SwapForm(Asked):
    """Swaps with another session, whose version is part of the choice."""

    other = forms.ChoiceField(label=gettext_lazy("The other session"))

    def __init__(self, edition: Edition, session: Session, typed: Any = None, other: Session | None = None) -> None:
        sessions = edition.sessions.select_related("room").exclude(pk=session.pk)
        choices = [("", _("Choose a session"))]
        for one in sessions:
            one.edition = edition
            choices.append((f"{one.pk}@{version_of(one)}", f"{slot_of(one)}: {one.title}"[:120]))
        current = {value.partition("@")[0]: value for value, _words in choices}
        if typed is not None:
            # The choice stays on that session, whatever its version is by now; the verb is told the one that was seen.
            self.sent = typed.get("other", "")
            typed = typed.copy()
            typed["other"] = current.get(self.sent.partition("@")[0], "")
        super().__init__(edition, session, typed, initial={"other": current.get(str(other.pk))} if other else None)
        self.fields["other"].choices = choices  # type: ignore[attr-defined]

    def act(self, by: str) -> tuple[Session, str]:
        """Swap the two."""
        key, _at, other_seen = self.sent.partition("@")
        other = session_of(self.edition, key)
        if other is None:
            raise TimetableError(_("The other session is gone: somebody deleted it."))
        session = swap_sessions(
            one=self.seen["session"], seen=self.seen["seen"], other=other, other_seen=other_seen, by=by
        )
        return session, _("“%(one)s” and “%(other)s” were swapped.") % {"one": session.title, "other": other.title}


class TalkForm(Asked):
    """Adds a talk."""

    title = forms.CharField(label=gettext_lazy("Title in English"), max_length=LONGEST_TITLE)

    def act(self, by: str) -> tuple[Session, str]:
        """Add it."""
        talk = add_talk(**self.seen, title=self.cleaned_data["title"], by=by)
        return talk.session, _("The talk “%(title)s” was added.") % {"title": talk.title}


class SpeakerForm(Asked):
    """Adds a speaker by name."""

    name = forms.CharField(
        label=gettext_lazy("Name, as printed"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"list": "speakers", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Appearance.Role.choices, initial=Appearance.Role.SPEAKER
    )
    talk: Any = forms.ModelChoiceField(
        label=gettext_lazy("Talk"), queryset=None, required=False, empty_label=gettext_lazy("the session itself")
    )

    def __init__(self, edition: Edition, session: Session, typed: Any = None) -> None:
        super().__init__(edition, session, typed)
        self.fields["talk"].queryset = session.talks.all()  # type: ignore[attr-defined]

    def act(self, by: str) -> tuple[Session, str]:
        """Add the appearance."""
        made = add_speaker(**self.seen, **self.cleaned_data, by=by)
        words = {"name": made.speaker.name, "title": made.session.title}
        return made.session, _("%(name)s was added to “%(title)s”.") % words


FORMS: dict[str, Any] = {
    "add": AddForm,
    "place": PlaceForm,
    "take-out": TakeOutForm,
    "swap": SwapForm,
    "talk": TalkForm,
    "speaker": SpeakerForm,
}
