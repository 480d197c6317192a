"""The organiser publishes, schedules, cancels, corrects; certificates follow; schools read and appeal."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from incubator.core import clock
from incubator.core.access import system_actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid, NotAllowed
from incubator.models import (
    Appeal,
    AuditEvent,
    Award,
    Certificate,
    Notification,
    Publication,
    PublicationKind,
    StageDivision,
    StageState,
    TieDecision,
)
from incubator.publishing import papers, services
from incubator.publishing.queries import board, problems, snapshots
from incubator.publishing.services import Decision, EntryChange
from incubator.publishing.services.certificates import wanted_for
from incubator.publishing.snapshot import digest, payload_of, snapshot_of
from tests.factories import save

from .conftest import DECISION
from .factories import HOUR, agree

LATER = HOUR + timedelta(hours=2)


def states(world):
    return set(
        db.session.scalars(sa.select(StageDivision.state).where(StageDivision.stage_id == world.final.id))
    )


def correct(world, actor, *changes, at=HOUR, reason="Cộng nhầm điểm lượt 2 của hai đội"):
    latest = db.session.scalars(
        sa.select(Publication)
        .where(Publication.edition_id == world.edition.id, Publication.kind == PublicationKind.OFFICIAL)
        .order_by(Publication.version.desc())
    ).first()
    with clock.frozen(at), transaction():
        return services.correct_result(
            latest,
            world.final,
            world.edition,
            changes,
            reason=reason,
            visible_at=at,
            decision=DECISION,
            actor=actor,
            at=at,
        )


def test_published_row_is_frozen_with_its_hash(world, publish):
    made = publish()
    assert (made.version, made.decision_number, made.signer) == (1, "05/QĐ-BTC", "Nguyễn Trung Hiếu")
    assert made.hash == digest(payload_of(snapshot_of(made.payload)))
    assert states(world) == {StageState.PUBLISHED}
    assert (
        db.session.scalar(sa.select(sa.func.count()).where(AuditEvent.verb == "publishing.publication.made"))
        == 1
    )


def test_coaches_are_told_once(world, publish):
    publish()
    told = db.session.scalars(
        sa.select(Notification.person_id).where(Notification.kind == "publishing/published")
    ).all()
    assert sorted(told) == sorted(r.coach.id for r in world.rows)


@pytest.mark.parametrize(
    ("decision", "field"),
    [
        (Decision("", DECISION.on, "A"), "decision_number"),
        (Decision("05/QĐ", None, "A"), "decision_date"),
        (Decision("05/QĐ", DECISION.on, ""), "signer"),
    ],
)
def test_official_result_needs_its_decision(world, actor_of, decision, field):
    actor = actor_of(world.organiser)
    with pytest.raises(Invalid) as refusal, transaction():
        services.publish(
            world.edition,
            PublicationKind.OFFICIAL,
            world.final,
            visible_at=HOUR,
            decision=decision,
            actor=actor,
            at=HOUR,
        )
    assert refusal.value.field == field


def test_undecided_stage_and_open_tie_block(world, publish):
    part = db.session.scalars(
        sa.select(StageDivision).where(StageDivision.stage_id == world.final.id)
    ).first()
    part.state = StageState.CLOSED
    db.session.commit()
    with pytest.raises(Invalid, match="chưa có kết quả"):
        publish()
    part.state = StageState.DECIDED
    save(TieDecision(stage_division_id=part.id, boundary="prize:first", created_at=HOUR))
    db.session.commit()
    with pytest.raises(Invalid, match="đồng điểm"):
        publish()


def test_a_result_whose_prizes_were_not_drawn_up_is_not_published_and_an_empty_prize_is_named(world):
    def titles(blocks):
        choice = board.find_choice(world.edition, "official", world.final.position)
        built = snapshots.built_snapshot(world.edition.id, PublicationKind.OFFICIAL, choice.stage)
        return [p.title for p in problems.problems_of(world.edition, choice, built) if p.blocks is blocks]

    assert titles(True) == []
    db.session.execute(sa.update(Award).values(revoked_at=HOUR))
    assert titles(True) == ["Chưa lập danh sách giải"]
    world.final.settings = {"withheld": [world.first.id, world.second.id]}
    db.session.flush()
    assert titles(True) == []
    untold = "Chưa công bố danh sách vào vòng sau: Vòng loại"  # its teams would not learn where they stopped
    assert titles(False) == ["Giải Nhất: để trống", "Giải Nhì: để trống", untold]


def test_only_the_organiser_of_the_edition_publishes(world, actor_of):
    for account in (world.secretary, world.teacher):
        with pytest.raises(NotAllowed), transaction():
            services.publish(
                world.edition, PublicationKind.OFFICIAL, world.final, visible_at=HOUR, decision=DECISION,
                actor=actor_of(account), at=HOUR,
            )  # fmt: skip


# -- the hour -----------------------------------------------------------------------------------------------


def test_scheduled_result_appears_by_the_clock_alone(client, world, publish):
    publish(hours=2)
    path = f"/vi/results/{world.edition.slug}"
    with clock.frozen(LATER - timedelta(seconds=1)):
        assert client.get(path).status_code == 404
    with clock.frozen(LATER):
        assert client.get(path).status_code == 200
    assert states(world) == {StageState.DECIDED}  # nobody has acted on the hour yet
    with clock.frozen(LATER), transaction():
        assert services.settle_due(actor=system_actor("publishing"), at=LATER) == 1
    assert states(world) == {StageState.PUBLISHED}
    with transaction():
        assert services.settle_due(actor=system_actor("publishing"), at=LATER) == 0


def test_no_message_before_the_hour(world, publish):
    publish(hours=2)
    count = sa.select(sa.func.count()).select_from(Notification)
    assert db.session.scalar(count) == 0
    with transaction():
        services.settle_due(actor=system_actor("publishing"), at=LATER)
    assert db.session.scalar(count) == len(world.rows)


def test_cancelled_schedule_never_appears_and_keeps_its_number(client, world, publish, actor_of):
    made = publish(hours=2)
    actor = actor_of(world.organiser)
    with transaction():
        services.cancel_publication(made, actor=actor, at=HOUR)
    with clock.frozen(LATER):
        assert client.get(f"/vi/results/{world.edition.slug}").status_code == 404
    assert publish().version == 2
    with pytest.raises(Conflict), transaction():
        services.cancel_publication(made, actor=actor, at=HOUR)


def test_nothing_is_cancelled_after_its_hour(world, publish, actor_of):
    made = publish(hours=2)
    with pytest.raises(Conflict, match="đính chính"), transaction():
        services.cancel_publication(made, actor=actor_of(world.organiser), at=LATER)


def test_second_version_waits_while_one_is_scheduled(world, publish):
    publish(hours=2)
    with pytest.raises(Conflict, match="chờ đến giờ"):
        publish(reason="một lý do đủ dài")


# -- corrections --------------------------------------------------------------------------------------------


def test_correction_is_a_new_version_with_its_reason_and_both_stay_readable(client, world, publish, actor_of):
    publish()
    one, two = world.rows[0], world.rows[1]
    made = correct(
        world, actor_of(world.organiser),
        EntryChange(one.entry.id, 2, 930000, world.second.id), EntryChange(two.entry.id, 1, 940000, world.first.id),
    )  # fmt: skip
    assert made.version == 2
    base = f"/vi/results/{world.edition.slug}/official-2"
    with clock.frozen(HOUR):
        new, old = client.get(base).text, client.get(f"{base}/v1").text
    assert "Cộng nhầm điểm lượt 2" in new
    assert "Đây là bản cũ" in old
    assert new.index("<th>Đội Tiểu học 2") < new.index("<th>Đội Tiểu học 1")
    assert old.index("<th>Đội Tiểu học 1") < old.index("<th>Đội Tiểu học 2")


def test_correction_without_reason_or_change_is_refused_whole(world, publish, actor_of):
    publish()
    actor, one = actor_of(world.organiser), world.rows[0]
    with pytest.raises(Invalid, match="lý do"):
        correct(world, actor, EntryChange(one.entry.id, 3, 1, None), reason="")
    db.session.expire_all()
    assert db.session.scalar(sa.select(sa.func.count(Publication.id))) == 1
    assert db.session.get(type(one.stage_entry), one.stage_entry.id).rank == 1
    with pytest.raises(Invalid, match="không khác"):
        correct(world, actor, EntryChange(one.entry.id, 1, 940000, world.first.id))


def issue(world, publication, actor, at=HOUR):
    with clock.frozen(at), transaction():
        return services.issue_certificates(publication, actor=actor, at=at)


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


# -- the page behind a code -----------------------------------------------------------------------------------


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


# -- screens ------------------------------------------------------------------------------------------------


FORM = {
    "decision_number": "05/QĐ-BTC",
    "decision_date": "01/03/2026",
    "signer": "Nguyễn Trung Hiếu",
    "when": "now",
}


def test_organiser_checks_rehearses_and_publishes_in_three_steps(world, sign_in, client):
    browser = sign_in(world.organiser)
    path = f"/publishing/{world.edition.slug}/official/2"
    with clock.frozen(HOUR):
        assert "Giải đã trao so với cơ cấu" in browser.get(path).text
        preview = browser.post(
            f"{path}/rehearse", data=FORM | {"when": "later", "visible_at": "02/03/2026 11:00"}
        )
        assert "bản xem trước" in preview.text
        assert "Đội Tiểu học 1" in preview.text
        assert client.get(f"/vi/results/{world.edition.slug}").status_code == 404
        hidden = dict(re.findall(r'type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', preview.text))
        done = browser.post(path, data=hidden)
        assert done.status_code == 303
        assert client.get(f"/vi/results/{world.edition.slug}").status_code == 404
    with clock.frozen(LATER):
        assert client.get(f"/vi/results/{world.edition.slug}").status_code == 200


def test_result_that_changed_after_the_rehearsal_is_not_published(world, sign_in):
    browser = sign_in(world.organiser)
    path = f"/publishing/{world.edition.slug}/official/2"
    preview = browser.post(f"{path}/rehearse", data=FORM)
    hidden = dict(re.findall(r'type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', preview.text))
    world.rows[0].stage_entry.score_e4 += 100
    db.session.commit()
    refused = browser.post(path, data=hidden)
    assert refused.status_code == 422
    assert "vừa thay đổi" in refused.text
    assert 'value="05/QĐ-BTC"' in refused.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"when": "later", "visible_at": ""}, "Nhập giờ công bố"),
        ({"when": "later", "visible_at": "01/01/2020 10:00"}, "đã qua"),
        ({"decision_date": "31/02/2026"}, "không phải là ngày"),
    ],
)
def test_wrong_fields_come_back_with_what_was_typed(world, sign_in, change, message):
    browser = sign_in(world.organiser)
    page = browser.post(f"/publishing/{world.edition.slug}/official/2/rehearse", data=FORM | change)
    assert page.status_code == 422
    assert message in page.text
    assert 'value="Nguyễn Trung Hiếu"' in page.text


def test_organiser_corrects_on_screen(world, publish, sign_in):
    publish()
    browser, entry = sign_in(world.organiser), world.rows[0].entry.id
    path = f"/publishing/{world.edition.slug}/official/2/correct"
    assert "Đội Tiểu học 1" in browser.get(path, query_string={"q": "tieu hoc 1"}).text
    assert f'name="rank-{entry}"' in browser.get(path, query_string={"entry": entry}).text
    typed = FORM | {
        "entry": entry,
        f"rank-{entry}": "2",
        f"points-{entry}": "91,5",
        f"tier-{entry}": "",
        "reason": "Trừ điểm quá giờ theo biên bản",
    }
    shown = browser.post(path, data=typed)
    assert "91,50" in shown.text
    again = browser.post(path, data=typed | {"confirmed": "1", "again": "1"})
    assert 'value="91,5"' in again.text  # back to the fields, nothing lost, nothing published
    assert db.session.scalar(sa.select(sa.func.count(Publication.id))) == 1
    assert browser.post(path, data=typed | {"confirmed": "1"}).status_code == 303
    latest = db.session.scalars(sa.select(Publication).order_by(Publication.version.desc())).first()
    row = next(r for p in snapshot_of(latest.payload).parts for r in p.rows if r.entry_id == entry)
    assert (latest.version, row.rank, row.score_e4, row.tier_id) == (2, 2, 915000, None)


def test_a_score_with_four_decimals_stays_exact_when_only_the_rank_is_corrected(world, publish, sign_in):
    world.rows[0].stage_entry.score_e4 = 836667
    publish()
    browser, entry = sign_in(world.organiser), world.rows[0].entry.id
    path = f"/publishing/{world.edition.slug}/official/2/correct"
    assert 'value="83,67"' in browser.get(path, query_string={"entry": entry}).text
    typed = FORM | {
        "entry": entry,
        f"rank-{entry}": "2",
        f"points-{entry}": "83,67",
        "reason": "Nhầm thứ hạng",
    }
    assert browser.post(path, data=typed | {"confirmed": "1"}).status_code == 303
    latest = db.session.scalars(sa.select(Publication).order_by(Publication.version.desc())).first()
    row = next(r for p in snapshot_of(latest.payload).parts for r in p.rows if r.entry_id == entry)
    assert (row.rank, row.score_e4) == (2, 836667)


@pytest.mark.parametrize("who", ["secretary", "teacher", None])
def test_others_cannot_reach_the_publishing_steps(world, sign_in, client, who):
    browser = sign_in(getattr(world, who)) if who else client
    for path in ("official/2", "official/2/correct", "appeals", "certificates.pdf"):
        assert browser.get(f"/publishing/{world.edition.slug}/{path}").status_code in (302, 303, 403, 404)


def test_secretary_sees_the_board_but_no_buttons(world, sign_in):
    page = sign_in(world.secretary).get(f"/publishing/{world.edition.slug}")
    assert page.status_code == 200
    assert "Chuẩn bị công bố" not in page.text


def test_board_issues_certificates_as_a_job_and_prints_them(world, publish, sign_in):
    publish()
    browser = sign_in(world.organiser)
    assert browser.post(f"/publishing/{world.edition.slug}/certificates").status_code == 303
    page = browser.get(f"/publishing/{world.edition.slug}").text
    assert "16 mới" in page
    pages = PdfReader(
        io.BytesIO(browser.get(f"/publishing/{world.edition.slug}/certificates.pdf").data)
    ).pages
    assert len(pages) == 16


# -- schools ------------------------------------------------------------------------------------------------


def test_teacher_reads_result_and_gets_all_certificates_in_one_file(world, publish, sign_in, actor_of):
    issue(world, publish(), actor_of(world.organiser))
    browser = sign_in(world.teacher)
    with clock.frozen(HOUR):
        listed = browser.get("/publishing/teams").text
        file = browser.get(f"/publishing/certificates/{world.edition.slug}.pdf")
    assert "Đội Tiểu học 1" in listed
    assert "Đội Tiểu học 2" not in listed
    pages = PdfReader(io.BytesIO(file.data)).pages
    assert len(pages) == 4
    assert "GIẤY CHỨNG NHẬN" in pages[0].extract_text()
    assert "no-store" in file.headers["Cache-Control"]


def test_team_page_hides_until_published_and_from_others(world, publish, sign_in):
    browser = sign_in(world.teacher)
    own, other = world.rows[0].entry.id, world.rows[1].entry.id
    with clock.frozen(HOUR):
        assert "94,00" not in browser.get(f"/publishing/entries/{own}").text
        assert browser.get(f"/publishing/entries/{other}").status_code == 404
    publish()
    with clock.frozen(HOUR):
        assert "94,00" in browser.get(f"/publishing/entries/{own}").text
        assert browser.get(f"/publishing/entries/{other}").status_code == 404
        assert browser.get(f"/publishing/entries/{own}/certificates.pdf").status_code == 404


def test_school_appeals_and_the_organiser_answers(world, publish, sign_in):
    publish()
    teacher, organiser = sign_in(world.teacher), sign_in(world.organiser)
    entry = world.rows[0].entry.id
    with clock.frozen(HOUR):
        assert teacher.post(f"/publishing/entries/{entry}", data={"text": "ngắn"}).status_code == 422
        sent = teacher.post(
            f"/publishing/entries/{entry}", data={"text": "Đội em thiếu điểm lượt hai, có biên bản kèm theo."}
        )
        assert sent.status_code == 303
    appeal = db.session.scalars(sa.select(Appeal)).one()
    path = f"/publishing/{world.edition.slug}/appeals"
    assert "thiếu điểm lượt hai" in organiser.get(path, query_string={"appeal": appeal.id}).text
    answer = {"appeal": appeal.id, "state": "declined", "answer": "Biên bản ghi đúng như bảng điểm."}
    assert organiser.post(path, data=answer).status_code == 303
    assert (
        organiser.post(path, data=answer).status_code == 409
        or db.session.get(Appeal, appeal.id).state == "declined"
    )
    with clock.frozen(HOUR):
        assert "Biên bản ghi đúng" in teacher.get(f"/publishing/entries/{entry}").text


def test_team_sees_its_own_criterion_means_and_what_parted_a_tie(world, publish, sign_in):
    from incubator.models import Criterion, Rubric

    rubric = save(Rubric(edition_id=world.edition.id, name="Bộ tiêu chí", created_at=HOUR))
    made = [
        save(Criterion(rubric_id=rubric.id, position=position, name=name, max_e2=5000))
        for position, name in enumerate(("Tính mới", "Tính sáng tạo"))
    ]
    chain = [{"kind": "criterion", "criteria": [made[1].id]}]
    world.final.settings = {"scoring": {"chain": chain}}
    row = world.rows[0].stage_entry
    part = db.session.get(StageDivision, row.stage_division_id)
    part.rubric_id = rubric.id
    row.result = {"means_e4": [451200, 488800], "key": [940000, 488800], "separated_by": 1}
    db.session.commit()
    publish()
    with clock.frozen(HOUR):
        page = sign_in(world.teacher).get(f"/publishing/entries/{world.rows[0].entry.id}").text
    for text in ("Tính mới", "45,12", "Tính sáng tạo", "48,88", "xếp theo Tính sáng tạo: 48,88", "Giải Nhất"):
        assert text in page


def row_in(publication, entry):
    return next(
        (r for p in snapshot_of(publication.payload).parts for r in p.rows if r.entry_id == entry.id), None
    )


def test_correction_removes_and_adds_lines(client, world, publish, actor_of):
    from tests.factories import make_entry

    forgotten = make_entry(world.divisions[0], world.rows[0].school, team="Đội Bị Sót", number="20999")
    db.session.commit()
    publish()
    actor, wrong = actor_of(world.organiser), world.rows[2]
    made = correct(
        world, actor,
        EntryChange(wrong.entry.id, None, None, None, "unlisted"), EntryChange(forgotten.id, 3, 915000, None),
    )  # fmt: skip
    assert row_in(made, wrong.entry) is None
    assert row_in(made, forgotten).rank == 3
    base = f"/vi/results/{world.edition.slug}/official-2"
    with clock.frozen(HOUR):
        new, old, between = (client.get(base + p).text for p in ("", "/v1", "/v2/changes"))
    assert "Đội Bị Sót" in new
    assert "<th>Đội Tiểu học 3" not in new
    assert "<th>Đội Tiểu học 3" in old
    assert "Đội Bị Sót" in between
    assert "Đội Tiểu học 3" in between
    assert "Đội Tiểu học 2" not in between
    assert "Cộng nhầm điểm lượt 2" in between


def test_correction_names_a_disqualified_team_without_rank_or_prize(client, world, publish, actor_of):
    publish()
    actor, one = actor_of(world.organiser), world.rows[0]
    with pytest.raises(Invalid, match="để trống hạng"):
        correct(world, actor, EntryChange(one.entry.id, 1, None, None, "disqualified"))
    made = correct(world, actor, EntryChange(one.entry.id, None, None, None, "disqualified"))
    assert (row_in(made, one.entry).presence, row_in(made, one.entry).tier_id) == ("disqualified", None)
    with clock.frozen(HOUR):
        assert "Bị truất quyền thi" in client.get(f"/vi/results/{world.edition.slug}").text


def test_scheduled_correction_is_unseen_and_its_cancelling_restores_the_rows(
    client, world, publish, actor_of, sign_in
):
    first = publish()
    one, base = world.rows[0], f"/vi/results/{world.edition.slug}"
    typed = FORM | {
        "entry": one.entry.id, f"rank-{one.entry.id}": "2", f"points-{one.entry.id}": "91,5", f"tier-{one.entry.id}": "",
        "reason": "Trừ điểm quá giờ theo biên bản", "when": "later", "visible_at": "02/03/2026 18:00", "confirmed": "1",
    }  # fmt: skip
    with clock.frozen(HOUR):
        browser = sign_in(world.organiser)
        answer = browser.post(f"/publishing/{world.edition.slug}/official/2/correct", data=typed)
        assert answer.status_code == 303
        for path in (base, f"{base}/official-2"):
            assert "91,50" not in client.get(path).text
        assert client.get(f"{base}/official-2/v2").status_code == 404
        assert client.get(f"{base}/official-2/v2/changes").status_code == 404
    waiting = db.session.scalars(sa.select(Publication).order_by(Publication.version.desc())).first()
    assert waiting.version == 2
    with clock.frozen(HOUR), transaction():
        services.cancel_publication(waiting, actor=actor_of(world.organiser), at=HOUR)
    db.session.expire_all()
    again = db.session.get(type(one.stage_entry), one.stage_entry.id)
    old = row_in(first, one.entry)
    assert (again.rank, again.score_e4) == (old.rank, old.score_e4)
    from incubator.publishing.queries import built_snapshot

    assert (
        digest(payload_of(built_snapshot(world.edition.id, PublicationKind.OFFICIAL, world.final)))
        == first.hash
    )


def test_a_team_that_did_not_go_on_reads_where_it_stopped_once_the_finalists_are_published(
    world, publish, sign_in
):
    last = world.rows[2]
    grant = sign_in(world.teacher)
    db.session.execute(sa.update(Award).where(Award.entry_id == last.entry.id).values(revoked_at=HOUR))
    last.entry.organisation_id = world.rows[0].school.id
    db.session.delete(last.stage_entry)
    db.session.commit()
    publish()
    with clock.frozen(HOUR):
        assert "Dừng ở" not in grant.get("/publishing/teams").text
    publish(PublicationKind.FINALISTS, world.qualifying)
    with clock.frozen(HOUR):
        assert "Dừng ở Vòng loại" in grant.get("/publishing/teams").text


def test_no_provisional_result_after_the_official_one(world, publish, sign_in):
    address = f"/publishing/{world.edition.slug}/provisional/2"
    assert sign_in(world.organiser).get(address).status_code == 200
    publish()
    assert sign_in(world.organiser).get(address).status_code == 404
