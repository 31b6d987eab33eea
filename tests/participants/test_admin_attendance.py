"""The attendance grid of the back office: who may, what it shows, what it saves, what it hands out."""

import datetime as dt
import io
import re

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from events.models import Edition, HistoryLine
from participants import attendance, registration
from participants.models import Attendance
from tests.participants.at_the_desk import confirmed, running_edition, scan, session, signed_in, staff
from tests.participants.registered import participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return running_edition(capacity=None)


@pytest.fixture
def person(edition):
    return confirmed(edition, "Vzorec")


@pytest.fixture
def office(edition):
    return signed_in(staff("secretariat", edition))


def at(edition, page=""):
    return f"/admin/participants/attendance/grid/{edition.slug}/{page}"


def day_name(edition, number=0):
    return f"day:{edition.days[number]}"


def standing(person):
    return {
        row.day.isoformat() if not row.session else row.session_id: row.mark for row in person.attendance.standing()
    }


def said(answer):
    return [str(message) for message in get_messages(answer.wsgi_request)]


def save(office, edition, **cells):
    """Send cells as the page does: was_12="day:…" is what it showed, p_12=[…] what is ticked now."""
    return office.post(at(edition), {name.replace("_", "-"): value for name, value in cells.items()})


# -- Who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "1/", "attendance.xlsx"])
@pytest.mark.parametrize("role", ["check-in", "observer", "visit-officer"])
def test_other_staff_have_no_grid(edition, role, page):
    assert signed_in(staff(role, edition)).get(at(edition, page)).status_code == 403


@pytest.mark.parametrize("page", ["", "1/", "attendance.xlsx"])
def test_the_secretariat_of_another_edition_finds_nothing(edition, page):
    other = signed_in(staff("secretariat", running_edition("2028-skopje")))
    assert other.get(at(edition, page)).status_code == 404
    assert other.post(at(edition), {}).status_code == 404


def test_without_signing_in_nothing_is_shown(client, edition):
    assert client.get(at(edition)).status_code == 302
    assert client.get(at(edition, "attendance.xlsx")).status_code == 302


def test_the_editions_to_choose_from_are_ones_own(office, edition):
    running_edition("2028-skopje")
    shown = office.get("/admin/participants/attendance/grid/").content.decode()
    assert at(edition) in shown
    assert "2028-skopje" not in shown


# -- What it shows ------------------------------------------------------------------------------------------------


def test_every_box_says_whose_and_when(office, edition, person):
    shown = office.get(at(edition)).content.decode()
    for point in attendance.day_points(edition):
        label = f'<span class="visually-hidden">Mira Vzorec, {point}</span>'
        assert f'<label>{label}<input type="checkbox" name="p-{person.pk}" value="{point.name}">' in shown
    assert re.fullmatch(r"\w+ \d+ \w+", str(point))


def test_sessions_of_a_day_are_columns(office, edition, person):
    opening, other_day = session(edition, "Opening", 9), session(edition, "Later", 9, day=1)
    shown = office.get(at(edition), {"day": edition.days[0].isoformat()}).content.decode()
    assert f'value="session:{opening.pk}"' in shown
    assert f'value="session:{other_day.pk}"' not in shown
    assert "09:00 Opening" in shown


def test_only_today_is_one_column(office, edition, person):
    shown = office.get(at(edition), {"only": "today"}).content.decode()
    assert shown.count('type="checkbox" name="p-') == 1
    assert day_name(edition) in shown


def test_people_are_found_by_name_and_by_delegation(office, edition, person):
    kosovo = edition.delegations.get(name="Kosovo*")
    confirmed(edition, "Primjerić", delegation=kosovo)
    by_name = office.get(at(edition), {"q": "примјер"}).content.decode()
    by_delegation = office.get(at(edition), {"delegation": str(kosovo.pk)}).content.decode()
    for shown in (by_name, by_delegation):
        assert "Primjerić" in shown
        assert f"p-{person.pk}" not in shown
    assert by_delegation.count("without prejudice") == 1
    assert "without prejudice" not in office.get(at(edition), {"q": "vzorec"}).content.decode()


