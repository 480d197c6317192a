"""A case: its story, needs, wishes, milestones, figures."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ...core.access import Permission, require, signed_in
from ...core.i18n import _
from ...core.text.numerals import is_count, whole
from ...core.web import current_actor, go
from ...models import (
    CaseStage,
    EndReason,
    Metric,
    NeedState,
)
from .. import forms, policies, wording
from ..queries import cases
from ..services import cases as case_services
from ..services import mentorships, needs, progress
from . import bp
from .common import act, attempt, given, now, topic_choices


@bp.get("/cases/<int:case_id>")
@signed_in
def case(case_id: int) -> str:
    return _page(case_id)


def _page(case_id: int, **bound: Any) -> str:
    """The page of a case; a form that was refused keeps what was typed."""
    actor = current_actor()
    story = cases.story_of(actor, case_id)
    need = bound.get("need_form") or forms.NeedForm(formdata=None)
    choices = topic_choices(story.topics)
    need.topic_id.choices = forms.options(choices)
    shown = {
        "need_form": need,
        "stage_form": bound.get("stage_form") or forms.StageForm(formdata=None),
        "milestone_form": bound.get("milestone_form") or forms.MilestoneForm(formdata=None),
        "metric_form": bound.get("metric_form") or forms.MetricForm(formdata=None),
        "case_form": bound.get("case_form") or _case_form(story),
        "end_form": bound.get("end_form") or forms.EndForm(formdata=None),
    }
    shown["stage_form"].to.choices = forms.options(
        (s.value, wording.STAGES[s]) for s in case_services.STEPS[story.case.stage]
    )
    manages = policies.can_manage(actor, story.rights.programme_id)
    return render_template(
        "mentoring/case.html",
        story=story,
        case=story.case,
        words=wording,
        topics=choices,
        now=now(),
        manages=manages,
        speaks=policies.can_speak(actor, story.rights),
        mentor=actor.person_id in story.rights.mentors,
        me=actor.person_id,
        mentor_names={p.id: p.full_name for _m, p in story.mentorships},
        wishes=story.wishes,
        able=[(i, n, str(wording.KINDS[k])) for i, n, k in story.able],
        metrics=list(Metric),
        refused=bound.get("refused"),
        **shown,
    )


def _case_form(story: cases.Story) -> forms.CaseForm:
    form = forms.CaseForm(formdata=None, obj=story.case)
    form.hours.data = story.hours
    return form


@bp.post("/cases/<int:case_id>")
@signed_in
def change_case(case_id: int) -> BaseResponse | tuple[str, int]:
    actor = current_actor()
    row, _rights = cases.get_case_for(actor, case_id)
    form = forms.CaseForm()
    if "priority" not in request.form:
        form.priority.data = row.priority
        form.priority.raw_data = [str(row.priority)]
    if not form.validate() or not attempt(
        form,
        lambda: case_services.change_case(
            row,
            priority=form.priority.data,
            field=form.field.data,
            area=form.area.data or "",
            languages=form.languages.data,
            modes=form.modes.data,
            hours=form.hours.data,
            actor=actor,
            at=now(),
        ),
        _("Đã lưu."),
    ):
        return _page(case_id, case_form=form), 422
    return go("mentoring.case", case_id=case_id)


@bp.post("/cases/<int:case_id>/stage")
@require(Permission.MENTORING_MANAGE)
def move_stage(case_id: int) -> BaseResponse | tuple[str, int]:
    actor = current_actor()
    row, _rights = cases.get_case_for(actor, case_id)
    form = forms.StageForm()
    if not form.validate() or not attempt(
        form,
        lambda: case_services.move_stage(
            row,
            CaseStage(form.to.data),
            reason=form.reason.data or "",
            decision=form.decision.data or "",
            actor=actor,
            at=now(),
        ),
        _("Đã chuyển giai đoạn."),
    ):
        return _page(case_id, stage_form=form), 422
    return go("mentoring.case", case_id=case_id)


@bp.post("/cases/<int:case_id>/needs")
@signed_in
def add_need(case_id: int) -> BaseResponse | tuple[str, int]:
    actor = current_actor()
    row, _rights = cases.get_case_for(actor, case_id)
    form = forms.NeedForm()
    form.topic_id.choices = forms.options(topic_choices())
    if not form.validate() or not attempt(
        form,
        lambda: needs.add_need(
            row,
            topic_id=form.topic_id.data or None,
            text=form.text.data or "",
            priority=form.priority.data,
            actor=actor,
            at=now(),
        ),
        _("Đã thêm nhu cầu."),
    ):
        return _page(case_id, need_form=form), 422
    return go("mentoring.case", case_id=case_id, _anchor="needs")


@bp.post("/needs/<int:need_id>")
@signed_in
def settle_need(need_id: int) -> BaseResponse:
    actor = current_actor()
    need = cases.get_need_for(actor, need_id)
    wanted = request.form.get("state", "")
    state = NeedState(wanted) if wanted in set(NeedState) else NeedState.OPEN
    topic = request.form.get("topic_id", type=whole)
    priority = request.form.get("priority", type=whole)
    act(
        lambda: needs.settle_need(
            need, state, topic_id=topic or None, priority=priority, actor=actor, at=now()
        ),
        _("Đã lưu nhu cầu."),
    )
    return go("mentoring.case", case_id=need.case_id, _anchor="needs")


@bp.post("/cases/<int:case_id>/needs/confirm")
@signed_in
def confirm_needs(case_id: int) -> BaseResponse:
    actor = current_actor()
    row, _rights = cases.get_case_for(actor, case_id)
    act(
        lambda: needs.confirm_needs(row, actor=actor, at=now()),
        _("Đã xác nhận nhu cầu. Ban điều phối sẽ ghép cố vấn cho đội."),
    )
    return go("mentoring.case", case_id=case_id, _anchor="needs")


@bp.post("/cases/<int:case_id>/wishes")
@signed_in
def save_wishes(case_id: int) -> BaseResponse:
    actor = current_actor()
    row, _rights = cases.get_case_for(actor, case_id)
    chosen = [int(v) for v in request.form.getlist("wish") if is_count(v) and v != "0"]
    act(lambda: progress.rank_mentors(row, chosen, actor=actor, at=now()), _("Đã lưu nguyện vọng."))
    return go("mentoring.case", case_id=case_id, _anchor="mentors")


@bp.post("/cases/<int:case_id>/milestones")
@signed_in
def add_milestone(case_id: int) -> BaseResponse | tuple[str, int]:
    actor = current_actor()
    row, _rights = cases.get_case_for(actor, case_id)
    form = forms.MilestoneForm()
    if not form.validate() or not attempt(
        form,
        lambda: progress.add_milestone(
            row, title=form.title.data, due_on=given(form.due_on.data), actor=actor, at=now()
        ),
        _("Đã thêm mục tiêu."),
    ):
        return _page(case_id, milestone_form=form), 422
    return go("mentoring.case", case_id=case_id, _anchor="goals")


@bp.post("/cases/<int:case_id>/metrics")
@signed_in
def report_metrics(case_id: int) -> BaseResponse | tuple[str, int]:
    actor = current_actor()
    row, _rights = cases.get_case_for(actor, case_id)
    form = forms.MetricForm()

    def run() -> None:
        values = {m: getattr(form, m.value).data for m in Metric if getattr(form, m.value).data is not None}
        progress.report_metrics(
            row, given(form.period.data), values, evidence=form.evidence.data or "", actor=actor, at=now()
        )

    if not form.validate() or not attempt(form, run, _("Đã lưu số liệu tháng.")):
        return _page(case_id, metric_form=form), 422
    return go("mentoring.case", case_id=case_id, _anchor="metrics")


@bp.post("/mentorships/<int:mentorship_id>/end")
@signed_in
def end_mentorship(mentorship_id: int) -> BaseResponse | tuple[str, int]:
    actor = current_actor()
    from ..queries.meetings import get_mentorship_for

    row, _rights = get_mentorship_for(actor, mentorship_id)
    form = forms.EndForm()
    if not form.validate() or not attempt(
        form,
        lambda: mentorships.end(
            mentorship_id, EndReason(form.reason.data), note=form.note.data or "", actor=actor, at=now()
        ),
        _("Đã kết thúc quan hệ cố vấn."),
    ):
        return _page(row.case_id, end_form=form, refused=mentorship_id), 422
    return go("mentoring.case", case_id=row.case_id)
