"""The organiser publishes, schedules, cancels; the clock decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from incubator.core import clock
from incubator.core.access import system_actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid, NotAllowed
from incubator.models import (
    AuditEvent,
    Award,
    Notification,
    PublicationKind,
    StageDivision,
    StageState,
    TieDecision,
)
from incubator.publishing import services
from incubator.publishing.queries import board, problems, snapshots
from incubator.publishing.services import Decision
from incubator.publishing.snapshot import digest, payload_of, snapshot_of
from tests.factories import save

from .conftest import DECISION
from .factories import HOUR
from .steps import LATER, states


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
    own = problems.parts_of(world.final.id)[0].division
    world.final.settings = {"withheld_in": {str(own.id): [world.first.id]}}
    db.session.flush()
    assert f"Giải Nhất: để trống ở {own.name}" in titles(False)
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


def test_no_provisional_result_after_the_official_one(world, publish, sign_in):
    address = f"/publishing/{world.edition.slug}/provisional/2"
    assert sign_in(world.organiser).get(address).status_code == 200
    publish()
    assert sign_in(world.organiser).get(address).status_code == 404
