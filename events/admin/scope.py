"""What every list and form of the back office shares: staff of one edition see and change that edition alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.db import IntegrityError
from django.db.models import Model, QuerySet, URLField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils import timezone as clock
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from i18nfield.fields import I18nCharField, I18nTextField

from events.admin.filters import EDITION_PATHS, EditionFilter, OfEdition, edition_chosen, editions_of
from events.models import Edition, record
from events.text import fold

# The languages of an editorial text one below the other; an address without its scheme is a secure one.
OVERRIDES: Any = {I18nCharField: {}, I18nTextField: {}, URLField: {"assume_scheme": "https"}}


class Suggestions(AutocompleteSelect):
    """Django's own, which fails on a key that is no number instead of leaving it to the form."""

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> Any:
        """Only what can be a key is looked up."""
        return super().optgroups(name, [key for key in value if key.isascii() and key.isdigit()], attrs)


class EditionScoped:
    """For ModelAdmin and inlines. `edition_path` leads from the model to its edition; "" for the edition itself."""

    edition_path = "edition"
    formfield_overrides: Any = OVERRIDES
    opts: Any

    def perm(self, action: str) -> str:
        """The name of a permission on this model."""
        return f"{self.opts.app_label}.{action}_{self.opts.model_name}"

    def edition_of(self, obj: Model | None) -> Edition | None:
        """The edition a row belongs to."""
        found: Any = obj
        for step in self.edition_path.split("__") if self.edition_path else []:
            found = getattr(found, step, None)
        return found if isinstance(found, Edition) else None

    def _may(self, request: HttpRequest, action: str, obj: Model | None) -> bool:
        edition = obj if isinstance(obj, Edition) else self.edition_of(obj) if obj is not None else None
        return bool(request.user.has_perm(self.perm(action), edition))

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
        editions = [edition.pk for edition in editions_of(request.user, self.perm("view"))]
        return rows.filter(**{f"{self.edition_path}__in" if self.edition_path else "pk__in": editions})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Nothing is deleted or changed from within the form of another row."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_delete_related = field.widget.can_change_related = False
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only choices of the editions that the account may change; of one edition while a row of it is edited."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            kwargs["widget"] = Suggestions(db_field, self.admin_site)  # type: ignore[attr-defined]
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
        allowed = [edition] if edition else editions_of(request.user, self.perm("change"))
        lookup = f"{path}__in" if path else "pk__in"
        field.queryset = field.queryset.filter(**{lookup: [one.pk for one in allowed]})


