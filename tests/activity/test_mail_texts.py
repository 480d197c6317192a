"""Every mail of every domain as it is read, in both languages; and what a text names, its domain does join.

The values are fixed here: that a builder finds the right rows is its domain's test. accounts and contests keep snapshots
that are made from real rows (test_outbox.py, tests/contests/test_mails.py).
"""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import meta

from incubator.activity import messages
from incubator.models import Notification
from tests.activity.test_messages import CONTEXT, EMAIL, KINDS
from tests.factories import AT, make_person
from tests.kept_texts import FOLDER, assert_kept

SESSIONS = ["08:00–11:00 05/03/2026, Phòng họp 1", "13:30–16:30 05/03/2026, FabLab"]

#: What the builders would have joined.
VALUES: dict[str, dict[str, Any]] = {
    "judging": {"stage": "Vòng chung khảo", "edition": "Robotics và AI 2026", "left": 7, "label": "CS-0012", "reason": "Thiếu nhận xét."},
    "matches": {"title": "Robocon 2026: Vòng bảng", "matches": ["A1, 08:00–08:08 05/03/2026, Sân 1", "TK1, 15:00–15:08 05/03/2026, Sân 1"],
                "reason": "Gãy khung thép."},
    "mentoring": {"cohort": "Khóa ươm tạo 2026", "title": "Cảm biến nước", "stage": "Ươm tạo", "due": "17:00 05/03/2026", "starts": "08:00 05/03/2026",
                  "before": "14:00 04/03/2026", "missed": "Đội vắng",
                  "place": "Phòng họp 1", "machine": "Máy in 3D số 1", "reason": "Cố vấn bận đến hết tháng."},
    "publishing": {"what": "Kết quả chính thức", "edition": "Robotics và AI 2026", "version": 1, "reason": "", "upheld": True,
                   "answer": "Điểm tiêu chí 2 được cộng lại."},
    "spaces": {"place": "Phòng họp 1", "when": "08:00–11:00 05/03/2026", "price": "160.000\u00a0đồng", "title": "Tập huấn <Robocon> & Co", "reason": "Trùng lịch bảo trì.",
               "others": ["Phòng họp 2, 08:00–11:00 05/03/2026"], "machine": "Máy CNC", "over": False, "sessions": SESSIONS, "name": "Lê Thị Ánh", "state": "registered"},
}  # fmt: skip
#: Second readings of a text that says something else.
OTHERWISE: dict[str, dict[str, Any]] = {
    "publishing/published": {"version": 2, "reason": "Sửa tên một đội."},
    "publishing/appeal_answered": {"upheld": False, "answer": "Điểm đã cộng đúng."},
    "mentoring/session_back": {"machine": ""},
    "spaces/back": {"machine": ""},
    "spaces/no_show": {"over": True},
    "spaces/registered": {"state": "waiting"},
    "spaces/stage_back": {"machine": ""},
}


def texts(domain: str, reader: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    parts = []
    for kind in (k for k in KINDS if k.startswith(f"{domain}/")):
        monkeypatch.delitem(messages._builders, kind, raising=False)
        for change in ({}, OTHERWISE[kind]) if kind in OTHERWISE else ({},):
            row = Notification(kind=kind, context={**VALUES[domain], **change}, url="/x", created_at=AT)
            text = messages.render(row, reader)
            parts.append(f"=== {kind} ({reader.locale})\n{text.subject}\n---\n{text.body}")
    return "\n".join(parts)


@pytest.mark.parametrize("domain", sorted({k.partition("/")[0] for k in KINDS} - {"accounts", "contests"}))
def test_texts_have_their_snapshots(session, monkeypatch, domain):
    reader = make_person("Lê Thị Ánh")
    written = ""
    for reader.locale in ("vi", "en"):
        written += texts(domain, reader, monkeypatch) + "\n"
    assert_kept(f"mail-{domain}.txt", written)
    assert "&lt;" not in written, "a mail is plain text: nothing in it is escaped"


def test_every_mail_stands_in_a_snapshot():
    kept = "".join(path.read_text() for path in FOLDER.glob("mail-*.txt"))
    assert [
        f"{kind} ({lang})" for kind in KINDS for lang in ("vi", "en") if f"=== {kind} ({lang})" not in kept
    ] == []


#: Kinds without a builder carry their words with them, and a few words are only there when they apply.
CARRIED = {
    "contests/entries_submitted": {"count"},
    "contests/change_answered": {"approved"},
}
SOMETIMES = {"stage", "due", "starts", "before", "missed", "reason"}


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_text_names_its_domain_joins(session, app, kind):
    """A name that nobody fills would leave a hole in the sentence, silently."""
    source = (EMAIL / f"{kind}.txt").read_text()
    named = meta.find_undeclared_variables(app.jinja_env.parse(source)) - set(app.jinja_env.globals)
    named -= {"person", "link", "owner_name", "owner_email"} | CARRIED.get(kind, set())
    if kind not in messages._builders:
        assert named == set()
        return
    from incubator.core.together import ask

    (joined,) = ask(messages._builders[kind]([dict(CONTEXT)]))
    missing = named - set(joined) - (SOMETIMES if kind.startswith("mentoring/") else set())
    assert missing == set()
