"""Every message of this domain in both languages, as it is read."""

from __future__ import annotations

from typing import Any

from incubator.activity import messages
from incubator.contests.queries import entries as reads
from incubator.contests.queries import entry_parts
from incubator.contests.services import decisions, drafts, submission
from incubator.core import clock
from incubator.core.access import Actor
from incubator.core.db import transaction
from incubator.models import Notification, Person, RosterChange
from tests.contests.factories import GOOD, division_of, make_open_edition, make_school, team
from tests.factories import AT, make_person, save
from tests.kept_texts import assert_kept

SYSTEM = Actor(system="test")


def returned_entry() -> tuple[int, dict[str, Any]]:
    """An entry that was sent back, and the messages about it with the ids that they carry."""
    edition, school = make_open_edition(), make_school()
    row = team("Gốm Đỏ", division_of(edition, "thcs"), *GOOD)
    with transaction():
        made = drafts.create_draft(edition, row, organisation=school, actor=SYSTEM, at=AT)
        submission.submit([reads.get_entry(made.id)], edition, [], actor=SYSTEM, at=AT)
    entry = reads.get_entry(made.id)
    with transaction():
        decisions.send_back(
            entry, reason="Nhờ Thầy/Cô kiểm tra lại lớp của đội trưởng.",
            field_reasons={"members-0-class_name": "Lớp ghi khác với danh sách của trường."},
            due_at=clock.end_of_day(AT.date()), actor=SYSTEM, at=AT,
        )  # fmt: skip
    entry.number = "CS-0001"
    change = save(
        RosterChange(
            entry_id=entry.id, change={"kind": "spelling"}, reason="Gõ nhầm dấu.", answer="Chưa có xác nhận của trường.",
            requested_at=AT,
        )
    )  # fmt: skip
    one = {"entry_id": entry.id}
    said = {**one, "event_id": entries_event(entry.id)}
    asked = {**one, "change_id": change.id}
    return entry.id, {
        "entries_submitted": {"edition_id": edition.id, "organisation_id": school.id, "count": 5},
        "entry_accepted": one,
        "entry_returned": said,
        "entry_rejected": said,
        "entry_reversed": said,
        "entry_withdrawn": said,
        "change_asked": asked,
        "change_answered": {**asked, "approved": False},
        "member_joined": one,
    }


def entries_event(entry_id: int) -> int:
    return entry_parts.last_return([entry_id])[entry_id].id


def read(kind: str, context: dict[str, Any], entry_id: int, person: Person) -> str:
    row = Notification(kind=f"contests/{kind}", context=context, url=f"/entries/{entry_id}", created_at=AT)
    text = messages.render(row, person)
    return f"{text.subject}\n---\n{text.body}".replace(f"/entries/{entry_id}", "/entries/N")


def test_texts_have_their_snapshots(session, at):
    entry_id, contexts = returned_entry()
    reader = make_person("Lê Thị Ánh")
    parts = []
    for reader.locale in ("vi", "en"):
        parts += [
            f"=== contests/{kind} ({reader.locale})\n{read(kind, context, entry_id, reader)}"
            for kind, context in contexts.items()
        ]
    assert_kept("mail-contests.txt", "\n".join(parts))


def test_a_message_keeps_the_reason_of_its_own_step(session, at):
    """What was said later about the same entry does not stand in an older message."""
    entry_id, contexts = returned_entry()
    with transaction():
        submission.withdraw(
            reads.get_entry(entry_id), reason="Đội trưởng chuyển trường.", actor=SYSTEM, at=AT
        )
    text = read("entry_returned", contexts["entry_returned"], entry_id, make_person("Lê Thị Ánh"))
    assert "kiểm tra lại lớp" in text
    assert "chuyển trường" not in text


def test_a_message_about_an_entry_that_is_gone_is_still_readable(session):
    person = make_person("Lê Thị Ánh")
    assert "Đã duyệt" in read("entry_accepted", {"entry_id": 0}, 0, person)
