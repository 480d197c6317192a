"""Runs side by side, pairs, moves by hand with their price, publishing."""

from __future__ import annotations

from flask import Response, flash, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ...core.access import Permission, require
from ...core.errors import DomainError, NotFound
from ...core.i18n import _
from ...core.text import name_sort_key
from ...core.text.numerals import whole
from ...core.web import current_actor, go, lang
from ...models import MatchRun, RunState
from .. import faults, forms, jobs, wording
from ..matching import BadProblemError, Settings
from ..queries import cohorts, mentors, moves, runs
from ..services import holding
from ..services import runs as run_services
from . import bp
from .common import act, attempt, now, tabs_of

MANAGE = Permission.MENTORING_MANAGE
WEIGHTS = ("needs", "field", "slots", "stage", "place", "wish")


@bp.get("/cohorts/<slug>/match")
@require(MANAGE)
def match(slug: str) -> str:
    return _page(slug, forms.RunForm(formdata=None), request.args.get("run", type=whole))


def _page(slug: str, form: forms.RunForm, number: int | None) -> str:
    actor = current_actor()
    cohort = cohorts.get_cohort(slug, actor)
    rows = runs.runs_of(cohort)
    shown = next((r.run for r in rows if r.run.number == number), rows[-1].run if rows else None)
    run = runs.get_run(shown.id, actor) if shown else None
    topics = mentors.topic_names(lang() == "en")
    answer = run.answer if run else {}
    vacant = answer.get("empty", [])
    names, titles, waived = runs.words_of(cohort.id, vacant)
    return render_template(
        "mentoring/match.html",
        cohort=cohort,
        tabs=tabs_of(cohort, "match"),
        rows=rows,
        run=run,
        form=form,
        words=wording,
        vacant=vacant,
        waived=waived,
        titles=titles,
        names=names,
        topics=topics,
        states=RunState,
        failure=faults.of_run(answer),
        **_spent(run),
        changes=runs.changes_of(run, rows) if run and request.args.get("changes") else [],
        offered=len(runs.pairs_to_offer(run.pairs)) if run and run.state is RunState.DRAFT else 0,
        weights=(run.settings.get("weights", {}) if run else {}),
    )


def _spent(run: MatchRun | None) -> dict[str, int]:
    """Seconds that a run in work has taken, and how many it may take at most."""
    most = int(Settings().seconds)
    if run is None or run.started_at is None:
        return {"spent": 0, "most": most}
    return {"spent": min(most, max(0, int((now() - run.started_at).total_seconds()))), "most": most}


@bp.get("/runs/<int:run_id>/progress")
@require(MANAGE)
def run_progress(run_id: int) -> str | BaseResponse:
    """The part of the page that waits for a run; once there is an answer, the page is loaded anew."""
    run = runs.get_run(run_id, current_actor())
    if not request.headers.get("HX-Request"):
        return go("mentoring.match", slug=run.cohort.slug, run=run.number)
    if run.state not in (RunState.QUEUED, RunState.RUNNING):
        return Response(headers={"HX-Refresh": "true"})
    return render_template("mentoring/_progress.html", run=run, cohort=run.cohort, **_spent(run))


@bp.post("/cohorts/<slug>/match")
@require(MANAGE)
def ask_run(slug: str) -> BaseResponse | tuple[str, int]:
    actor = current_actor()
    cohort = cohorts.get_cohort(slug, actor)
    form = forms.RunForm()
    made: list[int] = []
    base = runs.run_in(cohort, request.form.get("locks_from", 0, type=whole))

    def run() -> None:
        row = run_services.ask_run(
            cohort,
            label=form.label.data or "",
            floor=form.floor.data == "1",
            keep_bonus=form.keep_bonus.data,
            min_score=form.min_score.data,
            weights={w: getattr(form, w).data for w in WEIGHTS},
            locks_from=base,
            actor=actor,
            at=now(),
        )
        made.append(row.number)

    if not form.validate() or not _weights_sum(form) or not attempt(form, run, _("Đã gửi lượt ghép mới.")):
        return _page(slug, form, None), 422
    return go("mentoring.match", slug=slug, run=made[0])


def _weights_sum(form: forms.RunForm) -> bool:
    total = sum(getattr(form, w).data for w in WEIGHTS)
    if total != 1000:
        form.needs.errors = [
            *form.needs.errors,
            _("Sáu trọng số cộng lại phải bằng 1000, hiện là %(sum)s.", sum=total),
        ]
        return False
    return True


