"""The page that invites delegations: first what is sent and to whom, then the press that sends it."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from events.models import Edition
from events.scheduling import texts
from participants import nominating
from participants.capacity import lock_edition
from participants.models import Delegation
from participants.naming import check_open
from participants.registration import RegistrationError

_CHOSEN = re.compile(r"([0-9]{1,9})-([0-9]{1,20})\Z", re.ASCII)


def invitations(request: HttpRequest, edition: Edition, context: dict[str, Any]) -> HttpResponse:
    """The letter in each language, and the delegations to tick; those never invited are ticked already."""
    if request.method == "POST":
        _send(request, edition)
        return redirect(request.path)
    delegations = list(Delegation.objects.filter(edition=edition).in_protocol_order())
    chosen = set(request.GET.getlist("delegation"))
    for one in delegations:
        one.edition = edition
    rows = [
        (one, _stamp(one), bool(one.contact_email) and (str(one.pk) in chosen if chosen else one.invited_at is None))
        for one in delegations
    ]
    languages = {one.language for one in delegations if one.contact_email}
    context |= {
        "title": _("Invite the delegations to %(edition)s") % {"edition": edition},
        "edition": edition,
        "rows": rows,
        "letters": _letters(edition, languages),
        "untranslated": _untranslated(edition, languages),
        "silent": sum(1 for one in delegations if not one.contact_email),
        "problem": _problem(edition),
    }
    with clock.override(edition.zone):
        return render(request, "admin/participants/invitations.html", context)


def _stamp(delegation: Delegation) -> int:
    """Stands for the invitation before this one; 0 for none."""
    return int(delegation.invited_at.timestamp() * 1_000_000) if delegation.invited_at else 0


def _letters(edition: Edition, languages: set[str]) -> list[tuple[str, str]]:
    """(language, text of the edition) in each language that a contact person reads."""
    letters = []
    for code, name in settings.LANGUAGES:
        if code in languages:
            with override(code):
                letters.append((name, str(edition.invitation)))
    return letters


def _untranslated(edition: Edition, languages: set[str]) -> list[str]:
    """The languages of contact persons in which the letter is not written: they read it in English."""
    written = {code for code, text in texts(edition.invitation).items() if text}
    return [str(name) for code, name in settings.LANGUAGES if code in languages - written] if written else []


def _problem(edition: Edition) -> str:
    try:
        check_open(edition, clock.now())
    except RegistrationError as error:
        return str(error)
    return ""


def _send(request: HttpRequest, edition: Edition) -> None:
    """Invite those who are ticked, each in a transaction of its own, and say what became of them."""
    sent, again = 0, 0
    for value in request.POST.getlist("invite"):
        found = _CHOSEN.match(value)
        if found is None:
            continue
        try:
            done = _invite(edition, int(found[1]), int(found[2]), request.user.get_username())
        except RegistrationError as error:
            messages.warning(request, str(error))
            continue
        sent, again = sent + done, again + (not done)
    if sent:
        told = ngettext("%(sent)s invitation is queued.", "%(sent)s invitations are queued.", sent)
        messages.success(request, told % {"sent": sent})
    if again:
        told = ngettext(
            "%(again)s delegation was invited meanwhile, and is not invited again.",
            "%(again)s delegations were invited meanwhile, and are not invited again.",
            again,
        )
        messages.warning(request, told % {"again": again})
    if not sent and not again:
        messages.warning(request, _("Nobody was invited. Tick the delegations."))


@transaction.atomic
def _invite(edition: Edition, pk: int, stamp: int, by: str) -> bool:
    """Invite, unless somebody did so since the page was shown: pressed twice, one letter goes out."""
    lock_edition(edition.pk)
    delegation = Delegation.objects.select_related("edition").filter(pk=pk, edition=edition).first()
    if delegation is None or _stamp(delegation) != stamp:
        return False
    try:
        nominating.invite(delegation=delegation, by=by)
    except RegistrationError as error:
        raise RegistrationError(f"{delegation}: {error}") from error
    return True
