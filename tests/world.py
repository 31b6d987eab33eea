"""An edition with one row of everything, and a browser of every kind of visitor."""

import datetime as dt
import re
import uuid

from django.apps import apps
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from events.models import Document, Organisation
from events.scheduling import release_agenda
from participants import attendance, bulk, changing, checkin, links, my_agenda, nominating, records, visits
from participants.models import Link, Participant, StaffRole, Vehicle
from participants.staffing import revoke_role, set_active
from tests import make


class World:
    """An edition with one row of everything."""

    def __init__(self):
        self.edition = edition = make.edition(slug="2030-tirana", city="Tirana")
        self.other = make.edition(slug="2031-elsewhere")
        make.room(edition)
        self.session = make.session(edition, "Depots", room=edition.rooms.get())
        self.visit = make.visit(edition, asks_identity=True, asks_sizes=True)
        make.speaker(self.session)
        self.vehicle = Vehicle.objects.create(visit=self.visit, label="Bus 1", seats=40)
        Document.objects.create(edition=edition, title="Paper", url="https://example.org/paper")
        make.paper(edition, "Public paper")
        self.paper = make.paper(edition, "Paper for participants", access="participants")
        Organisation.objects.create(name="Fictional Institute")
        self.delegation = make.delegation(edition)
        self.nomination = make.nomination(self.delegation)
        self.letter = nominating.attach_letter(
            delegation=self.delegation,
            reference="1/2030",
            date=dt.date(2030, 1, 1),
            scan=ContentFile(b"%PDF-1.7", "letter.pdf"),
            nominations=[self.nomination],
            by="test",
        )
        release_agenda(edition=edition, by="test")
        self.a = self._register_a()
        self.b = make.participant(edition, "confirmed")
        refused = visits.ask(participant=self.b, visit=self.visit, by="test")
        visits.refuse(booking=refused, reason="canary reason", by="test")
        self.foreigner = make.participant(self.other, "confirmed", family_name="Foreigner")
        attendance.mark(participant=self.a, day=edition.days[0], mark="present", source="grid", by="test")
        self.nonce = uuid.uuid4()
        self.scan = checkin.scan(
            edition=edition,
            code=self.a.code,
            point=f"day:{edition.days[1].isoformat()}",
            nonce=self.nonce,
            client_at=timezone.now(),
            by="test",
        )
        words = {"subject": "The bus", "text": "It leaves at 8.", "by": "test"}
        bulk.send_bulk(edition=edition, audience="status:confirmed", submission=uuid.uuid4(), **words)
        make.staff("secretariat")
        make.staff("observer", edition)
        ends = timezone.now() + dt.timedelta(days=1)
        self.new_address = links.issue(
            Link.Purpose.ADDRESS, participant=self.a, expires_at=ends, new_email="canary.new@example.org"
        )
        self.request = changing.request_change(
            participant=self.a,
            answers={"organisation": "canary organisation"},
            version=Participant.objects.get(pk=self.a.pk).version,
            by="test",
        )
        self.tokens = {
            who: links.issue(Link.Purpose.MY, participant=person, expires_at=ends)
            for who, person in (("A", self.a), ("B", self.b))
        }
        self.speaker = self.session.appearances.get().speaker
        self.hand_in_token = links.issue(
            Link.Purpose.HAND_IN, speaker=self.speaker, session=self.session, expires_at=ends
        )
        self.hand_in_link = Link.objects.get(purpose=Link.Purpose.HAND_IN)
        self.calendar_token = links.issue(Link.Purpose.CALENDAR, participant=self.a, expires_at=ends)
        self.contact_token = links.issue(Link.Purpose.DELEGATION, delegation=self.delegation, expires_at=ends)
        self.nominee_token = links.issue(Link.Purpose.NOMINEE, nomination=self.nomination, expires_at=ends)

    def _register_a(self):
        person = make.participant(
            self.edition,
            "confirmed",
            family_name="Canarić",
            email="canary.mail@example.org",
            phone="+355672123456",
            dietary="canary diet",
        )
        refused = visits.ask(participant=person, visit=make.visit(self.edition), by="test")
        visits.refuse(booking=refused, reason="canary reason", by="test")
        self.booking = visits.ask(participant=person, visit=self.visit, by="test")
        answers = {"nationality": "AL", "document_type": "passport", "document_expiry": dt.date(2037, 1, 1)}
        answers |= {"document_number": "CANARY-PPT-77", "sizes": "canary size"}
        records.save_record(booking=self.booking, answers=answers, by="test")
        my_agenda.star(participant=person, session=self.session.pk, by="test")
        records.open_record(booking=self.booking, by="officer", reason="test")
        person.staff_note = "canary note"
        person.save(update_fields=["staff_note"])
        return person

    def client(self, letter, **more):
        """A browser of that visitor."""
        client = Client(**more)
        roles = StaffRole.Role
        where = {
            "D": (roles.CHECK_IN, self.edition),
            "O": (roles.OBSERVER, self.edition),
            "V": (roles.VISIT_OFFICER, self.edition),
            "S": (roles.SECRETARIAT, self.edition),
            "X": (roles.SECRETARIAT, self.other),
            "C": (roles.SECRETARIAT, self.edition),
            "F": (roles.SECRETARIAT, self.edition),
        }
        if letter in where:
            user = make.staff(*where[letter])
            client.force_login(user)
            if letter == "C":
                set_active(user=user, is_active=False, by="test")
            if letter == "F":
                revoke_role(role=user.roles.get(), by="test")
        elif letter == "N":
            assert client.get(f"/delegations/{self.contact_token}/").status_code == 302
        elif letter == "H":
            assert client.get(f"/hand-in/{self.hand_in_token}/").status_code == 302
        elif letter in self.tokens:
            assert client.get(f"/my/{self.tokens[letter]}/").status_code == 302
        return client

    def path(self, name, route):
        """A path of that route which leads to something of the edition."""
        pk = self._keys().get(name, self.delegation.pk if route.startswith("delegations/") else self.session.pk)
        values = {
            "name": self.paper.file_name,
            "slug": self.edition.slug,
            "pk": pk,
            "reference": self.a.reference,
            "number": 1,
            "nomination": self.nomination.pk,
            "participant": self.a.pk,
            "letter": self.letter.pk,
            "button": "down",
            "token": {
                "participants:nominee": self.nominee_token,
                "participants:enter-delegation": self.contact_token,
                "participants:confirm-address": self.new_address,
                "participants:enter-hand-in": self.hand_in_token,
                "participants:calendar": self.calendar_token,
            }.get(name, self.tokens["A"]),
            "code": self.a.code,
            "content_type_id": "1",
            "object_id": self._row(name),
        }
        route = re.sub(r"\^\(\?P<app_label>.*\)/\$", "participants/", route).replace(r"^my/(?:.*/)?$", "my/anything/")
        route = route.replace(r"^hand-in/(?:.*/)?$", "hand-in/anything/more/")
        route = route.replace(r"^(?:delegations|register)/(?:.*/)?$", "delegations/anything/more/")
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), route)

    def _keys(self):
        """What the number in an address stands for, where it is not a session."""
        return {
            "admin:events_edition_load": self.edition.pk,
            "admin:events_edition_copy": self.edition.pk,
            "admin:events_edition_release": self.edition.pk,
            "admin:events_edition_restore": self.edition.pk,
            "admin:participants_attendance_person": self.a.pk,
            "admin:participants_records_booking": self.booking.pk,
            "admin:participants_records_erase": self.booking.pk,
            "admin:participants_records_list": self.visit.pk,
            "admin:participants_records_visit": self.visit.pk,
            "admin:participants_vehicles": self.visit.pk,
            "admin:participants_visit": self.visit.pk,
            "admin:participants_visit_rules": self.visit.pk,
            "events:room": self.session.room_id,
            "events:speaker": self.session.appearances.get().speaker_id,
            "events:visit": self.visit.pk,
            "events:visit_ics": self.visit.pk,
            "participants:document": self.paper.pk,
            "participants:hand-in": self.hand_in_link.pk,
            "participants:my-visit-give-back": self.visit.pk,
            "participants:my-visit-ics": self.visit.pk,
            "participants:result": self.scan.pk,
        }

    def _row(self, name):
        app_and_model = re.fullmatch(r"admin:(\w+?)_(\w+)_(?:change|history|delete)", name or "")
        if not app_and_model:
            return "1"
        model = apps.get_model(app_and_model[1], app_and_model[2])
        own = {"session": self.session, "edition": self.edition, "participant": self.a}.get(model._meta.model_name)
        if own is None:
            rows = model.objects.filter(edition=self.edition) if hasattr(model, "edition") else model.objects.all()
            own = rows.order_by("pk").first()
        return str(own.pk)
