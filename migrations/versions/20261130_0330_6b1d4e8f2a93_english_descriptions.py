"""places and events described in English, too"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "6b1d4e8f2a93"
down_revision = "3c9e5a7d1b20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("resource", sa.Column("description_en", sa.Text(), nullable=False, server_default=""))
    op.add_column("event", sa.Column("summary_en", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("event", "summary_en")
    op.drop_column("resource", "description_en")
