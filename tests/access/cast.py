"""Who tries the doors: everybody with a part in the demo, a second one of each kind, and strangers in every role."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from incubator.core import clock
from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import (
    Account,
    AuthCode,
    Contest,
    Edition,
    JobRun,
    JobState,
    Organisation,
    OrganisationKind,
    Person,
    Programme,
    RoleGrant,
    SignIn,
    Site,
    StoredFile,
)

#: Role → kind of scope in which a stranger holds it: an edition, a school, a site that own nothing.
STRANGERS = {
    Role.ORGANISER: ScopeKind.EDITION,
    Role.SECRETARY: ScopeKind.EDITION,
    Role.JUDGE: ScopeKind.EDITION,
    Role.REFEREE: ScopeKind.EDITION,
    Role.COORDINATOR: ScopeKind.ORGANISATION,
    Role.MENTOR: ScopeKind.PROGRAMME,
    Role.MEMBER: ScopeKind.SYSTEM,
}


@dataclass(frozen=True)
class Somebody:
    name: str
    key: str  # of the session
    stranger: bool = False

    def client(self, app: Flask) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = self.key, True
        return client


def make_cast(sign_ins: dict[str, str]) -> list[Somebody]:
    """Everybody, each with a session. Commits rows: for a copy of the demo only."""
    with transaction():
        people = [
            Somebody(part, _session(account=_account(email))) for part, email in sorted(sign_ins.items())
        ]
        people.append(Somebody("judge2", _session(account=_account("giamkhao2@demo.example"))))
        people.append(Somebody("new teacher", _session(account=_account("giaovienmoi@demo.example"))))
        card = db.session.scalars(sa.select(AuthCode)).one()
        people.append(Somebody("pupil's card", _session(card=card.id)))
        organiser = db.session.get_one(Account, _account(sign_ins["organiser"]))
        db.session.add(_job_of(organiser.person_id))
        scopes = _empty_scopes()
        people += [_stranger(role, kind, scopes.get(kind)) for role, kind in STRANGERS.items()]
    return people


def _account(email: str) -> int:
    return db.session.scalars(sa.select(Account.id).where(Account.email == email)).one()


def _session(account: int | None = None, card: int | None = None) -> str:
    from incubator.accounts import tokens

    secret, now = tokens.new_secret(), clock.now()
    row = SignIn(
        account_id=account, auth_code_id=card, device="Test", secret_hash=tokens.code_hash(secret),
        created_at=now, seen_at=now,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return f"{row.id}.{secret}"


def _job_of(person_id: int) -> JobRun:
    file_id = db.session.scalars(sa.select(StoredFile.id).limit(1)).one()
    return JobRun(
        kind="test",
        arguments={},
        owner_id=person_id,
        file_id=file_id,
        state=JobState.DONE,
        created_at=clock.now(),
    )


def _empty_scopes() -> dict[ScopeKind, int]:
    now = clock.now()
    contest = db.session.scalars(sa.select(Contest).limit(1)).one()
    rows = {
        ScopeKind.EDITION: Edition(contest_id=contest.id, slug="khong-lien-quan", name="Không liên quan", year=2026, created_at=now),
        ScopeKind.ORGANISATION: Organisation(slug="khong-lien-quan", name="Trường khác", kind=OrganisationKind.SCHOOL, levels=[], created_at=now),
        ScopeKind.SITE: Site(slug="khong-lien-quan", name="Cơ sở khác"),
        ScopeKind.PROGRAMME: Programme(slug="khong-lien-quan", name="Chương trình khác", created_at=now),
    }  # fmt: skip
    db.session.add_all(rows.values())
    db.session.flush()
    return {kind: row.id for kind, row in rows.items()}


def _stranger(role: Role, kind: ScopeKind, scope_id: int | None) -> Somebody:
    now = clock.now()
    person = Person(full_name=f"Người lạ {role}", created_at=now)
    db.session.add(person)
    db.session.flush()
    account = Account(person_id=person.id, email=f"{role}@la.example", created_at=now)
    db.session.add_all(
        [
            account,
            RoleGrant(
                person_id=person.id,
                role=role,
                scope=kind,
                scope_id=scope_id,
                valid_from=now,
                verified_at=now,
            ),
        ]
    )
    db.session.flush()
    return Somebody(f"strange {role}", _session(account=account.id), stranger=True)
