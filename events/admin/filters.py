"""Which editions a list shows and which it offers: those of the account, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.models import Edition

# How a choice in a form leads to its edition.
EDITION_PATHS = {
    "edition": "",
    "room": "edition",
    "topic": "edition",
    "session": "edition",
    "talk": "session__edition",
    "fieldvisit": "session__edition",
    "delegation": "edition",
    "nominationletter": "delegation__edition",
    "nomination": "delegation__edition",
    "participant": "edition",
    "vehicle": "visit__session__edition",
}


def editions_of(user: Any, perm: str) -> list[Edition]:
    """The editions for which the account has this permission: one query for the editions, one for the roles."""
    return [edition for edition in Edition.objects.in_order() if user.has_perm(perm, edition)]


class EditionFilter(admin.SimpleListFilter):
    """One edition at a time: the current one, unless another or all of them are chosen."""

    title = gettext_lazy("edition")
    parameter_name = "edition"
    EVERY = "all"

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.path = model_admin.edition_path
        self.chosen = edition_chosen(request, model_admin)
        super().__init__(request, params, model, model_admin)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The editions that the account may see."""
        return [(str(one.pk), str(one)) for one in editions_of(request.user, model_admin.perm("view"))]

    def has_output(self) -> bool:
        """Nothing to choose where there is one edition."""
        return len(self.lookup_choices) > 1

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Each edition, and all of them."""
        now = str(self.chosen.pk) if self.chosen else self.EVERY
        for value, words in [*self.lookup_choices, (self.EVERY, _("All editions"))]:
            link = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": value == now, "query_string": link, "display": words}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the chosen edition."""
        return queryset.filter(**{self.path: self.chosen}) if self.chosen else queryset


def edition_chosen(request: HttpRequest, model_admin: Any) -> Edition | None:
    """The edition whose rows a list shows; None for all of them."""
    given = request.GET.get(EditionFilter.parameter_name, "")
    if given == EditionFilter.EVERY:
        return None
    allowed = editions_of(request.user, model_admin.perm("view"))
    current = Edition.objects.current()
    return next((one for one in allowed if str(one.pk) == given), current if current in allowed else None)


class OfEdition(admin.RelatedFieldListFilter):
    """A filter that offers rows of the chosen edition alone, or of those that the account may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Key and words of each."""
        chosen = edition_chosen(request, model_admin)
        allowed = [chosen] if chosen else editions_of(request.user, model_admin.perm("view"))
        path = EDITION_PATHS.get(field.related_model._meta.model_name)
        limit = {f"{path}__in" if path else "pk__in": [one.pk for one in allowed]} if path is not None else {}
        return field.get_choices(include_blank=False, limit_choices_to=limit)
