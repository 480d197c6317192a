"""Runs of the matching: asked for, solved by a job, compared, moved by hand, published as offers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core import clock
from ...core.access import Actor, ensure
from ...core.db import after_commit, db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _, lazy
from ...models import (
    Cohort,
    Commitment,
    CommitmentState,
    IncubationCase,
    MatchRun,
    Offer,
    OfferState,
    Pair,
    Person,
    Programme,
    RuleWaiver,
    RunState,
)
from .. import policies
from ..matching import WAIVABLE, Lock, Problem, Settings, Weights
from ..queries.barring import forbidden_pairs
from ..queries.problem import build_problem
from ..queries.runs import open_offers, pairs_to_offer, waived_in
from ..settings import rule
from ..wording import RULES
from .offers_closing import close_offers


def ask_run(
    cohort: Cohort,
    *,
    label: str = "",
    floor: bool = True,
    keep_bonus: int = 100,
    min_score: int = 0,
    weights: dict[str, int] | None = None,
    locks_from: MatchRun | None = None,
    actor: Actor,
    at: datetime,
) -> MatchRun:
    """Write down what is to be solved; the job solves it. Locks of an earlier run may be carried over."""
    from ..matching.problem_file import plain_problem

    ensure(policies.can_manage(actor, cohort.programme_id))
    lock_rows(Cohort, [cohort.id])
    number = (
        db.session.scalar(sa.select(sa.func.max(MatchRun.number)).where(MatchRun.cohort_id == cohort.id)) or 0
    ) + 1
    setting = Settings(
        floor=floor,
        keep_bonus=keep_bonus,
        min_score=min_score,
        weights=Weights(**weights) if weights else Weights(),
    )
    locks = list(locks_from.locks) if locks_from else []
    salt = f"{cohort.slug}"
    problem = build_problem(cohort, setting, salt, _locks(locks), at=at)
    locks = [row for row, lock in zip(locks, _locks(locks), strict=True) if lock in problem.locks]
    run = MatchRun(
        cohort_id=cohort.id,
        number=number,
        label=label,
        state=RunState.QUEUED,
        salt=salt,
        locks=locks,
        settings={
            "floor": floor,
            "keep_bonus": keep_bonus,
            "min_score": min_score,
            "weights": setting.weights.as_dict(),
        },
        problem=plain_problem(problem),
        created_by_id=actor.person_id,
        created_at=at,
    )
    db.session.add(run)
    db.session.flush()
    activity.record("mentoring.run.asked", run, actor=actor, at=at, after={"number": number})
    after_commit(_solve_later, run.id)
    return run


def _solve_later(run_id: int) -> None:
    from ..jobs import solve_run

    solve_run.later(run_id)


def _locks(rows: list[Any]) -> list[Lock]:
    return [Lock(row["team"], row["mentor"], row.get("kind")) for row in rows]


def problem_of(run: MatchRun, locks: list[Any] | None = None) -> Problem:
    """The problem exactly as it was asked, with these held pairs; those of the run if none are given."""
    from ..matching.problem_file import problem_from

    return replace(problem_from(run.problem), locks=tuple(_locks(run.locks if locks is None else locks)))


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer in the form in which it is stored."""

    input_hash: str
    answer: dict[str, Any]
    pairs: list[dict[str, Any]]


def answered(problem: Problem) -> Answered:
    """Solve a problem and write the answer down. Takes up to seconds: call it outside `transaction()`."""
    from ..matching.answer_file import answer_of
    from ..matching.solving import solve

    answer = answer_of(solve(problem))
    return Answered(answer["input_hash"], answer, answer.pop("pairs"))


def store(run: MatchRun, answer: Answered, *, at: datetime) -> None:
    """Replace the run's pairs by those of an answer; a pair that stays is not written again, so others wait little."""
    known = sa.select(
        Pair.id, Pair.case_id, Pair.person_id, Pair.place, Pair.kind, Pair.score, Pair.locked
    ).where(Pair.run_id == run.id)
    gone = {tuple(row[1:]): row.id for row in db.session.execute(known)}
    fresh = []
    for p in answer.pairs:
        key = (int(p["team"]), int(p["mentor"]), p["place"], p["kind"], p["score"], p["locked"])
        if gone.pop(key, None) is None:
            fresh.append((key, {k: p[k] for k in ("parts", "range") if k in p}))
    db.session.execute(sa.delete(Pair).where(Pair.id.in_(gone.values())))
    db.session.add_all(
        Pair(
            run_id=run.id,
            case_id=case_id,
            person_id=person_id,
            place=place,
            kind=kind,
            score=score,
            locked=locked,
            detail=detail,
        )
        for (case_id, person_id, place, kind, score, locked), detail in fresh
    )
    run.answer, run.input_hash = answer.answer, answer.input_hash
    run.state, run.finished_at = RunState.DRAFT, at


def get_draft(run_id: int, actor: Actor) -> MatchRun:
    """A run that may still change, locked. Raises NotFound, NotAllowed or Conflict."""
    lock_rows(MatchRun, [run_id])
    run = db.session.get(MatchRun, run_id)
    if run is None:
        raise NotFound(_("Không có lượt ghép này."))
    cohort = db.session.get_one(Cohort, run.cohort_id)
    ensure(policies.can_manage(actor, cohort.programme_id))
    check_draft(run)
    return run


def check_draft(run: MatchRun) -> None:
    """Raises Conflict for a run that was published or discarded."""
    if run.state is not RunState.DRAFT:
        raise Conflict(_("Lượt ghép này không còn là bản nháp. Chạy lượt mới để thay đổi."))


