"""The page of a delegation: its contact, or the secretariat, says who comes. Opening a page changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events.models import Edition
from events.views.frame import edition_frame
from participants import links, nominating
from participants.capacity import lock_edition, places_left
from participants.forms import CorrectionForm, NominationForm, PersonForm
from participants.forms.delegations import seen_of
from participants.models import Link, Nomination, Participant
from participants.naming import check_open
from participants.registration import RegistrationError
from participants.roster import roster
from participants.views.private import Acting, for_the_delegation, no_link, private_page, remember
from participants.wording import footnotes, printed

# What the page says after it changed something; the address carries the word.
DONE = {
    "nominated": gettext_lazy("The person is nominated. We sent the registration form by e-mail."),
    "corrected": gettext_lazy("Your correction is saved."),
    "sent": gettext_lazy("We sent the link again."),
    "head": gettext_lazy("The delegation has a new head."),
    "moved": gettext_lazy("The order is changed."),
    "replaced": gettext_lazy("The person is replaced. We sent the registration form to the substitute."),
    "withdrawn": gettext_lazy("The nomination is withdrawn."),
    "letter": gettext_lazy("The letter is saved."),
    "imported": gettext_lazy("The people of the list are nominated. We sent each of them the registration form."),
}
POSTED = ["GET", "HEAD", "POST"]


@private_page
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the e-mail to the contact: remember it in this browser, and lead to the page."""
    link = links.find(token, Link.Purpose.DELEGATION)
    if link is None or link.delegation_id is None:
        return no_link(request)
    response = redirect("participants:delegation", pk=link.delegation_id)
    remember(request, response, link)
    return response


@private_page
def nothing(request: HttpRequest, **_asked: Any) -> HttpResponse:
    """Whatever else stands below these addresses is answered like a link that has ended."""
    return no_link(request)


@for_the_delegation
@require_safe
def delegation(request: HttpRequest, who: Acting) -> HttpResponse:
    """Who comes, how it stands with each, and what can be done."""
    return page(request, who)


def page(request: HttpRequest, who: Acting, problem: str = "", status: int = 200) -> HttpResponse:
    """The page as it stands now, with what went wrong."""
    sent = who.delegation
    context = {
        "roster": roster(sent),
        "is_full": places_left(sent.edition) == 0,
        "letters": sent.letters.prefetch_related("nominations").order_by("-date", "-id"),
        "name": printed(sent),
        "footnotes": footnotes(sent.edition, [sent]),
        "done": DONE.get(request.GET.get("done", "")) if request.method != "POST" else None,
        "problem": problem,
    }
    return show(request, who, "delegation", context, status)


def show(request: HttpRequest, who: Acting, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """One of the pages of a delegation; an edition that is not published has no menu yet."""
    edition = who.delegation.edition
    shared = {
        "who": who,
        "delegation": who.delegation,
        "edition": edition,
        "may_nominate": not ended(who),
        "may_replace": may_replace(edition),
        "may_attach": not edition.is_over(),
    }
    if edition.status != Edition.Status.DRAFT:
        shared["frame"] = edition_frame(edition, "delegation")
    return render(request, f"participants/delegations/{name}.html", shared | context, status=status)


def ended(who: Acting) -> str:
    """Why nobody can be named or taken back now; empty for the contact until the deadline, and for the secretariat
    until the end."""
    try:
        check_open(who.delegation.edition, clock.now(), by_contact=who.is_contact)
    except RegistrationError as error:
        return str(error)
    return ""


def may_replace(edition: Edition) -> bool:
    """Whether anybody can be replaced: where a place is kept, also after the deadline."""
    return edition.status != Edition.Status.DRAFT and not edition.has_begun() and not edition.is_over()


def home(who: Acting, done: str = "") -> HttpResponse:
    """Back to the page of the delegation, which says what was done."""
    response = redirect("participants:delegation", pk=who.delegation.pk)
    if done:
        response["Location"] += f"?done={done}"
    return response


def accepted(form: Any, verb: Callable[[], object]) -> bool:
    """Whether the verb did it; if not, the form says why."""
    try:
        verb()
    except RegistrationError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True


def _form_page(request: HttpRequest, who: Acting, form: Any, heading: str, button: str, **more: Any) -> HttpResponse:
    """A page with one form."""
    context = {"form": form, "heading": heading, "button": button} | more
    return show(request, who, "form", context, 422 if form.is_bound else 200)


# -- People -------------------------------------------------------------------------------------------------------


@for_the_delegation
@require_http_methods(POSTED)
def nominate(request: HttpRequest, who: Acting) -> HttpResponse:
    """Name one more person."""
    if request.method != "POST" and ended(who):
        return home(who)
    form = NominationForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: nominating.nominate(
            delegation=who.delegation, by=who.by, by_contact=who.is_contact, **form.cleaned_data
        ),
    ):
        return home(who, "nominated")
    return _form_page(request, who, form, _("Nominate a person"), _("Nominate this person"))


