"""A form of one team on a sheet, labels down and answers beside them, turned into a table of one row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from incubator.contests.registration_files.cleaning import as_text, clean
from incubator.contests.registration_files.columns import Meaning, combine
from incubator.contests.registration_files.records import Cell
from incubator.contests.registration_files.tables import Sheet
from incubator.core.text import Encoding, detect_cell, detect_column

_MOST_ROWS = 120  # a form is a page or two
_LABEL = re.compile(
    r"\s*(?:(?:\d{1,2}|[a-hA-H])\s*[.)/-]\s*)?(?P<label>[^:：]{2,60}?)\s*[:：]\s*(?P<value>.*)", re.DOTALL
)
_NEXT_LABEL = re.compile(
    r"\s{2,}(?=[^\s:：][^:：]{1,40}[:：])|[;\n\t]\s*(?=[^:：]{2,40}[:：])"
)  # “Họ tên: …   Lớp: …”
_NUMBER = re.compile(r"\(?\d{1,2}[.)]?")
_LEAST, _LEAST_LABELS = 2, 5  # more cells than a label and one answer; so many rows begin with a label
_LEADERS = " .…_"


@dataclass(frozen=True, slots=True)
class _Answer:
    """`group` is the heading above (“Thành viên 2”), '' without one."""

    group: str
    label: str
    value: Cell
    meaning: Meaning
    row: int = 0


def as_table(sheet: Sheet) -> Sheet:
    """`sheet` itself, or where its rows are labels with their answers beside them, a table of the one team they tell.

    Such a sheet names a pupil by a label (“Thành viên 1: …”) and a team or a school, in rows half of which begin with
    a label.
    """
    if len(sheet.rows) > _MOST_ROWS:
        return sheet
    reader = _FormReader(sheet)
    if (columns := reader.columns()) is not None:
        return columns
    answers = reader.read()
    names = [
        a
        for a in answers
        if a.meaning.subject in ("member", "captain") and a.meaning.aspect in ("name", "list")
    ]
    of_team = any(a.meaning.role in ("team", "school") for a in answers)
    if not names or not of_team or reader.labelled * 2 < reader.filled:
        return sheet
    found = _slips(answers)
    slips = [_by_place(slip) for slip in found]
    places = list(dict.fromkeys(place for slip in slips for place in slip))
    groups: list[Cell] = [group or None for group, _label, _nth in places]
    labels: list[Cell] = [label for _group, label, _nth in places]
    head = [*([groups] if any(groups) else []), labels]
    rows: list[list[Cell]] = [*([] for _ in range(found[0][0].row - len(head))), *head]
    for slip, values in zip(found, slips, strict=True):
        rows += [[] for _ in range(slip[0].row - len(rows))]  # a team stands where its slip begins
        rows.append([values.get(place) for place in places])
    return replace(sheet, rows=rows, merges=[], struck={})


def _slips(answers: list[_Answer]) -> list[list[_Answer]]:
    """The answers of each slip: a sheet may hold several, one below the other, that begin alike."""
    slips: list[list[_Answer]] = []
    for answer in answers:
        if not slips or (answer.meaning, answer.label) == (answers[0].meaning, answers[0].label):
            slips.append([])
        slips[-1].append(answer)
    return slips


def _by_place(slip: list[_Answer]) -> dict[tuple[str, str, int], Cell]:
    """Answers by heading, label, and which of several of them: “Ngày sinh” stands once for each pupil."""
    places: dict[tuple[str, str, int], Cell] = {}
    for answer in slip:
        nth = 0
        while (place := (answer.group, answer.label, nth)) in places:
            nth += 1
        places[place] = answer.value
    return places


class _FormReader:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.encoding = detect_column(
            c for row in sheet.rows for c in row if isinstance(c, str) and not c.isascii()
        )
        self.group = ""
        self.filled = self.labelled = 0  # rows from the first answer on, and those of them with a label

    def columns(self) -> Sheet | None:
        """A sheet with a team in each column, turned on its side."""
        filled = {
            number: row
            for number, row in enumerate(self.sheet.rows)
            if sum(c is not None for c in row) > _LEAST
        }
        heads = {number: next(c for c in row if c is not None) for number, row in filled.items()}
        known = [
            n for n, cell in heads.items() if isinstance(cell, str) and self._meaning("", cell) != Meaning()
        ]
        said = {(m.role, m.subject, m.aspect) for n in known for m in (self._meaning("", str(heads[n])),)}
        kinds = {(role or subject) for role, subject, _ in said}
        if (
            sum(bool(self._labels_and_answers([c for c in row if c is not None])) for row in filled.values())
            > 1
        ):
            return None
        if len(known) < _LEAST_LABELS or len(known) * 3 < len(filled) * 2 or not {"member", "team"} <= kinds:
            return None
        lines = [filled[n] for n in known]
        first = next(i for i, cell in enumerate(lines[0]) if cell is not None)
        width = max(len(line) for line in lines)
        turned = [[line[i] if i < len(line) else None for line in lines] for i in range(first, width)]
        return replace(self.sheet, rows=[[] for _ in range(known[0])] + turned, merges=[], struck={})

    def read(self) -> list[_Answer]:
        answers: list[_Answer] = []
        for number, row in enumerate(self.sheet.rows):
            cells = [cell for cell in row if cell is not None and as_text(cell).strip()]
            if len(cells) > 1 and _NUMBER.fullmatch(as_text(cells[0]).strip()):
                cells = cells[1:]
            found = list(self._answers(cells))
            heading = as_text(cells[0]).strip(" :") if len(cells) == 1 and not found else ""
            if heading and self._meaning("", heading).subject:
                self.group = heading
            answers += [replace(answer, row=number) for answer in found]
            self.filled += bool(cells and answers)
            self.labelled += bool(found or (heading and heading == self.group))
        return answers

    def _answers(self, cells: Sequence[Cell]) -> Iterator[_Answer]:
        """The answers of a row that begins with a label. One without a colon stands alone beside its answer."""
        if len(cells) == 2 and isinstance(label := cells[0], str) and not _LABEL.fullmatch(label):
            meaning = self._meaning(self.group, label)
            if Meaning() not in (meaning, self._meaning("", label)) and not self._is_label(cells[1]):
                yield self._answer(label, cells[1], meaning)
            return
        if pairs := self._labels_and_answers(cells):
            yield from pairs
            return
        index = 0
        while index < len(cells):
            cell, following = cells[index], cells[index + 1] if index + 1 < len(cells) else None
            index += 1
            for piece in _NEXT_LABEL.split(cell) if isinstance(cell, str) else ():
                match = _LABEL.fullmatch(piece)
                if match is None:
                    return
                label, value = match["label"], match["value"].strip(_LEADERS)
                meaning = self._meaning(self.group, label)
                if meaning == Meaning():
                    return
                if value:
                    yield self._answer(label, value, meaning)
                elif following is not None and not (
                    isinstance(following, str) and _LABEL.fullmatch(following)
                ):
                    yield self._answer(label, following, meaning)
                    index += 1

    def _labels_and_answers(self, cells: Sequence[Cell]) -> list[_Answer]:
        """“Thành viên 1 | Lê An | Ngày sinh | 1/3/2011”: labels without colons, each with its answer behind it."""
        if len(cells) < 4 or len(cells) % 2:
            return []
        pairs = list(zip(cells[::2], cells[1::2], strict=True))
        if not all(self._is_label(label) and not self._is_label(value) for label, value in pairs):
            return []
        if any(_LABEL.fullmatch(str(label)) for label, _ in pairs):
            return []
        return [
            self._answer(str(label), value, self._meaning(self.group, str(label))) for label, value in pairs
        ]

    def _answer(self, label: str, value: Cell, meaning: Meaning) -> _Answer:
        return _Answer("" if meaning.role else self.group, label, value, meaning)

    def _is_label(self, cell: Cell) -> bool:
        return isinstance(cell, str) and self._meaning("", cell) != Meaning()

    def _meaning(self, group: str, label: str) -> Meaning:
        return combine(self._text(group), self._text(label))

    def _text(self, text: str) -> str:
        return clean(text, Encoding.UNICODE if text.isascii() else detect_cell(text, self.encoding))[0]
