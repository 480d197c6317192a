"""Reading registration files into an edition: upload, review, settle, import in one piece, undo in one
piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...activity.jobs import start
from ...core import files
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Edition,
    ImportBatch,
    ImportRow,
    ImportRowState,
    ImportState,
    JobRun,
    JobState,
    StoredFile,
)
from .. import import_policies
from ..queries import imports as queries
from ..queries.import_rules import rules_of
from ..registration_files import SourceFile, stored
from ..registration_files.schools import SchoolRegister
from . import import_review

MOST_FILES = 40
MOST_BYTES = 20 * 1024 * 1024
READ_JOB, WRITE_JOB = "contests.import.read", "contests.import.write"


def start_import(
    edition: Edition, uploads: Sequence[SourceFile], *, actor: Actor, at: datetime
) -> ImportBatch:
    """Store the files and read them in the background. Raises Invalid for none, too many or too large
    files."""
    batch = keep_batch(edition, uploads, actor=actor, at=at)
    return _read_again(batch, actor=actor, at=at)


def keep_batch(edition: Edition, uploads: Sequence[SourceFile], *, actor: Actor, at: datetime) -> ImportBatch:
    """A batch that holds the files and waits to be read. Raises as `start_import`."""
    ensure(import_policies.can_import(actor, edition))
    batch = ImportBatch(
        edition_id=edition.id,
        state=ImportState.READING,
        files=[],
        summary={},
        created_by_id=actor.person_id,
        created_at=at,
    )
    db.session.add(batch)
    db.session.flush()
    _store(batch, uploads, actor=actor, at=at)
    _note(batch, "contests.import.started", batch, actor=actor, at=at, files=len(batch.files))
    return batch


def add_files(
    batch: ImportBatch, uploads: Sequence[SourceFile], *, actor: Actor, at: datetime
) -> ImportBatch:
    """Read further files together with those already there; what was settled stays settled."""
    _ensure_in_review(batch, actor)
    _store(batch, uploads, actor=actor, at=at)
    return _read_again(batch, actor=actor, at=at)


def read_once_more(batch: ImportBatch, *, actor: Actor, at: datetime) -> ImportBatch:
    """Start a reading that failed again."""
    ensure(import_policies.can_handle(actor, batch))
    run = queries.job_of(batch)
    if batch.state is not ImportState.READING or run is None or run.state is not JobState.FAILED:
        raise Conflict(_("Lượt đọc này vẫn đang chạy hoặc đã xong. Tải lại trang."))
    return _read_again(batch, actor=actor, at=at)


def remove_file(batch: ImportBatch, name: str, *, actor: Actor, at: datetime) -> ImportBatch:
    """Take a file out and judge the others without it. Raises Invalid for the last one."""
    _ensure_in_review(batch, actor)
    left = [item for item in batch.files if item["name"] != name]
    if not left:
        raise Invalid(_("Đây là tệp cuối cùng. Bỏ cả lượt nhập nếu không dùng nữa."))
    batch.files = left
    return _read_again(batch, actor=actor, at=at)


def map_columns(
    batch: ImportBatch,
    name: str,
    sheet: str,
    roles: Mapping[int, str],
    header_row: int | None,
    *,
    actor: Actor,
    at: datetime,
) -> ImportBatch:
    """Say what the columns of a sheet hold (`header_row` counts from 1), and read the files again."""
    _ensure_in_review(batch, actor)
    mapping = {"columns": {str(i): role for i, role in roles.items()}, "header_row": header_row}
    batch.files = [
        {**item, "mapping": {**item.get("mapping", {}), sheet: mapping}} if item["name"] == name else item
        for item in batch.files
    ]
    return _read_again(batch, actor=actor, at=at)


def settle(row: ImportRow, values: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
    """Put a person's corrections into a row, and judge all rows of its batch again."""
    batch = _batch_of(row)
    _ensure_in_review(batch, actor)
    rules = rules_of(batch.edition_id)
    team = stored.team_row(row.source, row.data, row.repairs, row.warnings)
    stored.correct(team, values, rules, SchoolRegister.of(rules.schools))
    row.data, row.repairs = stored.row_data(team), stored.repairs_data(team)
    row.warnings, row.ruling = list(team.warnings), "edited"
    row.state = ImportRowState.HELD if row.state is ImportRowState.SKIPPED else row.state
    import_review.judge_again(batch)
    _note(batch, "contests.import.row_settled", row, actor=actor, at=at)


def leave_out(row: ImportRow, *, actor: Actor, at: datetime) -> None:
    """Do not import this row; it takes no part in the checks of others."""
    batch = _batch_of(row)
    _ensure_in_review(batch, actor)
    row.state, row.ruling = ImportRowState.SKIPPED, "left_out"
    import_review.judge_again(batch)
    _note(batch, "contests.import.row_left_out", row, actor=actor, at=at)


def take_back(row: ImportRow, *, actor: Actor, at: datetime) -> None:
    """Judge a row that was left out again."""
    batch = _batch_of(row)
    _ensure_in_review(batch, actor)
    row.state, row.ruling = ImportRowState.HELD, ""
    import_review.judge_again(batch)
    _note(batch, "contests.import.row_taken_back", row, actor=actor, at=at)


