"""hours used are found by their owner and their end

They are counted while everybody else who books waits: what a person, team or organisation used in past years is passed over.
"""

from __future__ import annotations

from alembic import op

revision = "a84d17c2f05b"
down_revision = "5e1c0b9d7a24"
branch_labels = None
depends_on = None

OWNERS = ("requester", "organisation", "team")


def upgrade() -> None:
    for owner in OWNERS:
        op.create_index(f"ix_booking_{owner}_ends", "booking", [f"{owner}_id", "ends_at"])
        op.drop_index(f"ix_booking_{owner}_id", table_name="booking")


def downgrade() -> None:
    for owner in OWNERS:
        op.create_index(f"ix_booking_{owner}_id", "booking", [f"{owner}_id"])
        op.drop_index(f"ix_booking_{owner}_ends", table_name="booking")
