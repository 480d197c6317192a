"""Pages of imports: upload, review, settle a row, map columns, import, undo."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from ..core import clock
from ..core.access import Permission, require
from ..core.db import transaction
from ..core.errors import Conflict, DomainError, NotFound
from ..core.i18n import _
from ..core.lists import list_args
from ..core.web import current_actor, go
from ..models import Edition, ImportBatch, ImportState, JobRun
from . import import_forms as forms
from . import import_wording as wording
from .queries import imports as queries
from .queries.import_rules import rules_of
from .registration_files import SourceFile
from .registration_files.tables import column_letter
from .services import imports
from .services.import_undo import blocked_by
from .services.import_undo import undo as undo_import

bp = Blueprint("imports", __name__, url_prefix="/contests/<edition>/imports")
Page = str | Response | tuple[str, int]


def load_batch(edition: str, batch_id: int) -> tuple[Edition, ImportBatch]:
    actor = current_actor()
    found = queries.get_edition_for(actor, edition)
    return found, queries.get_batch_for(actor, found, batch_id)


def _uploads() -> list[SourceFile]:
    return [
        SourceFile(upload.filename or "tep", upload.read())
        for upload in request.files.getlist("files")
        if upload.filename
    ]


@bp.get("/")
@require(Permission.ENTRIES_IMPORT)
def index(edition: str) -> Page:
    found = queries.get_edition_for(current_actor(), edition)
    return _index_page(found, forms.UploadForm(), 200)


def _index_page(edition: Edition, form: forms.UploadForm, status: int) -> Page:
    batches = queries.batches_of(edition)
    page = render_template(
        "contests/imports/index.html",
        edition=edition,
        form=form,
        batches=batches,
        states=wording.BATCH_STATES,
        most=imports.MOST_FILES,
        megabytes=imports.MOST_BYTES // 1024**2,
    )
    return page, status


@bp.post("/")
@require(Permission.ENTRIES_IMPORT)
def upload(edition: str) -> Page:
    found = queries.get_edition_for(current_actor(), edition)
    form = forms.UploadForm()
    if form.validate_on_submit():
        try:
            with transaction():
                batch = imports.start_import(found, _uploads(), actor=current_actor(), at=clock.now())
        except DomainError as refusal:
            form.take(refusal)
        else:
            return go("imports.review", edition=edition, batch_id=batch.id)
    return _index_page(found, form, 422)


@bp.get("/<int:batch_id>")
@require(Permission.ENTRIES_IMPORT)
def review(edition: str, batch_id: int) -> Page:
    found, batch = load_batch(edition, batch_id)
    job = queries.job_of(batch)
    if batch.state in (ImportState.READING, ImportState.IMPORTING):
        return _progress_page(found, batch, job)
    if request.headers.get("HX-Request"):
        return Response(headers={"HX-Refresh": "true"})  # the page that waited shows the review now
    figures = batch.summary.get("figures", {})
    default = "held" if figures.get("held") else "imported" if figures.get("imported") else "all"
    tab = request.args.get("tab", default)
    tab = tab if tab in queries.TABS else default
    page = queries.rows_page(batch, tab, list_args(["id"], ["file", "tab"], per_page=40))
    rules = rules_of(batch.edition_id)
    return render_template(
        "contests/imports/review.html",
        edition=found,
        batch=batch,
        run=job,
        figures=figures,
        files=[wording.file_line(data) for data in batch.summary.get("files", [])],
        page=page,
        rows=[wording.row_line(row, rules) for row in page.items],
        tab=tab,
        tabs=wording.TABS,
        state=wording.BATCH_STATES[batch.state],
        form=forms.UploadForm(),
    )


def _progress_page(edition: Edition, batch: ImportBatch, job: JobRun | None) -> Page:
    part = "_progress.html" if request.headers.get("HX-Request") else "progress.html"
    return render_template(f"contests/imports/{part}", edition=edition, batch=batch, run=job)


@bp.post("/<int:batch_id>/retry")
@require(Permission.ENTRIES_IMPORT)
def retry(edition: str, batch_id: int) -> Page:
    _found, batch = load_batch(edition, batch_id)
    attempt(lambda: imports.read_once_more(batch, actor=current_actor(), at=clock.now()))
    return go("imports.review", edition=edition, batch_id=batch_id)


@bp.post("/<int:batch_id>/files")
@require(Permission.ENTRIES_IMPORT)
def add_files(edition: str, batch_id: int) -> Page:
    _found, batch = load_batch(edition, batch_id)
    attempt(lambda: imports.add_files(batch, _uploads(), actor=current_actor(), at=clock.now()))
    return go("imports.review", edition=edition, batch_id=batch_id)


@bp.post("/<int:batch_id>/files/remove")
@require(Permission.ENTRIES_IMPORT)
def remove_file(edition: str, batch_id: int) -> Page:
    _found, batch = load_batch(edition, batch_id)
    name = request.form.get("name", "")
    attempt(lambda: imports.remove_file(batch, name, actor=current_actor(), at=clock.now()))
    return go("imports.review", edition=edition, batch_id=batch_id)


def attempt(step: Callable[[], object]) -> bool:
    """Run one service call in a transaction; a refusal is shown on the next page."""
    try:
        with transaction():
            step()
    except DomainError as refusal:
        flash(refusal.message, "error")
        return False
    return True


@bp.route("/<int:batch_id>/columns", methods=["GET", "POST"])
@require(Permission.ENTRIES_IMPORT)
def columns(edition: str, batch_id: int) -> Page:
    found, batch = load_batch(edition, batch_id)
    name, sheet_name = request.args.get("file", ""), request.args.get("sheet", "")
    files = {data["name"]: data for data in batch.summary.get("files", [])}
    sheets = files.get(name, {}).get("sheets", [])
    sheet = next((item for item in sheets if item["name"] == sheet_name and item["preview"]), None)
    if sheet is None:
        raise NotFound(_("Không có trang này trong tệp. Có thể tệp vừa được đọc lại."))
    detected = sheet["header_rows"][-1] if sheet["header_rows"] else sheet["preview"][0][0]
    form = forms.ColumnsForm(header_row=detected)
    if form.validate_on_submit():
        known = {value for value, _label in wording.role_choices()}
        roles = {
            index: role
            for index in range(len(sheet["preview"][0][1]))
            if (role := request.form.get(f"role-{index}", "")) in known
        }
        at, actor, row = clock.now(), current_actor(), form.header_row.data
        if attempt(lambda: imports.map_columns(batch, name, sheet_name, roles, row, actor=actor, at=at)):
            return go("imports.review", edition=edition, batch_id=batch_id)
    chosen = {column["index"]: column["role"] for column in sheet["columns"]}
    page = render_template(
        "contests/imports/columns.html",
        edition=found,
        batch=batch,
        form=form,
        file=name,
        sheet=sheet,
        chosen=chosen,
        choices=wording.role_choices(),
        letters=[column_letter(i) for i in range(len(sheet["preview"][0][1]))],
    )
    return page, 422 if form.errors else 200


@bp.post("/<int:batch_id>/confirm")
@require(Permission.ENTRIES_IMPORT)
def confirm(edition: str, batch_id: int) -> Page:
    _found, batch = load_batch(edition, batch_id)
    attempt(lambda: imports.confirm(batch, actor=current_actor(), at=clock.now()))
    return go("imports.review", edition=edition, batch_id=batch_id)


@bp.post("/<int:batch_id>/discard")
@require(Permission.ENTRIES_IMPORT)
def discard(edition: str, batch_id: int) -> Page:
    _found, batch = load_batch(edition, batch_id)
    if not request.form.get("confirmed"):
        return render_template(
            "parts/confirm.html",
            title=_("Bỏ lượt đọc này?"),
            question=_("Các tệp và những chỗ đã sửa trong lượt này sẽ bị xoá. Chưa có đội nào được nhập."),
            action=request.path,
            label=_("Bỏ lượt này"),
            back=url_for("imports.review", edition=edition, batch_id=batch_id),
        )
    if attempt(lambda: imports.discard(batch, actor=current_actor(), at=clock.now())):
        flash(_("Đã bỏ lượt đọc."), "success")
        return go("imports.index", edition=edition)
    return go("imports.review", edition=edition, batch_id=batch_id)


@bp.route("/<int:batch_id>/undo", methods=["GET", "POST"])
@require(Permission.ENTRIES_IMPORT)
def undo(edition: str, batch_id: int) -> Page:
    found, batch = load_batch(edition, batch_id)
    form = forms.UndoForm()
    blocked = blocked_by(batch)
    status = 200
    if form.validate_on_submit():
        try:
            with transaction():
                count = undo_import(
                    batch, reason=form.reason.data or "", actor=current_actor(), at=clock.now()
                )
        except Conflict as refusal:
            form.take(refusal)
            blocked, status = refusal.details.get("blocked") or blocked, 409
        else:
            flash(_("Đã gỡ %(count)s đội của lượt nhập.", count=count), "success")
            return go("imports.review", edition=edition, batch_id=batch_id)
    elif form.errors:
        status = 422
    page = render_template(
        "contests/imports/undo.html", edition=found, batch=batch, form=form, blocked=blocked
    )
    return page, status
