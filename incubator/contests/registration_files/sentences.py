"""What the reader says to people, in Vietnamese; the catalogue translates the same strings."""

from __future__ import annotations

import re

from incubator.contests.registration_files.dates import is_year
from incubator.contests.registration_files.records import DivisionRule, Rules, TeamRow

_ = str  # marks a source string for the message catalogue; who shows it, translates it

SENTENCES = {
    "empty_file": _("Tệp %(name)s trống. Mở lại tệp, lưu và gửi lần nữa."),
    "unknown_kind": _("Tệp %(name)s không phải bảng tính. Gửi tệp .xlsx, .xls, .ods hoặc .csv."),
    "encrypted": _(
        "Tệp %(name)s có mật khẩu. Mở tệp, bỏ mật khẩu (Tệp › Thông tin › Bảo vệ), lưu lại rồi gửi."
    ),
    "macros": _("Tệp %(name)s chứa macro. Lưu lại thành .xlsx (không macro) rồi gửi."),
    "damaged": _("Tệp %(name)s bị hỏng, không mở được. Mở bằng Excel, lưu thành tệp mới rồi gửi."),
    "html": _("Tệp %(name)s thật ra là trang web (HTML). Mở bằng Excel, lưu lại dạng .xlsx rồi gửi."),
    "word": _(
        "Tệp %(name)s là văn bản Word. Chép bảng trong đó sang một trang Excel (chọn bảng, sao chép, dán), lưu lại rồi gửi."
    ),
    "xml": _("Tệp %(name)s thật ra là văn bản XML. Mở bằng Excel, lưu lại dạng .xlsx rồi gửi."),
    "not_a_workbook": _(
        "Tệp %(name)s mang đuôi bảng tính nhưng nội dung là thứ khác. Kiểm tra lại tệp đã chọn."
    ),
    "too_large": _("Tệp %(name)s giải nén ra quá lớn (%(size)s MB). Tách thành nhiều tệp nhỏ rồi gửi."),
    "too_many_rows": _(
        "Trang “%(sheet)s” của tệp %(name)s có %(rows)s dòng; mỗi trang đọc tối đa %(limit)s dòng. "
        "Xoá các dòng trống có định dạng ở cuối trang hoặc tách tệp rồi gửi."
    ),
    "far_cell": _(
        "Tệp %(name)s có ô ở tận %(cell)s; mỗi trang đọc tối đa %(limit)s dòng và 80 cột. "
        "Xoá các dòng, cột thừa ở cuối trang rồi lưu và gửi lại."
    ),
    "no_data": _("Tệp %(name)s không có dữ liệu: mọi trang đều trống hoặc bị ẩn."),
    "no_teams": _(
        "Trang “%(sheet)s” của tệp %(name)s có dòng tiêu đề nhưng không có đội nào bên dưới. Kiểm tra lại tệp đã chọn."
    ),
    "unclosed_quote": _(
        'Tệp %(name)s có dấu nháy kép (") mở mà không đóng, nên các dòng sau dính vào một ô. '
        "Mở bằng Excel, lưu thành .xlsx rồi gửi."
    ),
    "no_header": _(
        "Không tìm thấy dòng tiêu đề trong trang “%(sheet)s” của tệp %(name)s. Cần một dòng có ít nhất "
        "tên đội hoặc tên trường và họ tên học sinh; hoặc chỉ ra từng cột ở mục “Khớp cột”."
    ),
    "duplicate_columns": _(
        "Trang “%(sheet)s” của tệp %(name)s có hai cột cùng nghĩa “%(role)s” (%(one)s và %(other)s) "
        "mà nội dung khác nhau. Chọn cột đúng ở mục “Khớp cột”."
    ),
    "team_in_the_middle": _(
        "Trang “%(sheet)s” của tệp %(name)s: dòng %(row)s có học sinh nhưng chưa có tên đội, nên không biết chắc em nào "
        "thuộc đội nào. Ghi tên đội vào dòng đầu của mỗi đội (hoặc vào mọi dòng), hay để một dòng trống giữa các đội."
    ),
    "several_tables": _(
        "Trang “%(sheet)s” có nhiều bảng, tiêu đề khác nhau; bảng sau bắt đầu từ dòng %(row)s."
    ),
    "hidden_sheet": _("Trang ẩn “%(sheet)s” không được đọc."),
    "empty_sheet": _("Trang “%(sheet)s” trống."),
    "sheet_without_header": _("Trang “%(sheet)s” không có dòng tiêu đề nên không được đọc."),
    "formulas": _("Trang “%(sheet)s” có %(count)s ô công thức; lấy giá trị đã tính khi lưu lần cuối."),
    "formulas_without_value": _(
        "Trang “%(sheet)s” có %(count)s ô công thức chưa có giá trị (đọc thành ô trống). "
        "Mở bằng Excel, lưu lại rồi gửi."
    ),
    "slip": _(
        "Trang “%(sheet)s” là phiếu có nhãn đứng dọc; được xoay thành bảng, mỗi đội một dòng, rồi mới đọc."
    ),
    "hidden_rows": _("Trang “%(sheet)s” có %(count)s dòng đang ẩn hoặc bị lọc; vẫn đọc như các dòng khác."),
    "hidden_columns": _("Trang “%(sheet)s” có %(count)s cột đang ẩn; vẫn đọc như các cột khác."),
    "crossed_out": _(
        "Trang “%(sheet)s” có %(count)s ô gạch ngang chữ (dòng %(rows)s): coi như đã xoá, không đọc."
    ),
    "loose_note": _(
        "Trang “%(sheet)s”, dòng %(row)s: “%(text)s” nằm ở cột họ tên nhưng không phải tên người, nên không đọc."
    ),
    "side_by_side": _("Trang “%(sheet)s” có nhiều bảng đặt cạnh nhau; đọc từng bảng."),
    "remarks": _("Tệp %(name)s có %(count)s ghi chú gắn vào ô; ghi chú không được đọc."),
    "text_boxes": _("Tệp %(name)s có %(count)s hộp chữ nằm đè lên trang; chữ trong đó không được đọc."),
    "text_before_unicode": _("Bảng mã %(encoding)s, đã đổi sang Unicode."),
}

