"""Lists that schools send, and the batches that are read from them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..core.db import Base, enum_column

__all__ = ["ImportBatch", "ImportRow", "ImportRowState", "ImportState", "SchoolList"]


class SchoolList(Base):
    """A school's list with the principal's stamp: printed, scanned, ticked by the organiser."""

    __tablename__ = "school_list"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    scan_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    uploaded_at: Mapped[datetime]
    accepted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    accepted_at: Mapped[datetime | None]


class ImportState(StrEnum):
    READING = "reading"
    REVIEW = "review"
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"
    UNDONE = "undone"


class ImportBatch(Base):
    """Several files read together, reviewed, imported in one piece, undone in one piece."""

    __tablename__ = "import_batch"

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    state: Mapped[ImportState] = mapped_column(enum_column(ImportState), default=ImportState.READING)
    files: Mapped[list[Any]] = mapped_column(default=list)  # [{"name", "file_id", "mapping", "notes"}]
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message: Mapped[str] = mapped_column(sa.Text, default="")
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("job_run.id"))
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    rows: Mapped[list[ImportRow]] = relationship(lazy="raise", order_by="ImportRow.id")


class ImportRowState(StrEnum):
    READY = "ready"
    HELD = "held"
    SKIPPED = "skipped"
    IMPORTED = "imported"
    UNDONE = "undone"


class ImportRow(Base):
    """One team as a file names it: what was read, what was repaired, why it is held."""

    __tablename__ = "import_row"

    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("import_batch.id", ondelete="CASCADE"), index=True)
    source: Mapped[str] = mapped_column(sa.String(200))
    place: Mapped[str] = mapped_column(sa.String(120), default="")  # sheet and rows
    state: Mapped[ImportRowState] = mapped_column(enum_column(ImportRowState))
    reason: Mapped[str] = mapped_column(sa.String(40), default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the team as understood
    raw: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the cells as they were
    repairs: Mapped[list[Any]] = mapped_column(default=list)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    ruling: Mapped[str] = mapped_column(sa.String(40), default="")  # the organiser's decision on a held row
    search_key: Mapped[str] = mapped_column(sa.String(300), default="")  # team, school and file
    entry_id: Mapped[int | None] = mapped_column(sa.ForeignKey("entry.id", ondelete="SET NULL"), index=True)
