"""A mentor's own pages, and the staff's list of mentors."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Response, current_app, render_template, request
from flask_babel import force_locale
from werkzeug.wrappers import Response as BaseResponse

from ...accounts.queries import own_person
from ...core import clock
from ...core.access import Permission, require, signed_in
from ...core.errors import Invalid
from ...core.forms import parse_day
from ...core.i18n import _
from ...core.lists import list_args
from ...core.text import search_key
from ...core.text.numerals import whole
from ...core.web import current_actor, go, lang, named
from ...models import Commitment, OfferState
from .. import exports, forms, policies, wording
from ..queries import cohorts, mentors
from ..queries.cases import needs_of
from ..queries.listing import found, page_of
from ..queries.wishing import OpenCase, cases_to_wish, wishes_of_mentor
from ..services import mentors as mentor_services
from ..services import offers, profiles, progress
from ..services.programmes import topics
from . import bp
from .common import act, attempt, now, organisation_choices, terms_of
from .lists import as_file


@bp.get("/me")
@signed_in
def me() -> str:
    """Offers first, then teams, sessions and commitments."""
    actor = current_actor()
    person_id = actor.person_id or 0
    today = clock.local(now()).date()
    year = (date(today.year, 1, 1), today)
    return render_template(
        "mentoring/me.html",
        offers=mentors.offers_of(person_id),
        mentorships=mentors.mentorships_of(person_id),
        sessions=mentors.sessions_of(person_id, now()),
        commitments=mentors.commitments_of(person_id),
        words=wording,
        profile=mentors.profile_of(person_id),
        hours=mentors.hour_lines(person_id, *year),
        year=year,
        now=now(),
        open_cohorts=cohorts.open_cohorts(now()),
        later=today + timedelta(days=30),
    )


@bp.route("/me/wishes", methods=["GET", "POST"])
@signed_in
def mentor_wishes() -> str | BaseResponse | tuple[str, int]:
    """Which teams a mentor would like best, among those that look for one."""
    actor = current_actor()
    person_id = actor.person_id or 0
    open_cases = cases_to_wish(person_id, clock.local(now()).date())
    form = forms.WishesForm()
    form.offer([(row.case.id, row.case.title) for row in open_cases], wishes_of_mentor(person_id))
    if form.validate_on_submit() and attempt(
        form,
        lambda: progress.rank_cases(person_id, form.chosen(), actor=actor, at=now()),
        _("Đã lưu nguyện vọng."),
    ):
        return go("mentoring.mentor_wishes")
    args = list_args(("title", "field"), default="title")
    rows = found(
        open_cases,
        args,
        _words_of_case,
        {
            "title": lambda r: search_key(r.case.title),
            "field": lambda r: str(wording.FIELDS.get(r.case.field, "")),
        },
    )
    if request.args.get("file"):
        head = [_("Dự án"), _("Lĩnh vực"), _("Giai đoạn"), _("Đội cần gì")]
        return as_file("doi-tim-co-van", head, [_line_of_case(row) for row in rows])
    page = render_template(
        "mentoring/wishes.html", form=form, page=page_of(rows, args), words=wording, any=bool(open_cases)
    )
    return (page, 422) if form.errors or form.form_errors else page


def _line_of_case(row: OpenCase) -> list[str]:
    needs = ", ".join(named(topic) for topic in row.needs)
    return [
        row.case.title,
        str(wording.FIELDS.get(row.case.field, "")),
        str(wording.STAGES[row.case.stage]),
        needs,
    ]


def _words_of_case(row: OpenCase) -> str:
    needs = " ".join(f"{topic.name} {topic.name_en}" for topic in row.needs)
    return f"{row.case.title} {wording.FIELDS.get(row.case.field, '')} {row.case.area} {needs}"


@bp.route("/me/profile", methods=["GET", "POST"])
@signed_in
def profile() -> str | BaseResponse | tuple[str, int]:
    actor = current_actor()
    person_id = actor.person_id or 0
    row = mentors.profile_of(person_id)
    form = forms.ProfileForm(obj=row) if request.method == "GET" else forms.ProfileForm()
    form.organisation_id.choices = forms.options(organisation_choices())
    if request.method == "GET":
        form.areas.data = ", ".join(row.areas) if row else ""
        form.hours.data = [(r.weekday, r.starts, r.ends) for r in mentors.hours_of(person_id=person_id)]
    levels = {s.topic_id: s.level for s, _t in mentors.skills_of([person_id])}
    if form.validate_on_submit():
        levels = {t.id: request.form.get(f"skill-{t.id}", 0, type=whole) for t in topics()}
        facts = profiles.ProfileFacts(
            organisation_id=form.organisation_id.data or None,
            job_title=form.job_title.data or "",
            about=form.about.data or "",
            fields=form.fields.data,
            languages=form.languages.data,
            modes=form.modes.data,
            stages=form.stages.data,
            areas=[a.strip() for a in (form.areas.data or "").split(",") if a.strip()],
            skills={t: level for t, level in levels.items() if level},
            hours=form.hours.data,
        )
        if attempt(
            form,
            lambda: profiles.save_profile(person_id, facts, actor=actor, at=now()),
            _("Đã lưu hồ sơ cố vấn."),
        ):
            return go("mentoring.me")
    page = render_template(
        "mentoring/profile.html",
        form=form,
        topics=topics(),
        levels=levels,
        words=wording,
        english=lang() == "en",
    )
    return (page, 422) if request.method == "POST" else page


@bp.route("/cohorts/<slug>/join", methods=["GET", "POST"])
@signed_in
def join(slug: str) -> str | BaseResponse | tuple[str, int]:
    """Offer to mentor in a cohort."""
    actor = current_actor()
    cohort = cohorts.get_cohort(slug)
    form = forms.CommitmentForm()
    if form.validate_on_submit() and attempt(
        form,
        lambda: mentor_services.apply(cohort, actor.person_id or 0, terms_of(form), actor=actor, at=now()),
        _("Đã gửi đăng ký. Điền hồ sơ chuyên môn trong khi chờ duyệt."),
    ):
        return go("mentoring.profile")
    page = render_template("mentoring/join.html", form=form, cohort=cohort)
    return (page, 422) if request.method == "POST" else page


@bp.post("/commitments/<int:commitment_id>")
@signed_in
def commitment(commitment_id: int) -> BaseResponse:
    """Answer, approve, change, pause, resume: one button each."""
    actor = current_actor()
    row = mentors.get_commitment(commitment_id, actor)
    step = request.form.get("step", "")
    act(lambda: _commitment_step(row, step), _("Đã lưu."))
    if actor.person_id == row.person_id:
        return go("mentoring.me")
    return go("mentoring.cohort_mentors", slug=row.cohort.slug)


def _commitment_step(row: Commitment, step: str) -> None:
    actor, at = current_actor(), now()
    if step in ("approve", "decline"):
        answer = request.form.get("answer", "")[:500]
        mentor_services.decide(row, step == "approve", answer=answer, actor=actor, at=at)
    elif step == "pause":
        text = request.form.get("until", "").strip()
        mentor_services.pause(row, parse_day(text) if text else None, actor=actor, at=at)
    elif step == "resume":
        mentor_services.resume(row, actor=actor, at=at)
    elif step == "change":
        teams = request.form.get("max_teams", type=whole)
        hours = request.form.get("max_hours", type=whole)
        if teams is None:
            raise Invalid(_("Số đội nhận nhiều nhất là số từ 0 đến 20."))
        mentor_services.change_commitment(row, max_teams=teams, max_hours=hours, actor=actor, at=at)
    else:
        raise Invalid(_("Chọn một việc trong danh sách."))


@bp.post("/skills/<int:person_id>/<int:topic_id>/verify")
@require(Permission.MENTORING_MANAGE)
def verify_skill(person_id: int, topic_id: int) -> BaseResponse:
    actor = current_actor()
    act(
        lambda: profiles.verify_skill(person_id, topic_id, actor=actor, at=now()),
        _("Đã xác nhận chuyên môn."),
    )
    return go("mentoring.cohort_mentors", slug=request.form.get("cohort", "-"))


@bp.get("/offers/<int:offer_id>")
@signed_in
def offer(offer_id: int) -> str:
    return _offer_page(offer_id, forms.ReasonForm(formdata=None))


def _offer_page(offer_id: int, form: forms.ReasonForm) -> str:
    actor = current_actor()
    row = mentors.get_offer_for(actor, offer_id)
    case = cohorts.case_of(row.case_id)
    return render_template(
        "mentoring/offer.html",
        offer=row,
        case=case,
        needs=needs_of(row.case_id),
        words=wording,
        form=form,
        now=now(),
        topics=mentors.topic_names(lang() == "en"),
        own=policies.can_answer(actor, row),
        mentorship=mentors.running_mentorship(row) if row.state is OfferState.ACCEPTED else None,
    )


@bp.post("/offers/<int:offer_id>")
@signed_in
def answer_offer(offer_id: int) -> BaseResponse | tuple[str, int]:
    actor = current_actor()
    form = forms.ReasonForm()
    if request.form.get("step") == "accept":
        made: list[int] = []
        if form.validate() and attempt(
            form,
            lambda: made.append(offers.accept(offer_id, actor=actor, at=now()).id),
            _("Đã nhận đội. Đặt buổi gặp đầu tiên."),
        ):
            return go("mentoring.book", mentorship_id=made[0])
    elif form.validate() and attempt(
        form,
        lambda: offers.decline(offer_id, reason=form.reason.data or "", actor=actor, at=now()),
        _("Đã từ chối. Cảm ơn Thầy/Cô đã trả lời."),
    ):
        return go("mentoring.me")
    return _offer_page(offer_id, form), 422


@bp.post("/offers/<int:offer_id>/withdraw")
@require(Permission.MENTORING_MANAGE)
def withdraw_offer(offer_id: int) -> BaseResponse:
    actor = current_actor()
    slugs: list[str] = []

    def run() -> None:
        row = offers.withdraw(offer_id, reason=request.form.get("reason", "")[:500], actor=actor, at=now())
        slugs.append(cohorts.slug_of(row.cohort_id))

    act(run, _("Đã rút lời mời."))
    return go("mentoring.cohort_offers", slug=slugs[0]) if slugs else go("mentoring.index")


@bp.get("/me/hours.pdf")
@signed_in
def hours_pdf() -> Response:
    """The certificate of one's own hours between two dates; this year where none are given."""
    actor = current_actor()
    today = clock.local(now()).date()
    first = parse_day(request.args["from"]) if request.args.get("from") else date(today.year, 1, 1)
    last = parse_day(request.args["to"]) if request.args.get("to") else today
    person = own_person(actor)
    row = mentors.profile_of(person.id)
    body = mentors.body_of(row)
    job = ", ".join(x for x in (row.job_title if row else "", body.name if body else "") if x)
    lines = mentors.hour_lines(person.id, first, last)
    if not lines:
        raise Invalid(_("Chưa có buổi gặp nào được ghi biên bản trong khoảng này. Ghi biên bản rồi tải lại."))
    with force_locale("vi"):  # an official paper
        data = exports.certificate(
            person,
            job,
            lines,
            first,
            last,
            today=today,
            house=current_app.config.get("OWNER_NAME", ""),
            place=current_app.config.get("DATE_PLACE", ""),
            parent=current_app.config.get("OWNER_PARENT", ""),
        )
    return Response(
        data, mimetype="application/pdf", headers={"Content-Disposition": 'inline; filename="gio-co-van.pdf"'}
    )
