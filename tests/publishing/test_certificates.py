"""Certificates follow the publication, and what their codes and numbers show."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from incubator.core import clock
from incubator.core.db import db
from incubator.core.errors import Conflict
from incubator.models import (
    Certificate,
)
from incubator.publishing import papers
from incubator.publishing.services import EntryChange
from incubator.publishing.services.certificates import wanted_for
from incubator.publishing.snapshot import snapshot_of

from .factories import HOUR, agree
from .steps import correct, issue


def test_one_certificate_for_each_member_and_coach_and_a_team_sheet(world, publish, actor_of):
    made, actor = publish(), actor_of(world.organiser)
    done = issue(world, made, actor)
    assert (done.new, done.kept, done.revoked) == (4 * 4, 0, 0)  # 4 prizes: 2 pupils, 1 coach, 1 team sheet
    again = issue(world, made, actor)
    assert (again.new, again.kept, again.revoked) == (0, 16, 0)
    codes = set(db.session.scalars(sa.select(Certificate.code)))
    assert len(codes) == 16
    assert all(len(c) >= 22 for c in codes)  # 128 bits are 22 letters of base64


def test_a_certificate_names_the_school_once(world, publish, actor_of):
    published = publish()
    issue(world, published, actor_of(world.organiser))
    row = db.session.scalars(sa.select(Certificate).where(Certificate.person_id.is_not(None))).first()
    own = papers.sheet_of(row, published, "Lê Thị Ân")["detail"]
    assert own.count(row.content["school"]) == 1
    row.content = {**row.content, "team": f"Nhóm Ân – {row.content['school']}"}
    assert papers.sheet_of(row, published, "Lê Thị Ân")["detail"].count(row.content["school"]) == 1


def test_correction_revokes_only_certificates_whose_content_changes(client, world, publish, actor_of):
    actor = actor_of(world.organiser)
    issue(world, publish(), actor)
    before = {c.id: c.code for c in db.session.scalars(sa.select(Certificate))}
    one, three = world.rows[1], world.rows[2]
    correct(
        world, actor,
        EntryChange(one.entry.id, 3, 920000, None), EntryChange(three.entry.id, 2, 930000, world.second.id),
    )  # fmt: skip
    rows = db.session.scalars(sa.select(Certificate)).all()
    revoked = [c for c in rows if c.revoked_at]
    assert {c.entry_id for c in revoked} == {one.entry.id}
    assert len(revoked) == 4
    assert {c.entry_id for c in rows if c.id not in before} == {three.entry.id}
    kept = next(c for c in rows if c.entry_id == world.rows[0].entry.id and c.kind == "team")
    with clock.frozen(HOUR):
        page = client.get(f"/vi/c/{kept.code}").text
        gone = client.get(f"/vi/c/{revoked[0].code}").text
    assert "Còn hiệu lực" in page
    assert "Kết quả nay ở phiên bản 2" in page
    assert "Đã bị thu hồi" in gone


def test_changed_prize_replaces_the_certificate(client, world, publish, actor_of):
    actor = actor_of(world.organiser)
    issue(world, publish(), actor)
    one, two = world.rows[0], world.rows[1]
    old = db.session.scalars(
        sa.select(Certificate).where(Certificate.entry_id == one.entry.id, Certificate.kind == "team")
    ).one()
    correct(
        world, actor,
        EntryChange(one.entry.id, 2, 930000, world.second.id), EntryChange(two.entry.id, 1, 940000, world.first.id),
    )  # fmt: skip
    with clock.frozen(HOUR):
        page = client.get(f"/vi/c/{old.code}").text
    new = db.session.get(Certificate, old.replaced_by_id)
    assert "Đã được thay bằng giấy khác" in page
    assert f"/vi/c/{new.code}" in page
    assert new.content["prize"] == "Giải Nhì"


def test_certificates_wait_for_the_hour(world, publish, actor_of):
    made = publish(hours=2)
    with pytest.raises(Conflict):
        issue(world, made, actor_of(world.organiser))
    assert len(wanted_for(world.edition, snapshot_of(made.payload))) == 16


@pytest.fixture
def certificate(world, publish, actor_of):
    issue(world, publish(), actor_of(world.organiser))
    return db.session.scalars(
        sa.select(Certificate).where(
            Certificate.entry_id == world.rows[0].entry.id, Certificate.kind == "award"
        )
    ).first()


def holder(certificate):
    from incubator.models import Person

    return db.session.get(Person, certificate.person_id)


def test_code_shows_initials_and_answers_yes_or_no_to_a_name(client, certificate):
    person = holder(certificate)
    path = f"/vi/c/{certificate.code}"
    with clock.frozen(HOUR):
        page = client.get(path)
        yes = client.post(path, data={"name": person.full_name.upper()}).text
        no = client.post(path, data={"name": "Nguyễn Văn Khác"}).text
    assert person.full_name not in page.text
    assert "T. T. B." in page.text
    assert "Giải Nhất" in page.text
    assert "noindex" in page.text
    assert "Set-Cookie" not in page.headers
    assert "Đúng: tên vừa nhập" in yes
    assert "Không đúng" in no


def test_code_shows_the_name_with_consent(client, certificate):
    agree(certificate.person_id)
    db.session.commit()
    with clock.frozen(HOUR):
        assert holder(certificate).full_name in client.get(f"/vi/c/{certificate.code}").text


def test_unknown_code_and_number_are_not_found(client, certificate):
    with clock.frozen(HOUR):
        assert client.get("/vi/c/abcdefghijklmnopqrstuvwx").status_code == 404
        assert "Không có giấy chứng nhận" in client.get("/vi/certificates?number=9999/GCN-X").text
        found = client.get("/vi/certificates", query_string={"number": certificate.number.lower()}).text
    assert "Còn hiệu lực" in found
    assert "T. T. B." not in found
