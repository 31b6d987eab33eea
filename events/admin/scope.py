"""What every list and form of the back office shares: staff of one edition see and change that edition alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone as clock
from i18nfield.fields import I18nCharField, I18nTextField

from events.models import Edition
from events.text import fold


def editions_of(user: Any, perm: str) -> list[Edition]:
    """The editions for which the account has this permission: one query for the editions, one for the roles."""
    return [edition for edition in Edition.objects.all() if user.has_perm(perm, edition)]


class EditionScoped:
    """For ModelAdmin and inlines. `edition_path` leads from the model to its edition; "" for the edition itself."""

    edition_path = "edition"
    formfield_overrides: Any = {I18nCharField: {}, I18nTextField: {}}
    opts: Any

    def _perm(self, action: str) -> str:
        return f"{self.opts.app_label}.{action}_{self.opts.model_name}"

    def edition_of(self, obj: Model | None) -> Edition | None:
        """The edition a row belongs to."""
        found: Any = obj
        for step in self.edition_path.split("__") if self.edition_path else []:
            found = getattr(found, step, None)
        return found if isinstance(found, Edition) else None

    def _may(self, request: HttpRequest, action: str, obj: Model | None) -> bool:
        edition = obj if isinstance(obj, Edition) else self.edition_of(obj) if obj is not None else None
        return bool(request.user.has_perm(self._perm(action), edition))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By role, for the edition of the row."""
        return self._may(request, "view", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By role, for the edition of the row."""
        return self._may(request, "change", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By role."""
        return self._may(request, "add", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """By role, for the edition of the row."""
        return self._may(request, "delete", obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Only rows of the editions that the account may see."""
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        editions = [edition.pk for edition in editions_of(request.user, self._perm("view"))]
        return rows.filter(**{f"{self.edition_path}__in" if self.edition_path else "pk__in": editions})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only choices of the editions that the account may change; of one edition while a row of it is edited."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        self._limit(field, db_field, request)
        return field

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """As for foreign keys."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
        self._limit(field, db_field, request)
        return field

    def _limit(self, field: Any, db_field: Any, request: HttpRequest) -> None:
        if field is None:
            return
        target = db_field.remote_field.model
        path = EDITION_PATHS.get(target._meta.model_name)
        if path is None:
            return
        edition = getattr(request, "edition_edited", None)
        allowed = [edition] if edition else editions_of(request.user, self._perm("change"))
        lookup = f"{path}__in" if path else "pk__in"
        field.queryset = field.queryset.filter(**{lookup: [one.pk for one in allowed]})


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


class ScopedAdmin(EditionScoped, admin.ModelAdmin):  # type: ignore[type-arg]
    """A model with rows of several editions. Times in its forms are times at the place of the edition."""

    list_per_page = 100
    show_full_result_count = False
    folded_fields: tuple[str, ...] = ()

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form, in the edition's time zone."""
        obj = self.get_object(request, object_id) if object_id else None
        edition = obj if isinstance(obj, Edition) else self.edition_of(obj)
        if edition is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        request.edition_edited = edition  # type: ignore[attr-defined]
        with clock.override(edition.zone):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            # A template response is drawn later, when the zone would be another again.
            return response.render() if hasattr(response, "render") and callable(response.render) else response

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Shows the search box where there is something to search."""
        return self.folded_fields

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Rows in which every word occurs, without regard to accents, case and script."""
        words = fold(search_term)[:200].split()
        if not words:
            return queryset, False
        rows = queryset.values_list("pk", *self.folded_fields)
        hits = [pk for pk, *texts in rows if all(word in fold(" ".join(map(_plain, texts))) for word in words)]
        return queryset.filter(pk__in=hits), False


def _plain(value: Any) -> str:
    """Every language of an editorial text, one after the other."""
    texts = getattr(value, "data", value)
    return " ".join(text or "" for text in texts.values()) if isinstance(texts, dict) else str(texts or "")


class ReadOnly:
    """Rows that verbs alone write: to be looked at."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class ScopedInline(EditionScoped):
    """An inline of a scoped model; its rows belong to the edition of the form."""

    extra = 0

    def _may(self, request: HttpRequest, action: str, obj: Model | None) -> bool:
        # For an inline Django passes the parent, whose own admin has asked already.
        return bool(request.user.has_perm(self._perm(action), getattr(request, "edition_edited", None)))
