"""A goal: evidence from the team as words and a file, the verdict of mentor or staff."""

from __future__ import annotations

from flask import Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ...core.access import signed_in
from ...core.downloads import send_stored
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import MilestoneVerdict
from .. import forms, policies
from ..queries import milestones as queries
from ..services import progress
from . import bp
from .common import attempt, now


@bp.route("/milestones/<int:milestone_id>", methods=["GET", "POST"])
@signed_in
def milestone(milestone_id: int) -> str | BaseResponse | tuple[str, int]:
    actor = current_actor()
    row, case, rights = queries.get_milestone_for(actor, milestone_id)
    report, verdict = forms.EvidenceForm(), forms.VerdictForm()
    if request.method == "POST":
        step = request.form.get("step", "")
        done = (
            _report(milestone_id, report)
            if step == "report"
            else _judge(milestone_id, verdict, step == "met")
        )
        if done:
            return go("mentoring.case", case_id=case.id, _anchor="goals")
        row, case, rights = queries.get_milestone_for(actor, milestone_id)
    page = render_template(
        "mentoring/milestone.html",
        row=row,
        case=case,
        report=report,
        verdict=verdict,
        file=queries.file_of(row),
        speaks=policies.can_speak(actor, rights),
        judges=policies.can_judge_goal(actor, rights),
        open=row.verdict in (MilestoneVerdict.OPEN, MilestoneVerdict.REPORTED),
    )
    return (page, 422) if request.method == "POST" else page


def _report(milestone_id: int, form: forms.EvidenceForm) -> bool:
    actor, upload = current_actor(), request.files.get("file")
    data, name = (upload.read(), upload.filename or "") if upload and upload.filename else (None, "")

    def run() -> None:
        row = queries.get_milestone_for(actor, milestone_id)[0]
        progress.report_milestone(
            row, evidence=form.evidence.data or "", data=data, name=name, actor=actor, at=now()
        )

    return form.validate() and attempt(form, run, _("Đã gửi minh chứng."))


def _judge(milestone_id: int, form: forms.VerdictForm, met: bool) -> bool:
    actor = current_actor()

    def run() -> None:
        row = queries.get_milestone_for(actor, milestone_id)[0]
        progress.judge_milestone(row, met, note=form.note.data or "", actor=actor, at=now())

    return form.validate() and attempt(form, run, _("Đã kết luận mục tiêu."))


@bp.get("/milestones/<int:milestone_id>/evidence")
@signed_in
def evidence(milestone_id: int) -> Response:
    """The file of a goal, for those who see its case."""
    row, _case, _rights = queries.get_milestone_for(current_actor(), milestone_id)
    if row.evidence_file_id is None:
        raise NotFound(_("Mục tiêu này chưa có tệp minh chứng."))
    return send_stored(row.evidence_file_id, inline=True)
