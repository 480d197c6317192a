"""Lists of a cohort for staff: cases, awards, offers, sessions, graduates; found, sorted, as a file."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ...core import sheets
from ...core.access import Permission, require
from ...core.i18n import _
from ...core.lists import list_args
from ...core.web import current_actor, named
from ...models import CaseStage, Metric
from .. import wording
from ..queries import alumni as graduates
from ..queries import cohorts, meetings, runs
from ..queries.intake import awards_without_case
from ..queries.listing import found, page_of
from . import bp
from .common import now, tabs_of

MANAGE = Permission.MENTORING_MANAGE


def as_file(name: str, head: list[str], rows: list[list[Any]]) -> BaseResponse:
    return sheets.download(request.args["file"], name, head, rows)


@bp.get("/cohorts/<slug>/cases")
@require(MANAGE)
def cases_list(slug: str) -> str | BaseResponse:
    cohort = cohorts.get_cohort(slug, current_actor())
    args = list_args(("title", "team", "stage", "priority", "met"), default="title")
    stages = list(CaseStage)
    cards = [card for column in cohorts.board(cohort, now()).values() for card in column]
    rows = found(
        cards,
        args,
        lambda c: f"{c.case.title} {c.case.team.name} {' '.join(c.mentors)} {wording.STAGES[c.case.stage]}",
        {
            "title": lambda c: c.case.search_key,
            "team": lambda c: c.case.team.name.casefold(),
            "stage": lambda c: stages.index(c.case.stage),
            "priority": lambda c: c.case.priority,
            "met": lambda c: c.last_met.timestamp() if c.last_met else 0,
        },
    )
    if request.args.get("file"):
        head = [
            _("Dự án"),
            _("Đội"),
            _("Giai đoạn"),
            _("Từ ngày"),
            _("Ưu tiên"),
            _("Cố vấn"),
            _("Gặp gần nhất"),
        ]
        return as_file(
            f"ho-so-{slug}",
            head,
            [
                [
                    c.case.title,
                    c.case.team.name,
                    str(wording.STAGES[c.case.stage]),
                    c.since,
                    c.case.priority,
                    ", ".join(c.mentors),
                    c.last_met,
                ]
                for c in rows
            ],
        )
    return render_template(
        "mentoring/cases.html",
        cohort=cohort,
        tabs=tabs_of(cohort, "board"),
        page=page_of(rows, args),
        words=wording,
    )


@bp.get("/cohorts/<slug>/intake")
@require(MANAGE)
def intake(slug: str) -> str | BaseResponse:
    cohort = cohorts.get_cohort(slug, current_actor())
    args = list_args(("award", "title", "team"), default="award")

    def title(row: Any) -> str:
        award, entry, team, _division = row
        return str(entry.project.title if entry.project and entry.project.title else team.name)

    rows = found(
        awards_without_case(cohort),
        args,
        lambda r: f"{title(r)} {r[2].name} {r[0].organisation_name} {r[0].tier.name} {r[1].edition.name}",
        {
            "award": lambda r: -r[0].at.timestamp(),
            "title": lambda r: title(r).casefold(),
            "team": lambda r: r[2].name.casefold(),
        },
    )
    if request.args.get("file"):
        head = [_("Dự án"), _("Đội"), _("Đơn vị"), _("Giải"), _("Cuộc thi")]
        return as_file(
            f"giai-thuong-{slug}",
            head,
            [
                [title(r), r[2].name, r[0].organisation_name, named(r[0].tier), named(r[1].edition)]
                for r in rows
            ],
        )
    return render_template(
        "mentoring/intake.html", cohort=cohort, tabs=tabs_of(cohort, "board"), page=page_of(rows, args)
    )


@bp.get("/cohorts/<slug>/offers")
@require(MANAGE)
def cohort_offers(slug: str) -> str | BaseResponse:
    cohort = cohorts.get_cohort(slug, current_actor())
    args = list_args(("sent", "title", "mentor", "state", "score", "due"), default="-sent")
    rows = found(
        runs.offers_in(cohort),
        args,
        lambda o: (
            f"{o.case.title} {o.person.full_name} {wording.OFFER_STATES[o.state][1]} {wording.own(o.reason)}"
        ),
        {
            "sent": lambda o: o.id,
            "title": lambda o: o.case.search_key,
            "mentor": lambda o: o.person.sort_key,
            "state": lambda o: str(o.state),
            "score": lambda o: o.score,
            "due": lambda o: o.due_at,
        },
    )
    if request.args.get("file"):
        head = [
            _("Dự án"),
            _("Cố vấn"),
            _("Loại"),
            _("Trạng thái"),
            _("Lý do"),
            _("Điểm"),
            _("Gửi lúc"),
            _("Hạn trả lời"),
            _("Trả lời lúc"),
        ]
        return as_file(
            f"loi-moi-{slug}",
            head,
            [
                [
                    o.case.title,
                    o.person.full_name,
                    str(wording.KINDS[o.kind]),
                    str(wording.OFFER_STATES[o.state][1]),
                    wording.own(o.reason),
                    o.score,
                    o.sent_at,
                    o.due_at,
                    o.answered_at,
                ]
                for o in rows
            ],
        )
    return render_template(
        "mentoring/offers.html",
        cohort=cohort,
        tabs=tabs_of(cohort, "offers"),
        page=page_of(rows, args),
        words=wording,
        waiting=cohorts.waiting_list(cohort),
        now=now(),
    )


@bp.get("/cohorts/<slug>/sessions")
@require(MANAGE)
def cohort_sessions(slug: str) -> str | BaseResponse:
    cohort = cohorts.get_cohort(slug, current_actor())
    args = list_args(("at", "title", "mentor", "state", "minutes"), default="-at")
    rows = found(
        meetings.sessions_in(cohort),
        args,
        lambda s: f"{s.mentorship.case.title} {s.mentorship.person.full_name} {wording.session_state(s)[1]}",
        {
            "at": lambda s: s.starts_at,
            "title": lambda s: s.mentorship.case.search_key,
            "mentor": lambda s: s.mentorship.person.sort_key,
            "state": lambda s: str(s.state),
            "minutes": lambda s: s.minutes or 0,
        },
    )
    if request.args.get("file"):
        head = [_("Lúc"), _("Dự án"), _("Cố vấn"), _("Trạng thái"), _("Phút"), _("Việc tiếp theo")]
        return as_file(
            f"buoi-gap-{slug}",
            head,
            [
                [
                    s.starts_at,
                    s.mentorship.case.title,
                    s.mentorship.person.full_name,
                    str(wording.session_state(s)[1]),
                    s.minutes,
                    s.next_step,
                ]
                for s in rows
            ],
        )
    return render_template(
        "mentoring/sessions.html",
        cohort=cohort,
        tabs=tabs_of(cohort, "sessions"),
        page=page_of(rows, args),
        words=wording,
    )


@bp.get("/cohorts/<slug>/alumni")
@require(MANAGE)
def alumni(slug: str) -> str | BaseResponse:
    """Graduates of the whole programme with their latest figures."""
    cohort = cohorts.get_cohort(slug, current_actor())
    args = list_args(("at", "title", "team", "revenue", "jobs"), default="-at")
    rows = found(
        graduates.graduates(cohort.programme_id),
        args,
        lambda g: f"{g.case.title} {g.case.team.name} {g.case.cohort.name} {g.decision}",
        {
            "at": lambda g: g.at,
            "title": lambda g: g.case.search_key,
            "team": lambda g: g.case.team.name.casefold(),
            "revenue": lambda g: g.latest.get(Metric.REVENUE, (None, 0))[1],
            "jobs": lambda g: g.latest.get(Metric.JOBS, (None, 0))[1],
        },
    )
    if request.args.get("file"):
        head = [
            _("Dự án"),
            _("Đội"),
            _("Khóa"),
            _("Tốt nghiệp"),
            _("Quyết định"),
            *(str(wording.METRICS[m]) for m in Metric),
        ]
        return as_file(
            f"cuu-thanh-vien-{slug}",
            head,
            [
                [
                    g.case.title,
                    g.case.team.name,
                    named(g.case.cohort),
                    g.at,
                    g.decision,
                    *(g.latest.get(m, (None, None))[1] for m in Metric),
                ]
                for g in rows
            ],
        )
    return render_template(
        "mentoring/alumni.html",
        cohort=cohort,
        tabs=tabs_of(cohort, "alumni"),
        page=page_of(rows, args),
        words=wording,
        metrics=list(Metric),
    )
