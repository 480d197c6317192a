"""Plain rows for tests: `make_x(**overrides)` adds and flushes one, with sensible defaults and no fixed ids."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from typing import Any

from incubator.accounts.services import hash_password
from incubator.accounts.services.sessions import _begin
from incubator.core.access import Role, ScopeKind
from incubator.core.db import db
from incubator.models import (
    Account,
    Contest,
    Division,
    Edition,
    Entry,
    EntryMember,
    EntryState,
    MemberPart,
    Organisation,
    OrganisationKind,
    Person,
    Project,
    RoleGrant,
    Stage,
    StageDivision,
    StageEntry,
    StageKind,
    StageState,
    Team,
)

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
PASSWORD = "mot cau de nho"
_hash: list[str] = []
_numbers = itertools.count(1)


def _n() -> int:
    return next(_numbers)


def save(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row


def make_person(full_name: str = "Nguyễn Văn An", **values: Any) -> Person:
    return save(Person(**{"full_name": full_name, "created_at": AT, **values}))


def make_account(person: Person | None = None, email: str | None = None, **values: Any) -> Account:
    """An account whose password is PASSWORD."""
    person = person or make_person()
    if not _hash:
        _hash.append(hash_password(PASSWORD))
    values = {
        "password_hash": _hash[0],
        "email": email or f"nguoi{_n()}@example.org",
        "email_confirmed_at": AT,
        **values,
    }
    return save(Account(person_id=person.id, created_at=AT, **values))


def make_grant(
    person: Person,
    role: Role,
    scope: ScopeKind = ScopeKind.SYSTEM,
    scope_id: int | None = None,
    **values: Any,
) -> RoleGrant:
    values = {"valid_from": AT, "verified_at": AT, **values}
    return save(RoleGrant(person_id=person.id, role=role, scope=scope, scope_id=scope_id, **values))


def make_user(
    role: Role | None = None, scope: ScopeKind = ScopeKind.SYSTEM, scope_id: int | None = None, **person: Any
) -> Account:
    """An account with one role."""
    account = make_account(make_person(**person))
    if role is not None:
        make_grant(db.session.get(Person, account.person_id), role, scope, scope_id)
    return account


def session_key(account: Account) -> str:
    return _begin(account.person_id, account_id=account.id, device="Test", at=AT)


def make_organisation(name: str = "Tiểu học Đông Hòa B", **values: Any) -> Organisation:
    values = {
        "kind": OrganisationKind.SCHOOL,
        "levels": ["primary"],
        "slug": f"don-vi-{_n()}",
        "verified_at": AT,
        **values,
    }
    return save(Organisation(name=name, created_at=AT, **values))


def make_contest(**values: Any) -> Contest:
    return save(
        Contest(**{"slug": f"cuoc-thi-{_n()}", "name": "Sáng tạo Robotics", "created_at": AT, **values})
    )


def make_edition(**values: Any) -> Edition:
    if "contest_id" not in values:
        values["contest_id"] = make_contest().id
    return save(
        Edition(
            **{
                "slug": f"lan-{_n()}",
                "name": "Sáng tạo Robotics 2026",
                "year": 2026,
                "announced_at": AT,
                "created_at": AT,
                **values,
            }
        )
    )


ELIGIBILITY = {
    "born_from": "2014-01-01", "born_to": "2018-12-31", "members_min": 2, "members_max": 3, "coach_required": True,
}  # fmt: skip


def make_division(edition: Edition, **values: Any) -> Division:
    return save(
        Division(
            **{
                "edition_id": edition.id,
                "slug": f"bang-{_n()}",
                "name": "Tiểu học",
                "eligibility": {},
                **values,
            }
        )
    )


def make_stage(edition: Edition, **values: Any) -> Stage:
    return save(
        Stage(
            **{
                "edition_id": edition.id,
                "position": _n(),
                "name": "Vòng loại",
                "kind": StageKind.RUBRIC,
                **values,
            }
        )
    )


def make_stage_division(stage: Stage, division: Division, **values: Any) -> StageDivision:
    return save(
        StageDivision(
            **{"stage_id": stage.id, "division_id": division.id, "state": StageState.OPEN, **values}
        )
    )


def make_team(name: str = "Hải Âu", organisation: Organisation | None = None, **values: Any) -> Team:
    return save(
        Team(name=name, organisation_id=organisation.id if organisation else None, created_at=AT, **values)
    )


def make_entry(
    division: Division,
    organisation: Organisation | None = None,
    members: int = 2,
    team: str = "Hải Âu",
    **values: Any,
) -> Entry:
    """An accepted entry with pupils (born 2015) of an organisation."""
    row_team = make_team(team, organisation)
    project = save(Project(team_id=row_team.id, title=f"Sản phẩm {team}", created_at=AT))
    values = {"state": EntryState.ACCEPTED, "number": f"{_n():04d}", "code": f"M{_n():04d}", **values}
    entry = save(
        Entry(
            edition_id=division.edition_id, division_id=division.id, team_id=row_team.id, project_id=project.id,
            organisation_id=organisation.id if organisation else None, created_at=AT, changed_at=AT, submitted_at=AT, **values,
        )
    )  # fmt: skip
    for position in range(members):
        pupil = make_person(f"Trần Thị Bé {_n()}", birth_date=date(2015, 1, 1 + position))
        save(
            EntryMember(
                entry_id=entry.id,
                person_id=pupil.id,
                position=position,
                part=MemberPart.MEMBER,
                full_name=pupil.full_name,
                class_name="4A",
            )
        )
    return entry


def make_stage_entry(stage_division: StageDivision, entry: Entry, **values: Any) -> StageEntry:
    return save(StageEntry(stage_division_id=stage_division.id, entry_id=entry.id, **values))
