"""Secretary 1: six workbooks are uploaded, reviewed and imported in three steps; one is settled, all can be undone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.contests.import_factories import SEASON
from tests.servers import ROOT, Server, axe_violations, enter, overflow

pytestmark = pytest.mark.browser

SETUP = """
from wsgi import app
from incubator.core.access import Role, ScopeKind
from incubator.core.db import transaction
from tests.contests.import_factories import make_robotics
from tests.factories import make_account, make_grant, make_person
with app.app_context(), transaction():
    edition = make_robotics()
    person = make_person("Lê Thị Minh Châu")
    make_account(person, "thuky@example.org")
    make_grant(person, Role.SECRETARY, ScopeKind.EDITION, edition.id)
"""
PASSWORD = "mot cau de nho"


@pytest.fixture
def server(new_server: Callable[..., Server]) -> Server:
    made = new_server()
    subprocess.run([sys.executable, "-c", SETUP], cwd=ROOT, env=made.env, check=True)
    made.start()
    return made


def looks_right(page: Any) -> None:
    assert overflow(page) == []
    assert axe_violations(page) == []


def test_secretary_reads_six_workbooks_in_three_steps(server: Server, page: Any) -> None:
    enter(page, server, "thuky@example.org", PASSWORD)
    # 1: choose the files and read them
    page.goto(f"{server.url}/contests/robotics-2024/imports/")
    looks_right(page)
    page.set_input_files("#files", sorted(SEASON.iterdir()))
    page.click("button:has-text('Đọc tệp')")
    page.wait_for_selector("text=Nhập 314 đội")
    looks_right(page)
    # 2: look at a held row, settle it; the others are left as they are
    page.click("tr:has-text('Hải Âu Robot') a:has-text('Sửa ngày sinh')")
    looks_right(page)
    page.fill("#mb1", "28/02/2015")
    page.click("button:has-text('Lưu và xét lại')")
    page.wait_for_selector("text=đã sẵn sàng nhập")
    # 3: import
    page.click("button:has-text('Nhập 315 đội')")
    page.wait_for_selector("text=Hoàn tác lượt nhập")
    looks_right(page)
    page.goto(f"{server.url}/contests/robotics-2024/people?q=le xuan hoa")
    assert "28/02/2015" in page.inner_text("table")
    looks_right(page)
    page.goto(f"{server.url}/contests/robotics-2024/schools")
    assert "trong 65" in page.inner_text("nav.pager")
    looks_right(page)


def test_what_was_wrong_is_undone_whole(server: Server, page: Any) -> None:
    files = [str(path) for path in sorted(SEASON.iterdir())]
    server.run("registrations", "import", *files, "--edition", "robotics-2024", "--yes")
    enter(page, server, "thuky@example.org", PASSWORD)
    page.goto(f"{server.url}/contests/robotics-2024/imports/1")
    page.click("text=Hoàn tác lượt nhập")
    looks_right(page)
    page.fill("textarea[name=reason]", "Nhầm kỳ thi")
    page.click("button:has-text('Hoàn tác 314 đội')")
    page.wait_for_selector("text=Đã gỡ 314 đội")
    page.goto(f"{server.url}/contests/robotics-2024/entries")
    assert "Chưa có hồ sơ nào" in page.inner_text("main")
    looks_right(page)


def test_unknown_columns_are_matched_by_hand(server: Server, page: Any, tmp_path: Any) -> None:
    path = tmp_path / "la.csv"
    path.write_text(
        "A1,B1,C1,D1,E1,F1,G1\nSao Mai,TH Định Hòa,Trần An,05/01/2015,Lê Bình,06/02/2015,Phạm Hoa\n", "utf-8"
    )
    enter(page, server, "thuky@example.org", PASSWORD)
    page.goto(f"{server.url}/contests/robotics-2024/imports/")
    page.set_input_files("#files", str(path))
    page.click("button:has-text('Đọc tệp')")
    page.wait_for_selector("text=Không tìm thấy dòng tiêu đề")
    page.click("a:has-text('Khớp cột')")
    looks_right(page)
    roles = ["team", "school", "member1.name", "member1.birth", "member2.name", "member2.birth", "coach.name"]
    for column, role in enumerate(roles):
        page.select_option(f"#role-{column}", role)
    page.click("button:has-text('Đọc lại với các cột này')")
    page.wait_for_selector("text=Nhập 1 đội")
