"""Papers of match play as data for core/pdf.py: minutes of the draw, tables, bracket, schedules, match
report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app, render_template

from ..core import clock
from ..core.i18n import _
from ..core.pdf import official_face
from ..core.web import named, owner, vn_date, vn_time
from .games import Action
from .outcomes import Presence
from .queries.drawing import DrawView
from .queries.history import History
from .queries.snapshot import Board
from .queries.views import BestView, BracketView, MatchView, TableView, verdict
from .wording import PRESENCES

LEFT, RIGHT = "left", "right"


def paper(
    kind: str,
    title: str,
    blocks: Sequence[dict[str, Any]],
    signatures: Sequence[str | dict[str, Any]],
    **more: Any,
) -> dict[str, Any]:
    house = owner(current_app)
    return {
        "parent": house["parent"],
        "body": house["name"],
        "number": "",
        "place": house["place"],
        "date": clock.today().isoformat(),
        "kind": kind,
        "title": title,
        "landscape": False,
        "blocks": list(blocks),
        "signatures": [
            {"lines": [line], "name": ""} if isinstance(line, str) else line for line in signatures
        ],
        "recipients": [],
        **more,
    }


def grid(
    columns: Sequence[tuple[str, str, str]], rows: Sequence[Sequence[object]], size: int = 11
) -> dict[str, Any]:
    """A table block: columns are (title, align, width)."""
    return {
        "type": "table",
        "columns": [{"title": title, "align": align, "width": width} for title, align, width in columns],
        "rows": [[str(cell) for cell in row] for row in rows],
        "size": size,
    }


def heading(text: str) -> dict[str, Any]:
    return {"type": "heading", "text": text}


def text(line: str) -> dict[str, Any]:
    return {"type": "text", "text": line}


def draw_minutes(board: Board, draw: DrawView) -> dict[str, Any]:
    """Every pick with what was allowed, the seed and how to check it, signed by the teams'
    representatives."""
    rows = [
        [
            p.number,
            side.team,
            side.school,
            " ".join(p.allowed),
            f"{p.group_name}{p.position}",
            _("tay") if p.by_hand else _("máy"),
        ]
        for p, side in draw.picks
    ]
    crowded = [
        _("%(school)s có nhiều đội hơn số bảng nên tối đa %(n)s đội một bảng.", school=school, n=most)
        for school, most in draw.crowded.items()
    ]
    blocks = [
        {
            "type": "facts",
            "rows": [
                [_("Vòng thi"), f"{named(board.stage)} – {named(board.edition)}"],
                [_("Mã bốc thăm"), draw.seed],
                [_("Số đội"), str(draw.total)],
            ],
        },
        text(
            _(
                "Mỗi lượt, bảng được chọn đều nhau trong các bảng còn vào được, theo SHA-256 của mã bốc thăm và số lượt."
            )
        ),
        *(text(line) for line in crowded),
        heading(_("Diễn biến")),
        grid(
            [
                (_("Lượt"), RIGHT, "auto"),
                (_("Đội"), LEFT, "2fr"),
                (_("Đơn vị"), LEFT, "3fr"),
                (_("Bảng vào được"), LEFT, "2fr"),
                (_("Vị trí"), LEFT, "auto"),
                (_("Cách"), LEFT, "auto"),
            ],
            rows,
            10,
        ),
    ]
    return paper(
        _("Biên bản"),
        _("Bốc thăm chia bảng %(stage)s", stage=named(board.stage)),
        blocks,
        [_("ĐẠI DIỆN CÁC ĐỘI"), _("THƯ KÝ"), _("TRƯỞNG BAN TỔ CHỨC")],
    )


def group_tables(board: Board, tables: Sequence[TableView], best: Sequence[BestView]) -> dict[str, Any]:
    """Every group with its reasons, then those who took one place in their groups, compared."""
    blocks: list[dict[str, Any]] = []
    for found in tables:
        word = _("tạm tính") if found.provisional else _("chính thức")
        blocks.append(
            heading(
                _(
                    "Bảng %(name)s (%(word)s, %(n)s/%(m)s trận)",
                    name=found.name,
                    word=word,
                    n=found.played,
                    m=found.expected,
                )
            )
        )
        rows = [
            [
                r.rank,
                r.team,
                r.school,
                r.row.line.wins,
                *([r.row.line.draws] if found.draws else []),
                r.row.line.losses,
                f"{r.row.line.scored}–{r.row.line.against}",
                f"{r.diff:+d}".replace("-", "−"),
                r.row.line.points,
            ]
            for r in found.rows
        ]
        blocks.append(
            grid(
                [
                    (_("Hạng"), RIGHT, "auto"),
                    (_("Đội"), LEFT, "2fr"),
                    (_("Đơn vị"), LEFT, "2fr"),
                    (_("T"), RIGHT, "auto"),
                    *([(_("H"), RIGHT, "auto")] if found.draws else []),
                    (_("B"), RIGHT, "auto"),
                    (_("Ghi–thủng"), RIGHT, "auto"),
                    (_("HS"), RIGHT, "auto"),
                    (_("Điểm"), RIGHT, "auto"),
                ],
                rows,
            )
        )
        blocks.append({"type": "list", "items": [*found.notes, *found.because]})
    for view in best:
        blocks += [
            heading(_("Các đội hạng %(place)s tốt nhất (lấy %(n)s)", place=view.place, n=view.count)),
            grid(
                [
                    (_("Hạng"), RIGHT, "auto"),
                    (_("Đội"), LEFT, "2fr"),
                    (_("Đơn vị"), LEFT, "2fr"),
                    (_("Trận"), RIGHT, "auto"),
                    (_("Ghi–thủng"), RIGHT, "auto"),
                    (_("Điểm"), RIGHT, "auto"),
                ],
                [
                    [
                        row.rank,
                        side.team,
                        side.school,
                        row.line.played,
                        f"{row.line.scored}–{row.line.against}",
                        row.line.points,
                    ]
                    for row, side in view.rows
                ],
            ),
            {"type": "list", "items": view.because},
        ]
    return paper(
        _("Bảng xếp hạng"),
        f"{named(board.stage)} – {named(board.edition)}",
        blocks,
        [_("THƯ KÝ"), _("TRỌNG TÀI CHÍNH")],
    )


def bracket(board: Board, drawn: BracketView) -> dict[str, Any]:
    """The drawing, then the matches of every round with their times."""
    drawing = render_template("matches/bracket.svg", bracket=drawn, face=official_face()[0]).strip()
    large = len(drawn.boxes) > 16  # has a sheet of its own
    blocks: list[dict[str, Any]] = [{"type": "break"}] if large else []
    blocks += [{"type": "svg", "svg": drawing, "height": 160 if large else 105}, {"type": "break"}]
    for name, views in drawn.rounds:
        blocks += [heading(name), grid(_match_columns(), [_match_row(view) for view in views])]
    return paper(
        _("Nhánh đấu"),
        f"{named(board.stage)} – {named(board.edition)}",
        blocks,
        [_("THƯ KÝ"), _("TRỌNG TÀI CHÍNH")],
        landscape=True,
    )


def _match_columns() -> list[tuple[str, str, str]]:
    return [
        (_("Trận"), LEFT, "auto"),
        (_("Giờ"), LEFT, "auto"),
        (_("Sân"), LEFT, "auto"),
        (_("Bên ĐỎ"), LEFT, "2fr"),
        (_("Tỉ số"), RIGHT, "auto"),
        (_("Bên XANH"), LEFT, "2fr"),
    ]


def _match_row(view: MatchView) -> list[object]:
    score = f"{view.red.score}–{view.blue.score}" if view.done else ""
    return [
        view.short,
        _when(view.starts_at),
        view.court,
        _team(view, "red"),
        score,
        _team(view, "blue"),
    ]


def _team(view: MatchView, side: str) -> str:
    own = view.red if side == "red" else view.blue
    return own.team if own.known else own.sub or own.team


def _when(at: datetime | None) -> str:
    return f"{vn_time(at)} {vn_date(at)[:5]}" if at else ""


def school_schedules(board: Board, matches: Sequence[MatchView]) -> dict[str, Any]:
    """One sheet a school: its teams' matches in order of time."""
    sheets = []
    for school in sorted({side.school for side in board.sides.values() if side.school}):
        own = [view for view in matches if school in (view.red.school, view.blue.school)]
        sheets.append(
            paper(
                _("Lịch thi đấu"),
                school,
                [
                    text(f"{named(board.stage)} – {named(board.edition)}"),
                    grid(_match_columns(), [_match_row(v) for v in own]),
                ],
                [_("THƯ KÝ")],
            )
        )
    return {"sheets": sheets}


