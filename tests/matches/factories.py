"""A tournament with teams, crew and schedule, ready to play."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from incubator.core.access import Actor, Grant, Role, ScopeKind, system_actor
from incubator.core.db import db
from incubator.matches import presets
from incubator.matches.outcomes import Presence, Ruling
from incubator.matches.queries.board import load_board
from incubator.matches.services import calling, drawing, events, planning, results, setup
from incubator.models import CrewPart, Edition, Match, ResourceKind, StageKind, Tournament
from tests import factories as shared

AT = shared.AT
SYSTEM = system_actor("test")


@dataclass
class Scene:
    edition: Edition
    tournament: Tournament
    referee: Any
    second: Any
    timekeeper: Any
    head: Any
    secretary: Any
    actors: dict[str, Actor] = field(default_factory=dict)

    def match(self, code: str) -> Match:
        """As it stands in the database, whatever wrote it."""
        db.session.flush()
        db.session.expire_all()
        return load_board(self.tournament.id).by_code[code]


def actor(account: Any) -> Actor:
    return Actor(person_id=account.person_id, account_id=account.id, name="x")


def make_tournament(
    teams: int = 4,
    groups: int = 1,
    game: Any = presets.BASKETBALL,
    courts: int = 1,
    schools: int = 0,
    **cut: Any,
) -> Scene:
    edition = shared.make_edition()
    division = shared.make_division(edition)
    stage = shared.make_stage(edition, kind=StageKind.MATCHES if game.runs is None else StageKind.RUNS)
    part = shared.make_stage_division(stage, division)
    bodies = [shared.make_organisation(f"Trường {n}") for n in range(schools or teams)]
    for n in range(teams):
        entry = shared.make_entry(division, bodies[n % len(bodies)], members=0, team=f"Đội {n + 1}")
        shared.make_stage_entry(part, entry, position=n + 1)
    rows = setup.ensure_courts(
        None, [f"Sân {n + 1}" for n in range(courts)], prefix=f"san-{edition.id}", at=AT
    )
    assert all(row.kind is ResourceKind.COURT for row in rows)
    row = setup.ensure_game(game, actor=SYSTEM, at=AT)
    tournament = setup.create_tournament(
        part, row, slug=f"giai-{edition.id}", actor=SYSTEM, at=AT, court_ids=[r.id for r in rows], cut=cut
    )
    people = {}
    for name, crew in (
        ("referee", CrewPart.REFEREE), ("second", CrewPart.REFEREE), ("timekeeper", CrewPart.TIMEKEEPER), ("head", CrewPart.HEAD),
    ):  # fmt: skip
        people[name] = shared.make_user(Role.REFEREE, ScopeKind.EDITION, edition.id)
        setup.set_crew(tournament.id, people[name].person_id, crew, actor=SYSTEM, at=AT)
    people["secretary"] = shared.make_user(Role.SECRETARY, ScopeKind.EDITION, edition.id)
    scene = Scene(edition, tournament, **people)
    scene.actors = {name: actor(account) for name, account in people.items()}
    grant = Grant(Role.SECRETARY, ScopeKind.EDITION, edition.id)
    scene.actors["secretary"] = replace(scene.actors["secretary"], grants=(grant,))
    if groups and game.runs is None:
        setup.make_groups(tournament.id, groups, actor=SYSTEM, at=AT)
        draw = drawing.open_draw(tournament.id, "42", actor=SYSTEM, at=AT)
        drawing.draw_next(draw.id, actor=SYSTEM, at=AT, all_left=True)
        windows = ((AT, AT + timedelta(hours=10)),)
        planning.make_schedule(tournament.id, planning.Plan(8, 8, windows), actor=SYSTEM, at=AT)
    db.session.flush()
    return scene


def begin(scene: Scene, code: str, *taps: tuple[int, str]) -> Match:
    """Call, make ready and play a match up to the end of its time."""
    match = scene.match(code)
    calling.call_match(match.id, actor=scene.actors["head"], at=AT)
    calling.set_ready(match.id, actor=scene.actors["referee"], at=AT)
    now = int(AT.timestamp() * 1000)
    batch = [{"id": f"{match.id}-{n}-{side}-{code_}", "kind": "tap", "at": now + n, "side": side, "code": code_}
             for n, (side, code_) in enumerate(taps, 1)]  # fmt: skip
    clock = [{"id": f"{match.id}-s", "kind": "start", "at": now, "code": "play"}]
    send(scene, match, clock, "timekeeper")
    send(scene, match, batch, "referee")
    send(scene, match, [{"id": f"{match.id}-e", "kind": "end", "at": now + 120_000}], "timekeeper")
    return match


def send(scene: Scene, match: Match, batch: list[dict[str, Any]], who: str) -> events.Receipt:
    now = int(AT.timestamp() * 1000)
    receipt = events.receive(match.id, batch, sent_at=now, actor=scene.actors[who], at=AT)
    for row in list(db.session):
        if isinstance(row, Match):  # the hot path writes past the session
            db.session.expire(row)
    return receipt


def enter(
    scene: Scene, code: str, red: int = 0, blue: int = 0, *, confirm: bool = True, **values: Any
) -> Match:
    """Enter a score for a match (called first if need be) and let the head confirm it."""
    match = scene.match(code)
    if match.state == "scheduled":
        calling.call_match(match.id, actor=scene.actors["head"], at=AT)
    entered = results.Entered(
        values.pop("presences", (Presence.PRESENT, Presence.PRESENT)), (red, blue),
        ruling=values.pop("ruling", Ruling()), **values,
    )  # fmt: skip
    results.propose_result(match.id, entered, actor=scene.actors["referee"], at=AT)
    if confirm:
        results.confirm_result(match.id, actor=scene.actors["head"], at=AT)
    return match
