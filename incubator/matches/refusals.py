"""What a rule of match play may answer instead of a value.

Rule modules know no screen and no language: they raise a `RuleError` with a code and the values that
belong to it.
`wording.py` turns the pair into a sentence.
"""

from __future__ import annotations


class RuleError(ValueError):
    """A rule says no. `code` names the rule, `values` what it was about; nothing has been changed."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code}: {values}" if values else code)
        self.code = code
        self.values = values
