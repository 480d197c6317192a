"""when a seat of an event was given back, and how often a seat changed: a calendar says both"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2f8b6d0a94e7"
down_revision = "e1f4a7b6c052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event_registration", sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event_registration", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("event_registration", "sequence")
    op.drop_column("event_registration", "given_back_at")
