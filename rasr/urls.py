"""Every address of the site. Other languages stand under a prefix: /sq/editions/..."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from events.views import offline
from rasr import health

# Staff sign in at one place, with its rate limits and its second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = "events.views.errors.bad_request"
handler403 = "events.views.errors.forbidden"
handler404 = "events.views.errors.not_found"
handler500 = "events.views.errors.server_error"

urlpatterns = [
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("sw.js", offline.worker, name="worker"),  # at the root, so that it may answer for every page
    *i18n_patterns(
        path("admin/", admin.site.urls),
        path("accounts/login/", account.login, name="account_login"),
        path("accounts/logout/", account.logout, name="account_logout"),
        path("accounts/inactive/", account.account_inactive, name="account_inactive"),
        path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
        path("accounts/password/change/", account.password_change, name="account_change_password"),
        path("", include("participants.urls")),
        path("", include("events.urls")),
        prefix_default_language=False,
    ),
]
