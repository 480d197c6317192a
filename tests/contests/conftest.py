"""What most tests of contests begin from."""

from __future__ import annotations

from typing import Any

import pytest

from incubator.core.access import Role, ScopeKind
from incubator.models import Edition, Organisation
from tests.contests.factories import make_open_edition, make_school
from tests.contests.import_factories import make_robotics
from tests.factories import make_user


@pytest.fixture
def place(session: Any, at: Any) -> tuple[Edition, Organisation]:
    """An edition that is open for registration, and a school."""
    return make_open_edition(), make_school()


@pytest.fixture
def robotics(session: Any) -> Edition:
    """The edition into which files of a season are imported."""
    edition = make_robotics()
    session.commit()
    return edition


@pytest.fixture
def secretary(robotics: Edition, sign_in: Any) -> Any:
    return sign_in(make_user(Role.SECRETARY, ScopeKind.EDITION, robotics.id))
