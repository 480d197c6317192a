"""Correct a published result: choose lines, type what is right and why, see the difference, confirm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, ensure, require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid
from ...core.forms import parse_points
from ...core.i18n import _
from ...core.text import search_key
from ...core.text.numerals import is_count, whole
from ...core.web import current_actor, go
from ...judging.queries import ranking
from ...models import Edition
from .. import policies, services, words
from ..forms import PublishForm
from ..queries import board as boards
from ..queries import editions, snapshots
from ..queries.lines import Line, lines_of
from ..queries.public import RANKED
from ..services import Decision, EntryChange
from ..services.corrections import UNLISTED
from ..snapshot import Row, Snapshot, snapshot_of
from ..views import begins_words
from .hours import check_hour, visible_at

bp = Blueprint("corrections", __name__)
MOST_SHOWN = 40
STATES = ("", "absent", "disqualified", UNLISTED)


@dataclass(frozen=True, slots=True)
class Editing:
    """One chosen line with the values typed for it."""

    line: Line
    row: Row
    rank: str
    points: str
    tier: str
    state: str


@bp.get("/<edition>/<kind>/<int:position>/correct")
@require(Permission.RESULTS_PUBLISH)
def choose(edition: str, kind: str, position: int) -> str:
    """Find and tick the lines; with ticks the fields stand below."""
    row, choice, snapshot = load(edition, kind, position)
    form = PublishForm(formdata=None)
    assert choice.latest is not None
    form.decision_number.data, form.signer.data = choice.latest.decision_number, choice.latest.signer
    form.decision_date.data = choice.latest.decision_date
    return show(row, choice, snapshot, form, request.args.getlist("entry", type=whole))


def load(edition: str, kind: str, position: int) -> tuple[Edition, boards.Choice, Snapshot]:
    row = editions.get_edition_for(current_actor(), edition)
    ensure(policies.can_publish(current_actor(), row.id))
    choice = boards.find_choice(row, kind, position)
    if choice.latest is None or choice.stage is None or choice.kind not in RANKED:
        raise Invalid(_("Chỉ đính chính được kết quả đã công bố."))
    return row, choice, snapshot_of(choice.latest.payload)


def show(
    row: Edition, choice: boards.Choice, snapshot: Snapshot, form: PublishForm, chosen: list[int], **more: Any
) -> str:
    rows = rows_of(row, choice, snapshot)
    lines = lines_of(list(rows))
    q = request.values.get("q", "").strip()[:100]
    key = search_key(q)
    hits = [
        (lines[e], r)
        for e, r in rows.items()
        if e in lines
        and e not in chosen
        and begins_words(key, (lines[e].team, lines[e].school), lines[e].number)
    ]
    return render_template(
        "publishing/correct.html",
        edition=row,
        choice=choice,
        form=form,
        words=words,
        q=q,
        chosen=chosen,
        hits=hits[:MOST_SHOWN],
        more_hits=max(0, len(hits) - MOST_SHOWN),
        tiers=ranking.tiers_of(row.id),
        editing=[editing_of(lines[e], rows[e]) for e in chosen if e in rows and e in lines],
        **more,
    )


def rows_of(row: Edition, choice: boards.Choice, snapshot: Snapshot) -> dict[int, Row]:
    """Published lines, then accepted entries of the stage's divisions that stand in none."""
    rows = {r.entry_id: r for p in snapshot.parts for r in p.rows}
    missing = snapshots.accepted_entries(row.id, choice.stage.id if choice.stage else 0)
    return rows | {e: Row(e, presence=UNLISTED) for e in missing if e not in rows}


def editing_of(line: Line, row: Row) -> Editing:
    """What was typed, else what is published."""
    typed, e = request.form, line.entry_id
    return Editing(
        line,
        row,
        typed.get(f"rank-{e}", str(row.rank or "")),
        typed.get(f"points-{e}", points_of(row)),
        typed.get(f"tier-{e}", str(row.tier_id or "")),
        typed.get(f"state-{e}", row.presence),
    )