def test_protocol_order_is_by_delegation_and_name_order_by_name(office, edition):
    confirmed(edition, "Aaa", delegation=edition.delegations.get(name="Serbia"))
    confirmed(edition, "Bbb", delegation=edition.delegations.get(name="Kosovo*"))
    by_name = office.get(at(edition)).content.decode()
    protocol = office.get(at(edition), {"order": "protocol"}).content.decode()
    assert by_name.index("Mira Aaa") < by_name.index("Mira Bbb")
    assert protocol.index("Mira Bbb") < protocol.index("Mira Aaa")


@pytest.mark.parametrize("query", ["day=x", "day=2018-10-09", "delegation=x", "delegation=99999999999", "delegation=²"])
def test_an_odd_filter_is_no_filter(office, edition, person, query):
    assert "Vzorec" in office.get(f"{at(edition)}?{query}").content.decode()


def test_who_left_after_being_here_stays_in_the_grid_and_takes_no_new_tick(office, edition, person):
    attendance.mark(participant=person, day=edition.days[0], by="office")
    registration.withdraw(participant=person, by="test")
    shown = office.get(at(edition)).content.decode()
    assert shown.count(f'name="p-{person.pk}"') == 1
    assert "withdrawn" in shown


def test_people_without_a_place_are_not_in_the_grid(office, edition):
    participant(edition, family_name="Pendingova")
    assert "Pendingova" not in office.get(at(edition)).content.decode()


def test_who_marked_what_when_is_on_the_page(office, edition, person):
    tried = scan(person, by="desk.phone")
    attendance.clear(participant=person, day=edition.days[0], by="l.sample", reason="wrong person")
    time = timezone.localtime(tried.received_at, edition.zone).strftime("%H:%M")
    for page in ("", f"{person.pk}/"):
        shown = office.get(at(edition, page)).content.decode()
        assert f"{time}, desk.phone (scan)" in shown
        assert "l.sample (wrong person)" in shown


def test_totals_count_each_column_and_each_person(office, edition, person):
    attendance.mark(participant=person, day=edition.days[0], by="a")
    attendance.mark(participant=confirmed(edition, "Two"), day=edition.days[0], by="a")
    attendance.mark(participant=person, day=edition.days[1], by="a")
    _body, foot = office.get(at(edition)).content.decode().split("<tfoot>")
    assert re.findall(r"<b>(\d+)</b> of (\d+)", foot) == [("2", "2"), ("1", "2"), ("0", "2")]


def test_many_cost_as_many_queries_as_few(office, edition):
    session(edition)
    costs = []
    for _round in range(2):
        for number in range(4):
            scan(confirmed(edition, f"Person {_round}{number}"))
        for query in ("", "?day=" + edition.days[0].isoformat()):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                office.get(at(edition) + query)
            costs.append(len(queries))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 16


# -- What it saves ------------------------------------------------------------------------------------------------


def test_a_tick_is_saved_and_a_reload_saves_nothing(office, edition, person):
    answer = save(office, edition, **{f"was_{person.pk}": "", f"p_{person.pk}": [day_name(edition)]})
    assert (answer.status_code, answer["Location"]) == (302, at(edition))
    assert re.fullmatch(r"Saved at \d\d:\d\d: 1 present, 0 taken away\.", said(answer)[0])
    row = person.attendance.get()
    assert (row.mark, row.source, row.recorded_by) == ("present", "list", "d.sample")
    assert "checked" in office.get(at(edition)).content.decode()


def test_a_session_is_ticked(office, edition, person):
    opening = session(edition)
    name = f"session:{opening.pk}"
    save(office, edition, **{f"was_{person.pk}": "", f"p_{person.pk}": [name]})
    assert standing(person) == {opening.pk: "present"}


def test_two_who_tick_different_cells_of_one_page_keep_both(office, edition, person):
    other = signed_in(staff("secretariat", edition, "l.sample"))
    was = {f"was_{person.pk}": ""}
    save(office, edition, **was, **{f"p_{person.pk}": [day_name(edition, 0)]})
    save(other, edition, **was, **{f"p_{person.pk}": [day_name(edition, 1)]})
    assert sorted(standing(person)) == [day.isoformat() for day in edition.days[:2]]