REASONS = {
    "incomplete": _("Thiếu %(detail)s."),
    "text_lost": _(
        "%(detail)s: có chữ đã mất khi lưu tệp (dấu hỏi thay cho chữ). Gõ lại, hoặc gửi tệp gốc dạng .xlsx."
    ),
    "superseded": _("Đội gửi lại sau đó trong cùng biểu mẫu; lấy lần gửi cuối (%(rival)s)."),
    "duplicate_team": _("Đội này đã có ở %(rival)s."),
    "name_taken": _("Trường đã có đội cùng tên trong bảng này ở %(rival)s, với các em khác. Đổi tên đội."),
    "too_few_members": _("Có %(count)s em; thể lệ cho %(least)s đến %(most)s em."),
    "too_many_members": _("Có %(count)s em; thể lệ cho %(least)s đến %(most)s em."),
    "coach_missing": _("Thiếu giáo viên hướng dẫn; thể lệ yêu cầu mỗi đội có một người."),
    "birth_date_missing": _("Thiếu ngày sinh của %(detail)s."),
    "birth_date_year_only": _("Ngày sinh của %(detail)s chỉ ghi năm %(text)s: cần đủ ngày, tháng, năm."),
    "birth_date_invalid": _("Ngày sinh của %(detail)s ghi “%(text)s”: không phải một ngày có thật."),
    "birth_date_out_of_range": _(
        "Ngày sinh của %(detail)s (%(birth)s) ngoài khoảng của bảng %(division)s (%(from)s – %(to)s). "
        "Kiểm tra lại ngày sinh hoặc chọn bảng khác."
    ),
    "member_repeated": _("%(detail)s được ghi hai lần trong đội."),
    "member_in_two_teams": _("%(detail)s đã ở đội %(rival_team)s (%(rival)s). Mỗi em chỉ ở một đội."),
    "stored_team": _("Đội này đã đăng ký trong hệ thống."),
    "stored_name": _("Trường đã có đội cùng tên trong hệ thống, với các em khác. Đổi tên đội."),
    "coach_scores": _(
        "%(name)s là giám khảo hoặc thư ký của cuộc thi này, nên không hướng dẫn và không gửi bài cho trường được."
    ),
    "stored_member": _("%(detail)s đã ở đội %(rival_team)s trong hệ thống. Mỗi em chỉ ở một đội."),
}

