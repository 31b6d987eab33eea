"""The registration form, from the empty page to the answer that is the same for everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.models import Edition
from events.views.frame import edition_frame
from participants import registration, throttling
from participants.forms import RegistrationForm
from participants.models import Nomination
from participants.views.private import csrf_kept, private_page
from participants.wording import printed

SENT = 60  # registrations from one network: a ministry may sit behind one address
SENT_SECONDS = 3600


@csrf_kept
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str, *, forged: bool) -> HttpResponse:
    """The form. A good post registers and leads to the page that says what happens next."""
    edition = get_object_or_404(Edition.objects.public(), slug=slug)
    form = RegistrationForm(edition, request.POST if request.method == "POST" else None)
    return answer(request, form, forged=forged)


def answer(
    request: HttpRequest, form: RegistrationForm, *, forged: bool, nomination: Nomination | None = None
) -> HttpResponse:
    """Take the form of anybody, or of somebody nominated, as far as registrations are taken now."""
    if not is_taken(form.edition, nomination):
        return closed(request, form)
    if not form.is_bound:
        return _page(request, form, 200, nomination)
    if forged:
        form.add_error(None, _("The form was open for a long time, or cookies are off. Send the form again"))
        return _page(request, form, 403, nomination)
    client = throttling.client_address(request)
    if form.is_valid() and throttling.count("register", client, SENT_SECONDS) > SENT:
        form.add_error(None, _("Many registrations came from your network. Send the form again in one hour"))
        return _page(request, form, 429, nomination)
    if form.is_valid() and _submitted(form, nomination):
        return redirect("participants:sent", slug=form.edition.slug)
    # The window can have closed since it was looked at above.
    form.edition.refresh_from_db()
    return _page(request, form, 422, nomination) if is_taken(form.edition, nomination) else closed(request, form)


def is_taken(edition: Edition, nomination: Nomination | None = None) -> bool:
    """Whether a registration is taken now: in the window, and by a substitute whose place is kept also after it."""
    try:
        registration.check_window(edition, clock.now(), nomination)
    except registration.RegistrationError:
        return False
    return True


def _submitted(form: RegistrationForm, nomination: Nomination | None) -> bool:
    """Register the person; false, with the reason in the form, where the rules do not allow it."""
    answers: dict[str, Any] = dict(form.cleaned_data)
    visits = answers.pop("visits", [])
    try:
        registration.submit(
            edition=form.edition,
            answers=answers,
            submission=form.once,
            visits=visits,
            nomination=nomination,
            by="participant",
        )
    except registration.RegistrationError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return False
    return True


def _page(request: HttpRequest, form: RegistrationForm, status: int, nomination: Nomination | None) -> HttpResponse:
    """The form as it stands."""
    context = {
        "form": form,
        "edition": form.edition,
        "frame": edition_frame(form.edition, "register"),
        "nomination": nomination,
        "delegation": printed(nomination.delegation) if nomination else "",
    }
    return render(request, "participants/register.html", context, status=status)


def closed(request: HttpRequest, form: RegistrationForm) -> HttpResponse:
    """Since when or from when; what somebody typed in vain is shown again."""
    edition = form.edition
    context = {
        "edition": edition,
        "frame": edition_frame(edition, "register") if edition.status != Edition.Status.DRAFT else None,
        "state": edition.registration_state(),
        "typed": form.typed_answers() if form.is_bound else [],
    }
    return render(request, "participants/closed.html", context, status=403)


@private_page
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next: the same for a new address and for one that was registered before."""
    edition = get_object_or_404(Edition.objects.public(), slug=slug)
    return render(request, "participants/sent.html", {"edition": edition, "frame": edition_frame(edition, "register")})
