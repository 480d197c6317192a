"""What somebody began under a second account goes on under the first: drafts with their answers about data."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.db import db
from ...core.errors import Conflict
from ...core.i18n import _
from ...core.personal import Handing
from ...models import Consent, DraftMember, Entry, Guardian, Person, Team


def hand_over(handing: Handing) -> None:
    """Members of sent entries stay, which refuses the joining: their team was checked and counted with that person."""
    both = db.session.scalar(
        sa.select(Team.name)
        .join(Entry, Entry.team_id == Team.id)
        .join(DraftMember, DraftMember.entry_id == Entry.id)
        .where(DraftMember.person_id.in_((handing.kept_id, handing.from_id)))
        .group_by(Entry.id, Team.name)
        .having(sa.func.count(DraftMember.person_id.distinct()) > 1)
        .limit(1)
    )
    if both is not None:
        raise Conflict(
            _(
                "Cả hai tài khoản đều có tên trong đội “%(team)s”. Rời đội ở một tài khoản rồi nhập lại.",
                team=both,
            ),
            field="name",
        )
    for column in (Entry.author_id, DraftMember.person_id, Consent.person_id, Guardian.child_id):
        db.session.execute(
            sa.update(column.class_)
            .where(column == handing.from_id)
            .values({column.key: handing.kept_id})
            .execution_options(synchronize_session=False)
        )
    kept, other = db.session.get_one(Person, handing.kept_id), db.session.get_one(Person, handing.from_id)
    kept.birth_date = kept.birth_date or other.birth_date
