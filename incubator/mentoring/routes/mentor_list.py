"""Mentors of a cohort for staff: found, sorted, as a file; invited by e-mail or phone."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ...core.access import Permission, require
from ...core.i18n import _
from ...core.lists import list_args
from ...core.web import current_actor, go, named
from ...models import CommitmentState, MentorKind
from .. import forms, wording
from ..queries import cohorts, mentors
from ..queries.listing import found, page_of
from ..services import mentors as mentor_services
from ..settings import rule
from . import bp
from .common import attempt, now, tabs_of, terms_of
from .lists import as_file

MANAGE = Permission.MENTORING_MANAGE


@bp.get("/cohorts/<slug>/mentors")
@require(MANAGE)
def cohort_mentors(slug: str) -> str | BaseResponse:
    kind = request.args.get("kind", "")
    asked = {"kind": kind} if kind in set(MentorKind) else {}
    return _mentors_page(slug, forms.InviteForm(formdata=None, **asked))


def _mentors_page(slug: str, form: forms.InviteForm) -> str | BaseResponse:
    cohort = cohorts.get_cohort(slug, current_actor())
    args = list_args(("name", "kind", "state", "teams", "hours"), default="name")
    rows = found(
        mentors.mentor_rows(cohort),
        args,
        _text,
        {
            "name": lambda r: r.person.sort_key,
            "kind": lambda r: str(r.commitment.kind),
            "state": lambda r: str(r.state),
            "teams": lambda r: r.teams,
            "hours": lambda r: r.hours,
        },
    )
    if request.args.get("file"):
        return _file(slug, rows)
    return render_template(
        "mentoring/mentors.html",
        cohort=cohort,
        tabs=tabs_of(cohort, "mentors"),
        page=page_of(rows, args),
        form=form,
        links=mentors.open_links(cohort, now()),
        words=wording,
        states=CommitmentState,
        hours_each=int(rule(cohort.programme, "hours_each")),
    )


def _text(row: mentors.MentorRow) -> str:
    job = row.profile.job_title if row.profile else ""
    skills = " ".join(f"{topic.name} {topic.name_en}" for _skill, topic in row.skills)
    state = wording.COMMITMENT_STATES[row.state][1]
    return f"{row.person.full_name} {job} {skills} {state} {wording.KINDS[row.commitment.kind]}"


def _file(slug: str, rows: list[mentors.MentorRow]) -> BaseResponse:
    head = [
        _("Cố vấn"),
        _("Chức vụ"),
        _("Loại"),
        _("Trạng thái"),
        _("Chuyên môn"),
        _("Đội"),
        _("Nhận nhiều nhất"),
        _("Giờ"),
        _("Giờ nhiều nhất"),
    ]
    return as_file(
        f"co-van-{slug}",
        head,
        [
            [
                f"{r.person.title} {r.person.full_name}".strip(),
                r.profile.job_title if r.profile else "",
                str(wording.KINDS[r.commitment.kind]),
                str(wording.COMMITMENT_STATES[r.state][1]),
                ", ".join(named(t) for _s, t in r.skills),
                r.teams,
                r.commitment.max_teams,
                r.hours,
                r.commitment.max_hours,
            ]
            for r in rows
        ],
    )


@bp.post("/cohorts/<slug>/mentors")
@require(MANAGE)
def invite_mentor(slug: str) -> BaseResponse | tuple[str | BaseResponse, int]:
    actor = current_actor()
    cohort = cohorts.get_cohort(slug, actor)
    form = forms.InviteForm()

    made: list[int] = []

    def run() -> None:
        link = mentor_services.invite(
            cohort, form.contact.data, form.full_name.data or "", terms_of(form), actor=actor, at=now()
        )
        made.extend([link.id] if link else [])

    if not form.validate() or not attempt(form, run, _("Đã gửi lời mời.")):
        return _mentors_page(slug, form), 422
    if made:
        return go("people.invitation", invitation_id=made[0])
    return go("mentoring.cohort_mentors", slug=slug)
