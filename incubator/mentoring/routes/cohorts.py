"""Staff pages of a cohort: board, intake, sessions, support, numbers."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ...core.access import Permission, require, signed_in
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go
from .. import exports, forms, policies, wording
from ..queries import cases, cohorts, numbers
from ..queries.cases import needs_of
from ..queries.rights import teams_spoken_for
from ..services import cases as case_services
from . import bp
from .common import act, attempt, now, tabs_of

MANAGE = Permission.MENTORING_MANAGE


@bp.get("/")
@signed_in
def index() -> str | BaseResponse:
    """Staff see programmes, a mentor their desk, a team its cases."""
    actor = current_actor()
    if policies.can_manage(actor):
        return render_template(
            "mentoring/index.html", cohorts=cohorts.cohorts_for(actor), programmes=cohorts.programmes(actor)
        )
    if actor.has(Permission.MENTORING_MENTOR):
        return redirect(url_for("mentoring.me"))
    return render_template(
        "mentoring/mine.html", cases=cases.cases_of(actor), cohorts=cohorts.open_cohorts(now()), words=wording
    )


@bp.get("/cohorts/<slug>")
@require(MANAGE)
def board(slug: str) -> str:
    cohort = cohorts.get_cohort(slug, current_actor())
    return render_template(
        "mentoring/board.html",
        cohort=cohort,
        tabs=tabs_of(cohort, "board"),
        columns=cohorts.board(cohort, now()),
        waiting=cohorts.waiting_list(cohort),
        words=wording,
    )


@bp.post("/cohorts/<slug>/intake/<int:award_id>")
@require(MANAGE)
def open_case(slug: str, award_id: int) -> BaseResponse:
    actor = current_actor()
    cohort = cohorts.get_cohort(slug, actor)
    opened: list[int] = []

    def run() -> None:
        opened.append(case_services.open_from_award(cohort, award_id, actor=actor, at=now()).id)

    act(run, lambda: _opened(opened[0]))
    return go("mentoring.case", case_id=opened[0]) if opened else go("mentoring.intake", slug=slug)


def _opened(case_id: int) -> str:
    if needs_of(case_id):
        return _("Đã mở hồ sơ ươm tạo. Nhận xét của giám khảo đã thành nhu cầu đề xuất, chờ đội xác nhận.")
    return _(
        "Đã mở hồ sơ ươm tạo. Chưa có nhận xét nào của giám khảo được công bố cho đội; đội tự nêu nhu cầu."
    )


@bp.route("/cohorts/<slug>/apply", methods=["GET", "POST"])
@signed_in
def apply_case(slug: str) -> str | BaseResponse | tuple[str, int]:
    """A captain or coach applies for the team."""
    actor = current_actor()
    cohort = cohorts.get_cohort(slug)
    form = forms.ApplyForm()
    form.team_id.choices = forms.options(teams_spoken_for(actor))
    if not form.validate_on_submit():
        page = render_template("mentoring/apply.html", form=form, cohort=cohort)
        return (page, 422) if request.method == "POST" else page
    opened: list[int] = []

    def run() -> None:
        case = case_services.apply_for(
            cohort,
            form.team_id.data,
            title=form.title.data,
            field=form.field.data,
            reason=form.reason.data or "",
            actor=actor,
            at=now(),
        )
        opened.append(case.id)

    if not attempt(form, run, _("Đã gửi đơn. Thêm nhu cầu của đội để ban điều phối tìm cố vấn.")):
        return render_template("mentoring/apply.html", form=form, cohort=cohort), 422
    return go("mentoring.case", case_id=opened[0])


@bp.get("/cohorts/<slug>/numbers")
@require(MANAGE)
def figures(slug: str) -> str:
    cohort = cohorts.get_cohort(slug, current_actor())
    years = numbers.years_of(cohort.programme) or [now().year]
    year = request.args.get("year", type=whole) or years[0]
    return render_template(
        "mentoring/numbers.html",
        cohort=cohort,
        tabs=tabs_of(cohort, "numbers"),
        years=years,
        year=year,
        lines=numbers.indicator_lines(cohort.programme, year, now()),
        months=numbers.months(cohort, now()),
        words=wording,
    )


@bp.get("/cohorts/<slug>/numbers.xlsx")
@require(MANAGE)
def figures_file(slug: str) -> Response:
    cohort = cohorts.get_cohort(slug, current_actor())
    years = numbers.years_of(cohort.programme) or [now().year]
    year = request.args.get("year", type=whole) or years[0]
    if year < 2000 or year > 2100:
        raise NotFound(_("Không có số liệu của năm này."))
    data = exports.workbook(
        cohort,
        year,
        numbers.indicator_lines(cohort.programme, year, now()),
        numbers.months(cohort, now()),
        cohorts.board(cohort, now()),
    )
    return Response(
        data,
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="so-lieu-{cohort.slug}-{year}.xlsx"'},
    )
