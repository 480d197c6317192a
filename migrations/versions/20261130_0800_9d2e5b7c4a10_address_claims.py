"""Addresses that were typed and not proven, apart from those that an account holds.

Revision ID: 9d2e5b7c4a10
Revises: 6b1d4e8f2a93
"""

import sqlalchemy as sa
from alembic import op

revision = "9d2e5b7c4a10"
down_revision = "6b1d4e8f2a93"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "address_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_address_claim_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_claim")),
        sa.UniqueConstraint("account_id", "address", name=op.f("uq_address_claim_account_id_address")),
    )
    op.create_index(op.f("ix_address_claim_address"), "address_claim", ["address"])
    with op.batch_alter_table("account") as account:
        account.drop_constraint(op.f("ck_account_reachable"), type_="check")


def downgrade() -> None:
    with op.batch_alter_table("account") as account:
        account.create_check_constraint(op.f("ck_account_reachable"), "email IS NOT NULL OR phone IS NOT NULL")
    op.drop_table("address_claim")
