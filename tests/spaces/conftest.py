"""A small centre and somebody of its staff."""

from __future__ import annotations

from typing import Any

import pytest

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db
from tests.factories import make_account, make_grant, make_person
from tests.spaces.factories import make_centre


@pytest.fixture
def centre(session: Any) -> Any:
    found = make_centre()
    db.session.commit()
    return found


@pytest.fixture
def staff(centre: Any, actor_of: Any) -> Any:
    account = make_account(make_person("Ngô Bích Liên"))
    make_grant(
        db.session.get_one(type(make_person()), account.person_id), Role.STAFF, ScopeKind.SITE, centre.site.id
    )
    db.session.commit()
    return actor_of(account)
