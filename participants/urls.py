"""Addresses of those who come."""

from django.urls import path, re_path, register_converter

from participants.views import (
    addresses,
    agenda,
    delegations,
    desk,
    documents,
    handing_in,
    letters,
    my,
    nominees,
    records,
    registering,
    scanning,
    visits,
)


class ReferenceConverter:
    """The number of a registration. It is no secret and opens nothing; a token never looks like it."""

    regex = "RASR-[A-Z0-9]{7}"

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
    path("editions/<slug:slug>/register/sent/", registering.sent, name="sent"),
    path("register/<str:token>/", nominees.register, name="nominee"),
    # What the contact of a delegation manages
    path("delegations/<int:pk>/", delegations.delegation, name="delegation"),
    path("delegations/<int:pk>/nominate/", delegations.nominate, name="nominate"),
    path("delegations/<int:pk>/nominations/<int:nomination>/correct/", delegations.correct, name="correct-nomination"),
    path("delegations/<int:pk>/nominations/<int:nomination>/replace/", delegations.replace, name="replace-nomination"),
    path(
        "delegations/<int:pk>/nominations/<int:nomination>/withdraw/", delegations.withdraw, name="withdraw-nomination"
    ),
    path("delegations/<int:pk>/nominations/<int:nomination>/<slug:button>/", delegations.press, name="press"),
    path("delegations/<int:pk>/people/<int:participant>/replace/", delegations.replace, name="replace-participant"),
    path("delegations/<int:pk>/letters/", letters.attach, name="attach-letter"),
    path("delegations/<int:pk>/letters/<int:letter>.pdf", letters.scan, name="letter"),
    path("delegations/<int:pk>/list/", letters.import_list, name="import-list"),
    path("delegations/<str:token>/", delegations.enter, name="enter-delegation"),
    # Papers, and where speakers hand in theirs
    path("editions/<slug:slug>/documents.zip", documents.documents, name="documents"),
    path("editions/<slug:slug>/documents/<int:pk>/<str:name>", documents.document, name="document"),
    path("hand-in/<int:pk>/", handing_in.page, name="hand-in"),
    path("hand-in/<str:token>/", handing_in.enter, name="enter-hand-in"),
    # What a participant manages
    path("my/lost/", my.lost, name="lost"),
    path("my/lost/sent/", my.lost_sent, name="lost-sent"),
    path("my/<reference:reference>/", my.overview, name="my"),
    path("my/<reference:reference>/details/", my.details, name="details"),
    path("my/<reference:reference>/address/", addresses.address, name="address"),
    path("my/<reference:reference>/erase/", my.erase, name="erase"),
    path("my/<reference:reference>/withdraw/", my.withdraw, name="withdraw"),
    path("my/<reference:reference>/agenda/", agenda.page, name="my-agenda"),
    path("my/<reference:reference>/visits/", visits.my_visits, name="my-visits"),
    path("my/<reference:reference>/visits/<int:pk>/give-back/", visits.give_back, name="my-visit-give-back"),
    path("my/<reference:reference>/visits/<int:pk>.ics", agenda.visit_ics, name="my-visit-ics"),
    path("my/<reference:reference>/record/", records.record, name="record"),
    path("my/<reference:reference>/data.json", my.held, name="held"),
    path("my/<str:token>/", my.enter, name="enter"),
    path("address/confirmed/", addresses.confirmed, name="address-confirmed"),
    path("address/<str:token>/", addresses.confirm, name="confirm-address"),
    path("calendar/<str:token>.ics", agenda.calendar, name="calendar"),
    # The check-in desk
    path("checkin/", desk.desks, name="desks"),
    path("checkin/<slug:slug>/", desk.desk, name="desk"),
    path("checkin/<slug:slug>/scan/", scanning.scan, name="scan"),
    path("checkin/<slug:slug>/undo/", scanning.undo, name="undo"),
    path("checkin/<slug:slug>/result/<int:pk>/", desk.result, name="result"),
    path("c/<str:code>/", desk.badge, name="badge"),
    # Whatever else stands here is answered like a link that has ended.
    re_path(r"^my/(?:.*/)?$", my.nothing, name="nothing"),
    re_path(r"^hand-in/(?:.*/)?$", handing_in.nothing, name="nothing-to-hand-in"),
    re_path(r"^(?:delegations|register)/(?:.*/)?$", delegations.nothing, name="nothing-of-delegations"),
]