class Listed(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that explains what it does not understand."""

    list_per_page = 100
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list; Django adds `e` when it took away a filter that cannot be read."""
        if "e" in request.GET and request.method == "GET":
            messages.warning(request, _("The address asked for something that this list does not know."))
            return redirect(request.path)
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form; what the database refuses although the form allowed it was written twice at the same moment."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            messages.error(request, _("Somebody else wrote the same at this moment. Nothing was saved. Try again."))
            return redirect(request.get_full_path())

    def response_action(  # type: ignore[override]
        self, request: HttpRequest, queryset: QuerySet[Any], **more: Any
    ) -> HttpResponse | None:
        """Call the action, unless what was chosen cannot be rows."""
        keys = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if all(key.isascii() and key.isdigit() for key in keys):
            return super().response_action(request, queryset, **more)
        messages.warning(request, _("What was chosen is not in this list. Nothing was changed."))
        return None


class ScopedAdmin(EditionScoped, Listed):
    """A model with rows of several editions. Times in its forms are times at the place of the edition."""

    folded_fields: tuple[str, ...] = ()
    # Columns that a form sets without a field of their name.
    also_saved: tuple[str, ...] = ()

    def response_action(  # type: ignore[override]
        self, request: HttpRequest, queryset: QuerySet[Any], **more: Any
    ) -> HttpResponse | None:
        """An action that changes something reaches only editions in which the account may, whatever it can see."""
        offered = self.get_actions(request)
        asked = [found[0] for name in request.POST.getlist("action") if (found := offered.get(name))]
        if any({"change", "decide"} & set(getattr(action, "allowed_permissions", ())) for action in asked):
            editions = [edition.pk for edition in editions_of(request.user, self.perm("change"))]
            queryset = queryset.filter(**{f"{self.edition_path}__in" if self.edition_path else "pk__in": editions})
        return super().response_action(request, queryset, **more)

    # -- Lists ----------------------------------------------------------------------------------------------------

    def get_list_display(self, request: HttpRequest) -> Any:
        """Without the edition where there is one alone."""
        columns = super().get_list_display(request)
        return [one for one in columns if one != "edition"] if edition_chosen(request, self) else columns

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Whatever leads to another row is offered by the filters above, so that none of them can be forgotten."""

        def scoped(one: Any) -> Any:
            if one == self.edition_path:
                return EditionFilter
            is_relation = isinstance(one, str) and get_fields_from_path(self.model, one)[-1].is_relation
            return (one, OfEdition) if is_relation else one

        return [scoped(one) for one in super().get_list_filter(request)]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, in the time zone of the edition that it shows."""
        edition = edition_chosen(request, self)
        with clock.override(self.zone_of(request, edition)):
            return _drawn(super().changelist_view(request, extra_context))

    # -- Forms ----------------------------------------------------------------------------------------------------

    def zone_of(self, request: HttpRequest, edition: Edition | None) -> dt.tzinfo | None:
        """The time zone in which a form shows and reads times."""
        return edition.zone if edition else None

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The form, in the edition's time zone."""
        obj = self.get_object(request, object_id) if object_id else None
        edition = obj if isinstance(obj, Edition) else self.edition_of(obj)
        if edition is not None:
            request.edition_edited = edition  # type: ignore[attr-defined]
        with clock.override(self.zone_of(request, edition)):
            return _drawn(super().changeform_view(request, object_id, form_url, extra_context))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Only what the form shows: a number that a verb changed meanwhile stays as it is."""
        if not change:
            obj.save()
            return
        columns = [field for field in obj._meta.concrete_fields if not field.primary_key]
        shown = {*form.cleaned_data, *self.also_saved}
        obj.save(update_fields=[one.name for one in columns if one.name in shown or getattr(one, "auto_now", False)])

    # -- History: one for everything, the one that the verbs write ---------------------------------------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """A line of its own."""
        record(obj, "add", by=request.user.get_username(), edition=self._edition_in_history(obj))

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Which fields; never what stands in them."""
        fields = [name for part in message for name in part.get("changed", {}).get("fields", [])]
        told = ", ".join(map(str, fields))[:200]
        record(obj, "edit", by=request.user.get_username(), edition=self._edition_in_history(obj), after=told)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """A line for each."""
        for obj in queryset:
            record(obj, "delete", by=request.user.get_username(), edition=self._edition_in_history(obj))

    def _edition_in_history(self, obj: Any) -> Edition | None:
        return obj if isinstance(obj, Edition) else self.edition_of(obj)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The lines of this row."""
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        asked = {"edition": EditionFilter.EVERY, "subject__exact": self.opts.model_name, "subject_id__exact": obj.pk}
        return redirect(f"{reverse('admin:events_historyline_changelist')}?{urlencode(asked)}")

    # -- Search ---------------------------------------------------------------------------------------------------

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


def _drawn(response: HttpResponse) -> HttpResponse:
    """A template response drawn at once: later the time zone would be another again."""
    return response.render() if isinstance(response, SimpleTemplateResponse) else response


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


class Shared(Listed):
    """Rows that several editions use: staff of one edition add and correct them, but take none from the others."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who makes editions looks after what they share."""
        return request.user.has_perm("events.add_edition")


class ScopedInline(EditionScoped):
    """An inline of a scoped model; its rows belong to the edition of the form."""

    extra = 0

    def _may(self, request: HttpRequest, action: str, obj: Model | None) -> bool:
        # For an inline Django passes the parent, whose own admin has asked already.
        return bool(request.user.has_perm(self.perm(action), getattr(request, "edition_edited", None)))
