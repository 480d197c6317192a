"""Pairs held by hand while others write: nobody waits for the solver, no change in between is lost. On both databases."""

from datetime import timedelta
from threading import Thread

import pytest
import sqlalchemy as sa

from incubator import create_app
from incubator.core.access import Actor, system_actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict
from incubator.mentoring import jobs
from incubator.mentoring.services import holding, runs
from incubator.models import IncubationCase, MatchRun, MentorKind, Pair, RunState
from tests.databases import settings
from tests.factories import AT
from tests.mentoring.factories import make_case, make_cohort, make_mentor

SYSTEM = system_actor("test")
KIND = str(MentorKind.BUSINESS)


@pytest.fixture
def arena(new_database, tmp_path):
    """An application with a database of its own, where commits are real; a solved run of three teams and mentors."""
    url = new_database(tmp_path)
    app = create_app({**settings(tmp_path, url), "QUIET_OUTBOX": True})
    with app.app_context():
        with transaction():
            cohort = make_cohort(programme={"rules": {"places": [KIND]}})
            mentors = [make_mentor(cohort, f"Cố vấn {n}", max_teams=1)[0].person_id for n in range(3)]
            cases = [make_case(cohort, f"Đội {n}")[0].id for n in range(3)]
        with transaction():
            run = runs.ask_run(cohort, actor=SYSTEM, at=AT)
            db.session.info["after_commit"].clear()
        jobs.execute(run.id, at=AT)
        seats = seats_of(run.id)
    yield app, run.id, cases, mentors, seats
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def seats_of(run_id):
    rows = db.session.execute(sa.select(Pair.case_id, Pair.person_id).where(Pair.run_id == run_id))
    return dict(rows.all())


def meanwhile(monkeypatch, app, *steps):
    """While a run is solved (the first time, the second …) another thread does a step and must be done with it."""
    solve, waiting = runs.answered, list(steps)

    def solve_beside(problem):
        if waiting:
            step, failed = waiting.pop(0), []

            def work():
                with app.app_context():
                    try:
                        step()
                    except Exception as error:
                        failed.append(error)
                    finally:
                        db.session.remove()

            thread = Thread(target=work)
            thread.start()
            thread.join(20)
            assert not thread.is_alive(), "the other writer waits for the solver"
            assert failed == []
        return solve(problem)

    monkeypatch.setattr(holding, "answered", solve_beside)


def hold(app, run_id, wish):
    with app.app_context():
        try:
            run = db.session.get_one(MatchRun, run_id)
            jobs.hold(run, wish, actor=Actor(person_id=None, system="test"), at=AT + timedelta(hours=1))
        finally:
            db.session.remove()


def hold_directly(run_id, wish):
    """A colleague's change, worked out and stored before ours is."""
    run = db.session.get_one(MatchRun, run_id)
    locks = [
        *wish.others(run.locks),
        {
            "team": str(wish.case_id),
            "mentor": str(wish.person_id),
            "kind": wish.kind,
            "by": None,
            "reason": "",
        },
    ]
    answer = runs.answered(runs.problem_of(run, locks))
    with transaction():
        holding.take(run_id, holding.Worked(wish, holding._basis(run), locks, answer), actor=SYSTEM, at=AT)


def test_another_writer_does_not_wait_for_the_solver(arena, monkeypatch):
    app, run_id, cases, mentors, seats = arena

    def write():
        with transaction():
            db.session.get_one(IncubationCase, cases[1]).title = "Tên mới"

    meanwhile(monkeypatch, app, write)
    wanted = next(m for m in mentors if m != seats[cases[0]])
    hold(app, run_id, holding.Wish(cases[0], KIND, wanted))
    with app.app_context():
        assert seats_of(run_id)[cases[0]] == wanted
        assert db.session.get_one(IncubationCase, cases[1]).title == "Tên mới"


def test_a_pair_held_in_between_is_kept_beside_ours(arena, monkeypatch):
    app, run_id, cases, mentors, seats = arena
    theirs, ours = seats[cases[0]], seats[cases[1]]  # each team is to have the other's mentor
    meanwhile(monkeypatch, app, lambda: hold_directly(run_id, holding.Wish(cases[1], KIND, theirs)))
    hold(app, run_id, holding.Wish(cases[0], KIND, ours))
    with app.app_context():
        run = db.session.get_one(MatchRun, run_id)
        assert {(x["team"], x["mentor"]) for x in run.locks} == {
            (str(cases[0]), str(ours)), (str(cases[1]), str(theirs)),
        }  # fmt: skip
        assert seats_of(run_id) == {cases[0]: ours, cases[1]: theirs, cases[2]: seats[cases[2]]}
        assert run.input_hash == runs.answered(runs.problem_of(run)).input_hash


def test_the_same_place_changed_in_between_is_for_people_to_settle(arena, monkeypatch):
    app, run_id, cases, mentors, seats = arena
    theirs, ours = (m for m in mentors if m != seats[cases[0]])
    meanwhile(monkeypatch, app, lambda: hold_directly(run_id, holding.Wish(cases[0], KIND, theirs)))
    with pytest.raises(Conflict, match="Người khác vừa giữ hoặc bỏ giữ vị trí này"):
        hold(app, run_id, holding.Wish(cases[0], KIND, ours))
    with app.app_context():
        assert seats_of(run_id)[cases[0]] == theirs


def test_a_run_published_in_between_is_not_changed(arena, monkeypatch):
    app, run_id, cases, mentors, seats = arena

    def publish():
        with transaction():
            runs.publish(run_id, actor=SYSTEM, at=AT)

    meanwhile(monkeypatch, app, publish)
    wanted = next(m for m in mentors if m != seats[cases[0]])
    with pytest.raises(Conflict, match="không còn là bản nháp"):
        hold(app, run_id, holding.Wish(cases[0], KIND, wanted))
    with app.app_context():
        assert seats_of(run_id) == seats
        assert db.session.get_one(MatchRun, run_id).state is RunState.PUBLISHED


def test_a_run_that_keeps_changing_is_given_up_with_a_sentence(arena, monkeypatch):
    app, run_id, cases, mentors, seats = arena

    def swap(n):
        wanted = seats[cases[1]] if n % 2 else seats[cases[2]]
        return lambda: hold_directly(run_id, holding.Wish(cases[1], KIND, wanted))

    meanwhile(monkeypatch, app, *(swap(n) for n in range(jobs.TRIES)))
    with pytest.raises(Conflict, match="vừa được người khác thay đổi"):
        hold(app, run_id, holding.Wish(cases[0], KIND, seats[cases[0]]))


def test_letting_a_pair_go_is_worked_out_the_same_way(arena):
    app, run_id, cases, mentors, seats = arena
    wanted = next(m for m in mentors if m != seats[cases[0]])
    hold(app, run_id, holding.Wish(cases[0], KIND, wanted, reason="Đã quen"))
    hold(app, run_id, holding.Wish(cases[0], KIND, None))
    with app.app_context():
        run = db.session.get_one(MatchRun, run_id)
        assert run.locks == []
        assert seats_of(run_id) == seats
