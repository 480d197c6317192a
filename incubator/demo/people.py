"""People with a part in the demo: one sign-in a role, all with the same password."""

from __future__ import annotations

from ..accounts import services
from ..core import clock
from ..core.access import Role, ScopeKind
from ..core.db import db, transaction
from ..models import Account, Person
from . import season

TITLE = "people"

#: key -> (full name, title, e-mail, role in English, first page)
PARTS = {
    "admin": ("Nguyễn Thanh Tùng", "", "quantri@demo.example", "Administrator", "/home"),
    "organiser": ("Phạm Thị Ngọc Lan", "ThS.", "bantochuc@demo.example", "Organiser", "/home"),
    "secretary": ("Lê Thị Minh Châu", "", "thuky@demo.example", "Secretary", "/home"),
    "secretary2": ("Võ Thành Đạt", "", "thuky2@demo.example", "Second secretary", "/home"),
    "judge": ("Đỗ Thanh Vân", "PGS.TS", "giamkhao@demo.example", "Judge", "/judging/"),
    "referee": ("Trương Hữu Phước", "", "trongtai@demo.example", "Referee", "/matches/phone/"),
    "referee2": ("Bùi Gia Khiêm", "", "trongtai2@demo.example", "Head referee", "/matches/phone/"),
    "staff": ("Ngô Bích Liên", "", "biic@demo.example", "BIIC staff", "/home"),
    "mentor": ("Huỳnh Quốc Bảo", "TS.", "covan@demo.example", "Mentor", "/mentoring/"),
    "teacher": ("Trần Thị Thu Hằng", "", "giaovien@demo.example", "School coordinator (teacher)", "/home"),
    "student": ("Lý Minh Quân", "", "sinhvien@demo.example", "Student captain", "/home"),
}


def load(ctx: season.Context) -> None:
    at = clock.now()
    hashed = services.hash_password(season.PASSWORD)  # once: argon2 is slow on purpose
    with transaction():
        for key, (name, title, email, label, page) in PARTS.items():
            person = services.create_person(name, title=title, email=email, actor=ctx.actor, at=at)
            account = services.create_account(
                person, email=email, phone=None, password=None, at=at, actor=ctx.actor, confirmed=True
            )
            account.password_hash = hashed
            ctx.people[key] = person
            ctx.sign_ins.append((label, email, page))
        services.grant_role(
            ctx.people["admin"].id, Role.ADMINISTRATOR, ScopeKind.SYSTEM, None, actor=ctx.actor, at=at
        )


def make_account(person: Person, email: str, ctx: season.Context) -> Account:
    """A sign-in with the demo's password for somebody another step made. Inside a transaction."""
    account = services.create_account(
        person, email=email, phone=None, password=None, at=clock.now(), actor=ctx.actor, confirmed=True
    )
    if "hash" not in ctx.notes:
        ctx.notes["hash"] = services.hash_password(season.PASSWORD)
    account.password_hash = ctx.notes["hash"]
    db.session.flush()
    return account
