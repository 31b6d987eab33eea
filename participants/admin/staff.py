"""Staff accounts and roles. Accounts are made with `manage.py staff`; roles are given and taken here too."""

from __future__ import annotations

from typing import Any

import allauth.account.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from events.admin.scope import OVERRIDES, Listed
from participants.models import StaffRole, User
from participants.staffing import StaffingError, grant_role, revoke_role, set_active


@admin.register(User)
class UserAdmin(Listed):
    """Who has an account, and whether it is open."""

    list_display = ("username", "first_name", "last_name", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username", "first_name", "last_name")
    fields = ("username", "first_name", "last_name", "email", "is_active", "last_login", "date_joined")
    readonly_fields = ("username", "last_login", "date_joined")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts are made on the server, where their password is shown once."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is closed: the history names it."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Names as they are; opening and closing by the verb."""
        wanted = obj.is_active
        obj.is_active = form.initial["is_active"]
        obj.save(update_fields=["first_name", "last_name", "email"])
        if wanted != obj.is_active:
            try:
                set_active(user=obj, is_active=wanted, by=request.user.get_username())
            except StaffingError as error:
                messages.error(request, str(error))


@admin.register(StaffRole)
class StaffRoleAdmin(Listed):
    """Who has which role, for which edition."""

    formfield_overrides = OVERRIDES
    list_display = ("user", "role", "edition")
    list_filter = ("role", "edition")
    list_select_related = ("user", "edition")
    search_fields = ("user__username",)
    actions = ("take_away",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A role is given or taken away, not changed into another."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Taken away by the action below, which sees that somebody keeps access."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """By the verb."""
        granted = grant_role(user=obj.user, role=obj.role, edition=obj.edition, by=request.user.get_username())
        obj.pk = granted.pk

    @admin.action(description=gettext_lazy("Take the role away"), permissions=["add"])
    def take_away(self, request: HttpRequest, queryset: Any) -> None:
        """Take the chosen roles away, at once."""
        for role in queryset:
            try:
                revoke_role(role=role, by=request.user.get_username())
            except StaffingError as error:
                messages.error(request, str(error))
            else:
                messages.success(request, str(role))


# Roles of our own stand in for Django's groups, and allauth's list of addresses has no use without sign-up.
# Their modules are imported above, so that they have registered already what is taken out here.
admin.site.unregister([Group, EmailAddress])
