"""What a column's head says: words of a label → role. Labels are compared without diacritics, case or
marks."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from incubator.core.text import collapse, search_key

_INDEX = re.compile(
    r"(stt|tt|so tt|so thu tu|thu tu|no|id|ma|ma so|#)( doi| nhom)?( thi| du thi)?|so bao danh|sbd"
)
_CODE = re.compile(r"(ma|ma so|id|code)\b(?!.*\bten\b)")  # “Mã học sinh”, “Mã trường”
_OF_COACH = re.compile(  # “Đơn vị công tác của giáo viên”
    r"(don vi|noi cong tac|co quan|chuyen mon|trinh do|bo mon|mon day|nam sinh|ngay sinh)\b.*\b(gv|gvhd|giao vien|thay co|hlv|coach)\b"
)
_SOMEBODY_ELSE = re.compile(
    r"\b(ten|sdt|dt|dien thoai|email|phone|name)( cua)? (cha|me|bo|ba|ong|parents?|father|mother)\b|"
    r"\bnguoi (dang ky|khai|nop|lap|gui|dai dien|giam ho|than|bao ho)\b|\b(parent|guardian)s?\b"
)
_IGNORED = re.compile(
    r"\b(dong y|cam ket|gioi tinh|nam nu|dan toc|chu ky|ky ten|ma dinh danh|cccd|cmnd|hieu truong|"
    r"xac nhan|size|ket qua|diem|gender|signature|quan he|hinh thuc|"
    r"phu huynh|dia chi nha|noi sinh|que quan|so luong|photos?|(hinh|link|tep|file|tai|gui|nop|kem) anh|"
    r"anh (the|chan dung|dai dien|chup|doi|nhom|hs|hoc sinh|thanh vien|3x4|4x6|\d))\b|^anh$|"
    r"^(tong )?(so|si so) (doi|hoc sinh|thanh vien|em|hs|ts|tv)$|\b(chu nhiem|gvcn)\b"
)
_TIMESTAMP = re.compile(
    r"\b(dau thoi gian|timestamp|thoi gian (gui|nop|dang ky)|ngay (gui|nop|dang ky)|submitted)\b"
)
_NOTES = re.compile(
    r"\b(ghi chu|chu thich|luu y|notes?|remarks?|y kien|gop y|de xuat|kien nghi|cau hoi|thac mac|nguyen vong|questions?|comments?)\b"
)
_DIVISION = re.compile(
    r"\b(bang|cap hoc|cap thi|cap nao|(school|grade) level|khoi nao|hang muc|noi dung (dang ky |tham gia )?(du )?thi|noi dung dang ky|doi tuong|division|"
    r"category|khoi thi|khoi du thi|bac hoc|nhom tuoi|luot thi)\b|^(khoi|cap|the loai|level)$"
)
_CAPTAIN = re.compile(r"\b(doi truong|nhom truong|truong nhom|captain|leader)\b")
_COACH = re.compile(
    r"\b(gvhd|gv|giao vien|huong dan|hlv|huan luyen|phu trach|coach|thay co|mentor|teacher|instructor)\b"
)
_MEMBER = re.compile(
    r"\b(thanh vien|hoc sinh|thi sinh|hs|ts|tv|vdv|em|members?|students?|pupils?|participants?)\b"
)
_BIRTH = re.compile(
    r"\b(ngay sinh|sinh ngay|nam sinh|ntns|ngay thang nam sinh|sinh nhat|dob|birth|birthday|birthdate)\b|"
    r"\bngay.*sinh\b|^ns( \d)?$"
)
_CLASS = re.compile(r"\b(lop|class|grade(?! level)|khoi lop)\b")
_PHONE = re.compile(
    r"\b((?<!gd )dt|sdt|dien thoai|so dien thoai|dtdd|di dong|phone|mobile|tel|zalo|lien he|hotline|contact (number|no))\b"
)
_EMAIL = re.compile(r"\b(e mail|email|mail|thu dien tu|gmail)\b")
_PROJECT = re.compile(
    r"\b(ten( cua)? robot|san pham|de tai|du an|y tuong|giai phap|mo hinh|project|product|linh vuc|ten bai)\b"
)
_TEAM = re.compile(r"\b(doi|nhom|team|group)\b")
_SCHOOL = re.compile(r"\b(truong|don vi|dv|co so giao duc|co so|school|organisation|organization|noi hoc)\b")
_AREA = re.compile(
    r"\b(huyen|quan|phuong|xa|thi xa|thanh pho|tp|dia ban|khu vuc|dia phuong|tinh|district|area|"
    r"phong gd ?dt?)\b"
)
_NAME = re.compile(r"\b(ho va ten|ho ten|ten|name|full name)\b")
_NAME_OF_SOMEBODY = re.compile(
    r"(.*\b)?(ho (va )?ten|full name)\b|(ten|name)( (day du|khai sinh|(viet |ghi |chu )?in hoa|co dau|cua (em|ban)))?( \d{1,2})?$"
)
_WHOLE_NAME = re.compile(r"\b(ho (va )?ten|full name)\b")
_FAMILY = re.compile(
    r"(ho( va)?( ten)?( chu)? (dem|lot)|ho|last name|surname|family name|first and middle names?)"
    r"( hs| hoc sinh| thi sinh| thanh vien)?( \d)?"
)
_GIVEN = re.compile(r"(ten|given name|first name)( hs| hoc sinh| thi sinh| thanh vien)?( \d)?")
_DATE_PARTS = {
    "ngay": "day",
    "day": "day",
    "thang": "month",
    "thang sinh": "month",
    "month": "month",
    "nam": "year",
    "year": "year",
}
_WHOSE_SCHOOL = re.compile(r"(ten )?(truong|don vi)\b(?! cong tac)")
_TEAMS_NAME = re.compile(
    r"ten (cua )?(doi|nhom)\b(?! truong)(?!.*\b(va|gom)\b)"
)  # “Tên đội thi của các em là gì?”
# “Đội có cần mượn thiết bị không?”, “Em biết cuộc thi qua kênh nào?”: nothing of a team stands there.
_ASIDE = re.compile(
    r"\b(khong|nao|gi|sao|may|bao nhieu|the nao)$|\b(co may|bao nhieu|how|what|why|do you|does|would you)\b"
)
_TEAM_AND_SCHOOL = re.compile(
    r"\b(?:đội|nhóm)(?: thi)?\s*[-–/,(+&]\s*(?:tên )?(?:trường|đơn vị)\b", re.IGNORECASE
)
_WHICH_SCHOOL = re.compile(r"\btruong (nao|gi|tieu hoc nao|thcs nao)\b")
_LIST = re.compile(r"\b(danh sach|cac|list)\b")
_PART = re.compile(r"(vai tro|vi tri|nhiem vu|role|position)( trong)?( doi| nhom)?( thi)?")
_POSITION = re.compile(r"\bchuc (vu|danh)\b")
_OF_TEAM = re.compile(r"\b(doi vien|doi pho|nhom pho|thu ky nhom|nhom vien)\b")
_SHORT_WITH_NUMBER = re.compile(r"\b(gvhd|gv|hlv|hs|ts|tv|vdv|sdt|dt|lop|em|ns)(\d)\b")  # “GVHD1”, “HS2”
_NUMBER = re.compile(r"\b(?:so )?(\d{1,2})\b|\b(i{1,3}|iv|v)\b$|\bthu (nhat|hai|ba|tu|nam)\b")
_IN_WORDS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "nhat": 1, "hai": 2, "ba": 3, "tu": 4, "nam": 5}
_QUESTION = re.compile(
    r"^\s*(?:câu\s*)?\d{1,2}\s*[.):]\s+(?=\D)", re.IGNORECASE
)  # “5. Ngày sinh”: a form's numbering


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label says by itself: whose column (`subject`), what of them (`aspect`), and which of
    several."""

    subject: str = ""  # member | coach | captain | other roles stand alone
    aspect: str = (
        ""  # name | family | given | birth | class | phone | email | list | day | month | year | sex
    )
    number: int | None = None
    role: str = ""  # a role that needs no neighbours


