from __future__ import annotations

from datetime import date, timedelta

import pytest

from incubator.core import clock
from incubator.core.db import db, transaction
from incubator.models import PublicationKind
from incubator.publishing import services
from incubator.publishing.services import Decision

from .factories import HOUR, make_contest_with_results

DECISION = Decision("05/QĐ-BTC", date(2026, 3, 1), "Nguyễn Trung Hiếu")


@pytest.fixture
def world(session):
    made = make_contest_with_results()
    db.session.commit()
    return made


@pytest.fixture
def publish(world, actor_of):
    """`publish()` the official result now; `hours=` later than now."""

    def go(kind=PublicationKind.OFFICIAL, stage=None, hours=0, reason="", at=HOUR):
        actor = actor_of(world.organiser)
        with clock.frozen(at), transaction():
            return services.publish(
                world.edition, kind, None if kind == PublicationKind.ELIGIBLE else stage or world.final,
                visible_at=at + timedelta(hours=hours), decision=DECISION, actor=actor, at=at, reason=reason,
            )  # fmt: skip

    return go
