"""Dossier: title, field, abstract, video, files; uploads that go on after the line was lost."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...core.text import collapse
from ...models import Entry, EntryFile, EntryState, Extension
from .. import dossier, policies, stages
from ..queries import editions
from .editions import store_file

LARGEST = 45 * 1024 * 1024
MOST_UNFINISHED = 4  # uploads of one person; the oldest gives way
KEPT_UNFINISHED = timedelta(days=2)
_CLOSED = (EntryState.WITHDRAWN, EntryState.REJECTED)


def ensure_open(
    entry: Entry, more: list[Extension], *, at: datetime, begun_at: datetime | None = None
) -> None:
    """A dossier changes until the deadline of its school (a returned entry: until its own date)."""
    if entry.state in _CLOSED:
        raise Conflict(_("Bài đã rút hoặc không hợp lệ nên hồ sơ không sửa được."))
    deadline = editions.deadline_of(entry.edition, entry.organisation_id, more)
    until = stages.submission_deadline(entry.state, deadline, entry.due_at)
    if not stages.upload_is_in_time(begun_at or at, at, until):
        raise Conflict(_("Đã hết hạn bổ sung hồ sơ. Liên hệ Ban tổ chức nếu cần gia hạn."))


def save_dossier(
    entry: Entry,
    more: list[Extension],
    *,
    title: str,
    field: str,
    abstract: str,
    video_url: str,
    actor: Actor,
    at: datetime,
) -> None:
    """Save the texts of a dossier. `entry` with edition, division and project loaded."""
    ensure(policies.can_edit_dossier(actor, entry))
    ensure_open(entry, more, at=at)
    project, wanted = entry.project, dossier.from_json(entry.division.dossier)
    assert project is not None
    if field and field not in {f["slug"] for f in entry.edition.fields}:
        raise Invalid(_("Chọn một lĩnh vực trong danh sách."), field="field")
    if video_url.strip() and not dossier.is_web_address(video_url):
        raise Invalid(
            _("Đường dẫn video phải bắt đầu bằng https://, ví dụ https://youtu.be/abc."), field="video_url"
        )
    words = len(abstract.split())
    if wanted.abstract_words and words > wanted.abstract_words:
        raise Invalid(
            _("Tóm tắt có %(n)s từ, nhiều nhất %(most)s từ.", n=words, most=wanted.abstract_words),
            field="abstract",
        )
    project.title, project.field = collapse(title)[:250], field
    project.abstract, project.video_url = abstract.strip(), video_url.strip()[:500]
    db.session.flush()
    activity.record("contests.dossier.saved", entry, actor=actor, at=at, edition_id=entry.edition_id)


def add_file(
    entry: Entry,
    more: list[Extension],
    *,
    kind: str,
    data: bytes,
    name: str,
    actor: Actor,
    at: datetime,
    begun_at: datetime | None = None,
) -> EntryFile:
    """Add a file of a kind that the division asks for. Raises Invalid for type, size or one too many."""
    ensure(policies.can_edit_dossier(actor, entry))
    ensure_open(entry, more, at=at, begun_at=begun_at)
    wanted = next((k for k in dossier.from_json(entry.division.dossier).files if k.slug == kind), None)
    if wanted is None:
        raise Invalid(_("Bảng này không nhận loại tệp đó."), field="file")
    held = db.session.scalar(
        sa.select(sa.func.count(EntryFile.id)).where(
            EntryFile.project_id == entry.project_id, EntryFile.kind == kind, EntryFile.removed_at.is_(None)
        )
    )
    if (held or 0) >= wanted.most:
        raise Invalid(
            _("Đã đủ %(n)s tệp loại này. Bỏ một tệp trước khi gửi tệp khác.", n=wanted.most), field="file"
        )
    stored = store_file(data, name, owner_id=actor.person_id, at=at)
    row = EntryFile(
        project_id=entry.project_id, file_id=stored.id, kind=kind, added_by_id=actor.person_id, added_at=at
    )
    row.file = stored
    db.session.add(row)
    db.session.flush()
    activity.record(
        "contests.dossier.file_added",
        row,
        actor=actor,
        at=at,
        edition_id=entry.edition_id,
        after={"entry": entry.id, "kind": kind, "file": stored.id},
    )
    return row


def remove_file(entry: Entry, row: EntryFile, more: list[Extension], *, actor: Actor, at: datetime) -> None:
    """Take a file out of the dossier; it stays stored as part of what was once sent."""
    ensure(policies.can_edit_dossier(actor, entry))
    ensure_open(entry, more, at=at)
    row.removed_at = at
    activity.record("contests.dossier.file_removed", row, actor=actor, at=at, edition_id=entry.edition_id)


# -- uploads in pieces ---------------------------------------------------------------------------------------------


class Upload:
    """A file that arrives in pieces, kept apart by person and id; a lost line goes on where it stopped."""

    def __init__(self, actor: Actor, upload_id: str) -> None:
        if not re.fullmatch(r"[a-z0-9]{16,40}", upload_id):
            raise Invalid(_("Mã tải lên không đúng. Chọn lại tệp."))
        self.folder, self.of_person = _folder(), f"{actor.person_id}-"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / f"{self.of_person}{upload_id}.part"

    @property
    def received(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def begun_at(self) -> datetime | None:
        """When the first piece came, from a file that is written once beside the pieces."""
        mark = self.path.with_suffix(".begun")
        return datetime.fromisoformat(mark.read_text()) if mark.exists() else None

    def append(self, start: int, data: bytes, *, at: datetime) -> int:
        """Add a piece that begins at `start`; returns how much is there. A piece sent twice changes nothing."""
        have = self.received
        if start + len(data) <= have:
            return have
        if start != have:
            return have
        if have + len(data) > LARGEST:
            self.drop()
            raise Invalid(_("Tệp quá lớn, nhiều nhất %(n)s MB.", n=LARGEST // 1024 // 1024), field="file")
        if not have:
            begun = sorted(self.folder.glob(f"{self.of_person}*.part"), key=_changed)
            for oldest in begun[: max(0, len(begun) - MOST_UNFINISHED + 1)]:
                _drop(oldest)
            self.path.with_suffix(".begun").write_text(at.isoformat())
        with self.path.open("ab") as out:
            out.write(data)
        return have + len(data)

    def take(self) -> bytes:
        return self.path.read_bytes()

    def drop(self) -> None:
        _drop(self.path)


def drop_unfinished(person_id: int) -> None:
    """Whatever the person began to send and did not finish."""
    for path in _folder().glob(f"{person_id}-*.part"):
        _drop(path)


def drop_abandoned(at: datetime) -> int:
    """Uploads that nobody went on with; returns how many."""
    old = [p for p in _folder().glob("*.part") if _changed(p) < (at - KEPT_UNFINISHED).timestamp()]
    for path in old:
        _drop(path)
    return len(old)


def _folder() -> Path:
    return Path(current_app.instance_path) / "uploads"


def _changed(path: Path) -> float:
    with suppress(FileNotFoundError):  # finished meanwhile
        return path.stat().st_mtime
    return math.inf


def _drop(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.with_suffix(".begun").unlink(missing_ok=True)