REPAIRS = {
    "encoding_tcvn3": _("phông cũ TCVN3"),
    "encoding_vni": _("phông cũ VNI"),
    "encoding_viqr": _("kiểu gõ VIQR"),
    "encoding_utf8": _("UTF-8 bị mở sai bảng mã"),
    "look_alikes": _("chữ trông giống (Ð là Đ)"),
    "decomposed": _("dấu rời"),
    "misplaced_marks": _("dấu đặt sai chỗ"),
    "spaces": _("khoảng trắng"),
    "capitals": _("chữ hoa"),
    "punctuation": _("dấu câu thừa"),
    "date_form": _("kiểu ghi ngày"),
    "date_serial": _("ngày ghi thành số"),
    "date_year": _("năm hai chữ số"),
    "date_swapped": _("tháng ghi trước ngày"),
    "phone_zero": _("mất số 0 đầu"),
    "phone_country": _("mã nước +84"),
    "phone_form": _("kiểu ghi số điện thoại"),
    "email_form": _("kiểu ghi thư điện tử"),
    "school_spelling": _("cách viết tên trường"),
    "school_place": _("địa bàn ghi cạnh tên trường"),
    "school_level": _("thêm cấp trường theo bảng"),
    "filled_down": _("lấy từ dòng trên"),
    "from_sheet": _("lấy theo tên trang hoặc tiêu đề"),
    "from_school": _("suy từ cấp trường"),
    "from_notes": _("lấy từ cột ghi chú"),
    "class_from_date": _("lớp bị Excel đổi thành ngày"),
    "split_cell": _("tách từ một ô"),
    "joined_cells": _("ghép từ nhiều ô"),
    "joined_rows": _("ghép các dòng của một đội nằm rời nhau"),
    "title_apart": _("tách danh xưng, học vị"),
    "says_nothing": _("ghi là không có"),
    "remark_apart": _("bỏ số thứ tự, phần ghi thêm cạnh tên"),
    "settled": _("người duyệt sửa"),
}

WARNINGS = {
    "missing_coach_contact": _("Thiếu cả số điện thoại lẫn thư điện tử của giáo viên (không chặn)."),
    "coach_phone_odd": _("Số điện thoại giáo viên không đủ số (không chặn)."),
    "coach_email_odd": _("Thư điện tử giáo viên không đúng dạng (không chặn)."),
    "school_in_two_areas": _(
        "Trường cùng tên có ở hai địa bàn trong các tệp; nếu là hai trường, ghi thêm địa bàn vào tên trường (không chặn)."
    ),
    "school_places_apart": _(
        "Trường cùng tên ghi ở hai địa bàn khác nhau, nên tính là hai trường; nếu là một, ghi tên trường như nhau (không chặn)."
    ),
    "school_place_open": _(
        "Có hai trường cùng tên ở hai địa bàn, dòng này không rõ là trường nào: ghi thêm địa bàn vào tên trường (không chặn)."
    ),
    "school_without_marks": _(
        "Tên trường không dấu, giống một trường khác nếu bỏ dấu; kiểm tra có phải một trường (không chặn)."
    ),
    "school_level_differs": _("Cấp của trường không khớp với bảng (không chặn)."),
}