def test_what_the_page_showed_and_nobody_touched_is_not_written(office, edition, person):
    attendance.mark(participant=person, day=edition.days[0], by="a")
    attendance.clear(participant=person, day=edition.days[0], by="a")
    name = day_name(edition)
    save(office, edition, **{f"was_{person.pk}": name, f"p_{person.pk}": [name]})
    assert standing(person) == {}


def test_unticking_makes_the_mark_void(office, edition, person):
    attendance.mark(participant=person, day=edition.days[0], by="a")
    save(office, edition, **{f"was_{person.pk}": day_name(edition)})
    row = person.attendance.get()
    assert (row.void_by, row.void_at is None) == ("d.sample", False)


def test_one_who_lost_the_place_meanwhile_does_not_cost_the_ticks_of_the_others(office, edition, person):
    gone = confirmed(edition, "Gone")
    registration.withdraw(participant=gone, by="test")
    name = [day_name(edition)]
    cells = {f"was_{one.pk}": "" for one in (gone, person)} | {f"p_{one.pk}": name for one in (gone, person)}
    sentences = said(save(office, edition, **cells))
    assert "Mira Gone cannot be marked: the registration is “withdrawn”." in sentences
    assert standing(person) == {edition.days[0].isoformat(): "present"}


def test_a_session_that_left_the_agenda_does_not_cost_the_other_ticks(office, edition, person):
    opening = session(edition)
    name = f"session:{opening.pk}"
    opening.delete()
    sentences = said(save(office, edition, **{f"was_{person.pk}": "", f"p_{person.pk}": [name, day_name(edition)]}))
    assert "The agenda changed while you wrote. A session left it; its ticks were not saved." in sentences
    assert standing(person) == {edition.days[0].isoformat(): "present"}


def test_people_of_another_edition_cannot_be_marked_through_this_one(office, edition):
    stranger = confirmed(running_edition("2028-skopje"))
    save(office, edition, **{f"was_{stranger.pk}": "", f"p_{stranger.pk}": [day_name(edition)]})
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("name", ["was-x", "was-", "was-99999999999999999999", "was--1", "was-²", "p-1", "was-1'"])
@pytest.mark.parametrize("value", ["day:2018-10-09", "x", "session:1", "day:" * 999])
def test_odd_cells_write_nothing(office, edition, name, value):
    assert office.post(at(edition), {name: value}).status_code == 302
    assert not Attendance.objects.exists()


def test_an_archived_edition_says_that_it_can_only_be_read(office, edition, person):
    Edition.objects.filter(pk=edition.pk).update(status="archived")
    sentences = said(save(office, edition, **{f"was_{person.pk}": "", f"p_{person.pk}": [day_name(edition)]}))
    assert sentences == ["This edition is archived. Its attendance can only be read."]


def test_a_save_without_its_token_is_refused(edition, person):
    browser = signed_in(staff("secretariat", edition), enforce_csrf_checks=True)
    assert browser.post(at(edition), {f"was-{person.pk}": ""}).status_code == 403


# -- One person ---------------------------------------------------------------------------------------------------


def test_an_excuse_is_given_on_the_page_of_the_person(office, edition, person):
    attendance.mark(participant=person, day=edition.days[1], by="a")
    given = {day_name(edition): "excused", f"was-{day_name(edition, 1)}": "present", day_name(edition, 1): ""}
    answer = office.post(at(edition, f"{person.pk}/"), given)
    assert said(answer) == ["Saved: 2 marks changed."]
    assert standing(person) == {edition.days[0].isoformat(): "excused"}
    assert "excused" in office.get(at(edition)).content.decode()


def test_a_mark_that_does_not_exist_is_not_written(office, edition, person):
    office.post(at(edition, f"{person.pk}/"), {day_name(edition): "asleep"})
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("pk", [0, 999_999, 10**30])
def test_nobody_is_a_404(office, edition, pk):
    assert office.get(at(edition, f"{pk}/")).status_code == 404


