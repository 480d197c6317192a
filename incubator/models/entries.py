"""Teams and what they enter: registration, dossier, roster and what happened to it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ..core.db import Base, enum_column
from ..core.text import search_key
from ..states import EntryState
from .contests import Division, Edition
from .files import StoredFile
from .organisations import Organisation
from .people import Person

__all__ = [
    "DraftMember",
    "Entry",
    "EntryEvent",
    "EntryFile",
    "EntryMember",
    "EntryState",
    "MemberPart",
    "Project",
    "RosterChange",
    "Team",
    "TeamMember",
]


class MemberPart(StrEnum):
    CAPTAIN = "captain"
    MEMBER = "member"
    COACH = "coach"


class Team(Base):
    __tablename__ = "team"

    name: Mapped[str] = mapped_column(sa.String(160))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    search_key: Mapped[str] = mapped_column(sa.String(160), index=True)
    created_at: Mapped[datetime]

    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    members: Mapped[list[TeamMember]] = relationship(lazy="raise", back_populates="team")

    @validates("name")
    def _keys(self, _key: str, value: str) -> str:
        self.search_key = search_key(value)
        return value


class TeamMember(Base):
    """Who belongs to a team now and belonged before; an entry's frozen copy is EntryMember."""

    __tablename__ = "team_member"

    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    part: Mapped[MemberPart] = mapped_column(enum_column(MemberPart))
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]

    team: Mapped[Team] = relationship(lazy="raise", back_populates="members")
    person: Mapped[Person] = relationship(lazy="raise")


class Project(Base):
    """The product or idea; it goes from entry to incubation."""

    __tablename__ = "project"

    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(250), default="")
    field: Mapped[str] = mapped_column(sa.String(60), default="")  # slug of one of Edition.fields
    abstract: Mapped[str] = mapped_column(sa.Text, default="")
    video_url: Mapped[str] = mapped_column(sa.String(500), default="")
    search_key: Mapped[str] = mapped_column(sa.String(250), default="", index=True)
    created_at: Mapped[datetime]

    files: Mapped[list[EntryFile]] = relationship(lazy="raise", order_by="EntryFile.id")

    @validates("title")
    def _keys(self, _key: str, value: str) -> str:
        self.search_key = search_key(value)
        return value


class EntryFile(Base):
    """A file of a project's dossier."""

    __tablename__ = "entry_file"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("project.id", ondelete="CASCADE"), index=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("stored_file.id"))
    kind: Mapped[str] = mapped_column(sa.String(40))  # description | picture | drawing | form …
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    file: Mapped[StoredFile] = relationship(lazy="raise")


class Entry(Base):
    """A team with its project in a division of an edition."""

    __tablename__ = "entry"
    __table_args__ = (
        sa.UniqueConstraint("edition_id", "number"),
        sa.Index("ix_entry_edition_state", "edition_id", "state"),
        sa.Index("ix_entry_division_state", "division_id", "state"),
        sa.Index("uq_entry_draft_key", "edition_id", "organisation_id", "draft_key", unique=True),
    )

    edition_id: Mapped[int] = mapped_column(sa.ForeignKey("edition.id"))
    division_id: Mapped[int] = mapped_column(sa.ForeignKey("division.id"))
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("project.id"))
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    number: Mapped[str | None] = mapped_column(sa.String(20))  # SBD, given when accepted
    code: Mapped[str] = mapped_column(
        sa.String(20), default=""
    )  # for blind judging: says nothing about the school
    state: Mapped[EntryState] = mapped_column(enum_column(EntryState), default=EntryState.DRAFT)
    due_at: Mapped[datetime | None]  # a returned entry's own date
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    draft_key: Mapped[str | None] = mapped_column(
        sa.String(40)
    )  # the page's own mark of a new row: a save that is sent again finds it
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    import_batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("import_batch.id"), index=True)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    edition: Mapped[Edition] = relationship(lazy="raise")
    division: Mapped[Division] = relationship(lazy="raise")
    team: Mapped[Team] = relationship(lazy="raise")
    project: Mapped[Project | None] = relationship(lazy="raise")
    organisation: Mapped[Organisation | None] = relationship(lazy="raise")
    members: Mapped[list[EntryMember]] = relationship(lazy="raise", order_by="EntryMember.position")
    draft_members: Mapped[list[DraftMember]] = relationship(
        lazy="raise", order_by="DraftMember.position", cascade="all, delete-orphan"
    )
    events: Mapped[list[EntryEvent]] = relationship(lazy="raise", order_by="EntryEvent.id")

    __mapper_args__ = {"version_id_col": version}


class DraftMember(Base):
    """A half-typed member of a draft; becomes a Person and an EntryMember at submission."""

    __tablename__ = "draft_member"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    part: Mapped[MemberPart] = mapped_column(enum_column(MemberPart))
    full_name: Mapped[str] = mapped_column(sa.String(200), default="")
    birth_date_text: Mapped[str] = mapped_column(
        sa.String(40), default=""
    )  # kept as typed until it is a date
    birth_date: Mapped[date | None]
    class_name: Mapped[str] = mapped_column(sa.String(20), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class EntryMember(Base):
    """A member as frozen at submission. A roster change ends the row and begins another."""

    __tablename__ = "entry_member"
    __table_args__ = (sa.Index("ix_entry_member_person_entry", "person_id", "entry_id"),)

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    position: Mapped[int]
    part: Mapped[MemberPart] = mapped_column(enum_column(MemberPart))
    full_name: Mapped[str] = mapped_column(sa.String(200))
    class_name: Mapped[str] = mapped_column(sa.String(20), default="")
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class EntryEvent(Base):
    """A step of an entry's life with who and why: the history that teacher and organiser see."""

    __tablename__ = "entry_event"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    from_state: Mapped[EntryState | None] = mapped_column(enum_column(EntryState))
    to_state: Mapped[EntryState] = mapped_column(enum_column(EntryState))
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    field_reasons: Mapped[dict[str, Any]] = mapped_column(default=dict)  # field name -> what to mend
    snapshot: Mapped[dict[str, Any]] = mapped_column(default=dict)  # ids and team data as they stood
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    at: Mapped[datetime]


class RosterChange(Base):
    """A request to change members after the freeze; the organiser answers, history is kept."""

    __tablename__ = "roster_change"

    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("entry.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("entry_member.id")
    )  # who goes or is corrected
    change: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the new values
    reason: Mapped[str] = mapped_column(sa.String(500))
    state: Mapped[str] = mapped_column(sa.String(20), default="requested")  # requested | approved | declined
    requested_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    requested_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(sa.String(500), default="")
