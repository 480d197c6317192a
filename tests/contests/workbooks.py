"""Registration files written by the tests, in the shapes and with the mess that offices make."""

import csv
import io
import random
import unicodedata
from dataclasses import dataclass, field
from datetime import date, timedelta

import openpyxl
import xlwt

from incubator.contests.registration_files import DivisionRule, Rules, SourceFile
from tests.contests.legacy_fonts import to_tcvn3, to_vni

RULES = Rules(
    (
        DivisionRule(
            "primary", "Tiểu học", ("primary",), (), date(2014, 1, 1), date(2018, 12, 31),
            team_min=2, team_max=3,
        ),
        DivisionRule(
            "lower_secondary", "THCS", ("lower_secondary",), (), date(2010, 1, 1), date(2013, 12, 31),
            team_min=2, team_max=3,
        ),
    )
)  # fmt: skip

FAMILIES = ["Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Dương", "Lý"]
MIDDLES = ["Văn", "Thị Mỹ", "Hoàng", "Gia", "Quỳnh", "Thanh", "Đức", "Bảo", "Như", "Hữu", "Khánh"]
GIVEN = [
    "An",
    "Bình",
    "Châu",
    "Dũng",
    "Giang",
    "Hòa",
    "Thủy",
    "Khuê",
    "Ánh",
    "Ý",
    "Nghĩa",
    "Phượng",
    "Tuyết",
    "Yến",
]
TEAMS = ["Sao Mai", "Ánh Dương", "Đại Bàng", "Kiến Lửa", "Bứt Phá", "Ong Vàng", "Người Mở Đường", "Ước Mơ"]
SUFFIXES = ["", " AI", " STEM", " 1", " 2"]
SCHOOLS = [
    ("primary", "Định Hòa"), ("primary", "Phú Hòa 1"), ("primary", "Phú Hòa 2"), ("primary", "Kim Đồng"),
    ("primary", "Nguyễn Huệ"), ("lower_secondary", "Định Hòa"), ("lower_secondary", "Bình Thắng"),
    ("lower_secondary", "Trịnh Hoài Đức"), ("lower_secondary", "Lê Quý Đôn"),
]  # fmt: skip
LEVEL = {"primary": "Tiểu học", "lower_secondary": "THCS"}


@dataclass
class Pupil:
    name: str
    born: date
    grade: str


@dataclass
class Team:
    name: str
    division: str
    school: str
    pupils: list[Pupil]
    coach: str
    phone: str
    email: str


def make_teams(rng: random.Random, count: int) -> list[Team]:
    """Teams that keep every rule: names, pupils and phones are all different."""
    names = [(school, f"{team}{suffix}") for school in SCHOOLS for team in TEAMS for suffix in SUFFIXES]
    people = [f"{f} {m} {g}" for f in FAMILIES for m in MIDDLES for g in GIVEN]
    rng.shuffle(names)
    rng.shuffle(people)
    teams = []
    for (division, base), name in names[:count]:
        pupils = [_pupil(rng, people.pop(), division) for _ in range(rng.choice((2, 3)))]
        phone = f"09{rng.randrange(10**8):08d}"
        coach = f"{rng.choice(FAMILIES)} {rng.choice(MIDDLES)} {rng.choice(GIVEN)}"
        email = f"gv{len(teams)}@example.edu.vn"
        teams.append(Team(name, division, f"{LEVEL[division]} {base}", pupils, coach, phone, email))
    return teams


def _pupil(rng: random.Random, name: str, division: str) -> Pupil:
    first, last = (
        (date(2014, 1, 1), date(2018, 12, 31))
        if division == "primary"
        else (date(2010, 1, 1), date(2013, 12, 31))
    )
    born = first + timedelta(days=rng.randrange((last - first).days + 1))
    return Pupil(name, born, f"{2024 - born.year - 5}/{rng.randrange(1, 10)}")


