"""a seat that becomes free goes to who waits first; it is not offered for a time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e1f4a7b6c052"
down_revision = "c7b9d20e4f16"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("event_registration", "offered_until")


def downgrade() -> None:
    op.add_column("event_registration", sa.Column("offered_until", sa.DateTime(timezone=True), nullable=True))
