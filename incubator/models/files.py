"""Files: stored once by content, described here."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ..core.db import Base

__all__ = ["StoredFile"]


class StoredFile(Base):
    """A stored upload or product. The bytes live under their hash; two rows may share them."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    size: Mapped[int] = mapped_column(sa.BigInteger)
    media_type: Mapped[str] = mapped_column(
        sa.String(100)
    )  # sniffed from the content, never the sender's word
    name: Mapped[str] = mapped_column(sa.String(200))  # as the sender called it, for downloads
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    created_at: Mapped[datetime]
