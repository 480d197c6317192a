"""what a registrant without e-mail has not been told yet"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "8a4c2f6e1b70"
down_revision = "9d2e5b7c4a10"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "event_registration", sa.Column("news", sa.String(60), nullable=False, server_default="")
    )
    op.add_column(
        "event_registration", sa.Column("news_context", sa.JSON(), nullable=False, server_default="{}")
    )


def downgrade() -> None:
    op.drop_column("event_registration", "news_context")
    op.drop_column("event_registration", "news")
