"""The registration form, from the empty page to the answer that is the same for everybody."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.models import Edition
from participants import registration
from participants.forms import RegistrationForm
from participants.views.private import csrf_kept, private_page

# Whom the history names when a person registers; the row itself says who it is.
REGISTRANT = "registrant"


@login_not_required
@csrf_kept
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str, *, forged: bool) -> HttpResponse:
    """The form. A good post registers and leads to the page that says what happens next."""
    edition = get_object_or_404(Edition.objects.public(), slug=slug)
    posted = request.POST if request.method == "POST" else None
    form = RegistrationForm(edition, posted)
    if edition.registration_state() != "open":
        return closed(request, edition, form)
    if posted is None:
        return page(request, form, 200)
    if forged:
        form.add_error(None, _("The form was open for a long time, or cookies are off. Send the form again"))
        return page(request, form, 403)
    if form.is_valid() and submitted(form):
        return redirect("participants:register-sent", slug=slug)
    # The window can have closed between the look at it above and the verb's own.
    edition.refresh_from_db()
    return page(request, form, 422) if edition.registration_state() == "open" else closed(request, edition, form)


def submitted(form: RegistrationForm) -> bool:
    """Register the person; false, with the reason in the form, when it is not possible."""
    answers: dict[str, Any] = dict(form.cleaned_data)
    del answers["submission"]
    visits = answers.pop("visits", [])
    try:
        registration.submit(
            edition=form.edition,
            answers=answers,
            submission=form.once,
            language=answers["language"],
            by=REGISTRANT,
            visits=visits,
        )
    except registration.RegistrationError as error:
        name = getattr(error, "field", None)
        form.add_error(name if name in form.fields else None, str(error))
        return False
    return True


def page(request: HttpRequest, form: RegistrationForm, status: int) -> HttpResponse:
    """The form as it stands."""
    return render(request, "participants/register.html", {"form": form, "edition": form.edition}, status=status)


def closed(request: HttpRequest, edition: Edition, form: RegistrationForm) -> HttpResponse:
    """Since when or from when; what somebody typed in vain is shown again."""
    context = {
        "edition": edition,
        "state": edition.registration_state(),
        "typed": form.typed_answers() if form.is_bound else [],
    }
    return render(request, "participants/register_closed.html", context, status=403)


@login_not_required
@private_page
@require_safe
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next: the same for a new address and for one that was registered before."""
    edition = get_object_or_404(Edition.objects.public(), slug=slug)
    return render(request, "participants/register_sent.html", {"edition": edition})
