"""The organiser's side: what is published, prepare, rehearse, confirm, correct, certificates, appeals."""

from __future__ import annotations

from flask import Blueprint, flash, render_template, request
from flask_babel import force_locale
from werkzeug.wrappers import Response

from ...activity import jobs
from ...core import clock
from ...core.access import Permission, ensure, require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.todo import Todo
from ...core.together import ask
from ...core.web import current_actor, go
from ...judging.policies import can_manage
from ...judging.queries import following
from ...models import Edition
from .. import policies, services, words
from ..forms import AnswerForm, PublishForm
from ..queries import board as boards
from ..queries import editions, problems, snapshots, teams
from ..queries.public import RANKED
from ..services import Decision
from ..snapshot import Snapshot, digest, payload_of, snapshot_of
from .corrections import bp as corrections_bp
from .hours import check_hour, visible_at
from .posts import bp as posts_bp
from .rehearsal import rehearse
from .teams import send_certificates

bp = Blueprint("publishing", __name__, url_prefix="/publishing")
bp.register_blueprint(corrections_bp)
bp.register_blueprint(posts_bp)


@bp.get("/")
@require(Permission.RESULTS_VIEW)
def index() -> str:
    return render_template("publishing/editions.html", editions=editions.editions_for(current_actor()))


@bp.get("/<edition>")
@require(Permission.RESULTS_VIEW)
def board(edition: str) -> str:
    row = editions.get_edition_for(current_actor(), edition)
    return render_template(
        "publishing/board.html",
        board=boards.board_of(row),
        edition=row,
        words=words,
        now=clock.now(),
        steps=_steps(row),
        run=editions.last_issue(row.id),
        divisions=editions.divisions_of(row.id),
    )


def _steps(row: Edition) -> list[Todo]:
    """What follows what is published, for who manages the judging: the page where a publication ends says it."""
    return ask(following.steps({row.id})) if can_manage(current_actor(), row.id) else []


def load_choice(edition: str, kind: str, position: int) -> tuple[Edition, boards.Choice, Snapshot]:
    row = editions.get_edition_for(current_actor(), edition)
    choice = boards.find_choice(row, kind, position)
    return row, choice, snapshots.built_snapshot(row.id, choice.kind, choice.stage)


@bp.get("/<edition>/<kind>/<int:position>")
@require(Permission.RESULTS_PUBLISH)
def prepare(edition: str, kind: str, position: int) -> str:
    """Step 1: prizes beside the structure, what blocks, decision and hour. Back from the rehearsal: as typed."""
    row, choice, snapshot = load_choice(edition, kind, position)
    ensure(policies.can_publish(current_actor(), row.id))
    form = PublishForm(request.args or None)
    if not request.args and choice.latest and not form.signer.data:
        form.decision_number.data, form.signer.data = choice.latest.decision_number, choice.latest.signer
        form.decision_date.data = choice.latest.decision_date
    return render_prepare(row, choice, snapshot, form)


def render_prepare(row: Edition, choice: boards.Choice, snapshot: Snapshot, form: PublishForm) -> str:
    latest = snapshot_of(choice.latest.payload) if choice.latest else None
    return render_template(
        "publishing/prepare.html",
        edition=row,
        choice=choice,
        form=form,
        words=words,
        problems=problems.problems_of(row, choice, snapshot),
        checks=problems.tier_checks(row, snapshot) if choice.kind in RANKED else [],
        counts=[
            (d, len(p.rows))
            for p in snapshot.parts
            for d in editions.divisions_of(row.id)
            if d.id == p.division_id
        ],
        same=latest is not None and digest(payload_of(latest)) == digest(payload_of(snapshot)),
    )


@bp.post("/<edition>/<kind>/<int:position>/rehearse")
@require(Permission.RESULTS_PUBLISH)
def rehearsal(edition: str, kind: str, position: int) -> str | tuple[str, int]:
    """Step 2: the page as visitors will see it, with nothing published yet."""
    row, choice, snapshot = load_choice(edition, kind, position)
    ensure(policies.can_publish(current_actor(), row.id))
    form = PublishForm()
    if not form.validate() or not check_hour(form):
        return render_prepare(row, choice, snapshot, form), 422
    form.expected.data = digest(payload_of(snapshot))
    page, refused = rehearse(row, choice, snapshot, form), _refusal(row, choice, snapshot, form)
    with force_locale("vi"):
        return render_template(
            "publishing/rehearsal.html",
            page=page,
            form=form,
            choice=choice,
            edition=row,
            words=words,
            preview=True,
            division=None,
            refused=refused,
        )


def _refusal(row: Edition, choice: boards.Choice, snapshot: Snapshot, form: PublishForm) -> str:
    """Why what is rehearsed could not be published as it stands, "" when it could."""
    now = clock.now()
    try:
        services.ensure_publishable(
            row,
            choice,
            snapshot,
            visible_at=max(visible_at(form, now), now),
            decision=decision_of(form),
            reason=form.reason.data or "",
            at=now,
        )
    except DomainError as error:
        return error.message
    return ""


