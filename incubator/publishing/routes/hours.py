"""The hour that a form asks for: now, or a moment to come."""

from __future__ import annotations

from datetime import datetime

from ...core import clock
from ...core.errors import Invalid
from ...core.i18n import _
from ..forms import PostForm, PublishForm


def check_hour(form: PublishForm | PostForm) -> bool:
    if form.when.data == "later" and form.visible_at.data is None:
        form.take(Invalid(_("Nhập giờ công bố, ví dụ 25/11/2026 16:30."), field="visible_at"))
        return False
    if form.when.data == "later" and form.visible_at.data is not None and form.visible_at.data <= clock.now():
        form.take(
            Invalid(_("Giờ công bố đã qua. Chọn giờ sau bây giờ, hoặc công bố ngay."), field="visible_at")
        )
        return False
    return True


def visible_at(form: PublishForm | PostForm, now: datetime) -> datetime:
    """The hour of a form that `check_hour()` found right."""
    return form.visible_at.data if form.when.data == "later" and form.visible_at.data else now