@dataclass
class Mess:
    """How untidily an office types. `rng` decides cell by cell."""

    rng: random.Random
    encode: object = None  # text -> text, for a whole sheet
    capitals: bool = False
    real_dates: bool = True
    noise: bool = True
    texts: dict = field(default_factory=dict)

    def text(self, value: str) -> str:
        value = value.upper() if self.capitals else value
        if self.noise and self.rng.random() < 0.1:
            value = self.rng.choice([f"{value} ", f" {value}", value.replace(" ", "  ", 1)])
        if self.noise and self.encode is None and self.rng.random() < 0.1:
            value = unicodedata.normalize("NFD", value)
        return self.encode(value) if self.encode else value

    def school(self, team: Team) -> str:
        level, base = (
            ("Tiểu học", "TH") if team.division == "primary" else ("THCS", "Trung học cơ sở"),
            team.school,
        )
        name = base.removeprefix("Tiểu học ").removeprefix("THCS ")
        spelled = self.rng.choice([f"{lead}{word} {name}" for word in level for lead in ("", "Trường ")])
        if self.rng.random() < 0.3:
            spelled = spelled.replace("Hòa", "Hoà")
        return self.text(spelled)

    def division(self, team: Team) -> str:
        words = {
            "primary": ["Tiểu học", "TH", "Khối Tiểu học", "Bảng A", "tiểu học"],
            "lower_secondary": ["THCS", "thcs", "Khối THCS", "Bảng B", "Trung học cơ sở"],
        }
        return self.text(self.rng.choice(words[team.division]))

    def born(self, pupil: Pupil) -> object:
        day = pupil.born
        forms = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "'%d/%m/%Y", "%Y-%m-%d"]
        if self.real_dates and self.rng.random() < 0.5:
            return day
        return day.strftime(self.rng.choice(forms))

    def phone(self, team: Team) -> object:
        number = team.phone
        plain = [
            number,
            f"+84{number[1:]}",
            f"{number[:4]} {number[4:7]} {number[7:]}",
            f"{number[:4]}.{number[4:]}",
        ]
        return self.rng.choice([int(number), *plain] if self.real_dates else plain)

    def grade(self, pupil: Pupil) -> str:
        return pupil.grade


def row_a_team(teams: list[Team], mess: Mess, order: list[str], heads: dict) -> list[list]:
    """A header row and one row a team; `order` is the order of column groups."""
    header = [head for part in order for head in heads[part]]
    rows = [[mess.encode(h) if mess.encode else h for h in header]]
    for number, team in enumerate(teams, 1):
        cells = {
            "index": [number],
            "team": [mess.text(team.name)],
            "school": [mess.school(team)],
            "division": [mess.division(team)],
            "pupils": [cell for i in range(3) for cell in _pupil_cells(team, i, mess)],
            "coach": [mess.text(team.coach), mess.phone(team), team.email],
            "notes": [""],
        }
        rows.append([cell for part in order for cell in cells[part]])
    return rows


def _pupil_cells(team: Team, index: int, mess: Mess) -> list:
    if index >= len(team.pupils):
        return ["", "", ""]
    pupil = team.pupils[index]
    return [mess.text(pupil.name), mess.born(pupil), mess.grade(pupil)]


def row_a_pupil(teams: list[Team], mess: Mess, order: list[str], heads: dict, *, repeat: bool) -> list[list]:
    """A header row and one row a pupil; the team's cells stand once, or on every row when `repeat`."""
    header = [head for part in order for head in heads[part]]
    rows = [[mess.encode(h) if mess.encode else h for h in header]]
    for number, team in enumerate(teams, 1):
        whole = {
            "index": [number],
            "team": [mess.text(team.name)],
            "school": [mess.school(team)],
            "division": [mess.division(team)],
            "coach": [mess.text(team.coach), mess.phone(team), team.email],
            "notes": [""],
        }
        for place, pupil in enumerate(team.pupils):
            cells = (
                whole if place == 0 or repeat else {part: [""] * len(cells) for part, cells in whole.items()}
            )
            own = {"pupils": [mess.text(pupil.name), mess.born(pupil), mess.grade(pupil)]}
            rows.append([cell for part in order for cell in (cells | own)[part]])
    return rows


def people_in_a_cell(teams: list[Team], mess: Mess, order: list[str], heads: dict) -> list[list]:
    header = [head for part in order for head in heads[part]]
    rows = [[mess.encode(h) if mess.encode else h for h in header]]
    for number, team in enumerate(teams, 1):
        lines = [f"{i}. {p.name} - {p.born:%d/%m/%Y} - {p.grade}" for i, p in enumerate(team.pupils, 1)]
        joined = "\n".join(lines)
        cells = {
            "index": [number],
            "team": [mess.text(team.name)],
            "school": [mess.school(team)],
            "division": [mess.division(team)],
            "pupils": [mess.encode(joined) if mess.encode else joined],
            "coach": [mess.text(team.coach), mess.phone(team), team.email],
            "notes": [""],
        }
        rows.append([cell for part in order for cell in cells[part]])
    return rows


