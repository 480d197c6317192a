"""People, how they sign in, what they may do, whom they must not judge or mentor."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from ..core.access import Role, ScopeKind
from ..core.db import Base, enum_column, key_column
from ..core.text import name_sort_key, search_key
from .organisations import Organisation

__all__ = [
    "Account",
    "AddressClaim",
    "Affiliation",
    "AffiliationPart",
    "AuthCode",
    "Conflict",
    "ConflictKind",
    "Guardian",
    "Invitation",
    "InvitationKind",
    "Person",
    "PersonMerge",
    "RoleGrant",
    "SignIn",
]


class Person(Base):
    """One human being, once. The name is kept as typed; the keys are computed from it."""

    __tablename__ = "person"

    full_name: Mapped[str] = mapped_column(sa.String(200))
    title: Mapped[str] = mapped_column(sa.String(40), default="")  # học hàm, học vị: never part of the name
    salutation: Mapped[str] = mapped_column(
        sa.String(20), default=""
    )  # Thầy | Cô | Anh | Chị, only if chosen
    birth_date: Mapped[date | None]
    email: Mapped[str | None] = mapped_column(sa.String(254))
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    search_key: Mapped[str] = mapped_column(sa.String(200), index=True)
    sort_key: Mapped[str] = mapped_column(key_column(400), index=True)
    locale: Mapped[str] = mapped_column(sa.String(5), default="vi")
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]  # personal data deleted on request; results keep pointing here

    @validates("full_name")
    def _keys(self, _key: str, value: str) -> str:
        self.search_key, self.sort_key = search_key(value), name_sort_key(value)
        return value


class AffiliationPart(StrEnum):
    PUPIL = "pupil"
    STUDENT = "student"
    TEACHER = "teacher"
    EMPLOYEE = "employee"
    FORMER = "former"


class Affiliation(Base):
    """A person's place in an organisation for a while: what “of one school” and a judge's conflict rest on."""

    __tablename__ = "affiliation"
    __table_args__ = (sa.Index("ix_affiliation_organisation_person", "organisation_id", "person_id"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    part: Mapped[AffiliationPart] = mapped_column(enum_column(AffiliationPart))
    class_name: Mapped[str] = mapped_column(sa.String(20), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    person: Mapped[Person] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(lazy="raise")

    @classmethod
    def holds(cls) -> sa.ColumnElement[bool]:
        """Whether the person belongs there now: who left on a day that nobody knows is a former one without an end."""
        columns = cls.__table__.c
        return sa.and_(columns.valid_to.is_(None), columns.part != AffiliationPart.FORMER)


class Guardian(Base):
    """The adult who answers for a child. May be known by name and phone only."""

    __tablename__ = "guardian"

    child_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    full_name: Mapped[str] = mapped_column(sa.String(200), default="")
    relation: Mapped[str] = mapped_column(
        sa.String(40), default=""
    )  # cha | mẹ | ông | bà | người giám hộ khác
    phone: Mapped[str | None] = mapped_column(sa.String(20))
    email: Mapped[str | None] = mapped_column(sa.String(254))


class Account(Base):
    """Sign-in by e-mail or phone and password. A person has none or one.

    `email` and `phone` are held: proven, or given by who may invite. What the person typed on a page that anybody opens
    is an `AddressClaim`.
    """

    __tablename__ = "account"
    __table_args__ = (
        sa.UniqueConstraint("person_id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("phone"),
    )

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    email: Mapped[str | None] = mapped_column(sa.String(254))  # lower case
    phone: Mapped[str | None] = mapped_column(sa.String(20))  # digits, leading zero
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))  # None: not chosen yet
    email_confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise")


class AddressClaim(Base):
    """An e-mail or phone that somebody typed and nobody has proven: it signs in to their own account and holds nothing.

    Any number of accounts may claim one address, its holder's as well (docs/decisions/0034). `password_hash` is salted by
    the address, so that one computation finds the claim that a password belongs to; None until one is chosen.
    """

    __tablename__ = "address_claim"
    __table_args__ = (sa.UniqueConstraint("account_id", "address"),)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(sa.String(254), index=True)  # lower case, or digits
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    created_at: Mapped[datetime]


class AuthCode(Base):
    """A pupil's own sign-in: a code printed on a card and a PIN. Gives reading, own consent and dossier upload."""

    __tablename__ = "auth_code"
    __table_args__ = (sa.UniqueConstraint("code"), sa.UniqueConstraint("person_id"))

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(sa.String(20))
    pin_hash: Mapped[str] = mapped_column(sa.String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise")


class SignIn(Base):
    """One device on which somebody is signed in. Ending it ends that session at the next request."""

    __tablename__ = "sign_in"

    account_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("account.id", ondelete="CASCADE"), index=True
    )
    auth_code_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("auth_code.id", ondelete="CASCADE"), index=True
    )
    secret_hash: Mapped[str] = mapped_column(sa.String(64))
    device: Mapped[str] = mapped_column(sa.String(120), default="")
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    invitation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invitation.id"))


class RoleGrant(Base):
    """A role held by a person in a scope from one moment to another."""

    __tablename__ = "role_grant"
    __table_args__ = (sa.Index("ix_role_grant_scope", "scope", "scope_id", "role"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(enum_column(Role))
    scope: Mapped[ScopeKind] = mapped_column(enum_column(ScopeKind))
    scope_id: Mapped[int | None]
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
    granted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    verified_at: Mapped[datetime | None]  # coordinators who signed up themselves wait for this

    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])


class InvitationKind(StrEnum):
    ROLE = "role"  # become judge, secretary, coordinator … of `scope`
    TEAM = "team"  # join a team as a member
    GUARDIAN = "guardian"  # answer for a child
    RESET = "reset"  # choose a new password
    CONFIRM = "confirm"  # confirm an e-mail address
    SCHOOL = "school"  # the public link for every school's teacher
    SIGN_IN = "sign_in"  # a judge's link: signs in many times until the stage closes


class Invitation(Base):
    """A link. Only its hash is stored; `uses_left` None means until `expires_at`."""

    __tablename__ = "invitation"
    __table_args__ = (sa.UniqueConstraint("code_hash"),)

    kind: Mapped[InvitationKind] = mapped_column(enum_column(InvitationKind))
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"))
    role: Mapped[Role | None] = mapped_column(enum_column(Role))
    scope: Mapped[ScopeKind | None] = mapped_column(enum_column(ScopeKind))
    scope_id: Mapped[int | None]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)  # ids only (team, entry, child), no names
    uses_left: Mapped[int | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    used_at: Mapped[datetime | None]


class PersonMerge(Base):
    """Two rows turned out to be one human being; kept so that old ids still lead somewhere."""

    __tablename__ = "person_merge"
    __table_args__ = (sa.UniqueConstraint("merged_id"),)

    merged_id: Mapped[int]  # the id that is gone
    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class ConflictKind(StrEnum):
    SAME_SCHOOL = "same_school"
    COACHED = "coached"
    FAMILY = "family"
    DECLARED = "declared"
    MENTORS = "mentors"
    JUDGED = "judged"
    OTHER = "other"


class Conflict(Base):
    """Why a person must not judge or mentor somebody; used by judging and mentoring alike."""

    __tablename__ = "conflict"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"), index=True)
    other_person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organisation.id", ondelete="CASCADE"))
    kind: Mapped[ConflictKind] = mapped_column(enum_column(ConflictKind))
    reason: Mapped[str] = mapped_column(sa.String(500), default="")
    source: Mapped[str] = mapped_column(sa.String(40), default="")  # judge | secretary | derived | mentoring
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None]
