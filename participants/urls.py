"""Addresses of those who come."""

from django.urls import path, re_path, register_converter

from participants.views import my, registering


class ReferenceConverter:
    """The number of a registration. It is no secret and opens nothing; a token never looks like it."""

    regex = "RASR-[0-9A-Z]{4,12}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(ReferenceConverter, "reference")

app_name = "participants"
urlpatterns = [
    # Registration
    path("editions/<slug:slug>/register/", registering.register, name="register"),
    path("editions/<slug:slug>/register/sent/", registering.sent, name="register-sent"),
    # What a participant manages
    path("my/lost/", my.lost, name="lost"),
    path("my/lost/sent/", my.lost_sent, name="lost-sent"),
    path("my/<reference:reference>/", my.overview, name="my"),
    path("my/<reference:reference>/details/", my.details, name="my-details"),
    path("my/<reference:reference>/withdraw/", my.withdraw, name="my-withdraw"),
    path("my/<reference:reference>/data.json", my.download, name="my-data"),
    re_path(r"^my/(?P<token>[A-Za-z0-9_-]{43})/$", my.arrive, name="arrive"),
    re_path(r"^my/(?:.*/)?$", my.nothing, name="my-nothing"),
]
