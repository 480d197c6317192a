"""The texts with which people are asked, by purpose and language. A change of wording raises VERSION."""

from __future__ import annotations

VERSION = 1

TEXTS: dict[tuple[str, str], str] = {
    (
        "take_part",
        "vi",
    ): "Đồng ý cho dự thi: Ban tổ chức dùng họ tên, ngày sinh, trường, lớp và hồ sơ dự thi để tổ chức "
    "và chấm thi.",
    (
        "take_part",
        "en",
    ): "Agree to take part: the organisers use name, birth date, school, class and dossier to run and "
    "judge the contest.",
    (
        "publish_name",
        "vi",
    ): "Đồng ý đăng họ tên cùng kết quả trên trang công khai. Không đồng ý thì kết quả chỉ ghi tên "
    "đội, sản phẩm và trường.",
    (
        "publish_name",
        "en",
    ): "Agree that the name is published with the result. Without it only team, product and school "
    "are shown.",
    ("publish_picture", "vi"): "Đồng ý đăng hình ảnh, video chụp tại cuộc thi.",
    ("publish_picture", "en"): "Agree that pictures and videos taken at the contest are published.",
    (
        "incubation",
        "vi",
    ): "Đồng ý chuyển thông tin và sản phẩm sang chương trình ươm tạo, cố vấn của Trung tâm.",
    (
        "incubation",
        "en",
    ): "Agree that data and product are passed on to the centre's incubation and mentoring programme.",
    ("contact", "vi"): "Đồng ý nhận thông tin về các cuộc thi và hoạt động sau này.",
    ("contact", "en"): "Agree to hear about later contests and activities.",
}


def text(purpose: str, language: str) -> str:
    return TEXTS[purpose, language if language in ("vi", "en") else "vi"]