def words_of(label: str) -> str:
    """A label as plain words: “Ngày, tháng, năm sinh” → “ngay thang nam sinh”."""
    plain = _SHORT_WITH_NUMBER.sub(r"\1 \2", search_key(_QUESTION.sub("", label)))
    return " ".join(re.findall(r"[a-z0-9#]+", plain))


def part_of(text: str) -> str:
    """What “Đội trưởng”, “Đội viên” or “GVHD” says somebody of a list is: captain, member or coach; '' for other texts."""
    words = words_of(text)
    return _subject(words) or ("member" if _OF_TEAM.search(words) else "")


def is_sex(label: str) -> bool:
    """“Nam” and “Nữ” below one wide head; “Năm” (year) differs by its mark only."""
    return collapse(label).casefold() in ("nam", "nữ")


@lru_cache(maxsize=4096)
def meaning_of(label: str) -> Meaning:
    """The meaning of a head's text; Meaning() when nothing in it is known."""
    words = words_of(label)
    if not words or len(words) > 140:
        return Meaning()
    if is_sex(label):
        return Meaning(aspect="sex")
    if _PART.fullmatch(words):
        return Meaning(role="part")
    if _POSITION.search(
        words
    ):  # of a pupil in the team, or of a teacher at school: what stands below it tells
        return Meaning(role="ignore") if _COACH.search(words) else Meaning()
    for role, pattern in (("ignore", _IGNORED), ("submitted_at", _TIMESTAMP), ("notes", _NOTES)):
        if pattern.search(words):
            return Meaning(role=role)
    if _INDEX.fullmatch(words):
        return Meaning(role="index")
    if _CODE.match(words) or _OF_COACH.match(words) or _SOMEBODY_ELSE.search(words):
        return Meaning(role="ignore")
    if words in _DATE_PARTS:
        return Meaning(aspect=_DATE_PARTS[words])
    part = "family" if _FAMILY.fullmatch(words) else "given" if _GIVEN.fullmatch(words) else ""
    if part:
        return Meaning("member" if _MEMBER.search(words) else "", part, _number(words))
    if _TEAM_AND_SCHOOL.search(label):
        return Meaning(role="team")
    if _WHOSE_SCHOOL.match(words):
        return Meaning(role="school")
    if _TEAMS_NAME.match(words):
        return Meaning(role="team")
    if "?" in label and _WHICH_SCHOOL.search(words):
        return Meaning(role="school")
    subject = _subject(words)
    aspect = _aspect(words, subject)
    if _DIVISION.search(words) and not aspect:
        return Meaning(role="division")
    asked = words_of(label.rpartition("?")[0])  # without “(có thể chọn nhiều)”
    if not aspect and _ASIDE.search(asked) and not _NAME.search(asked):
        return Meaning(role="ignore")
    if subject:
        return Meaning(subject, aspect or "name", _number(words))
    if aspect in ("birth", "class") and _WHOLE_NAME.match(words):
        return Meaning(aspect="name", number=_number(words))  # “Họ tên - Lớp”
    if aspect in ("birth", "class", "phone", "email"):
        return Meaning(aspect=aspect, number=_number(words))
    standing = _standing_role(words)
    if standing:
        return Meaning(role=standing)
    # “Tên câu lạc bộ” names nobody
    return Meaning(aspect="name", number=_number(words)) if _NAME_OF_SOMEBODY.match(words) else Meaning()


