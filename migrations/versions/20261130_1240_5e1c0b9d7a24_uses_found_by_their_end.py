"""uses of a place are found by their end

The question is always what still lies ahead: with the end in front, what has been is passed over, however much it is.
"""

from __future__ import annotations

from alembic import op

revision = "5e1c0b9d7a24"
down_revision = "c3f7a9e1d642"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_occupancy_resource_block", table_name="occupancy")
    op.create_index("ix_occupancy_resource_block", "occupancy", ["resource_id", "block_end", "block_start"])


def downgrade() -> None:
    op.drop_index("ix_occupancy_resource_block", table_name="occupancy")
    op.create_index("ix_occupancy_resource_block", "occupancy", ["resource_id", "block_start", "block_end"])
