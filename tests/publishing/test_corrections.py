"""A correction is a new version with its reason; what it changes follows."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from incubator.core import clock
from incubator.core.db import db, transaction
from incubator.core.errors import Invalid
from incubator.models import (
    Publication,
    PublicationKind,
)
from incubator.publishing import services
from incubator.publishing.services import EntryChange
from incubator.publishing.snapshot import digest, payload_of

from .factories import HOUR
from .steps import FORM, correct, row_in


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
