"""After closing: the ranking with its reasons, ties, who advances, prizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import make_response, render_template, request

from ...core import clock
from ...core.downloads import send_stored
from ...core.errors import DomainError, Invalid, NotFound
from ...core.i18n import _
from ...core.text import search_key
from ...core.text.numerals import whole
from ...core.web import current_actor, named, score
from ...models import Stage, StageDivision, StageKind, StageState, Tabulation, TieOutcome
from .. import forms, scoring
from ..queries import board as boards
from ..queries import decided, following, inputs, ranking
from ..queries import results as queries
from ..services import awards, paper, stages, ties
from . import bp, steps
from .setup import MANAGE

DECIDED = (StageState.DECIDED, StageState.PUBLISHED)


@bp.get("/boards/<int:part_id>/results")
@MANAGE
def results(part_id: int) -> str:
    return _page(part_id)


def _page(part_id: int, tie_id: int = 0, error: str = "") -> str:
    """The results; with `error` the refused form of a tie as it was typed."""
    part = boards.get_part_for(current_actor(), part_id)
    stage = part.stage
    criteria = inputs.criteria_of(part.rubric_id)
    tabulation = queries.tabulation_of(part.id)
    stored = {k: v for k, v in (tabulation.parameters if tabulation else {}).items() if k != "reason"}
    method = scoring.Method.of(stored) if stored else inputs.method_of(stage)
    names = queries.key_names(method, criteria)
    marked = stage.kind is StageKind.RUBRIC
    rows = queries.rows_of([part.id]) if tabulation or not marked else []
    last = part.advance is None
    tiers = ranking.tiers_of(stage.edition_id) if last else []
    if marked:
        queries.explain(rows, names, decided.sentences_of([stage.id], tiers))
    given = queries.awards_of(stage.edition_id) if last else []
    drawn = any(a.division_id == part.division_id and a.stage_entry_id is not None for a, _t in given)
    prizes = {a.stage_entry_id: named(t) for a, t in given}
    for row in rows:
        row.prize = prizes.get(row.id, "")
    going = min(part.advance or 0, sum(row.rank is not None for row in rows))
    onward = following.onward(part, stage) if part.state in DECIDED and not last else None
    held = following.held_in(part) if marked and part.state in DECIDED else 0
    q, show = request.args.get("q", "").strip()[:100], request.args.get("show", "")
    rows = queries.chosen(rows, search_key(q), show)
    return render_template(
        "judging/results.html",
        part=part,
        rows=rows,
        tabulation=tabulation,
        marked=marked,
        method=method,
        criteria=criteria,
        last=last,
        ties=queries.ties_of(part, stage, names, wider=last),
        chairs=queries.deciders_of(stage, at=clock.now()),
        state=StageState,
        outcomes=TieOutcome,
        tiers=tiers,
        awards=given,
        going=going,
        withheld=ranking.why_withheld(stage, part.division_id),
        q=q,
        show=show,
        refused=tie_id,
        error=error,
        typed=request.form if tie_id else {},
        drawn=drawn,
        how_settled=queries.outcome_words(),
        how=_how(method, names, tabulation),
        onward=onward,
        held=held,
    )


def _how(method: scoring.Method, names: list[str], tabulation: Tabulation | None) -> list[tuple[str, str]]:
    """How the ranking was computed, as label and words."""
    rows = [
        (_("Tổng hợp"), str(dict(forms.AGGREGATES)[method.aggregate])),
        (_("Số phiếu mỗi bài"), str(method.expected)),
        (_("Khi thiếu phiếu"), str(dict(forms.MISSING)[method.missing])),
        (
            _("Làm tròn"),
            _("%(n)s chữ số, %(how)s", n=method.places, how=dict(forms.ROUNDINGS)[method.rounding]),
        ),
        (_("Xét lần lượt"), " → ".join(names)),
    ]
    if method.missing is scoring.Missing.MEAN:
        rows.insert(3, (_("Số phiếu tối thiểu"), str(method.at_least)))
    if method.minimum_e4 is not None:
        rows.append((_("Tổng tối thiểu để xét giải"), score(method.minimum_e4, 0)))
    if method.zero is not scoring.Zero.ALLOW:
        rows.append((_("Điểm 0"), str(dict(forms.ZEROS)[method.zero])))
    reason = (tabulation.parameters if tabulation else {}).get("reason")
    return [*rows, (_("Lý do đóng sớm"), reason)] if reason else rows


def _do(
    part_id: int,
    step: Callable[[StageDivision, Stage], str],
    refused: Callable[[DomainError], Any] | None = None,
) -> Any:
    return steps.do(part_id, step, back="judging.results", refused=refused)


@bp.post("/boards/<int:part_id>/ties/<int:tie_id>")
@MANAGE
def decide_tie(part_id: int, tie_id: int) -> Any:
    """Outcome, order (numbers per entry; equal numbers stay equal), who decided, why."""

    def step(part: StageDivision, stage: Stage) -> str:
        tie = queries.get_tie(part, tie_id)
        outcome = _outcome()
        order = [] if outcome is TieOutcome.SHARE else _order(tie.stage_entry_ids)
        ties.decide(
            tie,
            queries.part_of_tie(tie),
            stage,
            outcome,
            order,
            request.form.get("reason", ""),
            request.form.get("decided_by", 0, type=whole),
            actor=current_actor(),
            at=clock.now(),
            paper=_paper(),
        )
        return _("Đã ghi kết quả giải quyết đồng điểm.")

    return _do(part_id, step, lambda error: make_response(_page(part_id, tie_id, error.message), 422))


def _paper() -> tuple[bytes, str] | None:
    """The uploaded scan or photo of the signed record, if any."""
    file = request.files.get("paper")
    return (file.read(), file.filename) if file is not None and file.filename else None


@bp.post("/boards/<int:part_id>/ties/<int:tie_id>/paper")
@MANAGE
def tie_paper(part_id: int, tie_id: int) -> Any:
    def step(part: StageDivision, stage: Stage) -> str:
        given = _paper()
        if given is None:
            raise Invalid(_("Chọn bản quét hoặc ảnh chụp biên bản."), field="paper")
        ties.add_paper(queries.get_tie(part, tie_id), stage, given, actor=current_actor(), at=clock.now())
        return _("Đã lưu biên bản.")

    return _do(part_id, step)


@bp.get("/boards/<int:part_id>/ties/<int:tie_id>/paper")
@MANAGE
def tie_paper_file(part_id: int, tie_id: int) -> Any:
    part = boards.get_part_for(current_actor(), part_id)
    tie = queries.get_tie(part, tie_id)
    if tie.paper_id is None:
        raise NotFound(_("Chưa có biên bản của quyết định này."))
    return send_stored(tie.paper_id, inline=True)


def _outcome() -> TieOutcome:
    try:
        return TieOutcome(request.form.get("outcome", ""))
    except ValueError:
        raise Invalid(_("Chọn cách giải quyết đồng điểm."), field="outcome") from None


def _order(ids: list[int]) -> list[list[int]]:
    places: dict[int, list[int]] = {}
    for entry in ids:
        number = request.form.get(f"place{entry}", type=whole)
        if number is None:
            raise Invalid(_("Ghi thứ tự cho từng bài đồng điểm."), field="order")
        places.setdefault(number, []).append(entry)
    return [places[n] for n in sorted(places)]


@bp.post("/boards/<int:part_id>/decision")
@MANAGE
def decide(part_id: int) -> Any:
    def step(part: StageDivision, stage: Stage) -> str:
        advanced = stages.decide_part(part, stage, actor=current_actor(), at=clock.now())
        if part.advance is None:
            return _("Đã chốt kết quả vòng.")
        return _("Đã chốt: %(n)s bài vào vòng sau.", n=len(advanced))

    return _do(part_id, step)


@bp.post("/boards/<int:part_id>/reopening")
@MANAGE
def reopen_part(part_id: int) -> Any:
    def step(part: StageDivision, stage: Stage) -> str:
        stages.reopen_part(part, stage, request.form.get("reason", ""), actor=current_actor(), at=clock.now())
        return _("Đã mở lại vòng; bản tổng hợp cũ không còn hiệu lực nhưng vẫn được lưu.")

    return _do(part_id, step)


@bp.post("/boards/<int:part_id>/awards")
@MANAGE
def draw_up_awards(part_id: int) -> Any:
    def step(_part: StageDivision, stage: Stage) -> str:
        given = awards.draw_up(stage, actor=current_actor(), at=clock.now())
        return _("Đã lập danh sách %(n)s giải.", n=len(given))

    return _do(part_id, step)


@bp.post("/boards/<int:part_id>/prizes/<int:tier_id>")
@MANAGE
def withhold_prize(part_id: int, tier_id: int) -> Any:
    wanted = request.form.get("withheld") == "1"

    def step(part: StageDivision, stage: Stage) -> str:
        tier = queries.get_tier(stage.edition_id, tier_id)
        awards.withhold(
            stage,
            tier,
            request.form.get("reason", ""),
            division_id=part.division_id,
            actor=current_actor(),
            at=clock.now(),
            withheld=wanted,
        )
        awards.find_ties(stage, at=clock.now())
        return _("Đã ghi. Lập lại danh sách giải để áp dụng.")

    return _do(part_id, step)


@bp.post("/boards/<int:part_id>/comments")
@MANAGE
def release_comments(part_id: int) -> Any:
    def step(part: StageDivision, stage: Stage) -> str:
        count = paper.release_comments(part, stage, actor=current_actor(), at=clock.now())
        return _("Đã gửi %(n)s nhận xét cho các đội, không kèm tên giám khảo.", n=count)

    return _do(part_id, step)


@bp.get("/boards/<int:part_id>/judges")
@MANAGE
def judges_report(part_id: int) -> str:
    part = boards.get_part_for(current_actor(), part_id)
    report, names = queries.report_for(part)
    labels = {r.id: r for r in queries.rows_of([part.id])}
    return render_template("judging/judges_report.html", part=part, report=report, names=names, labels=labels)
