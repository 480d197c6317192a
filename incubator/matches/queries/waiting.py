"""What match play asks of somebody, for the home page of each role."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask import url_for

from ...core.access import Actor, Permission, ScopeKind
from ...core.i18n import _
from ...core.todo import Todo
from ...core.together import Asking
from ...core.web import named
from ...models import (
    CrewPart,
    Edition,
    Match,
    MatchCrew,
    MatchEvent,
    MatchEventState,
    MatchState,
    Play,
    Protest,
    ResultState,
    ResultVersion,
    Stage,
    StageDivision,
    Tournament,
)
from .courts import has_lost_court


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of thing to do: how its matches are found, and the sentence and verb that are shown for them."""

    find: Callable[[Any, Actor], Any]  # narrows the statement of matches
    title: Callable[[int], str]
    action: Callable[[], str]
    icon: str


def _called(statement: Any, _actor: Actor) -> Any:
    return statement.where(Match.state == MatchState.CALLED)


def _proposed(statement: Any, actor: Actor) -> Any:
    """Results and corrections that somebody else entered: nobody confirms their own."""
    proposal = sa.and_(ResultVersion.match_id == Match.id, ResultVersion.state == ResultState.PROPOSED)
    return statement.join(ResultVersion, proposal).where(
        Match.state != MatchState.CANCELLED, ResultVersion.entered_by_id.is_distinct_from(actor.person_id)
    )


def _protested(statement: Any, _actor: Actor) -> Any:
    return statement.join(Protest, sa.and_(Protest.match_id == Match.id, Protest.decided_at.is_(None)))


def _late(statement: Any, _actor: Actor) -> Any:
    held = sa.and_(MatchEvent.play_id == Play.id, MatchEvent.state == MatchEventState.HELD)
    return statement.join(Play, sa.and_(Play.match_id == Match.id, Play.voided_at.is_(None))).join(
        MatchEvent, held
    )


def _courtless(statement: Any, _actor: Actor) -> Any:
    return statement.where(has_lost_court())


_COURTLESS = _Kind(_courtless, lambda n: _("%(n)s trận mất sân", n=n), lambda: _("Xếp lại"), "calendar-x")
_CALLED = _Kind(_called, lambda n: _("%(n)s trận đã gọi đội", n=n), lambda: _("Vào sân"), "controller")
_RULED_BY_HEAD = (
    _Kind(_proposed, lambda n: _("%(n)s kết quả trận chờ xác nhận", n=n), lambda: _("Xác nhận"), "flag"),
    _Kind(
        _protested,
        lambda n: _("%(n)s trận có khiếu nại chờ kết luận", n=n),
        lambda: _("Ghi kết luận"),
        "megaphone",
    ),
    _Kind(
        _late,
        lambda n: _("%(n)s trận có lượt bấm đến muộn chờ quyết định", n=n),
        lambda: _("Xem và quyết định"),
        "hourglass-split",
    ),
)


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """Matches without a court, teams that were called, results to confirm, protests and late taps to rule on."""
    if not (actor.has(Permission.MATCHES_MANAGE) or actor.has(Permission.MATCHES_REFEREE)):
        return []
    called, courtless, *ruled = yield [
        kind.find(_matches(actor), actor) for kind in (_CALLED, _COURTLESS, *_RULED_BY_HEAD)
    ]
    found = [
        _todo(_CALLED, rows, url_for("matches_phone.index"))
        for rows in _by_tournament(called)
        if actor.has(Permission.MATCHES_REFEREE, ScopeKind.EDITION, rows[0].edition_id)
    ]
    found += [
        _todo(_COURTLESS, rows, url_for("matches_plan.schedule", slug=rows[0].slug))
        for rows in _by_tournament(courtless)
        if actor.has(Permission.MATCHES_MANAGE, ScopeKind.EDITION, rows[0].edition_id)
    ]
    for kind, matches in zip(_RULED_BY_HEAD, ruled, strict=True):
        for rows in _by_tournament(matches):
            slug = rows[0].slug
            if actor.has(Permission.MATCHES_MANAGE, ScopeKind.EDITION, rows[0].edition_id):
                found.append(_todo(kind, rows, url_for("matches.desk", slug=slug)))
            elif own := [row for row in rows if row.heads]:
                # The desk is the secretary's; a head referee goes to the first of the matches, then to the next.
                found.append(_todo(kind, own, url_for("matches.match", slug=slug, code=own[0].code)))
    return found


def _todo(kind: _Kind, rows: Sequence[Any], url: str) -> Todo:
    first = rows[0]
    return Todo(
        kind.title(len(rows)),
        url,
        kind.action(),
        detail=named(first, "edition"),
        icon=kind.icon,
        urgent=True,
        count=len(rows),
        scope=f"edition:{first.edition_id}",
    )


def _by_tournament(rows: Sequence[Any]) -> list[list[Any]]:
    ordered = sorted(set(rows), key=lambda row: (row.slug, row.match_id))
    return [list(found) for _slug, found in groupby(ordered, key=lambda row: row.slug)]


def _matches(actor: Actor) -> Any:
    """Matches with their tournament, and whether the actor is head referee where they are played."""
    heads = sa.exists().where(
        MatchCrew.tournament_id == Tournament.id,
        MatchCrew.person_id == actor.person_id,
        MatchCrew.part == CrewPart.HEAD,
        MatchCrew.to_at.is_(None),
        sa.or_(MatchCrew.court_id.is_(None), MatchCrew.court_id == Match.court_id),
    )
    return (
        sa.select(
            Tournament.slug,
            Edition.id.label("edition_id"),
            Edition.name.label("edition"),
            Edition.name_en.label("edition_en"),
            Match.id.label("match_id"),
            Match.code,
            heads.label("heads"),
        )
        .join(Match, Match.tournament_id == Tournament.id)
        .join(StageDivision, StageDivision.id == Tournament.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Edition, Edition.id == Stage.edition_id)
    )
