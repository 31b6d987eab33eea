"""Addresses of those who come."""

from django.urls import path, re_path

from participants.views import desk, my, registering

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
    path("checkin/", desk.desks, name="desks"),
    path("checkin/<slug:slug>/", desk.desk, name="desk"),
    path("checkin/<slug:slug>/scan/", desk.scan, name="scan"),
    path("checkin/<slug:slug>/undo/", desk.undo, name="undo"),
    path("checkin/<slug:slug>/result/<int:pk>/", desk.result, name="result"),
    path("c/<str:code>/", desk.badge, name="badge"),
]
