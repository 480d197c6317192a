"""Prices and quotas for whom they are meant: read before, at the desk and in the figures, kept to by what is offered."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import (
    Affiliation,
    AffiliationPart,
    Booking,
    MemberPart,
    OrganisationKind,
    QuotaScope,
    ResourceKind,
    RoleGrant,
    TeamMember,
)  # fmt: skip
from incubator.spaces.intervals import local_date, local_week
from incubator.spaces.queries import search
from incubator.spaces.services import entitlements, places, terms
from incubator.spaces.services.context import Refused
from incubator.spaces.services.standing import organisation_of
from tests.factories import (
    AT,
    make_account,
    make_grant,
    make_organisation,
    make_person,
    make_team,
    make_user,
    save,
)
from tests.spaces.factories import MONDAY, SYSTEM, book, guest, span, wish

pytestmark = pytest.mark.usefixtures("at")
DAY = f"{MONDAY:%d/%m/%Y}"


@pytest.fixture
def company(centre: Any) -> Any:
    """A company, and what rooms cost companies for half an hour."""
    found = make_organisation(
        name="Công ty Mạch Vàng", slug="mach-vang", kind=OrganisationKind.COMPANY, verified_at=AT
    )
    db.session.commit()
    with transaction():
        for place, each in ((centre.room, 50_000), (centre.hall, 300_000)):
            terms.set_price(place, each, organisation_kind="company", actor=SYSTEM, at=AT)
    return found


@pytest.fixture
def desk(centre: Any, sign_in: Any) -> Any:
    return sign_in(make_user(Role.STAFF, ScopeKind.SITE, centre.site.id))


def answers(place: Any, **more: Any) -> dict[str, Any]:
    return {
        "resource_id": place.id, "day": DAY, "start": "08:00", "end": "10:00", "people": "8",
        "purpose": "meeting", "title": "Phỏng vấn", "team_id": "", "layout": "", **more,
    }  # fmt: skip


def test_staff_books_for_a_company_at_its_price_and_everybody_reads_it(
    centre: Any, company: Any, desk: Any
) -> None:
    form = desk.get(f"/spaces/book?resource={centre.room.id}&day={DAY}&start=08:00").text
    assert "Doanh nghiệp <span" in form
    assert "50.000\u00a0đồng" in form
    assert '<option value="Công ty Mạch Vàng">' in form
    again = desk.post("/spaces/book", data=answers(centre.room, body_name="cong ty mach vang", title=""))
    assert (again.status_code, "Lượt này: 200.000\u00a0đồng" in again.text) == (422, True)
    sent = desk.post("/spaces/book", data=answers(centre.room, body_name="Cong ty Mach Vang"))
    assert sent.status_code == 303
    made = db.session.scalars(sa.select(Booking)).one()
    assert (made.organisation_id, made.price, made.requester_id) == (company.id, 200_000, None)
    page = desk.get(f"/spaces/bookings/{made.code}").text
    assert "200.000\u00a0đồng" in page
    assert "Công ty Mạch Vàng" in page
    assert "200.000\u00a0đồng" in desk.get(f"/spaces/today?day={DAY}").text
    numbers = desk.get("/spaces/numbers?year=2026").text
    assert "Tiền ghi nhận" in numbers
    assert numbers.count("200.000") == 4  # in all, of its month, purpose and organisation
    sheets = openpyxl.load_workbook(io.BytesIO(desk.get("/spaces/numbers.xlsx?year=2026").data))
    assert ["Tiền (đồng)", 200_000] in [list(r) for r in sheets["Tổng quan"].iter_rows(values_only=True)]
    for name, key in (("Đơn vị", "Công ty Mạch Vàng"), ("Tháng", "03/2026"), ("Mục đích", "Họp")):
        rows = list(sheets[name].iter_rows(values_only=True))
        assert rows[0][5] == "Tiền (đồng)"
        assert {row[0]: row[5] for row in rows[1:]}[key] == 200_000


def test_a_body_that_nobody_knows_is_booked_by_its_name_alone(centre: Any, company: Any, desk: Any) -> None:
    assert desk.post("/spaces/book", data=answers(centre.room, body_name="Hội quán phố")).status_code == 303
    made = db.session.scalars(sa.select(Booking)).one()
    assert (made.organisation_id, made.body_name, made.price) == (None, "Hội quán phố", 0)


def test_a_request_shows_its_price_beside_its_rival(centre: Any, company: Any, desk: Any) -> None:
    person = make_person("Lâm Quốc Huy")
    make_grant(person, Role.COORDINATOR, ScopeKind.ORGANISATION, company.id)
    account = make_account(person)
    db.session.execute(sa.update(RoleGrant).values(verified_at=AT))
    db.session.commit()
    buyer = Actor(person_id=account.person_id, account_id=account.id, name="Lâm Quốc Huy")
    paid = book(wish(centre.hall, span(8, 10), 60), buyer)
    book(wish(centre.hall, span(9, 11), 60), guest())
    assert paid.price == 1_200_000
    assert "1.200.000\u00a0đồng" in desk.get("/spaces/requests").text
    page = desk.get(f"/spaces/requests/{paid.id}").text
    row = page.partition('<th scope="row">Giá</th>')[2].partition("</tr>")[0]
    assert "1.200.000\u00a0đồng" in row
    assert "Miễn phí" in row


def test_bookings_count_for_where_one_belongs_else_for_whom_one_acts(company: Any) -> None:
    school = make_organisation(name="THCS Bình Thắng", slug="binh-thang")
    person = make_person("Trần Thị Thu Hằng")
    make_grant(person, Role.COORDINATOR, ScopeKind.ORGANISATION, company.id)
    db.session.execute(sa.update(RoleGrant).values(verified_at=None))
    assert organisation_of(person.id) is None  # nobody has confirmed it yet
    db.session.execute(sa.update(RoleGrant).values(verified_at=AT))
    assert organisation_of(person.id) == company.id
    link = save(
        Affiliation(
            person_id=person.id, organisation_id=school.id, part=AffiliationPart.TEACHER,
            valid_from=date(2025, 9, 1),
        )
    )  # fmt: skip
    assert organisation_of(person.id) == school.id
    link.part = AffiliationPart.FORMER
    db.session.flush()
    assert organisation_of(person.id) == company.id


# -- quotas of teams and organisations


def test_what_is_offered_instead_stays_within_the_quota_of_the_organisation(
    centre: Any, company: Any
) -> None:
    person = make_person("Lâm Quốc Huy")
    save(
        Affiliation(
            person_id=person.id, organisation_id=company.id, part=AffiliationPart.EMPLOYEE,
            valid_from=date(2025, 9, 1),
        )
    )  # fmt: skip
    account = make_account(person)
    db.session.commit()
    buyer = Actor(person_id=account.person_id, account_id=account.id, name="Lâm Quốc Huy")
    with transaction():
        terms.set_quota("Phòng, mỗi đơn vị", QuotaScope.ORGANISATION, 3, kind="room", actor=SYSTEM, at=AT)
    first = book(wish(centre.room, span(8, 10)), buyer)
    wanted = span(14, 16)
    with pytest.raises(Refused) as refused:
        book(wish(centre.room, wanted), buyer)
    assert "“Phòng, mỗi đơn vị”: tối đa 3 giờ mỗi tuần, đã dùng 2 giờ, còn 1 giờ" in refused.value.message
    found = search.find(buyer, search.Wish(wanted, 5), now=AT)
    assert found.fitting == 0
    others = search.alternatives_for(buyer, centre.room.id, search.Wish(wanted, 5), now=AT)
    assert len(others) == 3
    for hit in others:
        assert hit.span is not None
        assert hit.span.start >= local_week(MONDAY).end  # all of this week would be refused again
    moved = search.alternatives_for(
        buyer, centre.room.id, search.Wish(wanted, 5), now=AT, but_booking=first.id
    )
    assert moved[0].span is not None
    assert local_date(moved[0].span.start) == MONDAY  # its own two hours do not count against it


# -- shared places


def test_a_shared_place_is_offered_only_where_enough_of_it_is_free(centre: Any) -> None:
    with transaction():
        kits = places.make_place(
            "kits", "Kits", ResourceKind.KIT, centre.site, actor=SYSTEM, at=AT, units=10, capacity=20,
            rules={"shared": True},
        )  # fmt: skip
    made = book(wish(kits, span(8, 10), 13, units=0), guest())
    assert made.units == 7  # one for two
    found = search.find(guest(), search.Wish(span(8, 10), 8), now=AT, kinds=(ResourceKind.KIT,))
    (hit,) = [hit for hit in found.hits if hit.place.id == kits.id]
    assert hit.span is None or not hit.span.overlaps(span(8, 10))
    few = search.find(guest(), search.Wish(span(8, 10), 6), now=AT, kinds=(ResourceKind.KIT,))
    assert [hit.sentence for hit in few.hits if hit.place.id == kits.id] == ["Trống, đặt được ngay."]


# -- free use, and what is told before


@pytest.fixture
def incubated(centre: Any, company: Any) -> Any:
    """A captain whose team has three free hours in a room that costs everybody something."""
    captain = make_account(make_person("Lý Minh Quân"))
    team = make_team("HealthyMap AI")
    save(TeamMember(team_id=team.id, person_id=captain.person_id, part=MemberPart.CAPTAIN, valid_from=AT))
    db.session.commit()
    with transaction():
        terms.set_price(centre.room, 40_000, actor=SYSTEM, at=AT)
        entitlements.grant(
            minutes=180, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31), team_id=team.id,
            resource_id=centre.room.id, actor=SYSTEM, at=AT,
        )  # fmt: skip
    return SimpleNamespace(captain=captain, team=team)


def told_in(page: str) -> str:
    found = re.search(r'name="told"[^>]*value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_free_hours_are_told_used_and_their_end_is_told_before_anybody_pays(
    centre: Any, incubated: Any, sign_in: Any
) -> None:
    client, team = sign_in(incubated.captain), incubated.team
    address = f"/spaces/book?resource={centre.room.id}&day={DAY}&start=08:00&minutes=120"
    page = client.get(address).text
    assert "Lượt này: 160.000\u00a0đồng" in page
    assert "HealthyMap AI còn 3 giờ miễn phí ở đây, đến 31/12/2026" in page
    assert "Chọn đội này ở “Cho đội”" in page
    page = client.get(f"{address}&team={team.id}").text
    assert "Lượt này miễn phí." in page
    sent = {"team_id": str(team.id), "told": told_in(page)}
    assert sent["told"] == "0"
    assert client.post("/spaces/book", data=answers(centre.room, **sent)).status_code == 303
    later = {**answers(centre.room, **sent), "start": "13:30", "end": "15:30"}
    asked = client.post(
        "/spaces/book", data=later
    )  # one hour is left: nothing is booked before the price was read
    assert asked.status_code == 422
    assert "Lượt này phải trả 160.000\u00a0đồng" in asked.text
    assert "còn 1 giờ miễn phí" in asked.text
    assert "Không đủ cho lượt này, nên lượt này tính giá." in asked.text
    assert told_in(asked.text) == "160000"
    assert client.post("/spaces/book", data={**later, "told": "160000"}).status_code == 303
    prices = db.session.scalars(sa.select(Booking.price).order_by(Booking.id)).all()
    assert prices == [0, 160_000]


def test_a_longer_time_or_another_place_that_costs_more_is_asked_first(
    centre: Any, incubated: Any, sign_in: Any
) -> None:
    client = sign_in(incubated.captain)
    first = client.post("/spaces/book", data={**answers(centre.room, told="80000"), "end": "09:00"})
    assert first.status_code == 303
    made = db.session.scalars(sa.select(Booking)).one()
    url = f"/spaces/bookings/{made.code}/move"
    page = client.get(url).text
    assert "Giá đã ghi: 80.000\u00a0đồng" in page
    longer = {
        "resource_id": str(centre.room.id), "day": DAY, "start": "08:00", "end": "10:00", "people": "8",
        "version": str(made.version), "scope": "one", "told": told_in(page),
    }  # fmt: skip
    asked = client.post(url, data=longer)
    assert (asked.status_code, told_in(asked.text)) == (422, "160000")
    assert "Lượt này phải trả 160.000\u00a0đồng" in asked.text
    assert client.post(url, data={**longer, "told": "160000"}).status_code == 303
    db.session.refresh(made)
    assert made.price == 160_000


def test_the_price_of_what_is_filled_in_is_read_before_it_is_booked(
    centre: Any, incubated: Any, sign_in: Any
) -> None:
    """With a script at every change, without one by a button: the whole form comes back with what it costs by now."""
    client, team = sign_in(incubated.captain), str(incubated.team.id)

    def looked(url: str, sent: dict[str, Any]) -> tuple[str, str]:
        found = client.post(url, data={**sent, "look": "page"})
        assert found.status_code == 200
        return found.text.partition('id="price-now"')[2].partition("<noscript>")[0], found.text

    sent = {**answers(centre.room, told="0"), "end": "11:00", "title": ""}
    box, page = looked("/spaces/book", sent)
    assert "Lượt này: 240.000\u00a0đồng" in box
    assert (told_in(page), 'value="11:00"' in page) == ("240000", True)
    assert "Lượt này miễn phí." in looked("/spaces/book", {**sent, "team_id": team})[0]
    assert "Lượt này:" not in looked("/spaces/book", {**sent, "end": ""})[0]
    assert (
        "miễn phí."
        not in looked("/spaces/book", {**sent, "start": "13:30", "end": "3:30", "team_id": team})[0]
    )
    assert "Chỗ này miễn phí với bạn." in looked("/spaces/book", {**sent, "resource_id": centre.other.id})[0]
    assert db.session.scalar(sa.select(sa.func.count(Booking.id))) == 0

    assert client.post("/spaces/book", data=answers(centre.room, team_id=team, told="0")).status_code == 303
    made = db.session.scalars(sa.select(Booking)).one()
    url, change = f"/spaces/bookings/{made.code}/move", {**sent, "version": str(made.version), "scope": "one"}
    assert "sau khi đổi" not in client.get(url).text.partition('id="price-now"')[2].partition("<noscript>")[0]
    assert "Lượt này sau khi đổi" not in looked(url, change)[0]  # three hours are free, two of them its own
    box, page = looked(url, {**change, "end": "11:30"})
    assert "Lượt này sau khi đổi: 280.000\u00a0đồng." in box
    agreed = {**change, "end": "11:30", "told": told_in(page)}
    assert client.post(url, data=agreed).status_code == 303  # it was read: nothing is asked
    assert "Lượt này sau khi đổi: miễn phí." in looked(url, change)[0]


def test_enter_books_what_is_typed_and_takes_no_other_place(
    centre: Any, incubated: Any, sign_in: Any
) -> None:
    """The first button of a form is what Enter presses; the offers stand before it."""
    book(wish(centre.room, span(8, 10)), guest())
    refused = sign_in(incubated.captain).post("/spaces/book", data=answers(centre.room, told="160000"))
    buttons = re.findall(r'<button[^>]*form="f"[^>]*>', refused.text)
    assert (refused.status_code, 'name="instead"' in refused.text) == (409, True)
    assert buttons[0] == '<button form="f" hidden>'


def test_dates_of_a_series_that_cost_more_together_are_asked_first(
    centre: Any, incubated: Any, sign_in: Any
) -> None:
    """Three of four weekly hours are free; of two hours only one date is free."""
    client, team = sign_in(incubated.captain), incubated.team
    weekly = {
        "every": "weekly",
        "interval": "1",
        "until": f"{MONDAY + timedelta(weeks=3):%d/%m/%Y}",
        "go": "1",
    }
    dates = [(MONDAY + timedelta(weeks=n)).isoformat() for n in range(4)]
    sent = {**answers(centre.room, team_id=str(team.id), told="80000", only=dates), **weekly, "end": "09:00"}
    assert client.post("/spaces/series", data=sent).status_code == 303
    made = db.session.scalars(sa.select(Booking).order_by(Booking.starts_at)).all()
    assert [b.price for b in made] == [0, 0, 0, 80_000]
    url = f"/spaces/bookings/{made[0].code}/move"
    page = client.get(url).text
    assert re.search(r"Chỉ lượt này:\s+1 lượt, miễn phí", page)
    assert re.search(r"Cả chuỗi:\s*4 lượt, 1 lượt tính giá, tổng cộng 80.000\u00a0đồng", page)
    longer = {
        "resource_id": str(centre.room.id), "day": DAY, "start": "08:00", "end": "10:00", "people": "8",
        "version": str(made[0].version), "scope": "all", "told": told_in(page),
    }  # fmt: skip
    shifted = {**longer, "start": "09:00"}
    asked = client.post(url, data=longer)
    assert (asked.status_code, told_in(asked.text)) == (422, "480000")
    assert "4 lượt này phải trả tổng cộng 480.000\u00a0đồng (3 lượt tính giá)" in asked.text
    assert re.search(r"tổng cộng 80.000\u00a0đồng", asked.text)  # nothing has changed
    assert client.post(url, data=shifted).status_code == 303  # as dear as before: nothing is asked
    db.session.expire_all()
    assert sum(b.price for b in made) == 80_000
    agreed = {**longer, "version": str(made[0].version), "told": "480000"}
    assert client.post(url, data=agreed).status_code == 303
    assert "Đã đổi 4 lượt đặt." in client.get(url).text
    db.session.expire_all()
    assert sorted(b.price for b in made) == [0, 160_000, 160_000, 160_000]


def test_the_price_of_who_belongs_to_no_organisation_is_not_called_that_of_one(
    centre: Any, incubated: Any, company: Any, sign_in: Any
) -> None:
    url = f"/spaces/book?resource={centre.room.id}&day={DAY}&start=08:00"
    alone = sign_in(incubated.captain).get(url).text
    assert "Giá ở đây: 40.000\u00a0đồng mỗi 30 phút." in alone
    assert "đơn vị của bạn" not in alone
    member = make_account()
    save(
        Affiliation(
            person_id=member.person_id, organisation_id=company.id, part=AffiliationPart.EMPLOYEE,
            valid_from=date(2026, 1, 1),
        )
    )  # fmt: skip
    db.session.commit()
    assert "Giá cho đơn vị của bạn: 50.000\u00a0đồng mỗi 30 phút." in sign_in(member).get(url).text


def test_a_series_over_a_rise_of_the_price_says_the_sum_and_is_booked(
    centre: Any, incubated: Any, sign_in: Any
) -> None:
    client = sign_in(incubated.captain)
    with transaction():
        terms.set_price(centre.room, 60_000, valid_from=MONDAY + timedelta(weeks=2), actor=SYSTEM, at=AT)
    dates = [(MONDAY + timedelta(weeks=n)).isoformat() for n in range(3)]
    sent = answers(centre.room, every="weekly", interval="1", until=f"{MONDAY + timedelta(weeks=2):%d/%m/%Y}")
    seen = client.post("/spaces/series", data=sent).text
    assert "tổng cộng 560.000\u00a0đồng, chưa trừ giờ miễn phí." in seen  # two at 160.000, one at 240.000
    assert told_in(seen) == "560000"
    sent |= {"go": "1", "only": dates[1:]}
    asked = client.post("/spaces/series", data={**sent, "told": "320000"})  # as if the price rose meanwhile
    assert (asked.status_code, told_in(asked.text)) == (422, "560000")
    assert "2 lượt này phải trả tổng cộng 400.000\u00a0đồng" in asked.text
    ticked = re.findall(r'value="(\d{4}-\d\d-\d\d)"\s+id="\w+" checked', asked.text)
    assert ticked == dates[1:]  # what was left out stays so
    assert db.session.scalar(sa.select(sa.func.count(Booking.id))) == 0
    db.session.expunge_all()  # as between two requests
    assert client.post("/spaces/series", data={**sent, "told": "560000"}).status_code == 303
    prices = db.session.scalars(sa.select(Booking.price).order_by(Booking.starts_at)).all()
    assert prices == [160_000, 240_000]
