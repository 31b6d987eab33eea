"""Registering for an edition: one form, one post, one page afterwards."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from events.models import Edition
from events.views.frame import edition_frame
from participants import registration, throttling
from participants.forms import RegistrationForm
from participants.registration import RegistrationError
from participants.views.private import private_page

SENT_AN_HOUR = 60  # registrations from one network: a ministry may sit behind one address


def _edition(slug: str) -> Edition:
    return get_object_or_404(Edition.objects.public(), slug=slug)


@csrf_exempt  # checked below, so that a form whose cookie was lost keeps its answers
@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """The form, or what became of it."""
    edition = _edition(slug)
    form = RegistrationForm(request.POST or None, edition=edition, language=get_language() or "en")
    if edition.registration_state() != "open":
        return _closed(request, edition, form)
    if request.method != "POST":
        return _show(request, edition, form)
    if not form.is_valid():
        return _show(request, edition, form, status=422)
    if _forged(request):
        form.add_error(None, _("The form was open for a long time. Your answers are still here. Send the form again."))
        return _show(request, edition, form, status=403)
    who = throttling.client_address(request)
    if throttling.is_over("register", who, SENT_AN_HOUR):
        return throttling.too_many(request, 3600)
    answers = form.cleaned_data
    try:
        registration.submit(
            edition=edition,
            answers=answers,
            submission=answers["submission"],
            visits=answers.get("visits") or (),
            by="participant",
        )
    except RegistrationError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _show(request, edition, form, status=422)
    throttling.count("register", who, 3600)
    return HttpResponseRedirect(reverse("participants:sent", args=[slug]))


def _forged(request: HttpRequest) -> bool:
    """Django's own check of token and origin; True when it refuses."""
    check = CsrfViewMiddleware(lambda request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, lambda request: None, (), {}) is not None  # type: ignore[arg-type,return-value]


def _show(request: HttpRequest, edition: Edition, form: RegistrationForm, status: int = 200) -> HttpResponse:
    context = {"edition": edition, "form": form, "frame": edition_frame(edition, "register")}
    return render(request, "participants/register.html", context, status=status)


def _closed(request: HttpRequest, edition: Edition, form: RegistrationForm) -> HttpResponse:
    """Since or from when; what was typed before it closed is shown again."""
    if edition.is_over() or edition.registration_state() == "none":
        reason = _("This edition takes no registrations.")
    else:
        try:
            registration.check_window(edition, registration.clock.now())
            raise Http404
        except RegistrationError as error:
            reason = str(error)
    shown = [field for field in form if not field.is_hidden]
    answers = [(field.label, request.POST.getlist(field.html_name)) for field in shown] if form.is_bound else []
    context = {"edition": edition, "reason": reason, "answers": answers, "frame": edition_frame(edition, "register")}
    return render(request, "participants/closed.html", context, status=403)


@private_page
def sent(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next; the same page for everybody."""
    edition = _edition(slug)
    return render(request, "participants/sent.html", {"edition": edition, "frame": edition_frame(edition, "register")})
