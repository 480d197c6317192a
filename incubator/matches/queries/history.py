"""What has happened to one match: result versions, plays with their events, protests, and who did it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ...core.db import db
from ...models import (
    RULED,
    Match,
    MatchEvent,
    MatchEventState,
    Person,
    Play,
    Protest,
    ResultState,
    ResultVersion,
)
from ..games import Game
from ..scoresheet import Event, EventKind, Tally, tally


@dataclass(slots=True)
class History:
    versions: list[ResultVersion]
    plays: list[Play]
    events: list[MatchEvent]
    protests: Sequence[Protest] = ()
    names: dict[int, str] = field(default_factory=dict)  # of everybody who is named here

    @property
    def held(self) -> list[MatchEvent]:
        """Events of the play that stands that came too late and wait for the head referee."""
        current = self._current
        return [e for e in self.events if e.state is MatchEventState.HELD and e.play_id in current]

    @property
    def is_behind(self) -> bool:
        """Whether late events were ruled to count and no result was entered since: it waits for a correction."""
        stands = self.standing
        return stands is not None and any(
            e.state is MatchEventState.COUNTED and e.reason == RULED and e.received_at > stands.entered_at
            for e in self.events
            if e.play_id in self._current
        )

    @property
    def _current(self) -> set[int]:
        return {play.id for play in self.plays if play.voided_at is None}

    @property
    def standing(self) -> ResultVersion | None:
        """The official result, else the one that waits; what was returned or replaced is neither."""
        by_state = {version.state: version for version in self.versions}
        return by_state.get(ResultState.CONFIRMED) or by_state.get(ResultState.PROPOSED)

    def counted(self, game: Game) -> Tally:
        """The score of the play that stands, from its log."""
        current = self._current
        return tally(
            game,
            [
                Event(e.client_id, EventKind(e.kind), e.made_at, e.side, e.code, e.value, e.undoes)
                for e in self.events
                if e.state is MatchEventState.COUNTED and e.play_id in current
            ],
        )


def history_of(match_id: int) -> History:
    names: dict[int, str] = {}
    versions = _versions(match_id, names)
    plays, events = _plays(match_id, names)
    protests = db.session.scalars(
        sa.select(Protest).where(Protest.match_id == match_id).order_by(Protest.id)
    ).all()
    return History(versions, plays, events, protests, names)


def _versions(match_id: int, names: dict[int, str]) -> list[ResultVersion]:
    entered, confirmed = aliased(Person), aliased(Person)
    rows = db.session.execute(
        sa.select(ResultVersion, entered.full_name, confirmed.full_name)
        .outerjoin(entered, entered.id == ResultVersion.entered_by_id)
        .outerjoin(confirmed, confirmed.id == ResultVersion.confirmed_by_id)
        .where(ResultVersion.match_id == match_id)
        .order_by(ResultVersion.number)
    ).all()
    for version, entered_by, confirmed_by in rows:
        for key, name in ((version.entered_by_id, entered_by), (version.confirmed_by_id, confirmed_by)):
            if key is not None:
                names[key] = name
    return [row[0] for row in rows]


def _plays(match_id: int, names: dict[int, str]) -> tuple[list[Play], list[MatchEvent]]:
    rows = db.session.execute(
        sa.select(Play, MatchEvent, Person.full_name)
        .outerjoin(MatchEvent, MatchEvent.play_id == Play.id)
        .outerjoin(Person, Person.id == MatchEvent.by_id)
        .where(Play.match_id == match_id)
        .order_by(Play.number, MatchEvent.made_at, MatchEvent.id)
    ).all()
    plays = list(dict.fromkeys(row[0] for row in rows))
    events = [row[1] for row in rows if row[1] is not None]
    names.update({event.by_id: name for _play, event, name in rows if event is not None and event.by_id})
    return plays, events


def open_protests(tournament_id: int) -> list[tuple[Protest, str]]:
    """Protests that wait for a decision, each with the code of its match."""
    rows = db.session.execute(
        sa.select(Protest, Match.code)
        .join(Match, Match.id == Protest.match_id)
        .where(Match.tournament_id == tournament_id, Protest.decided_at.is_(None))
        .order_by(Protest.id)
    )
    return [(row[0], row[1]) for row in rows]


_LATE = sa.and_(
    MatchEvent.play_id == Play.id, MatchEvent.state == MatchEventState.HELD, Play.voided_at.is_(None)
)


def late_events(tournament_id: int) -> list[tuple[str, int]]:
    """Matches whose taps came after the confirmation and wait for a ruling: code of the match, how many."""
    rows = db.session.execute(
        sa.select(Match.code, sa.func.count())
        .join(Play, Play.match_id == Match.id)
        .join(MatchEvent, _LATE)
        .where(Match.tournament_id == tournament_id)
        .group_by(Match.id, Match.code)
        .order_by(Match.id)
    )
    return [(row[0], row[1]) for row in rows]


def late_events_of(match_id: int, person_id: int | None) -> int:
    """How many taps of this person came after the confirmation of this match and wait for a ruling."""
    counted = sa.select(sa.func.count()).select_from(Play).join(MatchEvent, _LATE)
    return db.session.scalar(counted.where(Play.match_id == match_id, MatchEvent.by_id == person_id)) or 0