FIELDS = {
    "team": _("tên đội"),
    "school": _("tên trường"),
    "division": _("bảng thi"),
    "members": _("học sinh"),
}


# What a column may hold; parts of a pupil that several columns hold together stand apart.
ROLES = {
    "team": _("Tên đội"),
    "school": _("Trường"),
    "division": _("Bảng thi"),
    "members": _("Các em trong một ô"),
    "coach.name": _("Giáo viên hướng dẫn"),
    "coach.phone": _("Điện thoại giáo viên"),
    "coach.email": _("Thư điện tử giáo viên"),
    "coach2.name": _("Giáo viên thứ hai"),
    "coach2.phone": _("Số điện thoại của giáo viên thứ hai"),
    "coach2.email": _("Thư điện tử của giáo viên thứ hai"),
    "part": _("Vai trò trong đội"),
    "area": _("Địa bàn"),
    "project": _("Sản phẩm"),
    "notes": _("Ghi chú"),
    "submitted_at": _("Thời điểm gửi"),
    "index": _("Số thứ tự"),
    "ignore": _("Không đọc"),
}
MEMBER_PARTS = {
    "name": _("họ tên"),
    "given": _("tên (họ và tên đệm ở cột khác)"),
    "birth": _("ngày sinh"),
    "birth_month": _("tháng sinh"),
    "birth_year": _("năm sinh"),
    "class": _("lớp"),
}
MEMBER_ROLE = re.compile(rf"member(\d+)\.({'|'.join(MEMBER_PARTS)})")
OF_PUPIL = _("Học sinh %(number)s: %(part)s")


def role_name(role: str) -> str:
    """A role in Vietnamese."""
    if match := MEMBER_ROLE.fullmatch(role):
        return OF_PUPIL % {"number": match[1], "part": MEMBER_PARTS[match[2]]}
    return ROLES.get(role, role)


class Sentence(str):
    """A sentence in Vietnamese that still knows its code and values, so that it can be said in another
    language."""

    code: str
    values: dict[str, object]


def say(code: str, **values: object) -> Sentence:
    """The sentence of `code` in Vietnamese; a value `role` is a column's role."""
    shown = values | {"role": role_name(str(values["role"]))} if "role" in values else values
    sentence = Sentence(SENTENCES[code] % shown)
    sentence.code, sentence.values = code, values
    return sentence


def reason_values(row: TeamRow, rules: Rules) -> dict[str, object]:
    """Everything a sentence in REASONS may name."""
    rule = rules.division(row.division) or DivisionRule("", row.division or "")
    culprit = next((m for m in row.members if m.name == row.detail), None)
    return {
        "detail": row.detail,
        "name": row.detail,
        "count": len(row.members),
        "least": rule.team_min,
        "most": rule.team_max,
        "division": rule.name,
        "from": rule.born_from.strftime("%d/%m/%Y") if rule.born_from else "…",
        "to": rule.born_to.strftime("%d/%m/%Y") if rule.born_to else "…",
        "birth": culprit.birth_date.strftime("%d/%m/%Y") if culprit and culprit.birth_date else "",
        "text": culprit.birth_text if culprit else "",
        "rival": row.rival.place if row.rival else "",
        "rival_team": row.rival.team if row.rival else "",
    }


def reason_template(row: TeamRow) -> str:
    """The untranslated sentence that says why `row` is held; '' when it is not."""
    if row.reason is None:
        return ""
    if row.reason == "birth_date_invalid":
        culprit = next((m for m in row.members if m.name == row.detail), None)
        if culprit is not None and not culprit.birth_text:
            return REASONS["birth_date_missing"]
        if culprit is not None and is_year(culprit.birth_text):
            return REASONS["birth_date_year_only"]
    return REASONS[row.reason]


def explain_reason(row: TeamRow, rules: Rules) -> str:
    """Why `row` is held: which rule, which person, what value."""
    return reason_template(row) % reason_values(row, rules)
