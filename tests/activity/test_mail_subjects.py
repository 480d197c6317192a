"""A subject arrives as it was written, however long: in the file, and as SMTP sends it."""

from email import message_from_bytes
from email.generator import BytesGenerator
from email.policy import default
from io import BytesIO

import pytest

from incubator.activity import delivery
from incubator.activity.messages import Message
from incubator.models import Notification
from tests.factories import AT

SUBJECTS = (
    "Buổi gặp 10:00 02/12/2026 mất chỗ, cần chọn chỗ khác",
    "Kết quả chính thức đã công bố: Cuộc thi Robotics và AI tỉnh Bình Dương 2026",
    "Giáo viên của Tiểu học Đông Hòa B chờ xác nhận",
    "Session moved: now 14:00 01/12/2026",
    "A long subject without any accents that has to be broken into two lines or three, whichever is right",
)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_subject_reads_the_same_again(app, subject):
    row = Notification(id=7, kind="x", context={}, url="/x", created_at=AT)
    with app.app_context():
        mail = delivery._mail(row, Message(subject=subject, body="Chào\n"), "a@example.org")
    sent = BytesIO()
    BytesGenerator(sent, policy=mail.policy.clone(linesep="\r\n")).flatten(mail)
    for raw in (mail.as_bytes(), sent.getvalue()):
        assert message_from_bytes(raw, policy=default)["Subject"] == subject
        assert max(len(line) for line in raw.splitlines()) <= 78
