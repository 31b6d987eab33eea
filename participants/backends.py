"""Django's permissions, answered from staff roles: the back office of both apps asks `has_perm` and nothing else."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend

from events.models import Edition
from participants.access import Right, may, may_everywhere

# Read where nothing else is said: what is announced belongs to who edits the agenda, who comes to who sees people.
_APPS = {"events": Right.EDIT_AGENDA, "participants": Right.SEE_PEOPLE}
# The right that a change needs, where seeing is not enough.
_CHANGES = {"participants": Right.DECIDE, "events": Right.EDIT_AGENDA}
_STAFF = {"user", "staffrole"}
_VISITS = {"visitbooking", "vehicle"}
_HIDDEN = {"visitrecord"}


class RoleBackend(BaseBackend):
    """has_perm("events.change_session", edition): whether a role gives it for this edition, or for any without one."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """The answer; False for what this backend does not know."""
        app, _dot, name = perm.partition(".")
        action, _line, model = name.partition("_")
        if app not in _APPS:
            return False
        edition = obj if isinstance(obj, Edition) else None
        if model in _STAFF:
            return may_everywhere(user_obj, Right.MANAGE_STAFF)
        if model in _HIDDEN:
            return may(user_obj, Right.SEE_VISIT_RECORDS, edition)
        right = _APPS[app] if action == "view" else Right.MANAGE_VISITS if model in _VISITS else _CHANGES[app]
        if model == "edition" and action == "add":
            return may_everywhere(user_obj, right)
        return may(user_obj, right, edition)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Whether the back office shows the app at all."""
        return app_label in _APPS and may(user_obj, _APPS[app_label])
