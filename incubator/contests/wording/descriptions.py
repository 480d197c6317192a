"""Rules, dossiers and moments in words, for the public page and the editors."""

from __future__ import annotations

from datetime import datetime

from ...core import clock
from ...core.i18n import _
from ...core.web import named, vn_date
from ...models import Entry, MemberPart
from ..dossier import Requirements
from ..eligibility import Registrant, Rules
from .names import REGISTRANTS, kinds, levels
from .problems import window


def moment(value: datetime | None) -> str:
    """“17:00 ngày 15/10/2026”; a day's last second is said as “hết ngày 15/10/2026”."""
    if value is None:
        return _("không có hạn")
    local = clock.local(value)
    if (local.hour, local.minute, local.second) == (23, 59, 59):
        return _("hết ngày %(day)s", day=vn_date(local))
    return _("%(time)s ngày %(day)s", time=local.strftime("%H:%M"), day=vn_date(local))


def called(entry: Entry) -> str:
    """What pages of who may see names call an entry: its team, else whoever entered alone. Needs team and members."""
    if entry.team.name:
        return entry.team.name
    own = [m for m in entry.members if m.ended_at is None and m.part is not MemberPart.COACH]
    return min(own, key=lambda m: m.position).full_name if own else _("Cá nhân")


def rules(found: Rules) -> list[str]:
    """The eligibility of a division in words, for the public page and the editor."""
    said = []
    if found.born_from or found.born_until:
        said.append(_("Sinh %(window)s.", window=_born(found)))
    if found.alone:
        said.append(_("Dự thi cá nhân."))
    elif found.team_min == found.team_max:
        said.append(_("Mỗi đội %(n)s người.", n=found.team_min))
    else:
        said.append(_("Mỗi đội %(low)s đến %(high)s người.", low=found.team_min, high=found.team_max))
    if found.levels:
        said.append(_("Học sinh, sinh viên cấp: %(levels)s.", levels=levels(found.levels)))
    if found.organisation_kinds:
        said.append(_("Đơn vị dự thi: %(kinds)s.", kinds=kinds(found.organisation_kinds)))
    if found.entries_per_organisation:
        said.append(_("Mỗi đơn vị nhiều nhất %(n)s bài dự thi.", n=found.entries_per_organisation))
    if found.teams_per_person == 1 and not found.alone:
        said.append(_("Mỗi người chỉ ở một đội."))
    if found.coach_required:
        said.append(_("Có giáo viên hướng dẫn."))
    said.append(_("Đăng ký: %(how)s.", how=", ".join(_registrant(r, found) for r in found.registrants)))
    return said


def _born(found: Rules) -> str:
    if found.born_from and found.born_until:
        return _("từ %(low)s đến %(high)s", low=vn_date(found.born_from), high=vn_date(found.born_until))
    return window(found.born_from, found.born_until)


def _registrant(who: Registrant, found: Rules) -> str:
    word = str(REGISTRANTS[who])
    if who is Registrant.COACH:
        return word
    return _("%(who)s (từ %(age)s tuổi)", who=word, age=found.captain_from_age)


def dossier(wanted: Requirements) -> list[str]:
    """What a dossier holds, for the public page."""
    said = []
    if wanted.title:
        said.append(_("Tên sản phẩm"))
    if wanted.field:
        said.append(_("Lĩnh vực"))
    if wanted.abstract_words:
        said.append(_("Tóm tắt, nhiều nhất %(n)s từ", n=wanted.abstract_words))
    if wanted.video:
        said.append(_("Đường dẫn video giới thiệu"))
    for kind in wanted.files:
        said.append(named(kind) if kind.least <= 1 else f"{named(kind)} (≥ {kind.least})")
    return said
