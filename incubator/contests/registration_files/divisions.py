"""Which division a text means: a cell (“TH”, “Bảng A”), a sheet's name, a title above the table."""

from __future__ import annotations

import re

from incubator.contests.registration_files.columns import words_of
from incubator.contests.registration_files.records import DivisionRule

_LEVEL_WORDS = {
    "primary": ("th", "tieu hoc", "cap 1", "cap i", "primary", "elementary", "tieuhoc"),
    "lower_secondary": (
        "thcs",
        "trung hoc co so",
        "cap 2",
        "cap ii",
        "lower secondary",
        "secondary",
        "middle school",
        "trung hoc cs",
    ),
    "upper_secondary": ("thpt", "trung hoc pho thong", "cap 3", "cap iii", "upper secondary", "ptth"),
    "university": ("dh", "dai hoc", "sinh vien", "university"),
    "college": ("cd", "cao dang", "college"),
}
_LEAD = re.compile(
    r"^(?:khoi|bang|cap hoc|cap|hang muc|nhom|danh sach|ds|doi tuong|noi dung|truong)(?: thi| du thi)? "
)
_GRADE = re.compile(r"(?:khoi |lop |grade )?(\d{1,2})")
_LAST_GRADES = (("primary", 5), ("lower_secondary", 9), ("upper_secondary", 12))
_LETTER = re.compile(r"^bang ([a-h]|\d)\b|^([a-h])$")


class DivisionReader:
    """Understands a division's code, name, aliases, school level, and its letter by order (Bảng A is the
    first)."""

    def __init__(self, divisions: tuple[DivisionRule, ...]) -> None:
        self.divisions = divisions
        self.exact: dict[str, str] = {}
        for index, rule in enumerate(divisions):
            for text in (rule.code, rule.name, *rule.aliases):
                self._learn(words_of(text), rule.code)
            for level in rule.levels:
                for text in _LEVEL_WORDS.get(level, ()):
                    self._learn(text, rule.code)
            self._learn(f"bang {chr(ord('a') + index)}", rule.code)
            self._learn(f"bang {index + 1}", rule.code)
            self._learn(chr(ord("a") + index), rule.code)
        self.cache: dict[str, str | None] = {}

    def _learn(self, text: str, code: str) -> None:
        if text:
            self.exact.setdefault(text, code)

    def exactly(self, text: str) -> str | None:
        """The division that a cell names and nothing else."""
        if text not in self.cache:
            self.cache[text] = self._exactly(words_of(text))
        return self.cache[text]

    def _exactly(self, words: str) -> str | None:
        if words in self.exact:
            return self.exact[words]
        bare = _LEAD.sub("", words)
        if bare in self.exact:
            return self.exact[bare]
        letter = _LETTER.match(words)
        if letter is None:
            return self.within(words)
        # “Bảng B – Tiểu học” of an office that counts the other way round: the words say what is meant
        said = self.within(words[letter.end() :])
        return said or self.exact.get(f"bang {letter[1] or letter[2]}") or self.within(words)

    def within(self, text: str) -> str | None:
        """The one division that a longer text (a title, a sheet's name) speaks of; None when it names
        several."""
        words = f" {words_of(text)} "
        if words.strip() in self.exact:
            return self.exact[words.strip()]
        hits: dict[str, int] = {}
        for phrase, code in self.exact.items():
            if len(phrase) > 1 and f" {phrase} " in words:
                hits[code] = max(hits.get(code, 0), len(phrase))
        return next(iter(hits)) if len(hits) == 1 else None

    def of_grade(self, text: str) -> str | None:
        """The division of the level that a grade belongs to: “8”, “Khối 8”."""
        grade = _GRADE.fullmatch(words_of(text))
        level = next((code for code, last in _LAST_GRADES if int(grade[1]) <= last), "") if grade else ""
        return self.of_level(frozenset({level})) if level else None

    def of_level(self, levels: frozenset[str]) -> str | None:
        """The only division open to a school of these levels."""
        codes = [rule.code for rule in self.divisions if levels & set(rule.levels)]
        return codes[0] if len(codes) == 1 else None
