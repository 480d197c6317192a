"""Courts that fail: who runs the tournament is told, sees it on the schedule, and settles match by match."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.activity import messages
from incubator.core import clock
from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict
from incubator.matches.queries.board import load_board
from incubator.matches.queries.courts import without_court
from incubator.matches.services import courts, moving
from incubator.models import ClosureDay, Notification, Person
from incubator.spaces.intervals import Span, local_date
from incubator.spaces.services import closures, occupancy, outages
from incubator.spaces.services.occupancy import Taken
from tests.factories import make_user
from tests.matches.factories import AT, SYSTEM, Scene, make_tournament

KIND = "matches/courts_lost"


@pytest.fixture
def scene(session: Any) -> Scene:
    made = make_tournament(teams=4, courts=2)
    db.session.commit()
    return made


def fail(scene: Scene, court: int = 0, hours: float = 10) -> Any:
    """The court is out of order from the first match on."""
    with transaction():
        outage, _owners = outages.declare(
            scene.tournament.court_ids[court],
            Span(AT, AT + timedelta(hours=hours)),
            reason="Gãy khung thép",
            actor=SYSTEM,
            at=AT,
        )
    return outage


def taken(scene: Scene, outage: Any) -> occupancy.Owner:
    """The outage is over, but somebody has the court in all of its time."""
    owner = occupancy.Owner("session", 1000 + outage.id)
    want = occupancy.Want(outage.resource_id, Span(outage.starts_at, outage.ends_at))
    with transaction():
        occupancy.release([outages.owner_of_outage(outage)], at=AT)
        occupancy.occupy([want], owner=owner, at=AT)
        outages.end(outage.id, actor=SYSTEM, at=AT)
    return owner


def lost(scene: Scene) -> set[str]:
    db.session.expire_all()
    return {match.code for match in without_court(load_board(scene.tournament.id))}


def of_court(scene: Scene, court: int) -> set[str]:
    board = load_board(scene.tournament.id)
    return {match.code for match in board.matches if match.court_id == scene.tournament.court_ids[court]}


def told() -> list[Notification]:
    return list(
        db.session.scalars(sa.select(Notification).where(Notification.kind == KIND).order_by(Notification.id))
    )


def test_secretary_and_organiser_are_told_once_which_matches_and_what_to_do(scene: Scene, app: Any) -> None:
    organiser = make_user(Role.ORGANISER, ScopeKind.EDITION, scene.edition.id)
    make_user(Role.ORGANISER, ScopeKind.EDITION, scene.edition.id + 1)
    db.session.commit()
    fail(scene)
    rows = told()
    assert {row.person_id for row in rows} == {scene.secretary.person_id, organiser.person_id}
    assert len(rows) == 2
    assert rows[0].url == f"/matches/{scene.tournament.slug}/schedule"
    with app.test_request_context("/"):
        text = messages.render(rows[0], db.session.get_one(Person, rows[0].person_id))
    assert "dời từng trận sang sân hoặc giờ khác" in text.body
    assert "Lý do: Gãy khung thép" in text.body
    assert text.body.count("\n- ") == len(of_court(scene, 0)) == len(lost(scene))
    assert "Sân 1" in text.body
    assert "Sân 2" not in text.body


def test_a_day_off_tells_them_too(scene: Scene) -> None:
    from incubator.spaces.services.places import make_site

    with transaction():
        site = make_site("nha-thi-dau", "Nhà thi đấu", actor=SYSTEM, at=AT)
        for court in load_board(scene.tournament.id).courts.values():
            court.site_id = site.id
        day = local_date(AT)
        row: ClosureDay = closures.set_day(site.id, day, open_as=None, note="Bão số 5", actor=SYSTEM, at=AT)
    with transaction():
        closures.confirm_days([row.id], actor=SYSTEM, at=AT - timedelta(days=1))
    assert [row.context["reason"] for row in told()] == ["Bão số 5"]
    assert len(lost(scene)) == 6


def test_matches_are_settled_one_by_one_while_others_have_no_court_yet(scene: Scene) -> None:
    fail(scene)
    waiting = lost(scene)
    code = sorted(waiting)[0]
    good, bad = scene.tournament.court_ids[1], scene.tournament.court_ids[0]
    late = AT + timedelta(hours=9)
    with pytest.raises(Taken), transaction():
        moving.move_match(scene.tournament.id, code, bad, late, actor=SYSTEM, at=AT, accept=True)
    assert lost(scene) == waiting
    with transaction():
        moving.move_match(scene.tournament.id, code, good, late, actor=SYSTEM, at=AT, accept=True)
    assert lost(scene) == waiting - {code}
    with transaction():
        moving.shift_court(scene.tournament.id, good, 5, actor=SYSTEM, at=AT)
    assert lost(scene) == waiting - {code}


def test_a_court_that_is_back_early_is_held_again_and_its_people_are_told(scene: Scene, app: Any) -> None:
    first = fail(scene)
    fail(scene, 1)
    codes = of_court(scene, 0)
    with transaction():
        outages.end(first.id, actor=SYSTEM, at=AT)
    assert lost(scene) == of_court(scene, 1)
    [letter] = db.session.scalars(
        sa.select(Notification).where(Notification.kind == "matches/courts_back")
    ).all()
    assert letter.person_id == scene.secretary.person_id
    with app.test_request_context("/"):
        text = messages.render(letter, db.session.get_one(Person, letter.person_id))
    assert text.body.count("\n- ") == len(codes)
    assert "Sân 1" in text.body


def test_courts_that_become_free_are_held_again_by_one_button(scene: Scene) -> None:
    """Somebody had the court when the outage ended, and gave it back later."""
    first, second = taken(scene, fail(scene)), taken(scene, fail(scene, 1))
    with pytest.raises(Conflict, match="Sân vẫn ngừng phục vụ"), transaction():
        courts.hold_again(scene.tournament.id, actor=SYSTEM, at=AT)
    with transaction():
        occupancy.release([first], at=AT)
    with transaction():
        done = courts.hold_again(scene.tournament.id, actor=SYSTEM, at=AT)
    assert done == (len(of_court(scene, 0)), len(of_court(scene, 1)))
    assert lost(scene) == of_court(scene, 1)
    with transaction():
        occupancy.release([second], at=AT)
    with transaction():
        courts.hold_again(scene.tournament.id, actor=SYSTEM, at=AT)
    assert lost(scene) == set()
    with pytest.raises(Conflict), transaction():
        courts.hold_again(scene.tournament.id, actor=SYSTEM, at=AT)


def test_the_schedule_and_the_home_of_the_secretary_show_it(scene: Scene, sign_in: Any) -> None:
    with clock.frozen(AT):
        secretary = sign_in(scene.secretary)
        page = f"/matches/{scene.tournament.slug}/schedule"
        assert "mất sân" not in secretary.get(page).text
        outage = fail(scene)
        count = len(lost(scene))
        text = secretary.get(page).text
        assert f"{count} trận mất sân" in text
        assert text.count('class="sub text-danger">mất sân') == count
        assert f"{count} trận mất sân" in secretary.get("/home").text
        refused = secretary.post(f"{page}/hold", follow_redirects=True).text
        assert "Sân vẫn ngừng phục vụ" in refused
        owner = taken(scene, outage)
        with transaction():
            occupancy.release([owner], at=AT)
        assert (
            f"Đã giữ lại sân cho {count} trận" in secretary.post(f"{page}/hold", follow_redirects=True).text
        )
        assert "mất sân" not in secretary.get("/home").text
