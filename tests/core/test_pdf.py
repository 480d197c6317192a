"""Papers: every letter has a shape, the same data gives the same bytes, faults are never silent."""

import io

import pytest
from pypdf import PdfReader

from incubator.core import pdf

PAPER = {
    "parent": "Sở Khoa học và Công nghệ",
    "body": "Ban Tổ chức Cuộc thi",
    "number": "05/BB-BTC",
    "place": "Bình Dương",
    "date": "2024-02-03",
    "kind": "Biên bản",
    "title": "Họp hội đồng chấm",
    "blocks": [
        {"type": "basis", "items": ["Căn cứ một", "Theo đề nghị hai"]},
        {"type": "facts", "rows": [["Mã số", "TH-012"]]},
        {"type": "table", "columns": [{"title": "STT", "align": "right", "width": "auto"}, {"title": "Đội"}],
         "rows": [["1", "Hải Âu 2"], ["2", "#strong[không phải lệnh] *sao* $x$"]]},
        {"type": "lines", "count": 2},
    ],
    "signatures": [{"lines": ["THƯ KÝ"], "name": "Trần Thị B"}],
    "recipients": ["Như trên", "Lưu: VT."],
}  # fmt: skip


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def test_official_paper_has_the_form_of_the_decree():
    text = text_of(pdf.render("official", PAPER))
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "SỞ KHOA HỌC VÀ CÔNG NGHỆ",
        "Số: 05/BB-BTC", "Bình Dương, ngày 03 tháng 02 năm 2024", "BIÊN BẢN", "Căn cứ một;",
        "Theo đề nghị hai.", "Nơi nhận:", "Trần Thị B",
    ):  # fmt: skip
        assert part in text


def test_month_from_march_on_is_not_padded():
    assert "ngày 23 tháng 11 năm 2024" in text_of(pdf.render("official", PAPER | {"date": "2024-11-23"}))
    assert "ngày 05 tháng 3 năm 2024" in text_of(pdf.render("official", PAPER | {"date": "2024-03-05"}))


def test_values_are_text_and_never_markup():
    assert "#strong[không phải lệnh] *sao* $x$" in text_of(pdf.render("official", PAPER))


def test_same_data_gives_same_bytes():
    assert pdf.render("official", PAPER) == pdf.render("official", PAPER)


def test_sheets_start_a_page_each():
    sheets = [PAPER, PAPER | {"landscape": True}, PAPER]
    data = pdf.render("official", {"title": "Phiếu chấm", "sheets": sheets})
    pages = PdfReader(io.BytesIO(data)).pages
    assert len(pages) == 3
    assert [p.mediabox.width > p.mediabox.height for p in pages] == [False, True, False]


@pytest.mark.parametrize("rows", range(20, 36))
def test_signatures_never_stand_alone_on_a_page(rows):
    """Around the row count at which the table fills its page, some rows go with them."""
    table = PAPER["blocks"][2] | {"rows": [[str(n), "Hải Âu"] for n in range(1, rows + 1)]}
    paper = PAPER | {"blocks": [table], "recipients": [], "signatures": [{"lines": ["THƯ KÝ"], "name": ""}]}
    last = PdfReader(io.BytesIO(pdf.render("official", paper))).pages[-1].extract_text()
    assert "THƯ KÝ" in last
    assert "Hải Âu" in last


def test_missing_face_is_refused():
    with pytest.raises(pdf.PdfError, match="unknown font family"):
        pdf.render("official", PAPER, fonts=("No Such Face",))


def test_letter_without_shape_is_refused():
    with pytest.raises(pdf.PdfError, match="could not be displayed"):
        pdf.render("official", PAPER | {"title": "漢"})


def test_unknown_template_is_refused():
    with pytest.raises(pdf.PdfError, match="No template"):
        pdf.render("nothing", {})


@pytest.mark.parametrize("faces", [(pdf.BRAND_FACE,), ()])
def test_every_vietnamese_letter_has_a_shape(faces):
    from unicodedata import normalize

    bases = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY"
    tones = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
    letters = [normalize("NFC", b + t) for b in bases for t in tones]
    assert len(letters) == 144
    pdf.render("official", PAPER | {"title": "".join(letters) + "đĐ – “”…"}, fonts=faces)


def test_qr_is_an_svg_of_the_text():
    svg = pdf.qr_svg("https://example.org/vi/c/abc")
    assert svg.startswith("<svg")
    assert svg != pdf.qr_svg("https://example.org/vi/c/abd")


def test_three_hundred_and_fourteen_certificates_take_seconds():
    import time

    sheet = {
        "parent": "Sở", "body": "Ban Tổ chức", "by": "chứng nhận", "holder": "Nguyễn Văn An", "detail": "Tiểu học",
        "achieved": "đạt", "award": "Giải Nhất", "in_what": "Tiểu học", "basis": "Quyết định", "check": "Quét mã",
        "dated": "ngày 29 tháng 11 năm 2024", "signer_lines": ["TM."], "signer": "Nguyễn Trung Hiếu",
    }  # fmt: skip
    started = time.process_time()
    sheets = [
        sheet | {"number": f"{n:04d}", "qr": pdf.qr_svg(f"https://example.org/vi/c/{n:024d}")}
        for n in range(314)
    ]
    data = pdf.render("certificate", {"title": "Giấy chứng nhận", "sheets": sheets})
    took = time.process_time() - started
    assert len(PdfReader(io.BytesIO(data)).pages) == 314
    assert took < 6  # of processor time: 3 s of a quiet machine's clock, whatever else runs beside the tests
