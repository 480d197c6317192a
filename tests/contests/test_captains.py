"""A team that registers itself: the captain's own draft from the first page to the sending of it."""

import base64
import io
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.accounts.schools import school_names
from incubator.contests import dossier, eligibility
from incubator.contests.dossier import FileKind, Requirements
from incubator.contests.queries import entries
from incubator.contests.services import events
from incubator.contests.stages import EntryAction
from incubator.core.access import Actor
from incubator.core.db import db, transaction
from incubator.models import Consent, Entry, EntryState, MemberPart
from tests.contests.factories import (
    OPEN_RULES,
    division_of,
    make_open_edition,
    make_organiser,
    make_school,
    make_teacher,
)
from tests.factories import AT, make_user

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
WITH_COACH = replace(OPEN_RULES, coach_required=True, team_min=2, consents=("take_part",))


@pytest.fixture
def edition(session: Any, at: Any) -> Any:
    made = make_open_edition()
    division_of(made, "tre").eligibility = eligibility.to_json(WITH_COACH)
    db.session.commit()
    return made


def start(client: Any, edition: Any, **values: str) -> str:
    """The captain's page of a new team; a captain of seventeen who agrees to take part."""
    form = {
        "division": str(division_of(edition, "tre").id), "team_name": "Cá Chép", "full_name": "Lý Minh Quân",
        "birth_date": "01/02/2008", "email": "quan@example.org", "password": "mot cau de nho", "class_name": "12A",
        "take_part": "y", **values,
    }  # fmt: skip
    answer = client.post(f"/teams/new/{edition.slug}", data=form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return answer.headers["Location"]


def page(client: Any, url: str) -> str:
    return client.get(url).get_data(as_text=True)


def link_in(text: str, after: str = "/i/") -> str:
    return text.split(after)[1].split('"', maxsplit=1)[0].split("<", maxsplit=1)[0].split(maxsplit=1)[0]


def entry_now() -> Entry:
    db.session.expire_all()
    return entries.get_entry(db.session.scalars(sa.select(Entry.id)).one())


def guardian_agrees(app: Any, code: str) -> None:
    data = {"typed_name": "Lý Mẹ", "relation": "mẹ", "take_part": "y"}
    assert app.test_client().post(f"/guardian/{code}", data=data).status_code == 200


def test_a_young_captain_gets_from_the_first_page_to_a_sent_team(edition, client, app, at):
    where = start(client, edition)
    assert "Chưa có giáo viên hướng dẫn" in page(client, where)
    client.post(f"{where}/invite")
    friend = {"full_name": "Trần Bé", "birth_date": "03/04/2008", "take_part": "y"}
    door = f"/join/{link_in(page(client, where))}"
    assert app.test_client().get(door).status_code == 200
    joined = app.test_client().post(door, data=friend)
    guardian_agrees(app, link_in(joined.get_data(as_text=True)))
    client.post(f"{where}/consents/links")
    consents = page(client, f"{where}/consents")
    assert "phiếu giấy" not in consents  # papers are for those who hold them
    guardian_agrees(app, link_in(consents.split("của Lý Minh Quân")[1]))
    mended = {
        "division": str(division_of(edition, "tre").id), "team_name": "Cá Chép Hóa Rồng", "organisation": "", "class_name": "12A2",
        "coach_name": "Phạm Lan", "coach_phone": "0912345678", "coach_email": "",
    }  # fmt: skip
    assert client.post(f"{where}/team", data=mended).status_code == 303
    assert client.post(f"{where}/submit").status_code == 303
    entry = entry_now()
    assert (entry.state, entry.team.name) == (EntryState.SUBMITTED, "Cá Chép Hóa Rồng")
    members = [(m.full_name, m.part, m.class_name) for m in sorted(entry.members, key=lambda m: m.position)]
    assert members == [
        ("Lý Minh Quân", MemberPart.CAPTAIN, "12A2"), ("Trần Bé", MemberPart.MEMBER, ""), ("Phạm Lan", MemberPart.COACH, ""),
    ]  # fmt: skip
    assert client.get(f"{where}/team").status_code == 404
    late = app.test_client().get(door)
    assert (late.status_code, "Đội đã gửi đăng ký" in late.get_data(as_text=True)) == (409, True)


def test_a_captain_comes_in_like_everybody_else(edition, client, at):
    """A session that an attacker planted ends; this one outlives the browser, and its device is named for people."""
    with client.session_transaction() as cookie:
        cookie["planted"] = "yes"
    start(client, edition)
    with client.session_transaction() as cookie:
        assert ("planted" in cookie, cookie.permanent) == (False, True)
    assert "Máy khác" in page(client, "/account")


def test_a_captain_never_answers_for_parents(edition, client, at):
    where = start(client, edition)
    person = entry_now().draft_members[0].person_id
    paper = {"typed_name": "Lý Mẹ", "relation": "mẹ", "take_part": "y"}
    assert client.post(f"{where}/consents/{person}/paper", data=paper).status_code in (403, 404)
    parties = set(db.session.scalars(sa.select(Consent.party)))
    assert parties == {"self"}


def test_a_captain_names_a_school_that_nobody_knows_and_the_organiser_confirms_it(
    edition, client, sign_in, at
):
    division = division_of(edition, "tre")
    division.eligibility = {**division.eligibility, "organisation_required": True}
    db.session.commit()
    where = start(client, edition)
    form = {"division": str(division.id), "team_name": "Sóng", "organisation": "Mây"}
    short = client.post(f"{where}/team", data=form)
    assert (short.status_code, 'value="Sóng"' in short.text) == (422, True)
    assert "Nhập tên trường đầy đủ" in short.text
    assert client.post(f"{where}/team", data={**form, "organisation": "THPT Trên Mây"}).status_code == 303
    db.session.expire_all()
    school = entry_now().organisation
    assert (school.name, school.levels, school.verified_at) == ("THPT Trên Mây", ["upper_secondary"], None)
    assert "THPT Trên Mây" not in school_names()  # a claim is not proposed to others
    assert (
        client.post(f"{where}/team", data={**form, "organisation": "Trường thpt trên mây"}).status_code == 303
    )
    db.session.expire_all()
    assert entry_now().organisation_id == school.id
    with transaction():
        entry = entry_now()
        events.move(entry, EntryAction.SUBMIT, actor=Actor(system="test"), at=AT)
    organiser = sign_in(make_organiser(edition))
    assert "Trường mới" in organiser.get(f"/contests/{edition.slug}/review").text
    organiser.post(f"/contests/{edition.slug}/review", data={"entry": [entry.id], "answer": "accept"})
    db.session.expire_all()
    assert "Trường mới" not in organiser.get(f"/contests/{edition.slug}/review").text
    assert "THPT Trên Mây" in school_names()


def test_a_stranger_who_named_a_school_is_nobody_there(edition, client, at):
    page = client.get(f"/teams/new/{edition.slug}").text
    assert "chưa có thì ghi tên đầy đủ" in page
    where = start(client, edition)
    form = {
        "division": str(division_of(edition, "tre").id),
        "team_name": "Sóng",
        "organisation": "THPT Trên Mây",
    }
    client.post(f"{where}/team", data=form)
    assert client.get(f"/registration/{edition.slug}/thpt-tren-may").status_code in (403, 404)


def test_a_division_for_schools_is_not_open_to_a_captain(edition, client, at):
    where = start(client, edition)
    form = {"division": str(division_of(edition, "thcs").id), "team_name": "Sóng"}
    assert client.post(f"{where}/team", data=form).status_code == 422


def test_a_draft_is_thrown_away_with_its_files_by_its_captain_only(edition, client, sign_in, at):
    where = start(client, edition)
    entry_id = entry_now().id
    for other in (make_user(), make_teacher(make_school())):
        browser = sign_in(other)
        assert browser.post(f"/entries/{entry_id}/delete").status_code == 404
        assert browser.get(f"/entries/{entry_id}/team").status_code == 404
    picture = {"kind": "picture", "file": (io.BytesIO(PNG), "anh.png")}
    assert client.post(f"{where}/files", data=picture).status_code == 303
    assert client.post(f"{where}/delete").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(Entry.id))) == 0


