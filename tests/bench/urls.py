"""The addresses of the site and, first of all, the trivial view."""

from django.urls import path

from rasr.urls import handler400, handler403, handler404, handler500
from rasr.urls import urlpatterns as of_the_site
from tests.bench.trivial import trivial

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [path("trivial/<slug:name>", trivial), *of_the_site]
