"""A stored result and its log in words: who won and by what, how each side stood, what did not count."""

from __future__ import annotations

from ....core.i18n import _, lazy
from ....models import ResultVersion
from ...outcomes import Outcome, Presence, Reason
from ...wording import PRESENCES, REASONS

_IGNORED = {
    "match_over": lazy("sau khi hết trận"),
    "match_not_started": lazy("trước khi bấm giờ thi đấu"),
    "count_impossible": lazy("quá số lần cho phép"),
}


def ignored_because(code: str) -> str:
    """Why an event of the log does not count, in a few words."""
    return str(_IGNORED.get(code, code))


def reason_text(version: ResultVersion) -> str:
    """Why it ended so, with the figures of penalties and the votes of a jury."""
    text = str(REASONS[Reason(version.reason)])
    if version.reason == Reason.PENALTY and version.ruling.get("penalty"):
        return text + " {}–{}".format(*version.ruling["penalty"])
    votes = (version.ruling.get("votes") or {}).get("text")
    return f"{text} {votes}" if version.reason == Reason.JURY and votes else text


def verdict(version: ResultVersion) -> str:
    """“XANH thắng · đối thủ vắng mặt · ĐỎ: vắng mặt”."""
    won = {
        version.red_outcome: _("ĐỎ thắng"),
        version.blue_outcome: _("XANH thắng"),
    }.get(Outcome.WIN)
    stood = [
        f"{name}: {PRESENCES[Presence(sheet['presence'])]}"
        for name, sheet in zip((_("ĐỎ"), _("XANH")), version.sheets, strict=False)
        if sheet.get("presence", Presence.PRESENT) != Presence.PRESENT
    ]
    return " · ".join(part for part in (won, reason_text(version), *stood) if part)


def signed(version: ResultVersion) -> str:
    """The captains who signed, red first."""
    names = {item.get("side"): item.get("name") for item in version.signatures}
    return ", ".join(
        f"{word} {names[side]}" for side, word in (("red", _("ĐỎ")), ("blue", _("XANH"))) if names.get(side)
    )