NEEDS_DOSSIER = Requirements(
    title=True,
    abstract_words=50,
    files=(FileKind("picture", "Ảnh", "Pictures", 1, 2),),
    blocks_submission=True,
)


def test_what_the_dossier_must_hold_before_sending_stands_among_what_blocks(edition, client, at):
    division_of(edition, "tre").eligibility = eligibility.to_json(OPEN_RULES)
    division_of(edition, "tre").dossier = dossier.to_json(NEEDS_DOSSIER)
    db.session.commit()
    where = start(client, edition, team_name="")
    assert "Đã lập bản nháp. Bổ sung hồ sơ rồi gửi." in page(client, where)
    text = page(client, where)
    assert "Chưa có tên đội" not in text, "somebody alone needs no name of a team"
    assert "Hồ sơ sản phẩm còn thiếu tên sản phẩm." in text
    assert "Hồ sơ sản phẩm còn thiếu Ảnh." in text
    assert "Bổ sung được đến hạn" not in text
    assert client.post(f"{where}/submit").status_code == 303
    assert entry_now().state is EntryState.DRAFT
    client.post(f"{where}/dossier", data={"title": "Thùng rác", "field": ""})
    client.post(
        f"{where}/files",
        data={"kind": "picture", "file": (io.BytesIO(PNG), "a.png")},
        content_type="multipart/form-data",
    )
    assert "còn thiếu" not in page(client, where)
    client.post(f"{where}/submit")
    assert entry_now().state is EntryState.SUBMITTED
