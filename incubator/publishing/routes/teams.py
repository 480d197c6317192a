"""A team's and a school's own results, after sign-in."""

from __future__ import annotations

import io
from collections.abc import Sequence

from flask import Blueprint, flash, render_template, send_file
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import signed_in
from ...core.db import transaction
from ...core.errors import DomainError, NotFound
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import Certificate, Edition
from .. import differences, papers, policies, services, words
from ..forms import AppealForm
from ..queries import public as published
from ..queries import teams
from ..queries.told import told_of

bp = Blueprint("team_results", __name__, url_prefix="/publishing")


@bp.get("/teams")
@signed_in
def index() -> str:
    return render_template("publishing/teams.html", results=teams.results_of(current_actor(), clock.now()))


@bp.route("/entries/<int:entry_id>", methods=["GET", "POST"])
@signed_in
def entry(entry_id: int) -> str | Response | tuple[str, int]:
    """Why this rank; POST makes an appeal against the latest list."""
    actor, now = current_actor(), clock.now()
    row, team, edition, parties = teams.get_entry_for(actor, entry_id)
    told = told_of(row, now)
    form = AppealForm()
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate() and told:
            try:
                with transaction():
                    services.make_appeal(
                        told[0].publication, entry_id, parties, form.text.data, actor=actor, at=now
                    )
                flash(_("Đã gửi khiếu nại. Ban Tổ chức trả lời ở trang này."), "success")
                return go("team_results.entry", entry_id=entry_id)
            except DomainError as error:
                form.take(error)
    page = render_template(
        "publishing/entry.html",
        entry=row,
        team=team,
        edition=edition,
        told=told,
        form=form,
        words=words,
        corrections=[differences.corrections_of(edition, entry_id, t.versions) for t in told],
        certificates=[c for c in teams.certificates_for(actor, edition, now) if c.entry_id == entry_id],
        appeals=teams.appeals_of(entry_id),
        may_appeal=bool(told) and policies.can_appeal(actor, parties),
    )
    return page, status


@bp.get("/entries/<int:entry_id>/certificates.pdf")
@signed_in
def entry_certificates(entry_id: int) -> Response:
    actor, now = current_actor(), clock.now()
    _row, _team, edition, _parties = teams.get_entry_for(actor, entry_id)
    found = [c for c in teams.certificates_for(actor, edition, now) if c.entry_id == entry_id]
    return send_certificates(found, edition, f"{edition.slug}-{entry_id}")


@bp.get("/certificates/<edition>.pdf")
@signed_in
def school_certificates(edition: str) -> Response:
    """Certificates of all the actor's teams in an edition: one PDF."""
    actor, now = current_actor(), clock.now()
    found = published.edition_of(edition, now)
    return send_certificates(teams.certificates_for(actor, found, now), found, f"{found.slug}-truong")


def send_certificates(certificates: Sequence[Certificate], edition: Edition, name: str) -> Response:
    """One PDF, a page a certificate; NotFound when none is valid any more."""
    if not certificates:
        raise NotFound(_("Chưa có giấy chứng nhận nào còn hiệu lực cho các đội này."))
    data = papers.certificates_pdf(certificates, edition)
    response = send_file(
        io.BytesIO(data),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"giay-chung-nhan-{name}.pdf",
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
