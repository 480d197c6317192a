"""Every page of match play asks the database a fixed few times, whatever the number of rows."""

from __future__ import annotations

import pytest

from incubator.core.db import db
from incubator.matches.live import parts
from incubator.matches.presets import MISSIONS
from incubator.matches.queries.board import load_board
from incubator.matches.services import calling, rulings, setup
from incubator.models import CrewPart, HallMode, HallScreen
from tests.matches.factories import AT, SYSTEM, begin, enter, make_tournament

MOST = 12
SIZES = {1: 2, 3: 3, 300: 25}  # matches: teams of one group

WORK = [
    "",
    "draw",
    "schedule",
    "standings",
    "teams",
    "crew",
    "papers",
    "papers/matches.xlsx",
    "papers/tables.pdf",
]
PUBLIC = ["", "schedule", "live", "hall", "queue", "announcer"]


@pytest.fixture(autouse=True)
def _fresh():
    parts.forget()
    yield
    parts.forget()


def play_day(size):
    """One group with that many matches, one of them on a court, one with everything that can happen to a match."""
    scene = make_tournament(SIZES[size], 1, courts=12, per_group=1)
    enter(scene, "A1", 5, 3)
    rulings.raise_protest(scene.match("A1").id, "Sai điểm", None, actor=scene.actors["head"], at=AT)
    if size > 1:
        begin(scene, "A2", (0, "dunk"), (1, "two"))
    return scene


def counted(queries, browser, url):
    with queries() as log:
        answer = browser.get(url)
    assert answer.status_code == 200, url
    return len(log)


def unlike(found):
    """Pages that ask more than MOST times, or more often when there is more to show."""
    return {url: counts for url, counts in found.items() if max(counts) > MOST or counts[-1] > counts[1]}


def test_pages_of_the_desk(session, sign_in, queries):
    found: dict[str, list[int]] = {}
    for size in SIZES:
        scene = play_day(size)
        browser = sign_in(scene.secretary)
        for path in [*WORK, "m/A1"]:
            url = f"/matches/{scene.tournament.slug}/{path}"
            found.setdefault(path, []).append(counted(queries, browser, url))
    assert unlike(found) == {}


def test_pages_of_everybody(session, client, queries):
    found: dict[str, list[int]] = {}
    for size in SIZES:
        scene = play_day(size)
        slug = scene.tournament.slug
        screen = session.query(HallScreen).filter_by(tournament_id=scene.tournament.id).one()
        for path in PUBLIC:
            found.setdefault(path, []).append(counted(queries, client, f"/vi/matches/{slug}/{path}"))
        for mode in HallMode:
            screen.mode = mode
            session.flush()
            url = f"/en/matches/{slug}/hall/{screen.id}"
            found.setdefault(f"mode {mode}", []).append(counted(queries, client, url))
    assert unlike(found) == {}


def test_pages_of_the_referee(session, sign_in, queries):
    found: dict[str, list[int]] = {}
    for size in SIZES:
        scene = play_day(size)
        code = "A2" if size > 1 else "A1"
        match = scene.match(code)
        for who in ("referee", "head"):
            browser = sign_in(getattr(scene, who))
            for path in ("", f"{match.id}", f"{match.id}/state", f"{match.id}/review"):
                name = f"{who} {path.replace(str(match.id), '1')}"
                found.setdefault(name, []).append(counted(queries, browser, f"/matches/phone/{path}"))
            url = f"/matches/{scene.tournament.slug}/m/{code}"
            found.setdefault(f"{who} m", []).append(counted(queries, browser, url))
    assert unlike(found) == {}


def test_phone_of_a_referee_in_many_tournaments(session, sign_in, queries):
    scene = make_tournament(2, 1)
    counts = []
    for more in (0, 2, 27):
        for _n in range(more):
            other = make_tournament(2, 1)
            setup.set_crew(
                other.tournament.id, scene.referee.person_id, CrewPart.REFEREE, actor=SYSTEM, at=AT
            )
        session.flush()
        browser = sign_in(scene.referee)
        counts.append(counted(queries, browser, "/matches/phone/"))
        assert counted(queries, browser, "/matches/") <= MOST
    assert len(set(counts)) == 1
    assert counts[0] <= MOST


def test_runs_of_many_teams(session, sign_in, client, queries):
    from incubator.matches.services import running

    found: dict[str, list[int]] = {}
    for teams in (1, 3, 300):
        scene = make_tournament(teams, 0, MISSIONS, advance=1)
        board = load_board(scene.tournament.id)
        for side in list(board.sides)[:3]:
            running.record_run(
                side, 1, {"m1": 1}, 60_000, client_id=f"{side}-1", actor=scene.actors["referee"], at=AT
            )
        slug = scene.tournament.slug
        browser = sign_in(scene.secretary)
        for url in (f"/matches/{slug}/runs", f"/matches/{slug}/runs/{side}/2", f"/matches/{slug}/teams"):
            found.setdefault(url.replace(slug, "x").replace(str(side), "y"), []).append(
                counted(queries, browser, url)
            )
        for path in ("", "live", "queue"):
            found.setdefault(path, []).append(counted(queries, client, f"/vi/matches/{slug}/{path}"))
    assert unlike(found) == {}


def test_many_boards_take_as_many_statements_as_one(session, queries):
    from incubator.matches.queries.board import load_boards
    from incubator.models import Tournament

    one = make_tournament(4, 1)
    two = make_tournament(3, 1, courts=2)
    calling.call_match(one.match("A1").id, actor=one.actors["head"], at=AT)
    ids = [one.tournament.id, two.tournament.id]
    db.session.flush()
    db.session.expunge_all()
    with queries() as log:
        boards = load_boards(Tournament.id.in_(ids))
    assert len(log) == 6
    alone = [load_board(key) for key in ids]
    for together, single in zip(boards, alone, strict=True):
        assert list(together.sides) == list(single.sides)
        assert together.members == single.members
        assert [m.code for m in together.matches] == [m.code for m in single.matches]
        assert list(together.courts) == list(single.courts)
    assert [len(board.courts) for board in boards] == [1, 2]
    assert boards[0].by_code["A1"].state == "called"
