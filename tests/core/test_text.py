"""Vietnamese text: keys, order, case, and text from before Unicode."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.core import text as vn
from incubator.core.text import syllables, tones
from tests.contests.legacy_fonts import to_tcvn3, to_vni

LINES = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "legacy-text.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
WORDS = [
    "nguyễn", "trần", "phạm", "huỳnh", "hoàng", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ", "ngô", "dương",
    "lý", "hòa", "thúy", "khỏe", "quý", "giang", "được", "nghiêng", "khuỷu", "ngoèo", "tuyết", "quốc", "thuở",
    "nghĩa", "thưởng", "rượu", "yến", "ỷ", "ớt", "đẹp", "ngoắt", "khuya", "xoăn", "mỹ", "kỳ", "diệu", "an",
]  # fmt: skip
words = st.sampled_from(WORDS)
phrases = st.lists(words, min_size=1, max_size=6).map(" ".join)


def test_every_kept_line_of_real_legacy_text_is_restored():
    for kind, found, says in LINES:
        got = vn.decode(found, vn.detect_column([found])) if kind == "vni" else vn.repair_marks(found)
        assert got == says
    assert len(LINES) == 10


def test_search_key_drops_marks_strokes_case_and_spaces():
    assert vn.search_key("  Nguyễn\u00a0 Đức  ÐÔNG\u200b ") == "nguyen duc dong"
    assert vn.search_key(unicodedata.normalize("NFD", "Đặng Thuỳ Ưỡn")) == "dang thuy uon"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà", "HÒA"),
        ("Thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("Huỳnh Văn Luỹ", "huỳnh văn lũy"),
        ("Qúy", "Quý"),
        ("Ðông", "đông"),
    ],
)
def test_compare_key_takes_two_spellings_for_one(one, other):
    assert vn.compare_key(one) == vn.compare_key(other)


@pytest.mark.parametrize(("one", "other"), [("Hòa", "Hóa"), ("Hoa", "Hòa"), ("Lam", "Lâm"), ("Dan", "Đan")])
def test_compare_key_keeps_different_names_apart(one, other):
    assert vn.compare_key(one) != vn.compare_key(other)


def test_tones_stay_where_a_word_is_not_one_syllable():
    assert vn.neutral_tone("Café Béyoncé") == "Café Béyoncé"


def test_names_sort_by_given_name_then_family_then_middle():
    expected = [
        "Đỗ An", "Nguyễn Thị An", "Nguyễn Văn An", "Trần An", "Phạm Ánh", "Phạm Anh Ánh", "Bùi Ăn", "Lê Ân",
        "Vũ Ấn", "Lê Dung", "Lê Đông", "Lê Hoà", "Vũ Hòa", "Lê Hóa", "Nguyễn Ý",
    ]  # fmt: skip
    assert sorted(set(expected), key=vn.name_sort_key) == expected


def test_collation_is_the_dictionary_order_of_letters_and_tones():
    letters = ["a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "o", "ô", "ơ", "u", "ư", "v", "x", "y"]
    assert sorted(set(letters), key=vn.collation_key) == letters
    tones_in_order = ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert sorted(set(tones_in_order), key=vn.collation_key) == tones_in_order
    mixed = ["An", "An Bình", "Anh", "Ăn", "Đội 1", "Đội 2", "Đội A"]
    assert sorted(set(mixed), key=vn.collation_key) == mixed


@given(st.text())
def test_sort_keys_are_plain_ascii_whatever_was_typed(raw):
    key = vn.name_sort_key(raw)
    assert key.isascii()
    assert "\x00" not in key


@given(phrases)
def test_keys_do_not_depend_on_normalisation_or_case(phrase):
    decomposed = unicodedata.normalize("NFD", phrase)
    for key in (vn.search_key, vn.compare_key, vn.collation_key, vn.name_sort_key):
        assert key(decomposed) == key(phrase.upper()) == key(phrase)


@given(phrases)
def test_keys_are_stable_when_applied_twice(phrase):
    assert vn.search_key(vn.search_key(phrase)) == vn.search_key(phrase)
    assert vn.compare_key(vn.compare_key(phrase)) == vn.compare_key(phrase)


@pytest.mark.parametrize("word", WORDS)
def test_known_words_are_syllables(word):
    assert vn.is_syllable(word)
    assert vn.is_syllable(word.title())
    assert vn.is_syllable(word.upper())


@pytest.mark.parametrize(
    "word", ["", "123", "nguyÔn", "trÇn", "hòá", "cat", "tôùt", "wệb", "đôỉ", "bcd", "áo-dài"]
)
def test_other_words_are_not_syllables(word):
    assert not vn.is_syllable(word)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("NGUYỄN THỊ MỸ", "Nguyễn Thị Mỹ"),
        ("nguyễn văn an", "Nguyễn Văn An"),
        ("Trần Thị ánh", "Trần Thị Ánh"),
        ("H'HEN NIÊ", "H'Hen Niê"),
        ("Phạm McCoy", "Phạm McCoy"),
        ("LÊ A", "Lê A"),
        ("TRẦN THị NGọC", "Trần Thị Ngọc"),
        ("Lê (2)", "Lê (2)"),
    ],
)
def test_names_get_their_case_back(typed, shown):
    assert vn.proper_case_name(typed) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("NGƯỜI MỞ ĐƯỜNG AI", "Người Mở Đường AI"),
        ("TIểU HọC TUY AN", "Tiểu Học Tuy An"),
        ("ánh Dương STEM", "Ánh Dương STEM"),
        ("ROBOT IOT 4.0 II", "Robot IoT 4.0 II"),
        ("Đội IT của em", "Đội IT của em"),
        ("NHÓM KTS LÊ LỢI", "Nhóm KTS Lê Lợi"),
        ("AI", "AI"),
        ("đội ai", "Đội ai"),
    ],
)
def test_titles_get_their_case_back_and_keep_acronyms(typed, shown):
    assert vn.proper_case_title(typed) == shown


@given(st.lists(phrases, min_size=4, max_size=12))
def test_a_column_in_vni_or_tcvn3_is_told_and_restored(cells):
    marked = {word for cell in cells for word in cell.split() if not word.isascii()}
    for encoding, encode in ((vn.Encoding.TCVN3, to_tcvn3), (vn.Encoding.VNI, to_vni)):
        old = [encode(cell) for cell in cells]
        assert [vn.decode(cell, encoding) for cell in old] == cells
        changed = sum(encode(word) != word and not vn.is_syllable(encode(word)) for word in marked)
        if changed * 2 > len(marked) + 1:
            assert vn.detect_column(old) is encoding


@given(st.lists(phrases, min_size=1, max_size=12))
def test_a_column_in_unicode_stays_as_it_is(cells):
    assert vn.detect_column(cells) is vn.Encoding.UNICODE
    assert vn.detect_column([unicodedata.normalize("NFD", cell) for cell in cells]) is vn.Encoding.UNICODE


def test_a_cell_departs_from_its_column_only_on_strong_evidence():
    assert vn.detect_cell("TrÇn ThÞ Ph­îng", vn.Encoding.UNICODE) is vn.Encoding.TCVN3
    assert vn.detect_cell("Nguyeãn Vaên Höõu", vn.Encoding.UNICODE) is vn.Encoding.VNI
    assert vn.detect_cell("Café", vn.Encoding.UNICODE) is vn.Encoding.UNICODE
    assert vn.detect_cell("Nguyễn Sáng", vn.Encoding.TCVN3) is vn.Encoding.UNICODE
    assert vn.detect_cell("Sáng", vn.Encoding.TCVN3) is vn.Encoding.TCVN3
    assert vn.detect_cell("123", vn.Encoding.VNI) is vn.Encoding.VNI


@given(words)
def test_a_tone_that_slid_to_the_end_of_its_word_comes_back(word):
    bare, found = tones.split_tone(tones.clusters(word))
    slid = tones.join([*bare[:-1], (bare[-1][0], (*bare[-1][1], *found))])
    assert vn.neutral_tone(vn.repair_marks(slid)) == vn.neutral_tone(word)


@given(st.text(max_size=40))
def test_repairing_marks_twice_changes_nothing_more(raw):
    once = vn.repair_marks(raw)
    assert vn.repair_marks(once) == once


def test_rimes_are_written_composed():
    assert all(rime == unicodedata.normalize("NFC", rime) for rime in syllables._RIMES)
