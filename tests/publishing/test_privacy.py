"""Requests about personal data: asked on screen, answered in time; a deletion leaves seals and results whole."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from incubator.activity import seals
from incubator.contests.services import consents, privacy_requests
from incubator.contests.services.privacy_requests import Kind
from incubator.core import clock
from incubator.core.access import Actor, Role
from incubator.core.db import db, transaction
from incubator.models import (
    Award,
    ConsentParty,
    ConsentPurpose,
    EntryMember,
    Person,
    PrivacyRequest,
    Publication,
)
from tests.factories import make_account, make_user

from .factories import HOUR, agree
from .test_pages import get, pages_of, pupil_of, text_of

SYSTEM = Actor(system="test")


@pytest.fixture
def admin(world, sign_in):
    return sign_in(make_user(Role.ADMINISTRATOR, full_name="Quản Trị"))


def one_request(person_id: int, kind: Kind = Kind.DELETE) -> int:
    with transaction():
        row = privacy_requests.ask(kind, "Xin sửa", actor=Actor(person_id=person_id, system="test"), at=HOUR)
    return row.id


def test_a_person_asks_sees_the_day_of_the_answer_and_the_answer(world, sign_in, admin):
    person = db.session.get(Person, pupil_of(world).person_id)
    own = sign_in(make_account(person))
    with clock.frozen(HOUR):
        assert own.post("/my-data/requests", data={"kind": "correct"}).status_code == 422
        wrong = own.post("/my-data/requests", data={"kind": "correct", "text": "Họ là Trần"})
        assert wrong.status_code == 303
        assert own.post("/my-data/requests", data={"kind": "correct", "text": "Lớp 5A"}).status_code == 303
        assert own.post("/my-data/requests", data={"kind": "everything"}).status_code == 422
    row = db.session.scalars(sa.select(PrivacyRequest)).one()
    assert (row.kind, row.text, row.due_at) == ("correct", "Họ là Trần\nLớp 5A", HOUR + timedelta(days=10))
    with clock.frozen(HOUR):
        assert "12/03/2026" in own.get("/my-data/").text
        assert person.full_name in admin.get("/privacy-requests/").text
        path = f"/privacy-requests/{row.id}"
        assert admin.post(f"{path}/answer").status_code == 422
        assert admin.post(f"{path}/answer", data={"answer": "Đã sửa họ."}).status_code == 303
        assert admin.post(f"{path}/answer", data={"answer": "Nữa"}).status_code == 409
        assert "Đã sửa họ." in own.get("/my-data/").text


@pytest.mark.parametrize(("kind", "days"), [("copy", 10), ("correct", 10), ("restrict", 15), ("delete", 20)])
def test_each_kind_has_the_days_of_the_law_and_shows_when_they_are_over(world, admin, kind, days):
    request_id = one_request(pupil_of(world).person_id, Kind(kind))
    assert db.session.get(PrivacyRequest, request_id).due_at == HOUR + timedelta(days=days)
    with clock.frozen(HOUR + timedelta(days=days, minutes=1)):
        assert "Quá hạn" in admin.get("/privacy-requests/").text
    with clock.frozen(HOUR + timedelta(days=days - 1)):
        assert "Quá hạn" not in admin.get("/privacy-requests/").text


def test_open_requests_wait_on_the_administrators_home(world, admin):
    one_request(pupil_of(world).person_id)
    with clock.frozen(HOUR):
        assert "1 yêu cầu về dữ liệu cá nhân chờ trả lời" in admin.get("/home").text


def test_a_request_by_phone_is_taken_down_for_somebody_without_an_account(world, admin):
    person = db.session.get(Person, pupil_of(world).person_id)
    with clock.frozen(HOUR):
        found = admin.get("/privacy-requests/", query_string={"who": person.search_key})
        assert f"/privacy-requests/people/{person.id}" in found.text
        data = {"kind": "delete", "contact": "Mẹ em, 0912345678"}
        missing = admin.post(f"/privacy-requests/people/{person.id}", data={"kind": "delete"})
        assert missing.status_code == 422
        answer = admin.post(f"/privacy-requests/people/{person.id}", data=data)
        assert answer.status_code == 303
        assert "Mẹ em, 0912345678" in admin.get(answer.headers["Location"]).text


def test_the_export_holds_one_person_and_nobody_else(world, admin):
    pupil = pupil_of(world)
    agree(pupil.person_id)
    db.session.commit()
    answer = admin.get(f"/privacy-requests/{one_request(pupil.person_id, Kind.COPY)}/export.json")
    assert answer.headers["Cache-Control"] == "no-store"
    data = json.loads(answer.data)
    assert data["person"]["name"] == pupil.full_name
    assert [e["team"] for e in data["entries"]] == ["Đội Tiểu học 1"]
    assert {c["purpose"] for c in data["consents"]} == {"publish_name"}
    others = db.session.scalars(sa.select(Person.full_name).where(Person.id != pupil.person_id))
    text = json.dumps(data, ensure_ascii=False)
    assert all(name not in text for name in others)


def test_a_deletion_is_asked_twice_and_leaves_seals_awards_and_results_whole(client, world, publish, admin):
    pupil = pupil_of(world)
    name = pupil.full_name
    agree(pupil.person_id)
    db.session.commit()
    publish()
    with transaction():
        said = consents.Said(ConsentParty.GUARDIAN, "paper", "Trần Mẹ", "mẹ")
        person = db.session.get(Person, pupil.person_id)
        consents.answer(person, {ConsentPurpose.CONTACT: True}, said, actor=SYSTEM, at=HOUR)
    with clock.frozen(HOUR):
        seals.seal_pending()
    request_id = one_request(pupil.person_id)
    before = (
        db.session.scalars(sa.select(Award.id).order_by(Award.id)).all(),
        db.session.scalars(sa.select(Publication.payload)).all(),
    )
    path = f"/privacy-requests/{request_id}/erase"
    with clock.frozen(HOUR):
        assert name in text_of(client.get(pages_of(world)[0]))
        asked = admin.post(path)
        assert "Không lấy lại được" in asked.text
        assert db.session.get(Person, pupil.person_id).erased_at is None
        assert admin.post(path, data={"confirmed": "1"}).status_code == 303
        assert admin.post(path, data={"confirmed": "1"}).status_code == 409
        seals.seal_pending()
        assert seals.verify().whole
    db.session.expire_all()
    gone = db.session.get(Person, pupil.person_id)
    assert (gone.full_name, gone.birth_date, gone.phone) == (f"#{gone.id}", None, None)
    assert (
        db.session.scalar(sa.select(EntryMember.full_name).where(EntryMember.id == pupil.id)) == f"#{gone.id}"
    )
    after = (
        db.session.scalars(sa.select(Award.id).order_by(Award.id)).all(),
        db.session.scalars(sa.select(Publication.payload)).all(),
    )
    assert before == after
    for page in pages_of(world):
        response = get(client, page)
        assert response.status_code == 200, page
        assert name not in text_of(response), page
        assert "Đội Tiểu học 1" in text_of(response), page


def test_a_name_written_down_beside_the_person_goes_too(world, admin):
    from incubator.models import Entry, ImportBatch, ImportRow, ImportRowState, Team
    from tests.factories import save

    pupil = pupil_of(world)
    name = pupil.full_name
    entry = db.session.get(Entry, pupil.entry_id)
    db.session.get(Team, entry.team_id).name = name  # who enters alone has the own name as team
    batch = save(ImportBatch(edition_id=entry.edition_id, created_at=HOUR))
    member = {
        "name": name,
        "birth_date": "2015-01-01",
        "birth_text": "",
        "class": "4A",
        "captain": False,
        "from_notes": False,
    }
    row = save(
        ImportRow(
            batch_id=batch.id, source="a.xlsx", state=ImportRowState.IMPORTED, entry_id=entry.id, raw={"Họ tên": name},
            data={"members": [member, {**member, "name": "Bạn Khác"}], "coaches": []},
        )
    )  # fmt: skip
    db.session.commit()
    with clock.frozen(HOUR):
        request_id = one_request(pupil.person_id)
        admin.post(f"/privacy-requests/{request_id}/erase", data={"confirmed": "1"})
    db.session.expire_all()
    assert name not in db.session.get(Team, entry.team_id).name
    kept = db.session.get(ImportRow, row.id)
    assert name not in json.dumps([kept.raw, kept.data], ensure_ascii=False)
    assert kept.data["members"][1]["name"] == "Bạn Khác"


def test_somebody_with_a_role_is_not_erased_and_the_request_stays_open(world, admin):
    request_id = one_request(world.teacher.person_id)
    with clock.frozen(HOUR):
        refused = admin.post(f"/privacy-requests/{request_id}/erase", data={"confirmed": "1"})
    assert refused.status_code == 409
    assert "Thu hồi vai trò" in refused.text
    db.session.expire_all()
    assert db.session.get(PrivacyRequest, request_id).answered_at is None


def test_nobody_but_the_administrator_reaches_the_queue(world, sign_in, client):
    request_id = one_request(pupil_of(world).person_id)
    for account in (world.organiser, world.secretary, world.teacher):
        browser = sign_in(account)
        for path in ("", str(request_id), f"{request_id}/export.json"):
            assert browser.get(f"/privacy-requests/{path}").status_code == 403
        assert browser.post(f"/privacy-requests/{request_id}/erase").status_code == 403
    assert client.get("/privacy-requests/").status_code == 302


def test_the_queue_asks_as_much_for_many_requests(world, admin, queries):
    counts = []
    for more in (1, 40):
        for _n in range(more):
            db.session.add(
                PrivacyRequest(
                    person_id=pupil_of(world).person_id, kind="copy", received_at=HOUR, due_at=HOUR, answer=""
                )
            )
        db.session.commit()
        with queries() as log:
            assert admin.get("/privacy-requests/").status_code == 200
        counts.append(len(log))
    assert counts[0] == counts[1] <= 12