@bp.post("/<edition>/<kind>/<int:position>")
@require(Permission.RESULTS_PUBLISH)
def publish(edition: str, kind: str, position: int) -> Response | tuple[str, int]:
    """Step 3: confirmed. What was rehearsed is what is published, or nothing."""
    row, choice, snapshot = load_choice(edition, kind, position)
    form, now = PublishForm(), clock.now()
    if not form.validate() or not check_hour(form):
        return render_prepare(row, choice, snapshot, form), 422
    if form.expected.data and form.expected.data != digest(payload_of(snapshot)):
        form.take(Invalid(_("Kết quả vừa thay đổi sau khi xem trước. Xem trước lại rồi công bố.")))
        return render_prepare(row, choice, snapshot, form), 422
    try:
        with transaction():
            made = services.publish(
                row,
                choice.kind,
                choice.stage,
                visible_at=visible_at(form, now),
                decision=decision_of(form),
                actor=current_actor(),
                at=now,
                reason=form.reason.data or "",
            )
    except DomainError as error:
        form.take(error)
        return render_prepare(row, choice, snapshot, form), error.status
    if made.visible_at > now:
        flash(
            _("Đã hẹn công bố phiên bản %(n)s. Trước giờ đó không ai dưới thư ký thấy gì.", n=made.version),
            "success",
        )
    else:
        flash(_("Đã công bố phiên bản %(n)s.", n=made.version), "success")
    return go("publishing.board", edition=row.slug)


def decision_of(form: PublishForm) -> Decision:
    return Decision(form.decision_number.data or "", form.decision_date.data, form.signer.data or "")


@bp.post("/<edition>/publications/<int:publication_id>/cancel")
@require(Permission.RESULTS_PUBLISH)
def cancel(edition: str, publication_id: int) -> Response:
    row = editions.get_edition_for(current_actor(), edition)
    with transaction():
        publication = editions.get_publication(row, publication_id)
        services.cancel_publication(publication, actor=current_actor(), at=clock.now())
    flash(_("Đã hủy lịch công bố."), "success")
    return go("publishing.board", edition=row.slug)


# -- certificates -----------------------------------------------------------------------------------------------------


@bp.post("/<edition>/certificates")
@require(Permission.CERTIFICATES_ISSUE)
def issue(edition: str) -> Response:
    """Starts the job; its progress stands on the board."""
    actor, now = current_actor(), clock.now()
    row = editions.get_edition_for(actor, edition)
    ensure(policies.can_issue(actor, row.id))
    latest = editions.official_results(row.id, now)
    if latest is None:
        flash(_("Giấy chứng nhận chỉ cấp sau khi công bố kết quả chính thức."), "warning")
        return go("publishing.board", edition=row.slug, _anchor="giay-chung-nhan")
    with transaction():
        jobs.start(
            "publishing.certificates",
            actor=actor,
            at=now,
            edition_id=row.id,
            total=1,
            publication_id=latest.id,
        )
    flash(_("Đang cấp giấy chứng nhận. Tiến độ hiện ở mục Giấy chứng nhận."), "success")
    return go("publishing.board", edition=row.slug, _anchor="giay-chung-nhan")


@bp.get("/<edition>/certificates.pdf")
@require(Permission.CERTIFICATES_ISSUE)
def certificates_pdf(edition: str) -> Response:
    actor = current_actor()
    row = editions.get_edition_for(actor, edition)
    ensure(policies.can_issue(actor, row.id))
    division = request.args.get("division", type=whole)
    return send_certificates(teams.edition_certificates(row, division, clock.now()), row, row.slug)


# -- appeals ----------------------------------------------------------------------------------------------------------


@bp.route("/<edition>/appeals", methods=["GET", "POST"])
@require(Permission.RESULTS_PUBLISH)
def appeals(edition: str) -> str | Response | tuple[str, int]:
    actor = current_actor()
    row = editions.get_edition_for(actor, edition)
    ensure(policies.can_answer(actor, row.id))
    form, status = AnswerForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                _answer(row, form)
                flash(_("Đã gửi câu trả lời."), "success")
                return go("publishing.appeals", edition=row.slug)
            except DomainError as error:
                form.take(error)
    found = teams.edition_appeals(row.id)
    chosen = request.values.get("appeal", type=whole)
    return render_template(
        "publishing/appeals.html", edition=row, appeals=found, form=form, chosen=chosen, words=words
    ), status


def _answer(row: Edition, form: AnswerForm) -> None:
    with transaction():
        appeal, publication = teams.get_appeal(row, request.form.get("appeal", 0, type=whole))
        services.answer_appeal(
            appeal,
            publication,
            form.state.data,
            form.answer.data,
            actor=current_actor(),
            at=clock.now(),
        )