def _action(action: Action) -> str:
    """“úp rổ (7)”; what gives no points by its name alone."""
    name = named(action, "label")
    return f"{name} ({action.points})" if action.points else name


def match_report(board: Board, view: MatchView, past: History) -> dict[str, Any]:
    """Biên bản trận đấu: teams, counts by action, result with reason, plays that were struck, signatures."""
    labels = {a.code: _action(a) for a in board.game.actions}
    latest = past.standing
    sheets = latest.sheets if latest else [{}, {}]
    rows = [
        [labels[code], *(str((sheet.get("counts") or {}).get(code, 0)) for sheet in sheets)]
        for code in labels
    ]
    blocks: list[dict[str, Any]] = [
        {
            "type": "facts",
            "rows": [
                [_("Trận"), f"{view.name} ({view.short})"],
                [_("Sân, giờ"), f"{view.court} {_when(view.starts_at)}"],
                [_("Bên ĐỎ"), f"{view.red.team} – {view.red.school}"],
                [_("Bên XANH"), f"{view.blue.team} – {view.blue.school}"],
            ],
        },
        heading(_("Số lần ghi nhận")),
        grid([(_("Việc"), LEFT, "2fr"), (_("ĐỎ"), RIGHT, "1fr"), (_("XANH"), RIGHT, "1fr")], rows),
    ]
    if latest is not None:
        presences = [str(PRESENCES[Presence(sheet.get("presence", "present"))]) for sheet in sheets]
        blocks += [
            heading(_("Kết quả")),
            {
                "type": "facts",
                "rows": [
                    [_("Tỉ số"), f"{latest.red_score}–{latest.blue_score}"],
                    [_("Kết quả"), verdict(latest)],
                    [_("ĐỎ có mặt"), presences[0]],
                    [_("XANH có mặt"), presences[1]],
                    [_("Người nhập"), past.names.get(latest.entered_by_id or 0, "")],
                    [_("Người xác nhận"), past.names.get(latest.confirmed_by_id or 0, _("chưa xác nhận"))],
                    [_("Ghi chú"), latest.note],
                ],
            },
        ]
    struck = [
        _("Lần %(n)s không tính: %(why)s", n=p.number, why=p.void_reason) for p in past.plays if p.voided_at
    ]
    struck += [
        _("Khiếu nại: %(text)s. Kết luận: %(answer)s", text=p.text, answer=p.answer or _("đang chờ"))
        for p in past.protests
    ]
    if view.note:
        struck.append(view.note)
    if struck:
        blocks.append({"type": "list", "items": struck})
    blocks.append(text(_("Nhật ký trận có %(n)s sự kiện.", n=len(past.events))))
    signed = {item.get("side"): item.get("name", "") for item in (latest.signatures if latest else [])}
    return paper(
        _("Biên bản trận đấu"),
        view.name,
        blocks,
        [
            {"lines": [_("ĐỘI TRƯỞNG BÊN ĐỎ")], "name": signed.get("red", "")},
            {"lines": [_("ĐỘI TRƯỞNG BÊN XANH")], "name": signed.get("blue", "")},
            {"lines": [_("TRỌNG TÀI CHÍNH")], "name": ""},
        ],
    )
