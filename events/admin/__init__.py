"""The back office of what is announced."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from events.admin import documents, editions, releases, sessions, speakers

__all__ = ["documents", "editions", "releases", "sessions", "speakers"]

admin.site.index_title = _("Back office")