HEADS = {
    "index": [["STT"], ["TT"], ["Số TT"]],
    "team": [["Tên đội"], ["Đội thi"], ["Tên đội dự thi"], ["Tên nhóm"]],
    "school": [["Trường"], ["Đơn vị"], ["Tên trường"], ["Đơn vị dự thi"]],
    "division": [["Bảng"], ["Khối thi"], ["Cấp học"], ["Hạng mục"]],
    "coach": [
        ["Giáo viên hướng dẫn", "Số điện thoại", "Email"],
        ["GVHD", "ĐT", "Thư điện tử"],
        ["Huấn luyện viên", "SĐT HLV", "Mail"],
        ["Người phụ trách", "Điện thoại liên hệ", "E-mail"],
    ],
    "notes": [["Ghi chú"], ["Lưu ý"]],
}
PUPIL_HEADS = [
    ("Học sinh {n}", "Ngày sinh {n}", "Lớp {n}"),
    ("Thành viên {n}", "Ngày sinh", "Lớp"),
    ("Họ tên HS{n}", "Năm sinh", "Lớp"),
    ("Thí sinh {n} (họ tên)", "Thí sinh {n} (ngày sinh)", "Thí sinh {n} (lớp)"),
    ("Họ và tên", "Ngày, tháng, năm sinh", "Lớp"),
]
ONE_PUPIL_HEADS = [
    ("Họ tên học sinh", "Ngày sinh", "Lớp"),
    ("Họ và tên", "Ngày tháng năm sinh", "Lớp"),
    ("Thành viên", "NS", "Lớp"),
]
LIST_HEADS = ["Danh sách học sinh (họ tên - ngày sinh - lớp)", "Các thành viên", "Danh sách thành viên"]


def pick_heads(rng: random.Random, shape: str) -> dict:
    heads = {part: rng.choice(choices) for part, choices in HEADS.items()}
    if shape == "row_a_team":
        form = rng.choice(PUPIL_HEADS)
        heads["pupils"] = [head.format(n=n) for n in (1, 2, 3) for head in form]
    elif shape == "people_in_a_cell":
        heads["pupils"] = [rng.choice(LIST_HEADS)]
    else:
        heads["pupils"] = list(rng.choice(ONE_PUPIL_HEADS))
    return heads


LETTERHEAD = [
    ["UBND THÀNH PHỐ", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["PHÒNG GIÁO DỤC VÀ ĐÀO TẠO", "", "", "Độc lập - Tự do - Hạnh phúc"],
    [],
    ["DANH SÁCH ĐĂNG KÝ DỰ THI SÁNG TẠO ROBOTICS NĂM 2024"],
    [],
]


def xlsx(
    rows: list[list], name: str = "tep.xlsx", sheet: str = "Sheet1", merges: list[str] = ()
) -> SourceFile:
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append([cell if cell != "" else None for cell in row])
    for area in merges:
        page.merge_cells(area)
    return save(book, name)


def save(book: openpyxl.Workbook, name: str = "tep.xlsx") -> SourceFile:
    out = io.BytesIO()
    book.save(out)
    return SourceFile(name, out.getvalue())


def xls(rows: list[list], name: str = "tep.xls") -> SourceFile:
    book = xlwt.Workbook()
    page = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell != "":
                page.write(r, c, cell, *([day] if isinstance(cell, date) else []))
    out = io.BytesIO()
    book.save(out)
    return SourceFile(name, out.getvalue())


def csv_file(
    rows: list[list], name: str = "tep.csv", delimiter: str = ",", encoding: str = "utf-8-sig"
) -> SourceFile:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    for row in rows:
        writer.writerow([cell.strftime("%d/%m/%Y") if isinstance(cell, date) else cell for cell in row])
    return SourceFile(name, out.getvalue().encode(encoding, errors="replace"))


ENCODERS = {"unicode": None, "tcvn3": to_tcvn3, "vni": to_vni}