def test_a_person_of_another_edition_is_a_404(office, edition):
    stranger = confirmed(running_edition("2028-skopje"))
    assert office.get(at(edition, f"{stranger.pk}/")).status_code == 404


# -- The sheet ----------------------------------------------------------------------------------------------------


def sheets_of(answer):
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_the_sheet_holds_people_by_days_and_by_sessions_with_totals(office, edition, person):
    opening = session(edition)
    scan(person)
    attendance.mark(participant=person, day=edition.days[0], session=opening, by="a")
    attendance.mark(participant=person, day=edition.days[1], mark="excused", by="a")
    sheets = sheets_of(office.get(at(edition, "attendance.xlsx")))
    assert list(sheets) == ["Days", edition.days[0].isoformat()]
    table = sheets["Days"]
    assert table[0][0] == "Fictional workshop, Tirana, Albania"
    assert re.fullmatch(r"As of \d+ \w+ \d{4}, \d\d:\d\d \(Tirana time\)", table[1][0])
    head = next(number for number, row in enumerate(table) if row[0] == "Name")
    assert table[head][1:3] == ["Delegation", "Role"]
    assert table[head + 1] == ["Mira Vzorec", "Serbia", "delegate", 1, "excused", 0, 1]
    assert table[head + 2] == ["Present", "", "", 1, 0, 0, 1]
    inner = sheets[edition.days[0].isoformat()]
    assert inner[head][3:] == ["09:00 Opening", "Total"]
    assert inner[head + 1] == ["Mira Vzorec", "Serbia", "delegate", 1, 1]


def test_names_that_look_like_formulas_stay_names(office, edition):
    names = ["=1+1", "+381 11", "@x", "-2"]
    for name in names:
        confirmed(edition, name, given_name="")
    table = sheets_of(office.get(at(edition, "attendance.xlsx")))["Days"]
    assert sorted(row[0] for row in table if row[0] in names) == sorted(names)


def test_the_sheet_holds_who_the_page_shows_and_says_so(office, edition, person):
    confirmed(edition, "Primjerić", delegation=edition.delegations.get(name="Kosovo*"))
    page = office.get(at(edition), {"q": "primj"}).content.decode()
    assert "attendance.xlsx?q=primj" in page
    assert "Download 1 person (.xlsx)" in page
    table = sheets_of(office.get(at(edition, "attendance.xlsx"), {"q": "primj"}))["Days"]
    first = [row[0] for row in table]
    assert "Mira Primjerić" in first
    assert "Mira Vzorec" not in first
    assert "Some people only, as searched: 1" in first
    assert first[-1].startswith("* This designation")


def test_taking_the_sheet_out_is_written_down(office, edition, person):
    answer = office.get(at(edition, "attendance.xlsx"))
    assert re.fullmatch(
        r'attachment; filename="attendance-2027-tirana-\d{8}-\d{4}\.xlsx"', answer["Content-Disposition"]
    )
    assert "no-store" in answer["Cache-Control"]
    line = HistoryLine.objects.get(verb="export attendance")
    assert (line.actor, line.edition) == ("d.sample", edition)
    assert line.after.startswith("1 people, 1 sheets")


def test_the_sheet_costs_as_many_queries_for_many_as_for_few(office, edition):
    costs = []
    for _round in range(2):
        for number in range(3):
            scan(confirmed(edition, f"Person {number}"))
        session(edition, f"Session {_round}", 9 + _round)
        with CaptureQueriesContext(connection) as queries:
            office.get(at(edition, "attendance.xlsx"))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_the_time_of_the_sheet_is_the_time_of_the_place(office, edition, person):
    table = sheets_of(office.get(at(edition, "attendance.xlsx")))["Days"]
    now = timezone.now().astimezone(edition.zone)
    assert any(f"{at:%H:%M} (Tirana time)" in str(table[1][0]) for at in (now, now - dt.timedelta(minutes=1)))
