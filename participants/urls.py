"""Addresses of those who come."""

from django.urls import path, re_path

from participants.views import my, registering

app_name = "participants"
urlpatterns = [
    path("editions/<slug:slug>/register/", registering.register, name="register"),
    path("editions/<slug:slug>/register/sent/", registering.sent, name="sent"),
    path("my/lost/", my.lost, name="lost"),
    re_path(r"^my/(?P<reference>RASR-[A-Z0-9]{7})/$", my.my, name="my"),
    re_path(r"^my/(?P<reference>RASR-[A-Z0-9]{7})/details/$", my.details, name="details"),
    re_path(r"^my/(?P<reference>RASR-[A-Z0-9]{7})/withdraw/$", my.withdraw, name="withdraw"),
    re_path(r"^my/(?P<reference>RASR-[A-Z0-9]{7})/data\.json$", my.held, name="held"),
    path("my/<str:token>/", my.enter, name="enter"),
]
