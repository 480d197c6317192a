"""The organiser sets a contest up, sees it as a visitor would, opens it and moves its stages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from ...accounts.schools import find_school, school_names
from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid
from ...core.i18n import _
from ...core.web import current_actor, go, sent_file
from ...models import Division, Edition, Extension, HostPart, StageState
from .. import eligibility, policies, stages, wording
from ..forms import setup as forms
from ..queries import editions, setup_reads
from ..services import editions as services
from ..services import stages as stage_services
from .public import page_of

bp = Blueprint("setup", __name__, url_prefix="/contests")


@bp.get("/")
@require(Permission.EDITION_MANAGE, Permission.CONTESTS_CREATE, Permission.ENTRIES_VIEW)
def index() -> str:
    """Every edition of the actor; an empty system says what to do first."""
    actor, at = current_actor(), clock.now()
    found = editions.editions_for(actor)
    more = editions.extensions_of([e.id for e in found])
    counts = editions.entry_counts([e.id for e in found])
    rows = [(e, editions.state_of(e, more[e.id], at), counts[e.id]) for e in found]
    return render_template(
        "contests/index.html",
        rows=rows,
        states=wording.EDITION_STATES,
        can_create=policies.can_create(actor),
        managed={e.id for e in found if policies.can_manage(actor, e)},
    )


def load_edition(edition: str) -> Edition:
    return editions.get_edition_for_managing(current_actor(), edition)


@bp.get("/<edition>/")
@require(Permission.EDITION_MANAGE)
def show(edition: str) -> str:
    """The whole set-up on one page: what is there, what is missing, which stage may move and why not."""
    row, at = load_edition(edition), clock.now()
    extensions = setup_reads.extensions_with_names(row.id)
    more = [extension for extension, _name in reversed(extensions)]
    counts, state_now = editions.part_counts(row), editions.state_of(row, more, at)
    return render_template(
        "contests/show.html",
        edition=row,
        today=clock.today(),
        state_now=state_now,
        states=wording.EDITION_STATES,
        stage_states=wording.STAGE_STATES,
        stage_kinds=wording.STAGE_KINDS,
        host_parts=wording.HOST_PARTS,
        counts=counts,
        entry_counts=editions.entry_counts([row.id])[row.id],
        entry_states=wording.ENTRY_STATES,
        prizes=editions.prizes_of(row.id),
        extensions=extensions,
        moment=wording.moment,
        closes=editions.deadline_of(row, None, more),
        not_ready=services.not_ready(row),
        parts=_parts(row, counts, state_now),
        can_create=policies.can_create(current_actor()),
        rubrics=setup_reads.rubric_names(row.id),
        rules={d.id: _rules(d) for d in row.divisions},
        locks=stages.locks,
        lock_words=wording.LOCKS,
        invites_schools=_invites_schools(row, state_now),
        **_clashes(row, more),
    )


def _invites_schools(edition: Edition, state: stages.EditionState) -> bool:
    """While teachers may come in: announced, registration coming or open, and schools register somewhere."""
    asks = any(
        eligibility.Registrant.COACH in eligibility.from_json(d.eligibility).registrants
        for d in edition.divisions
    )
    return asks and state in (stages.EditionState.ANNOUNCED, stages.EditionState.REGISTERING)


def _clashes(edition: Edition, more: Sequence[Extension]) -> dict[str, Any]:
    """Days that contradict each other in words, and whether the last deadline is one of an extension."""
    found = setup_reads.date_clashes(edition, more)
    return {
        "clashes": [(wording.clash(c), c) for c in found],
        "extended": editions.last_deadline(edition, more) != editions.closing_moment(edition),
    }


def _rules(division: Division) -> list[str]:
    return wording.rules(eligibility.from_json(division.eligibility))


def _parts(edition: Edition, counts: Any, state: Any) -> dict[int, list[str]]:
    """What blocks the opening of each planned part, in words."""
    found = {}
    for stage in edition.stages:
        for part in stage.parts:
            if part.state is StageState.PLANNED:
                facts = stage_services.facts_of_part(edition, part, counts, state)
                found[part.id] = [wording.blocker(b) for b in stages.blockers(facts)]
    return found


@bp.get("/<edition>/preview")
@require(Permission.EDITION_MANAGE)
def preview(edition: str) -> str:
    """As a visitor will see it, before it is announced."""
    row = load_edition(edition)
    more = editions.extensions_of([row.id])[row.id]
    return render_template(
        "contests/preview.html", not_ready=services.not_ready(row), **_clashes(row, more), **page_of(row)
    )


@bp.post("/<edition>/announce")
@require(Permission.EDITION_MANAGE)
def announce(edition: str) -> Response:
    with transaction():
        row = load_edition(edition)
        if request.form.get("answer") == "hide":
            services.hide(row, actor=current_actor(), at=clock.now())
        else:
            services.announce(row, actor=current_actor(), at=clock.now())
    flash(
        _("Đã công khai cuộc thi.") if request.form.get("answer") != "hide" else _("Đã ẩn cuộc thi."),
        "success",
    )
    return go("setup.show", edition=edition)


@bp.route("/<edition>/edit", methods=["GET", "POST"])
@require(Permission.EDITION_MANAGE)
def edit(edition: str) -> Any:
    row = load_edition(edition)
    form = forms.EditionForm(obj=None, data=_edition_values(row))
    if form.validate_on_submit():
        try:
            with transaction():
                row = load_edition(edition)
                values = {k: v for k, v in form.data.items() if k not in ("csrf_token", "fields")}
                services.change_edition(
                    row,
                    actor=current_actor(),
                    at=clock.now(),
                    fields=_field_rows(form.fields.data or ""),
                    **values,
                )
            flash(_("Đã lưu."), "success")
            return go("setup.show", edition=edition)
        except DomainError as error:
            form.take(error)
    return render_template("contests/edit.html", edition=row, form=form), 422 if form.errors else 200


def _edition_values(row: Edition) -> dict[str, Any]:
    names = (
        "name",
        "name_en",
        "number",
        "year",
        "theme",
        "theme_en",
        "venue",
        "registration_opens",
        "registration_closes",
        "final_on",
    )
    return {
        **{n: getattr(row, n) for n in names},
        "fields": "\n".join(f"{f['vi']} | {f.get('en', '')}" for f in row.fields),
    }


def _field_rows(text: str) -> list[dict[str, str]]:
    rows = []
    for line in text.splitlines():
        vi, _bar, en = (part.strip() for part in line.partition("|"))
        if vi:
            rows.append({"slug": services.slug_from(en or vi, 40), "vi": vi, "en": en})
    return rows


@bp.route("/<edition>/hosts", methods=["GET", "POST"])
@require(Permission.EDITION_MANAGE)
def hosts(edition: str) -> Any:
    """The hosting bodies by name: those known are suggested, another one is added."""
    row = load_edition(edition)
    form = forms.HostsForm(
        data={"hosts": [{"organisation": h.organisation.name, "part": h.part.value} for h in row.hosts]}
    )
    if request.method == "GET":
        form.hosts.append_entry({"part": "partner" if row.hosts else "lead"})
    if form.validate_on_submit():
        try:
            with transaction():
                chosen = [
                    (h["organisation"], HostPart(h["part"])) for h in form.hosts.data if h["organisation"]
                ]
                services.set_named_hosts(load_edition(edition), chosen, actor=current_actor(), at=clock.now())
            flash(_("Đã lưu."), "success")
            return go("setup.show", edition=edition)
        except DomainError as error:
            _take_at_host(form, error)
            row = load_edition(edition)  # the rollback has emptied it
    html = render_template("contests/hosts.html", edition=row, form=form, bodies=setup_reads.body_names())
    return html, 422 if form.errors else 200


def _take_at_host(form: forms.HostsForm, error: DomainError) -> None:
    """At the line whose name is refused, else over the form."""
    lines = [h.form.organisation for h in form.hosts if h.form.organisation.data]
    if "row" in error.details:
        lines[error.details["row"]].errors = form.hosts.errors = [error.message]
    else:
        form.take(error)


@bp.route("/<edition>/extensions", methods=["GET", "POST"])
@require(Permission.EDITION_MANAGE)
def extensions(edition: str) -> Any:
    row = load_edition(edition)
    form = forms.ExtensionForm(until=clock.today() + timedelta(days=3))
    if form.validate_on_submit():
        try:
            with transaction():
                _extend(load_edition(edition), form)
            flash(_("Đã gia hạn."), "success")
            return go("setup.show", edition=edition)
        except DomainError as error:
            form.take(error)
    return render_template(
        "contests/extensions.html",
        edition=row,
        form=form,
        schools=school_names(),
        extensions=setup_reads.extensions_with_names(row.id),
        moment=wording.moment,
    ), 422 if form.errors else 200


def _extend(edition: Edition, form: forms.ExtensionForm) -> None:
    name = (form.organisation.data or "").strip()
    school = find_school(name) if name else None
    if name and school is None:
        raise Invalid(
            _("Chưa tìm thấy “%(name)s”. Chọn trong danh sách gợi ý, hoặc để trống.", name=name),
            field="organisation",
        )
    services.extend(
        edition,
        until=clock.end_of_day(form.until.data or clock.today()),
        organisation_id=school.id if school else None,
        reason=form.reason.data,
        actor=current_actor(),
        at=clock.now(),
    )


@bp.post("/<edition>/rules")
@require(Permission.EDITION_MANAGE)
def upload_rules(edition: str) -> Response:
    data, name = sent_file("file")
    try:
        with transaction():
            services.set_rules_file(load_edition(edition), data, name, actor=current_actor(), at=clock.now())
        flash(_("Đã đăng văn bản thể lệ."), "success")
    except Invalid as refusal:  # told on the page, where the file is chosen again
        flash(refusal.message, "error")
    return go("setup.show", edition=edition)
