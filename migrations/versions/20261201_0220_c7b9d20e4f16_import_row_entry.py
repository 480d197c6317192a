"""rows of an import are found by the entry that they became

Deleting entries, when an import is undone, looks for the rows that point at each; rows of all imports of all years stay.
"""

from __future__ import annotations

from alembic import op

revision = "c7b9d20e4f16"
down_revision = "a84d17c2f05b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_import_row_entry_id", "import_row", ["entry_id"])


def downgrade() -> None:
    op.drop_index("ix_import_row_entry_id", table_name="import_row")
