"""Letters of nomination and lists of people, handed in and taken out again."""

from __future__ import annotations

import logging

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.views import errors
from participants import nominating
from participants.forms import LetterForm, ListForm
from participants.forms.delegations import packed, unpacked
from participants.models import Nomination
from participants.nomination_lists import Understood
from participants.registration import RegistrationError
from participants.views.delegations import POSTED, accepted, ended, home, show
from participants.views.private import Acting, for_the_delegation, no_link

log = logging.getLogger(__name__)


def _standing(who: Acting) -> list[Nomination]:
    return list(who.delegation.nominations.filter(withdrawn_at=None).order_by("order", "id"))


@for_the_delegation
@require_http_methods(POSTED)
def attach(request: HttpRequest, who: Acting) -> HttpResponse:
    """Hand in the letter, once for all the people whom it names."""
    named = _standing(who)
    if request.method != "POST" and (who.delegation.edition.is_over() or not named):
        return home(who)
    form = LetterForm(named, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid() and _attached(form, who):
        return home(who, "letter")
    context = {
        "form": form,
        "heading": _("Attach the letter"),
        "button": _("Save the letter"),
        "notes": [_("Choose the file again, also if you chose it before.")] if form.is_bound else [],
    }
    return show(request, who, "form", context, 422 if form.is_bound else 200)


def _attached(form: LetterForm, who: Acting) -> bool:
    if who.delegation.edition.is_over():
        form.add_error(None, _("This edition is over."))
        return False
    try:
        return accepted(
            form, lambda: nominating.attach_letter(delegation=who.delegation, by=who.by, **form.cleaned_data)
        )
    except OSError:  # the disk is full, or is away
        log.exception("a letter could not be kept")
        form.add_error("scan", _("We cannot keep the file now. Nothing was saved. Try again later"))
        return False


@for_the_delegation
@require_safe
def scan(request: HttpRequest, who: Acting, letter: int) -> HttpResponse:
    """The letter as a file to keep: no browser opens it here, and nothing in it could do anything."""
    found = who.delegation.letters.filter(pk=letter).exclude(scan="").first()
    if found is None:
        return no_link(request)
    try:
        with found.scan.open("rb") as file:
            response = HttpResponse(file.read(), content_type="application/pdf")
    except OSError:
        return errors.not_found(request)
    response["Content-Disposition"] = 'attachment; filename="letter.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response


@for_the_delegation
@require_http_methods(POSTED)
def import_list(request: HttpRequest, who: Acting) -> HttpResponse:
    """Show what was understood of a table; the second press nominates the people, all of them or none."""
    problem = ended(who)
    if problem and request.method != "POST":
        return home(who)
    named = _standing(who)
    if request.method == "POST" and "people" in request.POST:
        return _second_press(request, who, named)
    form = ListForm(named, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_valid():
        if not problem:
            return _shown(request, who, form.people)
        form.add_error(None, problem)
    context = {"form": form, "heading": _("Import a list"), "button": _("Show what you understand")}
    return show(request, who, "import", context, 422 if form.is_bound else 200)


def _shown(request: HttpRequest, who: Acting, people: list[Understood], problem: str = "") -> HttpResponse:
    new = [one for one in people if one.is_new]
    context = {"people": people, "new": new, "packed": packed(new), "problem": problem}
    return show(request, who, "understood", context, 422 if problem else 200)


def _second_press(request: HttpRequest, who: Acting, named: list[Nomination]) -> HttpResponse:
    people = unpacked(request.POST["people"], named)
    if people is None:
        return home(who)
    new = [one for one in people if one.is_new]
    if any(one.problems for one in people) or not new:
        return _shown(
            request, who, people, _("Somebody else changed the nominations meanwhile. Look at the list again.")
        )
    try:
        with transaction.atomic():
            for one in new:
                _nominate(who, one)
    except RegistrationError as error:
        return _shown(request, who, people, str(error))
    return home(who, "imported")


def _nominate(who: Acting, one: Understood) -> None:
    try:
        nominating.nominate(
            delegation=who.delegation,
            name=one.name,
            email=one.email,
            is_head=one.is_head,
            by=who.by,
            by_contact=who.is_contact,
        )
    except RegistrationError as error:
        words = {"number": one.number, "why": error}
        raise RegistrationError(_("Nobody was nominated. Row %(number)s: %(why)s") % words) from error