def _nomination(who: Acting, key: int) -> Nomination | None:
    """A nomination of this delegation that stands."""
    return who.delegation.nominations.filter(pk=key, withdrawn_at=None).select_related("delegation__edition").first()


@for_the_delegation
@require_http_methods(POSTED)
def correct(request: HttpRequest, who: Acting, nomination: int) -> HttpResponse:
    """Correct the name or the address of somebody who has not registered yet."""
    found = _nomination(who, nomination)
    if found is None:
        return no_link(request)
    if request.method != "POST" and ended(who):
        return home(who)
    form = CorrectionForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(form, lambda: _correct(form, found, who)):
        return home(who, "corrected")
    notes = [_("If you change the address, the old link ends. We send a new one.")]
    return _form_page(request, who, form, _("Correct the nomination"), _("Save the correction"), notes=notes)


@transaction.atomic
def _correct(form: CorrectionForm, found: Nomination, who: Acting) -> None:
    """Write it, unless somebody else wrote since the form was shown: from here on nobody else can."""
    lock_edition(found.delegation.edition_id)
    found.refresh_from_db(fields=["name", "email"])
    if form.cleaned_data["seen"] != seen_of(found):
        form.show_for(found)
        raise RegistrationError(
            _("Somebody else changed this nomination meanwhile. It is now: %(name)s, %(email)s. Compare, then save.")
            % {"name": found.name, "email": found.email}
        )
    name, email = form.cleaned_data["name"], form.cleaned_data["email"]
    nominating.correct(nomination=found, name=name, email=email, by=who.by, by_contact=who.is_contact)


@for_the_delegation
@require_http_methods(POSTED)
def replace(request: HttpRequest, who: Acting, nomination: int = 0, participant: int = 0) -> HttpResponse:
    """Another person comes in place of this one, and has the place where there is one."""
    named = _nomination(who, nomination) if nomination else None
    registered = _unnamed(who, participant) if participant else None
    if named is None and registered is None:
        return no_link(request)
    if request.method != "POST" and not may_replace(who.delegation.edition):
        return home(who)
    form = PersonForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and accepted(
        form,
        lambda: nominating.substitute(
            delegation=who.delegation,
            nomination=named,
            participant=registered,
            by=who.by,
            by_contact=who.is_contact,
            **form.cleaned_data,
        ),
    ):
        return home(who, "replaced")
    name = (named or registered).name  # type: ignore[union-attr]
    notes = [
        _("%(name)s does not come any more. If this person is registered, we tell them by e-mail.") % {"name": name},
        _("A confirmed place is kept for the new person, who must register before the workshop begins."),
        _("The new person does not see what %(name)s wrote.") % {"name": name},
    ]
    heading = _("Replace %(name)s") % {"name": name}
    return _form_page(request, who, form, heading, _("Replace this person"), notes=notes, is_final=True)


def _unnamed(who: Acting, key: int) -> Participant | None:
    """Somebody of this delegation who registered without a nomination."""
    return who.delegation.participants.live().filter(pk=key, nomination=None).first()


@for_the_delegation
@require_http_methods(POSTED)
def withdraw(request: HttpRequest, who: Acting, nomination: int) -> HttpResponse:
    """Ask once more, then take the nomination back; a registration that came by it ends."""
    found = _nomination(who, nomination)
    if found is None:
        return no_link(request)
    problem = ended(who)
    if problem and request.method != "POST":
        return home(who)
    if request.method == "POST" and not problem:
        try:
            nominating.withdraw_nomination(nomination=found, by=who.by, by_contact=who.is_contact)
            return home(who, "withdrawn")
        except RegistrationError as error:
            problem = str(error)
    context = {"nomination": found, "problem": problem}
    return show(request, who, "withdraw", context, 422 if problem else 200)


# -- Buttons of the list ------------------------------------------------------------------------------------------


@for_the_delegation
@require_POST
def press(request: HttpRequest, who: Acting, nomination: int, button: str) -> HttpResponse:
    """Send the link again, make somebody the head, move up or down."""
    found = _nomination(who, nomination)
    if found is None or button not in PRESSED:
        return no_link(request)
    if problem := ended(who):
        return page(request, who, problem, 422)
    done, verb = PRESSED[button]
    try:
        verb(found, who.by)
    except RegistrationError as error:
        return page(request, who, str(error), 422)
    return home(who, done)


PRESSED: dict[str, tuple[str, Callable[[Nomination, str], object]]] = {
    "send": ("sent", lambda found, by: nominating.invite_nominee(nomination=found, by=by)),
    "head": ("head", lambda found, by: nominating.set_head(nomination=found, by=by)),
    "up": ("moved", lambda found, by: nominating.move(nomination=found, up=True, by=by)),
    "down": ("moved", lambda found, by: nominating.move(nomination=found, up=False, by=by)),
}
