"""Words that screens, files and mails share."""

from __future__ import annotations

from ..core.i18n import _, lazy
from ..models import PublicationKind

KINDS = {
    PublicationKind.ELIGIBLE: lazy("Danh sách đủ điều kiện"),
    PublicationKind.SCHEDULE: lazy("Lịch thi"),
    PublicationKind.FINALISTS: lazy("Danh sách vào vòng sau"),
    PublicationKind.PROVISIONAL: lazy("Kết quả tạm tính"),
    PublicationKind.OFFICIAL: lazy("Kết quả chính thức"),
}
STATES = {
    PublicationKind.ELIGIBLE: "accepted",
    PublicationKind.SCHEDULE: "submitted",
    PublicationKind.FINALISTS: "accepted",
    PublicationKind.PROVISIONAL: "provisional",
    PublicationKind.OFFICIAL: "final",
}
MEDALS = {"first": "g", "second": "s", "third": "b"}


def medal_of(tier_slug: str) -> str:
    """Colour of a prize's word: gold, silver, bronze, plain for all others."""
    return MEDALS.get(tier_slug, "k")


def presence_word(presence: str) -> str:
    return {
        "absent": _("Vắng"),
        "disqualified": _("Bị truất quyền thi"),
        "withdrawn": _("Đã rút"),
    }.get(presence, "")


def change_words() -> dict[str, str]:
    return {
        "rank": _("Hạng"),
        "score_e4": _("Điểm"),
        "tier_id": _("Giải"),
        "advanced": _("Vào vòng sau"),
        "presence": _("Dự thi"),
        "starts_at": _("Giờ"),
        "place": _("Nơi"),
        "division_id": _("Bảng"),
        "listed": _("Có trong danh sách"),
    }


def state_word(state: str) -> str:
    """How an entry stands in a list that is being corrected."""
    return {
        "": _("Có tên, được xếp hạng"),
        "absent": _("Có tên, ghi vắng"),
        "disqualified": _("Có tên, ghi bị truất quyền thi"),
        "withdrawn": _("Có tên, ghi đã rút"),
        "unlisted": _("Không có tên"),
    }.get(state, state)
