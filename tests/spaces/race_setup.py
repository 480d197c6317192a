"""Fills a server's database for the races; prints ids and session cookies as JSON. Run with the server's environment."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import Any

from itsdangerous import URLSafeTimedSerializer

from incubator.core import clock
from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import (
    Affiliation,
    AffiliationPart,
    MemberPart,
    Person,
    QuotaScope,
    ResourceKind,
    TeamMember,
)
from incubator.spaces.intervals import monday_of
from incubator.spaces.services import places, terms
from incubator.spaces.working_days import is_working_day
from tests.factories import make_grant, make_organisation, make_team, make_user, session_key
from tests.spaces.factories import SYSTEM, make_centre
from wsgi import app

RAW = "a" * 40  # what every client's session holds; the form sends its signed twin


def cookie_of(account: Any) -> str:
    key = session_key(account)
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return str(signer.dumps({"_user_id": key, "_fresh": True, "csrf_token": RAW}))


def shared_hours(site: Any, guests: list[Any]) -> tuple[list[int], int]:
    """Two kits; all guests are of one school, which may have five hours of kits a week, and of one team with three."""
    kits = [
        places.make_place(
            slug, slug.title(), ResourceKind.KIT, site, actor=SYSTEM, at=clock.now(), capacity=99, units=99,
            rules={"shared": True, "horizon_days": 400},
        )
        for slug in ("kit-a", "kit-b")
    ]  # fmt: skip
    school, team = make_organisation(), make_team()
    for scope, hours in ((QuotaScope.ORGANISATION, 5), (QuotaScope.TEAM, 3)):
        terms.set_quota(scope, scope, hours, kind=ResourceKind.KIT, actor=SYSTEM, at=clock.now())
    for account in guests:
        person = account.person_id
        db.session.add_all([
            Affiliation(person_id=person, organisation_id=school.id, part=AffiliationPart.TEACHER),
            TeamMember(team_id=team.id, person_id=person, part=MemberPart.MEMBER, valid_from=clock.now()),
        ])  # fmt: skip
    db.session.flush()
    return [kit.id for kit in kits], team.id


def main(count: int) -> None:
    with app.app_context():
        with transaction():
            centre = make_centre()
            for place in (centre.room, centre.half_a, centre.half_b, centre.hall, centre.other):
                place.rules = {**place.rules, "horizon_days": 400}
            guests = [make_user() for _n in range(count)]
            staff = [make_user() for _n in range(2)]
            for account in staff:
                person = db.session.get_one(Person, account.person_id)
                make_grant(person, Role.STAFF, ScopeKind.SITE, centre.site.id)
            kits, team = shared_hours(centre.site, guests)
            cookies = [cookie_of(account) for account in guests]
            staff_cookies = [cookie_of(account) for account in staff]
        first = monday_of(clock.today()) + timedelta(weeks=1)
        while not all(is_working_day(first + timedelta(days=d)) for d in range(3)):
            first += timedelta(weeks=1)
        print(json.dumps({
            "room": centre.room.id, "other": centre.other.id, "half": centre.half_a.id, "hall": centre.hall.id,
            "kits": kits, "team": team,
            "cookies": cookies, "staff_cookies": staff_cookies, "first": first.isoformat(),
            "csrf": URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(RAW),
        }))  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
