"""A new edition from what there is to start from; from a shipped set-up: divisions with rules and dossiers, stages, prizes, days of its year."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core import clock
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import Contest, Edition, PrizeBasis, PrizeRecipient, PrizeScope, StageKind
from .. import policies
from ..edition_templates import StagePlan, Template, templates
from ..queries import setup_reads
from . import copying, editions, structure
from .structure import StageInput

BEGINS, ENDS = time(7, 30), time(17)


def start(
    source: str,
    *,
    year: int,
    name: str,
    actor: Actor,
    at: datetime,
    contest_id: int | None = None,
    new_contest: str = "",
    slug: str = "",
) -> Edition:
    """An unannounced edition from `source`: "template:<id>", an earlier edition's slug, or "" for a white page.

    It joins the series `contest_id`; without one a series `new_contest` is made, where the source brings none.
    Raises NotFound for a series or a source that is not there.
    """
    contest = db.session.get(Contest, contest_id) if contest_id else None
    if contest_id and contest is None:
        raise NotFound(_("Không có cuộc thi này, hoặc tài khoản đang dùng không xem được."))
    kind, _colon, template_id = source.partition(":")
    if kind == "template":
        template = templates().get(template_id)
        if template is None:
            raise NotFound(_("Không có mẫu này."))
        if contest is None and new_contest:
            contest = editions.create_contest(new_contest, actor=actor, at=at)
        return start_from_template(
            template, year=year, name=name, contest=contest, slug=slug, actor=actor, at=at
        )
    if source:
        earlier = setup_reads.get_source_for(actor, source)
        return copying.copy_edition(earlier, year=year, name=name, slug=slug, actor=actor, at=at)
    if contest is None:
        contest = editions.create_contest(new_contest, actor=actor, at=at)
    return editions.create_edition(contest, name=name, year=year, slug=slug, actor=actor, at=at)


def start_from_template(
    template: Template,
    *,
    year: int,
    name: str,
    actor: Actor,
    at: datetime,
    contest: Contest | None = None,
    slug: str = "",
    **values: Any,
) -> Edition:
    """An unannounced edition with everything that the template says; `values` are columns that differ.

    Without a series the one of the template's name is used, or made.
    """
    ensure(policies.can_create(actor))
    if contest is None:
        contest = db.session.scalar(sa.select(Contest).where(Contest.slug == template.id))
    if contest is None:
        contest = editions.create_contest(
            template.name,
            name_en=template.name_en,
            slug=template.id,
            summary=template.about,
            actor=actor,
            at=at,
        )
    head = {"name_en": template.title_en(year) if name == template.title(year) else "", **template.head(year)}
    edition = editions.create_edition(
        contest, name=name, year=year, slug=slug, actor=actor, at=at, **{**head, **values}
    )
    actor = replace(actor, system="template")  # the grant of this edition is newer than the actor
    for plan in template.divisions(year):
        structure.save_division(
            edition,
            None,
            name=plan.name,
            name_en=plan.name_en,
            slug=plan.slug,
            number_prefix=plan.number_prefix,
            rules=plan.rules,
            wanted=plan.wanted,
            actor=actor,
            at=at,
        )
    ids = {division.slug: division.id for division in edition.divisions}
    for stage in template.stages(year):
        structure.save_stage(edition, None, _stage(stage, ids), actor=actor, at=at)
    structure.set_prizes(edition, [_tier(p) for p in template.prizes()], actor=actor, at=at)
    activity.record(
        "contests.edition.started",
        edition,
        actor=actor,
        at=at,
        edition_id=edition.id,
        after={"template": template.id},
    )
    return edition


def _stage(plan: StagePlan, ids: dict[str, int]) -> StageInput:
    return StageInput(
        plan.name,
        StageKind(plan.kind),
        {ids[slug]: n for slug, n in plan.advance.items()},
        plan.name_en,
        plan.venue,
        starts_at=clock.at_local(plan.starts, BEGINS),
        ends_at=clock.at_local(plan.ends, ENDS),
        blind=plan.blind,
    )


def _tier(values: dict[str, Any]) -> dict[str, Any]:
    return {
        **values,
        "scope": PrizeScope(values["scope"]),
        "basis": PrizeBasis(values["basis"]),
        "recipient": PrizeRecipient(values["recipient"]),
    }
