"""when a run was taken up, its faults as codes in the answer; units of indicators in English, too"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a4e7c1d95b38"
down_revision = "8a4c2f6e1b70"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("match_run", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("match_run", "error")
    op.add_column(
        "programme_indicator", sa.Column("unit_en", sa.String(40), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("programme_indicator", "unit_en")
    op.add_column("match_run", sa.Column("error", sa.Text(), nullable=False, server_default=""))
    op.drop_column("match_run", "started_at")
