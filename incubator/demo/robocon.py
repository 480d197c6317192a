"""What the Robocon part of the demo is made of: schools, teams, and play drawn from seeded strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

import sqlalchemy as sa

from ..core import clock
from ..core.access import Actor
from ..core.db import db
from ..core.text import search_key
from ..matches.outcomes import Presence, Ruling
from ..matches.queries.board import load_board
from ..matches.services import calling, events, results
from ..models import (
    Contest,
    Division,
    Edition,
    Entry,
    EntryState,
    Match,
    MatchState,
    Organisation,
    OrganisationKind,
    Person,
    PrizeBasis,
    PrizeRecipient,
    PrizeScope,
    PrizeTier,
    Project,
    Stage,
    StageDivision,
    StageEntry,
    StageKind,
    StageState,
    Team,
)

#: school, kind, its teams: 50 teams of 17 schools.
SCHOOLS: tuple[tuple[str, OrganisationKind, tuple[str, ...]], ...] = (
    ("Đại học Thủ Dầu Một", OrganisationKind.UNIVERSITY,
     ("TDMU Storm", "TDMU Thunder", "TDMU Rồng Việt", "TDMU Falcon", "TDMU Sao Mai", "TDMU Robotics")),
    ("Đại học Bình Dương", OrganisationKind.UNIVERSITY,
     ("BDU Tiger", "BDU Lion", "BDU Phoenix", "BDU Eagle", "BDU Spark")),
    ("Đại học Quốc tế Miền Đông", OrganisationKind.UNIVERSITY,
     ("EIU Falcon", "EIU Shark", "EIU Nova", "EIU Vega", "EIU Orion")),
    ("Đại học Việt Đức", OrganisationKind.UNIVERSITY, ("VGU RoboTech", "VGU Adler", "VGU Kraft", "VGU Blitz")),
    ("Cao đẳng Việt Nam - Singapore", OrganisationKind.COLLEGE,
     ("Việt-Sing 1", "Việt-Sing 2", "Việt-Sing 3", "Việt-Sing 4")),
    ("Cao đẳng Công nghệ Thủ Dầu Một", OrganisationKind.COLLEGE, ("CĐCN Thủ Dầu Một", "CĐCN Sông Bé", "CĐCN Chánh Nghĩa")),
    ("Trung - Tiểu học Pétrus Ký", OrganisationKind.SCHOOL,
     ("Pétrus Ký 1", "Pétrus Ký 2", "Pétrus Ký 3", "Pétrus Ký 4")),
    ("THPT Võ Minh Đức", OrganisationKind.SCHOOL, ("Võ Minh Đức 1", "Võ Minh Đức 2", "Võ Minh Đức 3")),
    ("THPT chuyên Hùng Vương", OrganisationKind.SCHOOL, ("Hùng Vương A", "Hùng Vương B", "Hùng Vương C")),
    ("THPT Dĩ An", OrganisationKind.SCHOOL, ("Dĩ An 1", "Dĩ An 2")),
    ("THPT Bình An", OrganisationKind.SCHOOL, ("Bình An Robot", "Bình An 2")),
    ("THPT Trịnh Hoài Đức", OrganisationKind.SCHOOL, ("Trịnh Hoài Đức 1", "Trịnh Hoài Đức 2")),
    ("THPT Nguyễn An Ninh", OrganisationKind.SCHOOL, ("Nguyễn An Ninh 1", "Nguyễn An Ninh 2")),
    ("THPT Tân Phước Khánh", OrganisationKind.SCHOOL, ("Tân Phước Khánh 1", "Tân Phước Khánh 2")),
    ("THPT Bến Cát", OrganisationKind.SCHOOL, ("Bến Cát",)),
    ("THPT Phước Vĩnh", OrganisationKind.SCHOOL, ("Phước Vĩnh",)),
    ("THPT Dầu Tiếng", OrganisationKind.SCHOOL, ("Dầu Tiếng",)),
)  # fmt: skip
CHAMPION = "Pétrus Ký 2"


def contest_row(at: datetime) -> Contest:
    found = db.session.scalar(sa.select(Contest).where(Contest.slug == "robocon"))
    if found is None:
        found = Contest(slug="robocon", name="Robocon tỉnh", name_en="Provincial Robocon", created_at=at)
        db.session.add(found)
        db.session.flush()
    return found


def edition_row(contest: Contest, slug: str, name: str, name_en: str, day: datetime) -> Edition:
    local = clock.local(day).date()
    row = Edition(
        contest_id=contest.id, slug=slug, name=name, name_en=name_en, number=None, year=day.year,
        theme="Robot bóng rổ", theme_en="Robot basketball",
        venue="Trung tâm Sáng kiến Cộng đồng và Hỗ trợ khởi nghiệp (BIIC)",
        registration_opens=local - timedelta(days=60), registration_closes=local - timedelta(days=30),
        final_on=local, announced_at=day - timedelta(days=90), is_demo=True, created_at=day - timedelta(days=90),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


def division_row(
    edition: Edition, slug: str = "robocon", name: str = "Robocon", name_en: str = "Robocon"
) -> Division:
    row = Division(edition_id=edition.id, slug=slug, name=name, name_en=name_en)
    row.eligibility = {"team_min": 3, "team_max": 5}
    db.session.add(row)
    db.session.flush()
    return row


PRIZES = (
    ("first", "Giải Nhất", "First prize", 1, 20_000_000),
    ("second", "Giải Nhì", "Second prize", 1, 12_000_000),
    ("third", "Giải Ba", "Third prize", 1, 8_000_000),
)  # fmt: skip


def prize_rows(edition: Edition) -> None:
    """One prize for each of the first three places, the third being played for."""
    db.session.add_all(
        PrizeTier(
            edition_id=edition.id, position=position, slug=slug, name=name, name_en=name_en, scope=PrizeScope.DIVISION,
            recipient=PrizeRecipient.ENTRY, basis=PrizeBasis.RANK, count=count, amount=amount, paper="Giấy chứng nhận",
        )
        for position, (slug, name, name_en, count, amount) in enumerate(PRIZES)
    )  # fmt: skip
    db.session.flush()


def stage_rows(
    edition: Edition,
    division: Division,
    names: Sequence[tuple[str, str]],
    starts: Sequence[datetime],
    advance: int | None,
    kind: StageKind = StageKind.MATCHES,
) -> list[StageDivision]:
    found = []
    for position, ((name, name_en), start) in enumerate(zip(names, starts, strict=True), 1):
        stage = Stage(
            edition_id=edition.id, position=position, name=name, name_en=name_en, kind=kind,
            starts_at=start, venue=edition.venue,
        )  # fmt: skip
        db.session.add(stage)
        db.session.flush()
        first, last = position == 1, position == len(names)
        part = StageDivision(
            stage_id=stage.id, division_id=division.id, state=StageState.OPEN if first else StageState.PLANNED,
            opened_at=start if first else None, advance=None if last else advance,
        )  # fmt: skip
        db.session.add(part)
        db.session.flush()
        found.append(part)
    return found


def entry_rows(
    edition: Edition,
    division: Division,
    part: StageDivision,
    wanted: Sequence[tuple[str, OrganisationKind, Sequence[str]]],
    at: datetime,
    prefix: str = "R",
) -> dict[str, StageEntry]:
    """Teams of the schools, entered and accepted, in the stage. Schools that exist by name are used."""
    rows: dict[str, StageEntry] = {}
    number = 0
    for school, kind, teams in wanted:
        organisation = _school(school, kind, at)
        for name in teams:
            number += 1
            team = Team(name=name, organisation_id=organisation.id, created_at=at)
            db.session.add(team)
            db.session.flush()
            project = Project(team_id=team.id, title=f"Robot {name}", created_at=at)
            db.session.add(project)
            db.session.flush()
            entry = Entry(
                edition_id=edition.id, division_id=division.id, team_id=team.id, project_id=project.id,
                organisation_id=organisation.id, number=f"{prefix}{number:02d}", state=EntryState.ACCEPTED,
                submitted_at=at, decided_at=at, created_at=at, changed_at=at,
            )  # fmt: skip
            db.session.add(entry)
            db.session.flush()
            rows[name] = StageEntry(stage_division_id=part.id, entry_id=entry.id, position=number)
            db.session.add(rows[name])
    db.session.flush()
    return rows


def _school(name: str, kind: OrganisationKind, at: datetime) -> Organisation:
    found = db.session.scalar(sa.select(Organisation).where(Organisation.name == name))
    if found is None:
        slug = search_key(name).replace(" ", "-").replace("---", "-")
        found = Organisation(
            name=name, slug=slug, kind=kind, levels=["high"] if kind is OrganisationKind.SCHOOL else [],
            created_at=at, verified_at=at,
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
    return found


def strengths(sides: dict[str, StageEntry], rng: Random) -> dict[int, float]:
    """How good each team is; the champion of the day is clearly the best."""
    return {row.id: (3.0 if name == CHAMPION else rng.uniform(0.6, 1.7)) for name, row in sides.items()}


@dataclass(frozen=True, slots=True)
class Officials:
    referee: Actor
    timekeeper: Actor
    head: Actor


def officials(people: dict[str, Person]) -> Officials:
    def actor(key: str) -> Actor:
        person = people[key]
        return Actor(person_id=person.id, name=person.full_name)

    return Officials(actor("referee"), actor("secretary2"), actor("referee2"))


def taps(
    match: Match, strength: dict[int, float], start: datetime, rng: Random, until: float = 1.0
) -> list[dict[str, object]]:
    """The events of a two-minute game: start, shots and fouls as they fall, end unless it is still running."""
    begin = int(start.timestamp() * 1000)
    found: list[dict[str, object]] = [{"id": f"{match.id}-s", "kind": "start", "at": begin, "code": "play"}]
    n = 0
    for side, team in enumerate((match.red_id, match.blue_id)):
        power = strength[team or 0]
        for _ in range(max(1, round(rng.gauss(3.2 * power, 1.0)))):
            moment = begin + int(rng.uniform(3, 118 * until) * 1000)
            code = rng.choices(["two", "three", "dunk"], [5, 3, 2 * power])[0]
            n += 1
            found.append({"id": f"{match.id}-{n}", "kind": "tap", "at": moment, "side": side, "code": code})
        for _ in range(rng.choices([0, 1, 2], [6, 3, 1])[0]):
            n += 1
            moment = begin + int(rng.uniform(3, 118 * until) * 1000)
            found.append({"id": f"{match.id}-{n}", "kind": "tap", "at": moment, "side": side, "code": "foul"})
    if until == 1.0:
        found.append({"id": f"{match.id}-e", "kind": "end", "at": begin + 120_000})
    return found


def play(
    match: Match,
    strength: dict[int, float],
    crew: Officials,
    start: datetime,
    rng: Random,
    *,
    until: str = "confirmed",
) -> None:
    """Take one match through the services: called, played, entered, confirmed (or left on the way)."""
    calling.call_match(match.id, actor=crew.head, at=start)
    calling.set_ready(match.id, actor=crew.referee, at=start)
    part = 0.6 if until == "running" else 1.0
    batch = taps(match, strength, start, rng, part)
    sent = int(start.timestamp() * 1000)
    clock = [item for item in batch if item["kind"] in ("start", "end")]
    own = [item for item in batch if item["kind"] == "tap"]
    events.receive(match.id, clock[:1], sent_at=sent, actor=crew.timekeeper, at=start)
    events.receive(match.id, own, sent_at=sent, actor=crew.referee, at=start)
    if until == "running":
        return
    events.receive(match.id, clock[1:], sent_at=sent, actor=crew.timekeeper, at=start)
    after = start + timedelta(minutes=4)
    signed = [
        {"side": side, "name": "Đội trưởng", "agrees": True, "at": after.isoformat()}
        for side in ("red", "blue")
    ]
    best = 0 if strength[match.red_id or 0] >= strength[match.blue_id or 0] else 1
    entered = results.Entered(
        (Presence.PRESENT, Presence.PRESENT), ruling=Ruling("jury", best), votes={"for": 2, "against": 1}, signatures=signed
    )  # fmt: skip
    results.propose_result(match.id, entered, actor=crew.referee, at=after)
    if until != "proposed":
        results.confirm_result(match.id, actor=crew.head, at=after + timedelta(minutes=1))


def play_all(
    tournament_id: int, strength: dict[int, float], crew: Officials, rng: Random, *, most: int | None = None
) -> list[Match]:
    """Play the matches in order of the schedule, at the times of the schedule."""
    done: list[Match] = []
    waiting = [m for m in load_board(tournament_id).matches if m.state is MatchState.SCHEDULED]
    for match in waiting[:most]:
        assert match.starts_at is not None
        play(match, strength, crew, match.starts_at, rng)
        done.append(match)
    return done