def _subject(words: str) -> str:
    if _CAPTAIN.search(words):
        return "captain"
    if _COACH.search(words):
        return "coach"
    return "member" if _MEMBER.search(words) else ""


def _aspect(words: str, subject: str) -> str:
    found = [
        aspect
        for aspect, pattern in (("birth", _BIRTH), ("class", _CLASS), ("phone", _PHONE), ("email", _EMAIL))
        if pattern.search(words)
    ]
    if (
        subject == "coach"
        and {"phone", "email"} & set(found)
        and _name_comes_first(words, several=len(found) > 1)
    ):
        return "name"
    if (
        subject == "member"
        and found
        and (_WHOLE_NAME.search(words) if len(found) == 1 else _number(words) is not None)
    ):
        return "name"  # all of one pupil in one cell
    if subject == "member" and _number(words) is None:
        if len(found) > 1 or (_LIST.search(words) and "phone" not in found):
            return "list"
        if re.fullmatch(
            r"(cac )?(thanh vien|hoc sinh|thi sinh)( (cua|trong|doi|nhom|tham gia|du thi))*", words
        ):
            return "name" if words in ("hoc sinh", "thi sinh", "thanh vien") else "list"
    return found[0] if found else ""


def _name_comes_first(words: str, *, several: bool) -> bool:
    """“Họ tên, SĐT GVHD” and “GVHD (SĐT, email)” hold the coach and their contacts; “SĐT GVHD” a number."""
    contact = min(match.start() for pattern in (_PHONE, _EMAIL) if (match := pattern.search(words)))
    before = words[:contact]
    return bool(_NAME.search(before) or (several and _COACH.search(before)))


def _standing_role(words: str) -> str:
    for role, pattern in (("project", _PROJECT), ("team", _TEAM), ("school", _SCHOOL), ("area", _AREA)):
        if pattern.search(words):
            return role
    return ""


def _number(words: str) -> int | None:
    match = _NUMBER.search(words)
    if match is None:
        return None
    return int(match[1]) if match[1] else _IN_WORDS[match[2] or match[3]]


def combine(group: str, label: str) -> Meaning:
    """The meaning of a label that stands under a wider head (“Thành viên 2” over “Ngày sinh”)."""
    if not group or words_of(group) == words_of(label):
        return meaning_of(label)
    if not label:
        return meaning_of(group)
    above, below = meaning_of(group), meaning_of(label)
    if above.role in ("team", "school") and below.aspect == "given":
        return above  # “Đội thi” over “Tên”
    if below.subject and below.number is not None and not below.role:
        # “Ngày sinh” over “HS 1”, “HS 2”, “HS 3”
        of_each = above.aspect in ("birth", "class", "phone", "email") and not _NAME.search(words_of(label))
        return replace(below, aspect=above.aspect) if of_each and below.aspect == "name" else below
    if below.role:
        return below
    subject = below.subject or above.subject
    if below.aspect == "sex":
        return above  # “Ngày sinh” over “Nam” and “Nữ”
    if not subject or below.aspect in ("day", "month", "year"):
        return below if below != Meaning() else above
    number = below.number if below.number is not None else above.number
    if below.subject or below.aspect:
        return Meaning(subject, below.aspect or "name", number)
    return Meaning()
