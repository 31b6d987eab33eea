"""Vehicles of field visits, and the page of a visit's seats: who sits where, by hand or automatically."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone as clock
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.admin.filters import editions_of
from events.admin.scope import ReadOnly, ScopedAdmin
from events.models import FieldVisit
from participants import boarding, vehicles
from participants.attendance import AttendanceError
from participants.models import Vehicle
from participants.vehicles import VehicleError

CHANGE = "participants.change_vehicle"


@admin.register(Vehicle)
class VehicleAdmin(ReadOnly, ScopedAdmin):
    """Buses and cars; the page of a visit is the place to change them."""

    edition_path = "visit__session__edition"
    list_display = ("label", "seats", "taken", "visit", "page")
    list_filter = ("visit__session__edition",)
    list_select_related = ("visit__session__edition",)
    folded_fields = ("label",)
    change_list_template = "admin/participants/vehicles/list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the number of people who sit in each, in the same query."""
        return super().get_queryset(request).annotate(n_taken=Count("bookings"))

    @admin.display(description=gettext_lazy("seats taken"))
    def taken(self, vehicle: Any) -> int:
        """How many people have a seat in it."""
        return int(vehicle.n_taken)

    @admin.display(description=gettext_lazy("who sits where"))
    def page(self, vehicle: Vehicle) -> SafeString:
        """The way to the page of the visit."""
        address = reverse("admin:participants_vehicles", args=[vehicle.visit_id])
        return format_html('<a href="{}">{}</a>', address, _("Open the seats"))

    def get_urls(self) -> list[Any]:
        """With the visits to choose from, and the page of one."""
        view = self.admin_site.admin_view
        return [
            path("visits/", view(self.choose), name="participants_vehicles_choose"),
            path("visits/<int:pk>/", view(self.visit), name="participants_vehicles"),
            *super().get_urls(),
        ]

    def choose(self, request: HttpRequest) -> HttpResponse:
        """The visits whose vehicles one may change."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        visits = FieldVisit.objects.filter(session__edition__in=editions_of(request.user, CHANGE))
        visits = visits.select_related("session__edition").order_by("-session__day", "pk")
        return self._page(request, "choose", _("Vehicles"), 200, visits=visits)

    def visit(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who sits where on one visit; a POST changes one thing by its verb."""
        rows = FieldVisit.objects.select_related("session__edition")
        visit = get_object_or_404(rows, pk=min(pk, 2**63 - 1))
        if not request.user.has_perm(CHANGE, visit.session.edition):
            raise Http404
        problem = ""
        if request.method == "POST":
            try:
                messages.success(request, _act(request, visit))
                return HttpResponseRedirect(request.path)
            except (VehicleError, AttendanceError) as error:
                problem = str(error)
        with clock.override(visit.session.edition.zone):
            title = _("Vehicles of %(visit)s") % {"visit": visit.session}
            context = {"visit": visit, "problem": problem} | _seats(request, visit)
            return self._page(request, "visit", title, 422 if problem else 200, **context)

    def _page(self, request: HttpRequest, name: str, title: str, status: int, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return render(request, f"admin/participants/vehicles/{name}.html", frame | context, status=status)


def _seats(request: HttpRequest, visit: FieldVisit) -> dict[str, Any]:
    """Everybody on the visit with the seat that is chosen on the page, and the vehicles with what is left."""
    people = boarding.everybody(visit)
    taken = Counter(one.vehicle_id for one in people)
    buses = list(visit.vehicles.order_by("label", "pk"))
    return {
        "edition": visit.session.edition,
        "vehicles": [{"vehicle": bus, "taken": taken[bus.pk], "left": bus.seats - taken[bus.pk]} for bus in buses],
        "people": [
            {"booking": one, "chosen": request.POST.get(f"seat-{one.pk}", str(one.vehicle_id or ""))} for one in people
        ],
        "standing": [one for one in people if one.vehicle_id is None],
        "out": boarding.head_count(visit, is_back=False),
        "back": boarding.head_count(visit, is_back=True),
    }


# -- What a button does: each calls one verb and says what happened -------------------------------------------------


def _act(request: HttpRequest, visit: FieldVisit) -> str:
    action = _ACTIONS.get(request.POST.get("do", ""))
    if action is None:
        raise VehicleError(_("Nothing was changed. Press one of the buttons of this page."))
    return action(request, visit)


def _add(request: HttpRequest, visit: FieldVisit) -> str:
    label, seats, by = request.POST.get("label", ""), _number(request, "seats"), request.user.get_username()
    vehicle = vehicles.add_vehicle(visit=visit, label=label, seats=seats, by=by)
    return _("%(vehicle)s was added.") % {"vehicle": vehicle}


def _change(request: HttpRequest, visit: FieldVisit) -> str:
    vehicle, label, by = _vehicle(visit, request), request.POST.get("label", ""), request.user.get_username()
    vehicle = vehicles.set_seats(vehicle=vehicle, seats=_number(request, "seats"), label=label, by=by)
    return _("%(vehicle)s was saved.") % {"vehicle": vehicle}


def _remove(request: HttpRequest, visit: FieldVisit) -> str:
    vehicle = _vehicle(visit, request)
    vehicles.remove_vehicle(vehicle=vehicle, by=request.user.get_username())
    return _("%(vehicle)s was deleted.") % {"vehicle": vehicle}


def _assign_all(request: HttpRequest, visit: FieldVisit) -> str:
    standing = len(vehicles.assign_all(visit=visit, by=request.user.get_username()))
    if not standing:
        return _("Everybody has a seat.")
    return ngettext(
        "The seats are given. %(number)s person has none: add a vehicle or seats.",
        "The seats are given. %(number)s people have none: add a vehicle or seats.",
        standing,
    ) % {"number": standing}


def _save_seats(request: HttpRequest, visit: FieldVisit) -> str:
    """Only what was changed on this page: a seat that somebody else gave meanwhile stays."""
    buses = {str(vehicle.pk): vehicle for vehicle in visit.vehicles.all()}
    wanted: dict[int, Vehicle | None] = {}
    for pk in visit.bookings.values_list("pk", flat=True):
        seat, was = request.POST.get(f"seat-{pk}"), request.POST.get(f"was-{pk}", "")
        if seat is not None and seat != was:
            if seat and seat not in buses:
                raise VehicleError(_("This vehicle is not in the list of the visit. Load the page again."))
            wanted[pk] = buses[seat] if seat else None
    changed = len(vehicles.assign_each(visit=visit, seats=wanted, by=request.user.get_username()))
    return ngettext("%(number)s seat was changed.", "%(number)s seats were changed.", changed) % {"number": changed}


def _take_back(request: HttpRequest, visit: FieldVisit) -> str:
    way, _colon, pk = request.POST.get("who", "").partition(":")
    booking = visit.bookings.select_related("participant").filter(pk=_digits(pk)).first()
    if booking is None or way not in {"out", "back"}:
        raise VehicleError(_("This person is not on this visit. Load the page again."))
    boarding.take_back(booking=booking, is_back=way == "back", by=request.user.get_username())
    return _("%(person)s is not counted as aboard any more.") % {"person": booking.participant.name}


_ACTIONS: dict[str, Callable[[HttpRequest, FieldVisit], str]] = {
    "add": _add,
    "change": _change,
    "remove": _remove,
    "assign-all": _assign_all,
    "seats": _save_seats,
    "take-back": _take_back,
}


def _vehicle(visit: FieldVisit, request: HttpRequest) -> Vehicle:
    vehicle = visit.vehicles.filter(pk=_number(request, "vehicle")).first()
    if vehicle is None:
        raise VehicleError(_("This vehicle is not in the list of the visit. Load the page again."))
    return vehicle


def _number(request: HttpRequest, name: str) -> int:
    return _digits(request.POST.get(name, ""))


def _digits(typed: str) -> int:
    """A number as typed; 0, which no rule allows, for what is none."""
    typed = typed.strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
