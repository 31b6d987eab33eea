"""Every address of the site. Other languages stand under a prefix: /sq/editions/..."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

urlpatterns = i18n_patterns(
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("participants.urls")),
    path("", include("events.urls")),
    prefix_default_language=False,
)
