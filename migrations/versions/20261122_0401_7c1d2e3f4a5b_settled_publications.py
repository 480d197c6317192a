"""settled publications"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7c1d2e3f4a5b"
down_revision = "ff42a1f829ff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("publication", sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("publication", "settled_at")
