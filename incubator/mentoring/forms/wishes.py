"""What a mentor would like best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import SelectField

from ...core.forms import BaseForm
from ...core.i18n import _, lazy
from .fields import options


class WishesForm(BaseForm):
    """Up to five teams, the most wished first."""

    wish_1 = SelectField(lazy("Nguyện vọng %(n)s", n=1), coerce=int, default=0)
    wish_2 = SelectField(lazy("Nguyện vọng %(n)s", n=2), coerce=int, default=0)
    wish_3 = SelectField(lazy("Nguyện vọng %(n)s", n=3), coerce=int, default=0)
    wish_4 = SelectField(lazy("Nguyện vọng %(n)s", n=4), coerce=int, default=0)
    wish_5 = SelectField(lazy("Nguyện vọng %(n)s", n=5), coerce=int, default=0)

    @property
    def wishes(self) -> list[SelectField]:
        return [self.wish_1, self.wish_2, self.wish_3, self.wish_4, self.wish_5]

    def offer(self, teams: Iterable[tuple[int, str]], saved: Sequence[int]) -> None:
        """Teams to choose from; before anything is sent, what was chosen last and can still be had."""
        known = [(0, "–"), *teams]
        kept = [i for i in saved if i in dict(known)]
        for n, field in enumerate(self.wishes):
            field.choices = options(known)
            if not self.is_submitted() and n < len(kept):
                field.data = kept[n]

    def chosen(self) -> list[int]:
        return [field.data for field in self.wishes if field.data]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each team once."""
        valid = bool(super().validate(extra_validators))
        seen: dict[int, int] = {}
        for n, field in enumerate(self.wishes, start=1):
            if field.data and field.data in seen:
                field.errors = [
                    *field.errors,
                    _("Đội này đã ở nguyện vọng %(n)s. Chọn đội khác hoặc để trống.", n=seen[field.data]),
                ]
                valid = False
            elif field.data:
                seen[field.data] = n
        return valid