def rule_distinct(row: ImportRow, *, actor: Actor, at: datetime) -> None:
    """Rule that the pupil who stands in two teams is two children of one name and birth date."""
    batch = _batch_of(row)
    _ensure_in_review(batch, actor)
    team = stored.team_row(row.source, row.data, row.repairs, row.warnings)
    pupil = next((member for member in team.members if member.name == row.data.get("detail")), None)
    if row.reason not in ("member_in_two_teams", "stored_member") or pupil is None:
        raise Conflict(_("Dòng này không còn bị giữ vì một em ở hai đội. Tải lại trang."))
    distinct = [*batch.summary.get("distinct", []), list(pupil.key)]
    batch.summary = {**batch.summary, "distinct": distinct}
    row.ruling = "two_pupils"
    import_review.judge_again(batch)
    _note(batch, "contests.import.two_pupils", row, actor=actor, at=at)


def confirm(batch: ImportBatch, *, actor: Actor, at: datetime) -> JobRun:
    """Import every row that is ready, in the background and in one piece.

    Raises Conflict while files are unreadable or nothing is ready.
    """
    _ensure_in_review(batch, actor)
    unread = [file["name"] for file in batch.summary.get("files", []) if queries.file_is_unread(file)]
    if unread:
        raise Conflict(
            _(
                "Còn tệp chưa đọc được: %(names)s. Khớp cột, thay tệp hoặc bỏ tệp đó trước khi nhập.",
                names=", ".join(unread),
            )
        )
    import_review.judge_again(batch)
    ready = queries.count_rows(batch.id, ImportRowState.READY)
    if not ready:
        raise Conflict(_("Không có đội nào sẵn sàng nhập. Xử lý các dòng giữ lại trước."))
    batch.state = ImportState.IMPORTING
    run = start(
        WRITE_JOB,
        actor=actor,
        at=at,
        edition_id=batch.edition_id,
        total=ready,
        batch_id=batch.id,
        person_id=actor.person_id,
    )
    batch.job_id = run.id
    _note(batch, "contests.import.confirmed", batch, actor=actor, at=at, ready=ready)
    return run


def discard(batch: ImportBatch, *, actor: Actor, at: datetime) -> None:
    """Drop a batch of which nothing was imported; its files and rows go with it."""
    ensure(import_policies.can_handle(actor, batch))
    if batch.state in (ImportState.IMPORTING, ImportState.DONE, ImportState.UNDONE) or queries.count_rows(
        batch.id, ImportRowState.IMPORTED
    ):
        raise Conflict(_("Lượt này đã nhập. Dùng “Hoàn tác” nếu muốn gỡ các đội đã nhập."))
    _note(batch, "contests.import.discarded", batch, actor=actor, at=at)
    db.session.execute(sa.delete(ImportRow).where(ImportRow.batch_id == batch.id))
    db.session.execute(sa.delete(ImportBatch).where(ImportBatch.id == batch.id))
    db.session.expunge(batch)


def _batch_of(row: ImportRow) -> ImportBatch:
    lock_rows(ImportBatch, [row.batch_id])
    batch = db.session.get(ImportBatch, row.batch_id)
    assert batch is not None
    return batch


def _ensure_in_review(batch: ImportBatch, actor: Actor) -> None:
    ensure(import_policies.can_handle(actor, batch))
    lock_rows(ImportBatch, [batch.id])
    db.session.refresh(batch)
    if batch.state not in (ImportState.REVIEW, ImportState.DONE, ImportState.FAILED):
        raise Conflict(_("Lượt nhập này đang chạy hoặc đã hoàn tác. Tải lại trang để xem tình trạng."))


def _store(batch: ImportBatch, uploads: Sequence[SourceFile], *, actor: Actor, at: datetime) -> None:
    """Keep the uploads by content. Equal names get a number, so that each row's place is clear."""
    if not uploads:
        raise Invalid(_("Chọn ít nhất một tệp .xlsx, .xls, .ods hoặc .csv."), field="files")
    if len(batch.files) + len(uploads) > MOST_FILES:
        raise Invalid(
            _("Mỗi lượt nhận nhiều nhất %(most)s tệp. Chia thành nhiều lượt.", most=MOST_FILES), field="files"
        )
    taken = {item["name"] for item in batch.files}
    items: list[dict[str, Any]] = []
    for upload in uploads:
        if len(upload.data) > MOST_BYTES:
            raise Invalid(
                _(
                    "Tệp “%(name)s” quá %(most)s MB. Xoá hình và trang thừa trong tệp rồi gửi lại.",
                    name=upload.name,
                    most=MOST_BYTES // 1024**2,
                ),
                field="files",
            )
        name = _free_name(files.clean_name(upload.name), taken)
        taken.add(name)
        row = StoredFile(
            sha256=files.write(upload.data),
            size=len(upload.data),
            media_type="application/octet-stream",
            name=name,
            owner_id=actor.person_id,
            created_at=at,
        )
        db.session.add(row)
        db.session.flush()
        items.append({"name": name, "file_id": row.id, "mapping": {}})
    batch.files = [*batch.files, *items]


def _free_name(name: str, taken: set[str]) -> str:
    stem, dot, ending = name.rpartition(".")
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{stem} ({number}){dot}{ending}" if dot else f"{name} ({number})"
    return free


def _read_again(batch: ImportBatch, *, actor: Actor, at: datetime) -> ImportBatch:
    batch.state, batch.message = ImportState.READING, ""
    run = start(
        READ_JOB, actor=actor, at=at, edition_id=batch.edition_id, total=len(batch.files), batch_id=batch.id
    )
    batch.job_id = run.id
    db.session.flush()
    return batch


def _note(
    batch: ImportBatch, verb: str, obj: ImportBatch | ImportRow, *, actor: Actor, at: datetime, **after: Any
) -> None:
    db.session.flush()
    activity.record(verb, obj, actor=actor, at=at, edition_id=batch.edition_id, after=after or None)
