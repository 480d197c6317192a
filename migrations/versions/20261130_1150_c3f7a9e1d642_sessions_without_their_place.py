"""what a mentoring session says once its place was taken out of service"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c3f7a9e1d642"
down_revision = "a4e7c1d95b38"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mentoring_session", sa.Column("displaced_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "mentoring_session", sa.Column("displaced_why", sa.String(500), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("mentoring_session", "displaced_why")
    op.drop_column("mentoring_session", "displaced_at")
