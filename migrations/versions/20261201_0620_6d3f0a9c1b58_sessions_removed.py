"""a session of an event that was removed stays as a row, so that calendars can say that it is cancelled"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "6d3f0a9c1b58"
down_revision = "2f8b6d0a94e7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event_session", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.execute("DELETE FROM event_session WHERE removed_at IS NOT NULL")
    op.drop_column("event_session", "removed_at")