def points_of(row: Row) -> str:
    """The score as the form shows it, to two decimals."""
    if row.score_e4 is None:
        return ""
    whole, hundredths = divmod((row.score_e4 + 50) // 100, 100)
    return f"{whole},{hundredths:02d}"


def typed_changes(chosen: list[int], rows: dict[int, Row]) -> list[EntryChange]:
    """Raises Invalid with the entry's field where a value cannot be read. A score left as it was shown stays exact."""
    found = []
    for entry_id in chosen:
        rank = request.form.get(f"rank-{entry_id}", "").strip()
        points = request.form.get(f"points-{entry_id}", "").strip()
        tier = request.form.get(f"tier-{entry_id}", "").strip()
        if rank and not is_count(rank):
            raise Invalid(_("Hạng “%(text)s” không phải là số nguyên.", text=rank), field=f"rank-{entry_id}")
        score_e4 = parse_points(points) * 100 if points else None
        if entry_id in rows and points == points_of(rows[entry_id]):
            score_e4 = rows[entry_id].score_e4
        state = request.form.get(f"state-{entry_id}", "")
        found.append(
            EntryChange(
                entry_id,
                int(rank) if rank else None,
                score_e4,
                int(tier) if is_count(tier) else None,
                state if state in STATES else "",
            )
        )
    return found


@bp.post("/<edition>/<kind>/<int:position>/correct")
@require(Permission.RESULTS_PUBLISH)
def confirm(edition: str, kind: str, position: int) -> Response | str | tuple[str, int]:
    """First time: the difference to look at. With `confirmed`: the next version."""
    row, choice, snapshot = load(edition, kind, position)
    form, now, actor = PublishForm(), clock.now(), current_actor()
    chosen = list(dict.fromkeys(request.form.getlist("entry", type=whole)))
    assert choice.latest is not None
    assert choice.stage is not None
    if request.form.get("again"):  # back from the difference, with all that was typed
        return show(row, choice, snapshot, form, chosen)
    try:
        before = rows_of(row, choice, snapshot)
        changes = typed_changes(chosen, before)
        if not form.validate() or not check_hour(form):
            return show(row, choice, snapshot, form, chosen), 422
        if len((form.reason.data or "").strip()) < 10:
            raise Invalid(_("Viết lý do đính chính để người xem hiểu, ít nhất 10 ký tự."), field="reason")
        if not request.form.get("confirmed"):
            differing = [c for c in changes if c.entry_id in before and _differs(before[c.entry_id], c)]
            if not differing:
                raise Invalid(_("Chưa có giá trị nào khác với bản đã công bố."))
            return show(row, choice, snapshot, form, chosen, changes=differing, before=before)
        with transaction():
            made = services.correct_result(
                choice.latest,
                choice.stage,
                row,
                changes,
                reason=form.reason.data or "",
                visible_at=visible_at(form, now),
                decision=Decision(
                    form.decision_number.data or "", form.decision_date.data, form.signer.data or ""
                ),
                actor=actor,
                at=now,
            )
    except DomainError as error:
        form.take(error)
        return show(row, choice, snapshot, form, chosen), error.status
    if made.visible_at > now:
        done = _(
            "Đã hẹn đính chính, phiên bản %(n)s. Trước giờ đó khách vẫn đọc bản hiện hành.", n=made.version
        )
    else:
        done = _(
            "Đã công bố đính chính, phiên bản %(n)s. Giấy chứng nhận đổi nội dung được thu hồi và cấp lại.",
            n=made.version,
        )
    flash(done, "success")
    return go("publishing.board", edition=row.slug)


def _differs(row: Row, change: EntryChange) -> bool:
    return (row.rank, row.score_e4, row.tier_id, row.presence) != (
        change.rank,
        change.score_e4,
        change.tier_id,
        change.state,
    )
