"""What the head referee and the desk rule on: late events, protests, surrogates, ties."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import (
    RULED,
    Match,
    MatchEvent,
    MatchEventState,
    Play,
    Protest,
    TieDecision,
    TieOutcome,
)
from .. import policies
from ..queries.board import load_board
from ..queries.ties import open_ties
from .calling import bump, ensure_head, match_for_writing, parts_at, refuse_if_started, tournament_of
from .contest import audit, edition_of, ensure_open, get_for_writing, touch

# -- events that came too late


def decide_held(event_ids: Sequence[int], take: bool, *, actor: Actor, at: datetime) -> None:
    """Rule on events that arrived after the confirmation: taken ones count when a correction is entered."""
    rows = db.session.execute(
        sa.select(MatchEvent.id, Match.id)
        .join(Play, Play.id == MatchEvent.play_id)
        .join(Match, Match.id == Play.match_id)
        .where(MatchEvent.id.in_(event_ids), MatchEvent.state == MatchEventState.HELD)
    ).all()
    tournaments = {}
    for match_id in {row[1] for row in rows}:
        match = match_for_writing(match_id)
        tournaments[match_id] = ensure_head(actor, match, after_publication=True)
        bump(match, at)
    db.session.execute(
        sa.update(MatchEvent)
        .where(MatchEvent.id.in_([row[0] for row in rows]))
        .values(state=MatchEventState.COUNTED if take else MatchEventState.REFUSED, reason=RULED)
        .execution_options(synchronize_session=False)
    )
    for event_id, match_id in rows:
        verb = "event.take" if take else "event.refuse"
        audit(
            tournaments[match_id],
            verb,
            actor=actor,
            at=at,
            object_type="match_event",
            object_id=event_id,
            after={"match": match_id},
        )


# -- protests


def raise_protest(match_id: int, text: str, side: int | None, *, actor: Actor, at: datetime) -> Protest:
    """Write down a protest. Until it is decided the result feeds no table and no bracket."""
    match = match_for_writing(match_id)
    tournament = tournament_of(match)
    parts = parts_at(actor, match.tournament_id, match.court_id)
    ensure(policies.can_referee(actor, parts) or policies.can_manage(actor, edition_of(tournament)))
    if not text.strip():
        raise Invalid(_("Ghi nội dung khiếu nại."), field="text")
    row = Protest(
        match_id=match_id, stage_entry_id=side, text=text.strip(), raised_by_id=actor.person_id, raised_at=at
    )
    db.session.add(row)
    bump(match, at)
    touch(tournament)
    db.session.flush()
    audit(tournament, "protest.raise", row, actor=actor, at=at, after={"match": match_id})
    return row


def decide_protest(protest_id: int, upheld: bool, answer: str, *, actor: Actor, at: datetime) -> None:
    """The head referee decides. An upheld protest is followed by a correction or a replay."""
    row = db.session.get(Protest, protest_id)
    if row is None or row.decided_at is not None:
        raise NotFound(_("Không có khiếu nại nào đang chờ."))
    match = match_for_writing(row.match_id)
    tournament = ensure_head(actor, match, after_publication=True)
    if not answer.strip():
        raise Invalid(_("Ghi kết luận."), field="answer")
    row.outcome, row.answer = "upheld" if upheld else "rejected", answer.strip()
    row.decided_by_id, row.decided_at = actor.person_id, at
    bump(match, at)
    touch(tournament)
    audit(tournament, "protest.decide", row, actor=actor, at=at, after={"outcome": row.outcome})


def set_surrogate(match_id: int, counts: bool, *, actor: Actor, at: datetime) -> None:
    """A surrogate or exhibition match stands on screens and in no table."""
    match = match_for_writing(match_id)
    tournament = ensure_head(actor, match)
    refuse_if_started(load_board(match.tournament_id), match)
    match.counts = counts
    bump(match, at)
    touch(tournament)
    audit(tournament, "match.counts", match, actor=actor, at=at, after={"counts": counts})


# -- ties


def settle_tie(
    tournament_id: int,
    boundary: str,
    order: Sequence[int],
    outcome: TieOutcome,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    decided_by_id: int | None = None,
) -> TieDecision:
    """Record jury, play-off or lots on one open tie: all its teams, best first."""
    tournament = get_for_writing(tournament_id, actor=actor)
    ensure_open(tournament, after_publication=True)
    found = next(
        (
            tie
            for known, _name, tie in open_ties(load_board(tournament_id))
            if known == boundary and tie.teams == set(order)
        ),
        None,
    )
    if found is None or len(order) != len(found.teams):
        raise Invalid(_("Xếp đủ các đội đang bằng nhau, mỗi đội một lần."), field="order")
    row = TieDecision(
        stage_division_id=tournament.stage_division_id,
        boundary=boundary,
        key="-".join(str(side) for side in sorted(order)),
        stage_entry_ids=sorted(order),
        outcome=outcome,
        order=list(order),
        reason=reason,
        decided_by_id=decided_by_id,
        recorded_by_id=actor.person_id,
        decided_at=at,
        created_at=at,
    )
    db.session.add(row)
    touch(tournament)
    db.session.flush()
    audit(
        tournament,
        "tie.decide",
        row,
        actor=actor,
        at=at,
        after={"order": list(order), "outcome": str(outcome)},
        reason=reason,
    )
    return row
