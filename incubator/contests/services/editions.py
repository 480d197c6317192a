"""Setting up a contest: series, edition, divisions, stages, prizes, hosts, rules document, announcement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from ...accounts.schools import named_body
from ...accounts.services import grant_role
from ...activity import services as activity
from ...core import files
from ...core.access import Actor, Role, ScopeKind, ensure, system_actor
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...core.text import collapse, search_key
from ...models import (
    Contest,
    Edition,
    EditionHost,
    Entry,
    Extension,
    HostPart,
    StoredFile,
)
from .. import policies

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def slug_from(text: str, most: int = 60) -> str:
    return re.sub(r"[^a-z0-9]+", "-", search_key(text)).strip("-")[:most].strip("-")


def create_contest(
    name: str,
    *,
    actor: Actor,
    at: datetime,
    slug: str = "",
    name_en: str = "",
    summary: str = "",
    alternate_names: Sequence[str] = (),
) -> Contest:
    """A new series. Raises Conflict when the address name is taken."""
    ensure(policies.can_create(actor))
    name = collapse(name)
    if not name:
        raise Invalid(_("Nhập tên cuộc thi."), field="name")
    slug = _wished_slug(Contest, slug) if slug else _free_slug(Contest, slug_from(name))
    contest = Contest(
        slug=slug,
        name=name,
        name_en=name_en,
        summary=summary,
        alternate_names=list(alternate_names),
        created_at=at,
    )
    db.session.add(contest)
    db.session.flush()
    activity.record("contests.contest.created", contest, actor=actor, at=at)
    return contest


def _wished_slug(model: Any, slug: str) -> str:
    """The address that a person typed, or what is wrong with it."""
    if not SLUG.match(slug):
        raise Invalid(
            _("Tên trong địa chỉ chỉ gồm chữ thường không dấu, số và gạch nối, ví dụ robotics-2026."),
            field="slug",
        )
    if db.session.scalar(sa.select(model.id).where(model.slug == slug)):
        raise Conflict(_("Địa chỉ “%(slug)s” đã dùng. Chọn tên khác.", slug=slug), field="slug")
    return slug


def _free_slug(model: Any, base: str) -> str:
    """An address that nobody typed: `base`, else the first of base-2, base-3, … that is free."""
    taken = set(db.session.scalars(sa.select(model.slug).where(model.slug.startswith(base, autoescape=True))))
    return next(s for n in count(1) if (s := base if n == 1 else f"{base}-{n}") not in taken)


def create_edition(
    contest: Contest, *, name: str, year: int, actor: Actor, at: datetime, slug: str = "", **values: Any
) -> Edition:
    """A new, unannounced edition; who makes it becomes its organiser."""
    ensure(policies.can_create(actor))
    if not 2000 <= year <= 2100:
        raise Invalid(_("Năm phải từ 2000 đến 2100."), field="year")
    edition = Edition(
        contest_id=contest.id,
        name=collapse(name),
        year=year,
        slug=_wished_slug(Edition, slug) if slug else _free_slug(Edition, f"{contest.slug}-{year}"),
        created_at=at,
        **values,
    )
    edition.contest, edition.hosts, edition.divisions, edition.stages = contest, [], [], []
    _check_dates(edition)
    db.session.add(edition)
    db.session.flush()
    if actor.person_id is not None:
        grant_role(
            actor.person_id,
            Role.ORGANISER,
            ScopeKind.EDITION,
            edition.id,
            actor=system_actor("edition"),
            at=at,
        )
    activity.record("contests.edition.created", edition, actor=actor, at=at, edition_id=edition.id)
    return edition


def change_edition(edition: Edition, *, actor: Actor, at: datetime, **values: Any) -> None:
    """Change what the edition says about itself; dates keep their order."""
    ensure(policies.can_manage(actor, edition))
    before = {k: str(getattr(edition, k)) for k in values}
    for key, value in values.items():
        setattr(edition, key, value)
    _check_dates(edition)
    db.session.flush()
    after = {k: str(getattr(edition, k)) for k in values}
    changed = [k for k in values if before[k] != after[k]]
    if changed:
        activity.record(
            "contests.edition.changed",
            edition,
            actor=actor,
            at=at,
            edition_id=edition.id,
            before={k: before[k] for k in changed},
            after={k: after[k] for k in changed},
        )


def _check_dates(edition: Edition) -> None:
    opens, closes, final = edition.registration_opens, edition.registration_closes, edition.final_on
    if opens and closes and opens > closes:
        raise Invalid(_("Ngày hết hạn đăng ký phải từ ngày mở trở đi."), field="registration_closes")
    if closes and final and final < closes:
        raise Invalid(_("Ngày chung kết phải sau hạn đăng ký."), field="final_on")


@dataclass(frozen=True, slots=True)
class NotReady:
    """Why an edition cannot be announced: one of the codes that the screen knows."""

    what: str


def not_ready(edition: Edition) -> list[NotReady]:
    """What must be there before visitors see the edition."""
    missing = []
    if not edition.divisions:
        missing.append(NotReady("divisions"))
    if not edition.stages:
        missing.append(NotReady("stages"))
    if edition.registration_opens is None or edition.registration_closes is None:
        missing.append(NotReady("dates"))
    return missing


def announce(edition: Edition, *, actor: Actor, at: datetime) -> None:
    """Make the edition visible to visitors from now on."""
    ensure(policies.can_manage(actor, edition))
    if not_ready(edition):
        raise Conflict(_("Cuộc thi còn thiếu bảng, vòng thi hoặc thời gian đăng ký nên chưa công khai được."))
    if edition.announced_at is None:
        edition.announced_at = at
        activity.record("contests.edition.announced", edition, actor=actor, at=at, edition_id=edition.id)


def hide(edition: Edition, *, actor: Actor, at: datetime) -> None:
    """Take the announcement back, as long as nobody has sent anything."""
    ensure(policies.can_manage(actor, edition))
    sent = db.session.scalar(
        sa.select(Entry.id).where(Entry.edition_id == edition.id, Entry.submitted_at.is_not(None)).limit(1)
    )
    if sent:
        raise Conflict(_("Đã có trường gửi đăng ký nên không ẩn cuộc thi được nữa."))
    edition.announced_at = None
    activity.record("contests.edition.hidden", edition, actor=actor, at=at, edition_id=edition.id)


def set_hosts(edition: Edition, hosts: Sequence[tuple[int, HostPart]], *, actor: Actor, at: datetime) -> None:
    """The hosting bodies in order, each with its part."""
    ensure(policies.can_manage(actor, edition))
    if len({organisation for organisation, _part in hosts}) != len(hosts):
        raise Invalid(_("Mỗi đơn vị tổ chức chỉ ghi một lần."), field="hosts")
    db.session.execute(sa.delete(EditionHost).where(EditionHost.edition_id == edition.id))
    db.session.execute(
        sa.insert(EditionHost),
        [
            {"edition_id": edition.id, "organisation_id": organisation, "part": part, "position": position}
            for position, (organisation, part) in enumerate(hosts)
        ],
    ) if hosts else None
    activity.record("contests.hosts.changed", edition, actor=actor, at=at, edition_id=edition.id)


def set_named_hosts(
    edition: Edition, hosts: Sequence[tuple[str, HostPart]], *, actor: Actor, at: datetime
) -> None:
    """The same by names as typed; a body that nobody knows yet is added. Raises Invalid with `row` for a name too short."""
    ensure(policies.can_manage(actor, edition))
    found = []
    for row, (name, part) in enumerate(hosts):
        if len(collapse(name)) < 4:
            raise Invalid(_("Ghi tên đơn vị đầy đủ."), field="hosts", row=row)
        found.append((named_body(name, at=at, actor=actor).id, part))
    set_hosts(edition, found, actor=actor, at=at)


def extend(
    edition: Edition, *, until: datetime, organisation_id: int | None, reason: str, actor: Actor, at: datetime
) -> Extension:
    """More time, for one school or for all."""
    ensure(policies.can_manage(actor, edition))
    if not reason.strip():
        raise Invalid(_("Ghi lý do gia hạn."), field="reason")
    if until <= at:
        raise Invalid(_("Hạn mới phải sau lúc này."), field="until")
    row = Extension(
        edition_id=edition.id,
        organisation_id=organisation_id,
        until=until,
        reason=reason.strip(),
        by_id=actor.person_id,
        at=at,
    )
    db.session.add(row)
    db.session.flush()
    activity.record(
        "contests.registration.extended",
        row,
        actor=actor,
        at=at,
        edition_id=edition.id,
        after={"organisation": organisation_id, "until": until.isoformat()},
    )
    return row


def store_file(
    data: bytes, name: str, *, owner_id: int | None, at: datetime, allowed: tuple[str, ...] | None = None
) -> StoredFile:
    """Check and keep an upload; the row describes it, the bytes lie under their hash."""
    checked = files.check(data, name, allowed) if allowed else files.check(data, name)
    row = StoredFile(
        sha256=files.write(checked.data),
        size=len(checked.data),
        media_type=checked.media_type,
        name=checked.name,
        owner_id=owner_id,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    return row


def set_rules_file(edition: Edition, data: bytes, name: str, *, actor: Actor, at: datetime) -> StoredFile:
    ensure(policies.can_manage(actor, edition))
    if not data:
        raise Invalid(_("Chọn tệp PDF của thể lệ."), field="file")
    row = store_file(data, name, owner_id=actor.person_id, at=at, allowed=("application/pdf",))
    edition.rules_file_id, edition.rules_file = row.id, row
    activity.record(
        "contests.rules.uploaded", edition, actor=actor, at=at, edition_id=edition.id, after={"file": row.id}
    )
    return row


def shift(day: date | None, years: int) -> date | None:
    """The same day some years later; 29 February becomes the 28th."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