def discard(run_id: int, *, actor: Actor, at: datetime) -> None:
    run = get_draft(run_id, actor)
    run.state = RunState.DISCARDED
    activity.record("mentoring.run.discarded", run, actor=actor, at=at)


def waive(
    case: IncubationCase, person_id: int, rule_id: str, *, reason: str, actor: Actor, at: datetime
) -> None:
    """Set a waivable rule aside for one pair; it counts from the next run on."""
    ensure(policies.can_manage(actor, _programme(case.cohort_id)))
    if rule_id not in WAIVABLE | {"declined"}:
        raise Invalid(_("Điều kiện này không được bỏ qua."))
    if not reason:
        raise Invalid(_("Ghi lý do bỏ qua điều kiện."), field="reason")
    committed = sa.select(Commitment.id).where(
        Commitment.cohort_id == case.cohort_id, Commitment.person_id == person_id
    )
    if db.session.scalar(committed) is None:
        raise NotFound(_("Người này không phải cố vấn của khóa."))
    if (case.id, person_id, rule_id) in waived_in(case.cohort_id):
        raise Conflict(_("Điều kiện này đã được bỏ qua cho cặp này. Chạy lượt mới để tính lại."))
    db.session.add(
        RuleWaiver(
            case_id=case.id, person_id=person_id, rule=rule_id, reason=reason, by_id=actor.person_id, at=at
        )
    )
    db.session.flush()
    activity.record(
        "mentoring.rule.waived",
        case,
        actor=actor,
        at=at,
        reason=reason,
        after={"rule": rule_id, "person": person_id},
    )


def publish(run_id: int, *, actor: Actor, at: datetime) -> list[Offer]:
    """Send an offer for every pair whose place is still open; offers of earlier runs for it are withdrawn."""
    run = get_draft(run_id, actor)
    pairs = db.session.scalars(sa.select(Pair).where(Pair.run_id == run.id)).all()
    if not pairs:
        raise Invalid(_("Lượt này không có cặp nào để gửi lời mời."))
    lock_rows(IncubationCase, {pair.case_id for pair in pairs})
    programme = _programme(run.cohort_id)
    fresh = pairs_to_offer(pairs)
    if not fresh:
        raise Conflict(_("Mọi cặp của lượt này đã có lời mời đang chờ, hoặc vị trí đã có cố vấn."))
    _check_still_fit(run.cohort_id, fresh, at)
    for known in open_offers(pair.case_id for pair in pairs).values():
        if (known.case_id, known.kind) in {(pair.case_id, pair.kind) for pair in fresh}:
            close_offers(
                [known],
                lazy("Lượt ghép mới có đề xuất khác."),
                actor=actor,
                at=at,
                state=OfferState.WITHDRAWN,
            )
    due = at + timedelta(days=int(rule(programme, "offer_days")))
    offers = [
        Offer(
            cohort_id=run.cohort_id,
            run_id=run.id,
            case_id=pair.case_id,
            person_id=pair.person_id,
            kind=pair.kind,
            hours=int(rule(programme, "hours_each")),
            score=pair.score,
            detail=pair.detail,
            sent_at=at,
            due_at=due,
        )
        for pair in fresh
    ]
    db.session.add_all(offers)
    db.session.flush()
    run.state, run.published_at, run.published_by_id = RunState.PUBLISHED, at, actor.person_id
    activity.notify_many(
        "mentoring/offer",
        [
            {
                "person_id": o.person_id,
                "url": f"/mentoring/offers/{o.id}",
                "context": {"case_id": o.case_id, "due": due.isoformat()},
            }
            for o in offers
        ],
        at=at,
    )
    activity.record("mentoring.run.published", run, actor=actor, at=at, after={"offers": len(offers)})
    return offers


def _check_still_fit(cohort_id: int, pairs: list[Pair], at: datetime) -> None:
    """What came after the run was solved: a conflict, a judge's place, a mentor who paused. Nobody is asked in vain."""
    commitments = {
        row.person_id: row
        for row in db.session.scalars(sa.select(Commitment).where(Commitment.cohort_id == cohort_id))
        if row.state_on(clock.local(at).date()) is CommitmentState.APPROVED
    }
    cases = {
        row.id: row
        for row in db.session.scalars(
            sa.select(IncubationCase)
            .where(IncubationCase.id.in_([pair.case_id for pair in pairs]))
            .options(sa.orm.joinedload(IncubationCase.team))
        )
    }
    forbidden = forbidden_pairs(cases.values(), commitments.values(), at)
    for pair in pairs:
        verdicts = forbidden.get((str(pair.case_id), str(pair.person_id)), ())
        rules = [v.rule for v in verdicts if not v.waivable]
        if pair.person_id not in commitments:
            rules.append("paused")
        if rules:
            name = db.session.get_one(Person, pair.person_id).full_name
            raise Conflict(
                _(
                    "%(team)s – %(mentor)s nay không ghép được: %(why)s. Chạy lượt mới rồi gửi lời mời.",
                    team=cases[pair.case_id].title,
                    mentor=name,
                    why=RULES[rules[0]],
                )
            )


def _programme(cohort_id: int) -> Programme:
    found = db.session.scalar(
        sa.select(Programme).join(Cohort, Cohort.programme_id == Programme.id).where(Cohort.id == cohort_id)
    )
    assert found is not None
    return found
