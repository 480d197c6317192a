"""supervisors on duty, ended maintenance plans, an index for a week of all places"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "3c9e5a7d1b20"
down_revision = "3f5a9c21d7be"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "supervision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["resource.id"], name=op.f("fk_supervision_place_id_resource"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"],
            ["resource.id"],
            name=op.f("fk_supervision_supervisor_id_resource"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision")),
        sa.UniqueConstraint(
            "place_id", "supervisor_id", name=op.f("uq_supervision_place_id_supervisor_id")
        ),
    )
    op.create_index(op.f("ix_supervision_supervisor_id"), "supervision", ["supervisor_id"], unique=False)
    op.add_column("maintenance_plan", sa.Column("ended_on", sa.Date(), nullable=True))
    op.create_index("ix_occupancy_block_end", "occupancy", ["block_end"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_occupancy_block_end", table_name="occupancy")
    op.drop_column("maintenance_plan", "ended_on")
    op.drop_index(op.f("ix_supervision_supervisor_id"), table_name="supervision")
    op.drop_table("supervision")
