"""What several views need: the tabs of a cohort, choices from the database, a form that keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from flask import flash

from ...core import clock
from ...core.db import transaction
from ...core.errors import DomainError, NotAllowed
from ...core.i18n import _
from ...core.web import lang
from ...models import Cohort, MentorKind
from ..forms import CommitmentForm
from ..queries import mentors
from ..services.mentors import Terms
from ..services.programmes import topics

T = TypeVar("T")


def tabs_of(cohort: Cohort, here: str) -> list[tuple[str, str, bool, None]]:
    """Tabs of a cohort for staff."""
    base = f"/mentoring/cohorts/{cohort.slug}"
    items = (
        ("board", _("Hồ sơ"), base),
        ("mentors", _("Cố vấn"), f"{base}/mentors"),
        ("match", _("Ghép"), f"{base}/match"),
        ("offers", _("Lời mời"), f"{base}/offers"),
        ("sessions", _("Buổi gặp"), f"{base}/sessions"),
        ("support", _("Hỗ trợ"), f"{base}/support"),
        ("numbers", _("Số liệu"), f"{base}/numbers"),
        ("alumni", _("Cựu thành viên"), f"{base}/alumni"),
    )
    return [(label, url, key == here, None) for key, label, url in items]


def topic_choices(rows: Sequence[Any] | None = None) -> list[tuple[int, str]]:
    """Topics (those in use, if none are given) with their parents' names before them."""
    rows = topics() if rows is None else rows
    english = lang() == "en"
    names = {row.id: (row.name_en if english and row.name_en else row.name) for row in rows}
    return [
        (0, "–"),
        *((r.id, f"{names[r.parent_id]} › {names[r.id]}" if r.parent_id else names[r.id]) for r in rows),
    ]


def organisation_choices() -> list[tuple[int, str]]:
    return [(0, "–"), *mentors.organisations()]


def attempt(form: Any, action: Callable[[], Any], done: str = "") -> bool:
    """Run a service in a transaction; a refusal is shown at its field and nothing is lost.

    Who may not do it at all gets the page that says so.
    """
    try:
        with transaction():
            action()
    except NotAllowed:
        raise
    except DomainError as error:
        form.take(error)
        return False
    if done:
        flash(done, "success")
    return True


def act(action: Callable[[], Any], done: str | Callable[[], str]) -> None:
    """Run a service behind one button; a refusal becomes the page's message. `done` may depend on what came of it."""
    try:
        with transaction():
            action()
    except DomainError as error:
        flash(error.message, "error")
    else:
        flash(done if isinstance(done, str) else done(), "success")


def now() -> datetime:
    return clock.now()


def given(value: T | None) -> T:
    """The value of a field whose validators demand one."""
    assert value is not None
    return value


def terms_of(form: CommitmentForm) -> Terms:
    """What the form says that somebody takes on."""
    return Terms(
        MentorKind(form.kind.data), form.max_teams.data, form.max_hours.data, form.message.data or ""
    )
