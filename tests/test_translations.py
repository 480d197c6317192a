"""English is complete: every string of the sources has its translation, and placeholders agree."""

from __future__ import annotations

import re

import pytest

from incubator.core import catalogues

_PLACE = re.compile(r"%\((\w+)\)[sd]|%%")


@pytest.mark.parametrize("domain", catalogues.domains())
def test_every_string_has_english(domain):
    assert catalogues.missing(domain) == []


@pytest.mark.parametrize("domain", catalogues.domains())
def test_placeholders_agree(domain):
    wrong = []
    for message in catalogues.load(domain):
        if not message.id or not message.string:
            continue
        originals = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        wanted = {m for o in originals for m in _PLACE.findall(o)}
        for text in texts:
            if not set(_PLACE.findall(text)) <= wanted:
                wrong.append((originals[0], text))
    assert wrong == []


#: A count before a word in the plural; “Version 1 is …” names, and “1 of them”, “5 in steps” and “1 million pixels” hold for any number.
_COUNTED_MANY = re.compile(
    r"(?<!Version )(?<!Run )(?<!Play )%\((?:n|m|count|most|seconds)\)[sd] (?!of |in |million )(?:\w+ ){0,2}(?:\w+s|people)\b"
)


@pytest.mark.parametrize("domain", catalogues.domains())
def test_english_counts_one_as_one(domain):
    """“1 teachers wait”: Vietnamese has one form, so English says both, as `[teacher|teachers]` or by `ngettext`."""
    sentences = [m.string for m in catalogues.load(domain) if m.id and isinstance(m.string, str)]
    assert [s for s in sentences if "[" not in s and _COUNTED_MANY.search(s)] == []


#: One Vietnamese word, several things: each domain says its own in English. Whoever adds one asks first whether a
#: clearer Vietnamese word would do.
SEVERAL_THINGS = {
    "Bảng",  # a division of a contest; a group of matches
    "Báo vắng",  # a judge is marked absent; staff report their own absence
    "Bốc thăm",  # lots that part a tie; the draw of a tournament
    "Chủ đề",  # the theme of an edition; the topic of a need
    "Cá nhân",  # the personal work place; a person who enters alone; individuals among users
    "Cố vấn",  # a role; the mentors of a list; what a room is used for
    "Duyệt", "Đã duyệt",  # an entry is accepted; a mentor is approved
    "Dừng",  # the clock pauses; a case was stopped
    "Ghi",  # save a result; record minutes
    "Giám khảo",  # a role; the judges of a stage
    "Giờ", "giờ",  # a time of day; hours that were used
    "Không có hồ sơ nào", "Lưu hồ sơ",  # registrations, dossiers; cases, profiles
    "Kết quả",  # results of a contest; the result of a match
    "Lượt",  # an import; a pick of the draw; a run of the matching; uses of a room
    "Lịch",  # dates of a contest; the calendar; the schedule of matches
    "Lời mời",  # an invitation to a role; an offer to a mentor
    "Mở lại",  # reopen; was reopened; resume a case
    "Ngày",  # a day of the calendar; a date of a list
    "Nhập",  # import files; enter a result
    "Nội dung",  # of a file; of a post; of a booking
    "Phân công",  # the assignment; to assign
    "Thi đấu",  # a stage is played; what a room is used for
    "Thu hồi",  # end a role; take a sheet back; money that came back
    "Thành viên",  # a role; the members of a team
    "Trả lại",  # was returned; send back
    "Việc",  # what the trail recorded; what to do
    "Vòng thi",  # the stages of a contest; a round of matches
    "Điểm", "điểm",  # marks of judges; points of matches; the score of a pair
    "Đã có kết quả",  # results that are published; matches with a result
    "Đã nhận",  # a list was received; an offer was accepted
    "Đã vào đội",  # said to the pupil; said of the pupil
    "Đường dẫn",  # a link; the path to a page
    "Đạt",  # a level of a criterion; a goal that was met
}  # fmt: skip


def test_one_word_is_one_thing_everywhere():
    forms: dict[str, set[str]] = {}
    for domain in catalogues.domains():
        for message in catalogues.load(domain):
            if message.id and isinstance(message.id, str) and message.string:
                forms.setdefault(message.id, set()).add(message.string)
    assert {word for word, english in forms.items() if len(english) > 1} == SEVERAL_THINGS
