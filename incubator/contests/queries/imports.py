"""Batches of registration files and their rows, as the review shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from ...core import files
from ...core.access import Actor, Permission, ScopeKind
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.lists import ListArgs, Page, paginate, words_match
from ...core.todo import Todo
from ...core.together import Asking
from ...core.web import named
from ...models import Edition, ImportBatch, ImportRow, ImportRowState, ImportState, JobRun, StoredFile
from .. import import_policies
from ..registration_files import SheetMapping, SourceFile
from ..registration_files.checks import DUPLICATES


def get_edition_for(actor: Actor, slug: str) -> Edition:
    """The edition into which `actor` may read files. Raises NotFound, which also hides it."""
    edition = db.session.scalar(sa.select(Edition).where(Edition.slug == slug))
    if edition is None or not import_policies.can_import(actor, edition):
        raise NotFound(_("Không có kỳ thi này, hoặc Anh/Chị không nhập hồ sơ cho kỳ thi này."))
    return edition


def get_batch_for(actor: Actor, edition: Edition, batch_id: int) -> ImportBatch:
    batch = db.session.get(ImportBatch, batch_id)
    if batch is None or batch.edition_id != edition.id or not import_policies.can_handle(actor, batch):
        raise NotFound(_("Không có lượt nhập này. Có thể nó đã bị bỏ."))
    return batch


def get_row_for(actor: Actor, batch: ImportBatch, row_id: int) -> ImportRow:
    row = db.session.get(ImportRow, row_id)
    if row is None or row.batch_id != batch.id:
        raise NotFound(_("Không có dòng này. Có thể tệp vừa được đọc lại; mở lại trang xem lại."))
    return row


def batches_of(edition: Edition) -> Sequence[ImportBatch]:
    return db.session.scalars(
        sa.select(ImportBatch)
        .where(ImportBatch.edition_id == edition.id)
        .order_by(ImportBatch.id.desc())
        .limit(50)
    ).all()


def job_of(batch: ImportBatch) -> JobRun | None:
    return db.session.get(JobRun, batch.job_id) if batch.job_id else None


def count_rows(batch_id: int, state: ImportRowState) -> int:
    statement = sa.select(sa.func.count(ImportRow.id)).where(
        ImportRow.batch_id == batch_id, ImportRow.state == state
    )
    return db.session.scalar(statement) or 0


TABS = ("held", "repaired", "duplicates", "ready", "left_out", "imported", "all")


def rows_page(batch: ImportBatch, tab: str, args: ListArgs) -> Page:
    """One page of the batch's rows under a tab, searched by team, school or file."""
    statement = sa.select(ImportRow).where(ImportRow.batch_id == batch.id).order_by(ImportRow.id)
    conditions: dict[str, Any] = {
        "held": sa.and_(ImportRow.state == ImportRowState.HELD, ImportRow.reason.not_in(DUPLICATES)),
        "duplicates": sa.and_(ImportRow.state == ImportRowState.HELD, ImportRow.reason.in_(DUPLICATES)),
        "ready": ImportRow.state == ImportRowState.READY,
        "repaired": sa.and_(
            ImportRow.state == ImportRowState.READY, sa.cast(ImportRow.repairs, sa.Text) != "[]"
        ),
        "left_out": ImportRow.state == ImportRowState.SKIPPED,
        "imported": ImportRow.state == ImportRowState.IMPORTED,
    }
    if tab in conditions:
        statement = statement.where(conditions[tab])
    if args.filters.get("file"):
        statement = statement.where(ImportRow.source == args.filters["file"])
    if args.key:
        statement = statement.where(words_match(ImportRow.search_key, args.key))
    return paginate(statement, args)


def file_is_unread(file: Mapping[str, Any]) -> bool:
    """Whether a stored file report says that something of the file could not be read."""
    return bool(file["problem"]) or any(sheet["problem"] for sheet in file["sheets"])


def sources_of(batch: ImportBatch) -> list[SourceFile]:
    """The batch's files with their bytes, in order."""
    ids = [item["file_id"] for item in batch.files]
    found = db.session.execute(sa.select(StoredFile.id, StoredFile.sha256).where(StoredFile.id.in_(ids)))
    hashes: dict[int, str] = dict(found.all())
    return [SourceFile(item["name"], files.read(hashes[item["file_id"]])) for item in batch.files]


def mappings_of(batch: ImportBatch) -> dict[tuple[str, str], SheetMapping]:
    """What people said about columns, as the reader takes it (header rows count from zero there)."""
    out: dict[tuple[str, str], SheetMapping] = {}
    for item in batch.files:
        for sheet, mapping in (item.get("mapping") or {}).items():
            columns = {int(index): role for index, role in mapping["columns"].items()}
            row = mapping["header_row"]
            out[item["name"], sheet] = SheetMapping(columns, None if row is None else row - 1)
    return out


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """Batches that wait to be reviewed, in the editions where `actor` reads files."""
    scopes = actor.scope_ids(Permission.ENTRIES_IMPORT, ScopeKind.EDITION)
    if scopes is not None and not scopes:
        return []
    statement = (
        sa.select(
            ImportBatch.id,
            ImportBatch.summary,
            ImportBatch.edition_id,
            Edition.slug,
            Edition.name,
            Edition.name_en,
        )
        .join(Edition, Edition.id == ImportBatch.edition_id)
        .where(ImportBatch.state == ImportState.REVIEW)
    )
    if scopes is not None:
        statement = statement.where(ImportBatch.edition_id.in_(scopes))
    rows = yield statement
    return [
        Todo(
            title=_("Tệp đăng ký chờ xem lại: %(contest)s", contest=named(row)),
            detail=_(
                "%(ready)s đội sẵn sàng nhập, %(held)s đội giữ lại",
                ready=row.summary.get("figures", {}).get("ready", 0),
                held=row.summary.get("figures", {}).get("held", 0),
            ),
            url=f"/contests/{row.slug}/imports/{row.id}",
            action=_("Xem lại và nhập"),
            icon="file-earmark-spreadsheet",
            scope=f"edition:{row.edition_id}",
        )
        for row in sorted(rows, key=lambda r: r.id)
    ]


def rival_of(row: ImportRow) -> ImportRow | None:
    """The row of the same batch because of which `row` is held, for comparing both."""
    rival = row.data.get("rival")
    if not rival or not rival["place"]:
        return None
    source, sheet, number = rival["place"].rsplit(" · ", 2)
    same = sa.select(ImportRow).where(ImportRow.batch_id == row.batch_id, ImportRow.source == source)
    return next(
        (o for o in db.session.scalars(same) if o.data["sheet"] == sheet and str(o.data["row"]) == number),
        None,
    )
