"""What a row below the head is: a team or a pupil, or something between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from incubator.contests.registration_files.cleaning import as_text
from incubator.contests.registration_files.dates import DATE_IN_TEXT, parse_date
from incubator.contests.registration_files.divisions import DivisionReader
from incubator.contests.registration_files.layout import PEOPLE_IN_A_CELL, Layout
from incubator.contests.registration_files.records import Cell
from incubator.contests.registration_files.schools import without_count
from incubator.contests.registration_files.sentences import Sentence, say
from incubator.contests.registration_files.tables import Sheet
from incubator.contests.registration_files.titles import Facts, is_school, pair_of, said_in, team_of_row
from incubator.core.text import search_key

_FOOTER = re.compile(r"^(tong|cong\b|noi nhan|ghi chu|danh sach (nay )?co|luu y|\.{3})")
_TOTAL = re.compile(r"(tong|cong)( (cong|so|trang|hop|doi|hoc sinh|hs))*[\s:.\d]*")  # alone in the first cell
_EXAMPLE = re.compile(
    r"\W*(vd|vi du|mau|dong mau|example|e\.?g)\W*\d?\W*"
)  # the first row of a form sent out
_FEW = 4  # a row of labels above a table: “Tên đội: … | GVHD: …”
_SIGNING = re.compile(
    r"(nguoi lap|lap bieu|((pho|p\.) ?)?(hieu truong|thu truong|truong phong|truong ban|giam doc)|pht\b|bgh\b|ban giam hieu|t/m\b|tm\.|kt\.|duyet\b|xac nhan|\(?ky\b|"
    r"can bo phu trach|tong phu trach)"
)
_PLACE_AND_DAY = re.compile(r"[^\d]*, ngay ([\d.…]|thang)")  # “Dĩ An, ngày 12/3/2024”
_ROMAN = re.compile(r"^(?:[IVX]{1,5}|[A-H]|\d{1,2})\s*[.)/-]\s*")  # “II. KHỐI THCS”
_GROUP = re.compile(r"(khoi|bang|cap)\b")
_BRACKETED = re.compile(r"\([^()]*\)")
#: Words of sentences that, typed small, are no part of a name
_SPEAKS = re.compile(
    r"đã|không|chưa|có|của|và|trên|dưới|này|các|những|em|học|sinh|lớp|nộp|xác|nhận|được|bổ|sung|thêm|theo|cùng|ngày|gồm|cho|với|là|"
    r"sẽ|xin|danh|sách|kèm|gửi|sau|tại|về|do|từ"
)
_SHOWN = 60  # letters of a note


@dataclass(slots=True)
class Section:
    """A row that stands alone above its teams: “KHỐI TIỂU HỌC”, “Trường THCS Hòa Phú”."""

    facts: Facts
    division: str | None = None
    signed: bool = False  # the place for signatures has been passed: names alone are those who sign
    team_named: bool = False  # a team's name has been read since the last pupil
    coach_named: bool = False
    coach_of_all: Facts = field(default_factory=dict)  # named above the whole table, before any team

    @classmethod
    def of(cls, titles: Facts, division: str | None) -> Section:
        coach = {role: said for role, said in titles.items() if role.startswith("coach")}
        return cls(dict(titles), division, coach_of_all={} if "team" in titles else coach)

    def take(self, said: Facts) -> None:
        """What a row says holds for the teams below it; a coach named above another team's table is not this team's."""
        coach = any(role.startswith("coach") for role in said)
        if "team" in said and not self.coach_named or coach and not self.coach_named:
            self.facts = {role: value for role, value in self.facts.items() if not role.startswith("coach")}
            self.facts |= {} if coach else self.coach_of_all
        self.facts |= said
        self.team_named |= "team" in said
        self.coach_named |= coach


class RowSorter:
    """Says of each row of a table what it is, and remembers what rows between the teams say of those below."""

    def __init__(self, sheet: Sheet, layout: Layout, divisions: DivisionReader, section: Section) -> None:
        self.sheet, self.layout, self.divisions, self.section = sheet, layout, divisions, section

    def kind(self, row: int) -> str:
        """'' for a row with a team or a pupil; else blank, example, header, section, note or footer."""
        sheet, layout, section = self.sheet, self.layout, self.section
        filled = [
            (i, cell) for i, cell in enumerate(sheet.rows[row]) if cell is not None and as_text(cell).strip()
        ]
        if not filled:
            return "blank"
        names = [member["name"] for member in layout.members]
        if layout.shape == PEOPLE_IN_A_CELL:
            names.append(layout.columns["members"])
        positions = {i for i, _ in filled}
        index = layout.columns.get("index", -1)
        first = layout.cleaners[filled[0][0]](filled[0][1])[0]
        if len(filled) > 1 and _EXAMPLE.fullmatch(search_key(first)):
            return "example"
        if len(filled) == 1 and index in positions and not any(c.isalpha() for c in first):
            return "blank"
        if (len(filled) >= 3 and _numbers_columns(filled)) or self._explains_head(filled):
            return "header"
        pupils = {*names, *(member["birth"] for member in layout.members if "birth" in member)}
        if self._is_footer(filled, pupils):
            return "footer"
        few = filled if len(filled) <= _FEW else []  # a full row says nothing of the rows below it
        texts = [without_count(layout.cleaners[i](cell)[0]) for i, cell in few]
        holds_pupil = any(
            i in names and not pair_of(text)[0] for (i, _), text in zip(few[1:], texts[1:], strict=True)
        )
        of_row = holds_pupil and bool(pair_of(texts[0])[1])  # “Đội: Cá Mập” beside its pupils
        if few and not of_row and (said := said_in(texts)):
            section.division = self.divisions.exactly(said.get("division", "")) or section.division
            section.take({role: value for role, value in said.items() if role not in layout.columns})
            return "section"
        if positions & set(names):
            if _is_repeated_header(sheet, layout, row):
                return "header"
            return "note" if len(filled) == 1 and self._is_note(first, pupils) else ""
        team = layout.columns.get("team")
        numbered = (
            len(filled) == 2
            and bool(_ROMAN.fullmatch(f"{texts[0]}."))
            and (is_school(texts[1]) or (not texts[0].isdigit() and self._is_group(texts[1])))
        )
        if numbered or (len(filled) <= 2 and (team not in positions or len(filled) == 1)):
            return self._section(texts[-1] if numbered or len(filled) == 1 else "")
        return "" if team in positions else "footer"

    def _is_footer(self, filled: Sequence[tuple[int, Cell]], pupils: set[int]) -> bool:
        """Totals, remarks and signatures; below the latter, rows of names without any number too."""
        layout, section = self.layout, self.section
        if len(filled) > 3 and not _TOTAL.fullmatch(
            search_key(layout.cleaners[filled[0][0]](filled[0][1])[0])
        ):
            return False
        texts = {i: search_key(layout.cleaners[i](cell)[0]) for i, cell in filled}
        if any(map(_PLACE_AND_DAY.match, texts.values())):
            section.signed = True
            return True
        if any(_is_dated(cell) for i, cell in filled if i in pupils):
            return False  # a team may be called “Công Nghệ Trẻ” or “Kỳ Lân”
        if any(map(_SIGNING.match, texts.values())):
            section.signed = True
            return True
        alone = section.signed and not any(c.isdigit() for text in texts.values() for c in text)
        return alone or bool(_FOOTER.match(texts[filled[0][0]]))

    def _is_group(self, text: str) -> bool:
        """“KHỐI THCS” beside “A” or “II”."""
        return bool(_GROUP.match(search_key(text)) and self.divisions.within(text))

    def _explains_head(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        """“(dd/mm/yyyy)”, “(TH/THCS)”: a row of nothing but brackets says how to fill in the columns."""
        return len(filled) > 1 and all(_BRACKETED.fullmatch(as_text(cell).strip()) for _, cell in filled)

    def _is_note(self, text: str, pupils: set[int]) -> bool:
        """A sentence in the column of names, where a pupil would have a birth date or a class beside the name."""
        if len(self.layout.members) != 1 or len(self.layout.members[0]) < 2 or pair_of(text)[0]:
            return False
        small = [word for word in re.findall(r"\w+", text) if word[0].islower()]
        return len(small) > 1 and any(map(_SPEAKS.fullmatch, small)) and not text.islower()

    def about_note(self, row: int) -> Sentence:
        """What is told of a row that `kind` calls a note."""
        text = next(as_text(cell) for cell in self.sheet.rows[row] if cell is not None)
        column = next(i for i, cell in enumerate(self.sheet.rows[row]) if cell is not None)
        shown = self.layout.cleaners[column](text)[0]
        return say("loose_note", sheet=self.sheet.name, row=self.sheet.first + row + 1, text=shown[:_SHOWN])

    def _section(self, text: str) -> str:
        section = self.section
        if "team" not in self.layout.columns and (team := team_of_row(text)):
            section.take({"team": team})
            return "section"
        text = _ROMAN.sub("", text)
        division = self.divisions.within(text)
        if is_school(text):
            section.take({"school": text})
            return "section"
        if division:
            section.division = division
            return "section"
        return "footer"


def _is_dated(cell: Cell) -> bool:
    return parse_date(cell)[0] is not None or bool(DATE_IN_TEXT.search(as_text(cell)))


def _numbers_columns(filled: Sequence[tuple[int, Cell]]) -> bool:
    """The row “(1) (2) (3) …” or “A B 1 2 …” that official tables have below their header."""
    marks = [as_text(cell).strip(" ()[]").upper() for _, cell in filled]
    letters = next((i for i, mark in enumerate(marks) if mark != chr(ord("A") + i)), len(marks))
    return marks[letters:] == [str(n) for n in range(1, len(marks) - letters + 1)]


def _is_repeated_header(sheet: Sheet, layout: Layout, row: int) -> bool:
    """Long lists repeat their header on every printed page."""
    cells = [as_text(cell) for cell in sheet.rows[row]]
    filled = [(i, layout.cleaners[i](text)[0].replace("\n", " ")) for i, text in enumerate(cells) if text]
    same = sum(
        bool(layout.labels[i]) and layout.labels[i].endswith(text)
        for i, text in filled
        if i < len(layout.labels)
    )
    return len(filled) >= 3 and same * 3 >= len(filled) * 2
