"""Names on the pages that many look at: what was rendered before somebody's answer changed is not shown again."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...models import EntryMember, StageEntry, Tournament


def consent_changed(person_id: int, **_about: Any) -> None:
    """A team may be called after this person: viewers of its tournaments have something new to see."""
    theirs = (
        sa.select(StageEntry.stage_division_id)
        .join(EntryMember, EntryMember.entry_id == StageEntry.entry_id)
        .where(EntryMember.person_id == person_id)
    )
    db.session.execute(
        sa.update(Tournament)
        .where(Tournament.stage_division_id.in_(theirs))
        .values(version=Tournament.version + 1)
        .execution_options(synchronize_session=False)
    )