@bp.get("/runs/<int:run_id>/move/<int:case_id>/<kind>")
@require(MANAGE)
def move(run_id: int, case_id: int, kind: str) -> str:
    """Every candidate for a place with the exact price of the move; the best ones, or all."""
    actor = current_actor()
    run = runs.get_run(run_id, actor)
    case = runs.case_in(run, case_id)
    if run.state is not RunState.DRAFT:
        raise NotFound(_("Không có vị trí này trong lượt ghép nháp."))
    try:
        found = moves.candidates(run_services.problem_of(run), case_id, kind, every="all" in request.args)
    except BadProblemError as error:
        raise NotFound(faults.sentences(error.faults)) from error
    titles = {
        str(k): v for k, v in runs.case_titles({int(m[0]) for c in found.able for m in c.moved}).items()
    }
    return render_template(
        "mentoring/move.html",
        run=run,
        case=case,
        kind=kind,
        found=found,
        words=wording,
        titles=titles,
        cohort=run.cohort,
        topics=mentors.topic_names(lang() == "en"),
        waived=runs.waived_in(run.cohort_id),
    )


@bp.post("/runs/<int:run_id>/hold/<int:case_id>/<kind>")
@require(MANAGE)
def hold(run_id: int, case_id: int, kind: str) -> BaseResponse:
    actor = current_actor()
    run = runs.get_run(run_id, actor)
    back = {"slug": run.cohort.slug, "run": run.number}
    person = request.form.get("person", 0, type=whole)
    reason = request.form.get("reason", "").strip()[:300]
    release = request.form.get("step") == "release"
    wish = holding.Wish(case_id, kind, None if release else person, reason)
    try:
        jobs.hold(run, wish, actor=actor, at=now())
    except DomainError as error:
        flash(error.message, "error")
    else:
        flash(
            _("Đã bỏ giữ cặp này.") if release else _("Đã giữ cặp này, các cặp khác đã được tính lại."),
            "success",
        )
    return go("mentoring.match", **back)


@bp.post("/runs/<int:run_id>/waive/<int:case_id>")
@require(MANAGE)
def waive(run_id: int, case_id: int) -> BaseResponse:
    actor = current_actor()
    run = runs.get_run(run_id, actor)
    case = runs.case_in(run, case_id)
    back = {"slug": run.cohort.slug, "run": run.number}
    person, rule = request.form.get("person", 0, type=whole), request.form.get("rule", "")
    reason = request.form.get("reason", "").strip()[:500]
    act(
        lambda: run_services.waive(case, person, rule, reason=reason, actor=actor, at=now()),
        _("Đã bỏ qua điều kiện cho cặp này. Chạy lượt mới để tính lại."),
    )
    return go("mentoring.match", **back)


@bp.post("/runs/<int:run_id>/publish")
@require(MANAGE)
def publish(run_id: int) -> BaseResponse:
    actor = current_actor()
    run = runs.get_run(run_id, actor)
    back = {"slug": run.cohort.slug, "run": run.number}
    act(lambda: run_services.publish(run_id, actor=actor, at=now()), _("Đã gửi lời mời tới các cố vấn."))
    return go("mentoring.match", **back)


@bp.post("/runs/<int:run_id>/discard")
@require(MANAGE)
def discard(run_id: int) -> BaseResponse:
    actor = current_actor()
    run = runs.get_run(run_id, actor)
    back = {"slug": run.cohort.slug, "run": run.number}
    act(lambda: run_services.discard(run_id, actor=actor, at=now()), _("Đã bỏ lượt này."))
    return go("mentoring.match", slug=back["slug"])


@bp.get("/runs/<int:run_id>/fairness")
@require(MANAGE)
def fairness(run_id: int) -> str:
    run = runs.get_run(run_id, current_actor())
    report = run.answer.get("fairness", {})
    blocking = report.get("blocking_examples", [])
    people = {int(m) for _t, m in blocking} | {int(row["mentor"]) for row in report.get("load", [])}
    names = {str(k): v for k, v in runs.person_names(people).items()}
    groups = {
        part: [(words.get(key, key), row) for key, row in report.get(part, {}).items()]
        for part, words in (("field", wording.FIELDS), ("origin", wording.ORIGINS))
    }
    return render_template(
        "mentoring/fairness.html",
        run=run,
        cohort=run.cohort,
        report=report,
        blocking=blocking,
        words=wording,
        names=names,
        named_groups=groups,
        load=sorted(report.get("load", []), key=lambda row: name_sort_key(names.get(row["mentor"], ""))),
        titles={str(k): v for k, v in runs.case_titles({int(t) for t, _m in blocking}).items()},
    )
