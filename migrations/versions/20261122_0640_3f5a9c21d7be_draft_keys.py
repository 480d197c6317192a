"""A page's own mark of a new row, so that a save whose answer was lost makes no second draft.

Revision ID: 3f5a9c21d7be
Revises: 7c1d2e3f4a5b
"""

import sqlalchemy as sa
from alembic import op

revision = "3f5a9c21d7be"
down_revision = "7c1d2e3f4a5b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("entry", sa.Column("draft_key", sa.String(length=40), nullable=True))
    op.create_index("uq_entry_draft_key", "entry", ["edition_id", "organisation_id", "draft_key"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_entry_draft_key", table_name="entry")
    op.drop_column("entry", "draft_key")
