"""Addresses of what is announced."""

from django.urls import path

from events.views import agenda, editions, feeds, offline, papers, releases, rooms, sessions, speakers

app_name = "events"
urlpatterns = [
    path("", editions.home, name="home"),
    path("privacy/", editions.privacy, name="privacy"),
    path("editions/", editions.editions, name="editions"),
    path("editions/<slug:slug>/", editions.edition, name="edition"),
    path("editions/<slug:slug>/visits/<int:pk>/", editions.visit, name="visit"),
    path("editions/<slug:slug>/visits/<int:pk>/visit.ics", feeds.visit_ics, name="visit_ics"),
    path("editions/<slug:slug>/agenda/", agenda.agenda, name="agenda"),
    path("editions/<slug:slug>/agenda/changes/", releases.changes, name="changes"),
    path("editions/<slug:slug>/agenda/changes.atom", feeds.changes_atom, name="changes_atom"),
    path("editions/<slug:slug>/agenda.ics", feeds.agenda_ics, name="agenda_ics"),
    path("editions/<slug:slug>/agenda.json", feeds.agenda_json, name="agenda_json"),
    path("editions/<slug:slug>/agenda.xml", feeds.agenda_xml, name="agenda_xml"),
    path("editions/<slug:slug>/agenda.pdf", papers.agenda_pdf_view, name="agenda_pdf"),
    path("editions/<slug:slug>/agenda.xlsx", papers.agenda_xlsx_view, name="agenda_xlsx"),
    path("editions/<slug:slug>/speakers/", speakers.speakers, name="speakers"),
    path("editions/<slug:slug>/speakers/<int:pk>/", speakers.speaker, name="speaker"),
    path("editions/<slug:slug>/sessions/<int:pk>/", sessions.session, name="session"),
    path("editions/<slug:slug>/sessions/<int:pk>/session.ics", feeds.session_ics, name="session_ics"),
    path("editions/<slug:slug>/rooms/<int:pk>/", rooms.room, name="room"),
    path("offline/", offline.offline, name="offline"),
    path("site.webmanifest", offline.manifest, name="manifest"),
]
