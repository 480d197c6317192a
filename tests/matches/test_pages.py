"""Pages and parts: conditional answers, embargo, papers, workbooks, the command."""

from __future__ import annotations

import json
import threading
from io import BytesIO

import openpyxl
import pytest
from flask import g

from incubator.core.db import db
from incubator.matches import presets, workbooks
from incubator.matches.live import parts
from incubator.matches.outcomes import Presence, Ruling
from incubator.matches.queries import lists
from incubator.matches.queries.board import load_board
from incubator.matches.queries.drawing import current_draw
from incubator.matches.queries.views import match_views
from incubator.matches.services import results
from incubator.models import HallMode, HallScreen, MatchState, ResultVersion
from tests.factories import make_account, make_person
from tests.matches.factories import AT, begin, enter, make_tournament


@pytest.fixture
def scene(session):
    parts.forget()
    yield make_tournament(8, 2, per_group=2, bracket="crossover")
    parts.forget()


def account(scene, who):
    return getattr(scene, who)


def get(client, url, **kw):
    g.pop("_login_user", None)
    g.pop("places", None)
    return client.get(url, **kw)


def test_viewer_gets_304_until_something_changes(scene, client):
    url = f"/vi/matches/{scene.tournament.slug}/part/now"
    first = get(client, url)
    assert first.status_code == 200
    assert "Cookie" not in first.headers.get("Vary", "")
    again = get(client, url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    begin(scene, "A1", (0, "dunk"))
    parts.forget()
    changed = get(client, url, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert "Đang xem lại" in changed.text


def test_unchanged_part_needs_no_query(scene, client, queries):
    url = f"/vi/matches/{scene.tournament.slug}/part/now"
    etag = get(client, url).headers["ETag"]
    with queries() as log:
        assert get(client, url, headers={"If-None-Match": etag}).status_code == 304
    assert log == []


def test_score_is_frozen_during_the_review_where_that_is_set(scene, client, session):
    scene.tournament.freeze_scores = True
    begin(scene, "A1", (0, "dunk"))
    page = get(client, f"/vi/matches/{scene.tournament.slug}/part/now").text
    assert "tỉ số tạm ẩn" in page
    assert ">7<" not in page


def test_unconfirmed_result_is_in_no_public_table(scene, client):
    enter(scene, "A1", 31, 1, confirm=False)
    page = get(client, f"/vi/matches/{scene.tournament.slug}/").text
    assert "31–1" not in page


def test_nothing_is_seen_before_the_edition_is_announced(scene, client, session):
    scene.edition.announced_at = None
    session.flush()
    for path in ("", "schedule", "live", "part/now", "queue"):
        assert get(client, f"/vi/matches/{scene.tournament.slug}/{path}").status_code == 404
    assert scene.tournament.slug not in get(client, "/vi/matches/").text


@pytest.mark.parametrize("mode", list(HallMode))
def test_every_mode_of_the_hall_renders(scene, client, session, mode):
    begin(scene, "A1", (0, "dunk"))
    screen = session.query(HallScreen).filter_by(tournament_id=scene.tournament.id).one()
    screen.mode = mode
    session.flush()
    address = f"/vi/matches/{scene.tournament.slug}/hall/{screen.id}"
    answer = get(client, address)
    assert answer.status_code == 200
    assert "Tiếp theo" in answer.text
    for match in load_board(scene.tournament.id).matches:
        match.state = MatchState.CANCELLED
    session.flush()
    assert "Tiếp theo" not in get(client, address).text


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("path", ["", "schedule", "live", "hall", "queue", "announcer"])
def test_public_pages(scene, client, lang, path):
    enter(scene, "A1", 5, 3)
    assert get(client, f"/{lang}/matches/{scene.tournament.slug}/{path}").status_code == 200


def test_referee_sees_own_matches_and_no_desk(scene, sign_in):
    foreign = load_board(make_tournament(4, 1).tournament.id).matches[0].id
    slug = scene.tournament.slug
    browser = sign_in(account(scene, "referee"))
    assert get(browser, "/matches/phone/").status_code == 200
    assert get(browser, f"/matches/{slug}/").status_code == 403
    assert get(browser, f"/matches/phone/{foreign}").status_code == 404
    assert get(browser, f"/matches/phone/{foreign}/state").status_code in (403, 404)


@pytest.mark.parametrize("path", ["", "draw", "schedule", "standings", "teams", "crew", "papers", "m/A1"])
def test_secretary_opens_every_page(scene, sign_in, path):
    browser = sign_in(account(scene, "secretary"))
    assert get(browser, f"/matches/{scene.tournament.slug}/{path}").status_code == 200


@pytest.mark.parametrize("kind", ["draw", "tables", "bracket", "schools", "match/A1"])
def test_papers_are_pdf(scene, sign_in, kind):
    enter(scene, "A1", 5, 3)
    browser = sign_in(account(scene, "secretary"))
    answer = get(browser, f"/matches/{scene.tournament.slug}/papers/{kind}.pdf")
    assert answer.data.startswith(b"%PDF")


def workbook(*rows, far_cell=False):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if far_cell:
        book.active["XFD1048576"] = "x"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_results_go_out_and_in_as_a_workbook(scene, sign_in):
    browser = sign_in(account(scene, "secretary"))
    sent = get(browser, f"/matches/{scene.tournament.slug}/papers/matches.xlsx").data
    book = openpyxl.load_workbook(BytesIO(sent))
    sheet = book.active
    head = [cell.value for cell in sheet[1]]
    row = next(n for n in range(2, sheet.max_row + 1) if sheet.cell(n, 1).value == "A1")
    sheet.cell(row, head.index("red_score") + 1, 12)
    sheet.cell(row, head.index("blue_score") + 1, 4)
    stream = BytesIO()
    book.save(stream)
    g.pop("_login_user", None)
    answer = browser.post(
        f"/matches/{scene.tournament.slug}/papers/import",
        data={"file": (BytesIO(stream.getvalue()), "x.xlsx")},
    )
    assert answer.status_code == 303
    match = scene.match("A1")
    assert match.state is MatchState.PROPOSED
    version = results.confirm_result(match.id, actor=scene.actors["head"], at=AT)
    assert (version.red_score, version.blue_score) == (12, 4)


def test_odd_results_come_back_from_the_workbook_as_they_were(session, sign_in):
    """Walkover, both out, a jury's choice, a special win; several matches of one court in one file."""
    scene = make_tournament(4, 1, presets.KUNG_FU)
    entries = {
        "A1": results.Entered((Presence.PRESENT, Presence.ABSENT), (30, 0), note="Đội bạn vắng"),
        "A2": results.Entered((Presence.DISQUALIFIED, Presence.DISQUALIFIED), (5, 5)),
        "A3": results.Entered(scores=(40, 40), ruling=Ruling("jury", 1)),
        "A4": results.Entered(scores=(10, 60), specials=(0, 498)),
    }
    for code, entered in entries.items():
        match = begin(scene, code)
        results.propose_result(match.id, entered, actor=scene.actors["referee"], at=AT)
        results.confirm_result(match.id, actor=scene.actors["head"], at=AT)
    board = load_board(scene.tournament.id)
    read = {row.code: row for row in workbooks.read_results(workbooks.export(board, match_views(board)))}
    assert set(read) == set(entries)
    assert [read[code].outcome for code in ("A1", "A2", "A3", "A4")] == [
        "walkover_red",
        "dsq_both",
        "played",
        "played",
    ]
    assert (read["A1"].scores, read["A1"].note) == ((30, 0), "Đội bạn vắng")
    assert read["A3"].ruling == Ruling("jury", 1)
    assert read["A4"].specials == (0, 498)
    browser = sign_in(account(scene, "secretary"))
    rows = [["match", "red_score", "blue_score", "decided"], ["A5", 1, 1, "lots:red"], ["A6", 2, 9, ""]]
    path = f"/matches/{scene.tournament.slug}/papers/import"
    assert browser.post(path, data={"file": (BytesIO(workbook(*rows)), "x.xlsx")}).status_code == 303
    assert {scene.match(code).state for code in ("A5", "A6")} == {MatchState.PROPOSED}
    again = {"file": (BytesIO(workbook(*rows)), "x.xlsx")}
    assert "đã có kết quả; không đổi gì" in browser.post(path, data=again, follow_redirects=True).text


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"nonsense", "Không đọc được"),
        (workbook(["match", "red_score", "blue_score"], far_cell=True), "Không đọc được"),
        (workbook(["match", "red_score", "blue_score"], ["A1", 3, 3]), "Dòng 2, trận A1"),
        (workbook(["match", "red_score", "blue_score"], ["A1", -3, 3]), "từ 0 đến"),
        (workbook(["match", "red_score", "blue_score", "special"], ["A1", 3, 3, "red"]), "special_time"),
        (workbook(["match", "red_score", "blue_score", "decided"], ["A1", 3, 3, "me"]), "decided"),
        (workbook(["match", "red_score"]), "blue_score"),
        (workbook(["match", "red_score", "blue_score"], ["A1", 3, None]), "Dòng 2"),
        (workbook(["match", "red_score", "blue_score"], ["A1", 3, 2.5]), "2.5"),
        (workbook(["match", "red_score", "blue_score"], ["Z9", 3, 2]), "Z9"),
        (workbook(["match", "red_score", "blue_score", "outcome"], ["A1", 3, 2, "lost"]), "outcome"),
        (workbook(["match", "red", "red_score", "blue_score"], ["A1", "Đội lạ", 3, 2]), "Đội lạ"),
        (workbook(["match", "red_score", "blue_score"], ["A1", None, None]), "chưa có kết quả nào"),
    ],
)
def test_workbook_that_does_not_fit_is_refused_whole(scene, sign_in, content, word):
    browser = sign_in(account(scene, "secretary"))
    answer = browser.post(
        f"/matches/{scene.tournament.slug}/papers/import", data={"file": (BytesIO(content), "x.xlsx")}
    )
    assert answer.status_code == 422
    assert word in answer.text
    assert scene.match("A1").state is MatchState.SCHEDULED


def test_replay_command_reads_and_complains(app, tmp_path):
    data = {"groups": [{"name": "A", "teams": ["x", "y"]}],
            "matches": [{"group": "A", "red": "x", "blue": "y", "score": [2, 1]}]}  # fmt: skip
    good = tmp_path / "good.json"
    good.write_text(json.dumps(data), encoding="utf-8")
    runner = app.test_cli_runner()
    done = runner.invoke(args=["matches", "replay", str(good)])
    assert json.loads(done.output)["groups"][0]["rows"][0]["team"] == "x"
    data["matches"][0]["score"] = 7
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(data), encoding="utf-8")
    done = runner.invoke(args=["matches", "replay", str(bad)])
    assert done.exit_code == 2
    assert "matches[0].score" in done.output
    bad.write_text("{", encoding="utf-8")
    assert runner.invoke(args=["matches", "replay", str(bad)]).exit_code == 2


def test_log_that_the_seed_does_not_give_is_shown_and_goes_no_further(session, sign_in, client):
    scene = make_tournament(8, 2)
    row = current_draw(scene.tournament.id)
    row.seed = "something else"
    session.flush()
    page = get(sign_in(account(scene, "secretary")), f"/matches/{scene.tournament.slug}/draw")
    assert page.status_code == 200
    assert "Biên bản không khớp mã bốc thăm" in page.text
    screen = session.query(HallScreen).filter_by(tournament_id=scene.tournament.id).one()
    screen.mode = HallMode.DRAW
    session.flush()
    assert get(client, f"/vi/matches/{scene.tournament.slug}/hall/{screen.id}").status_code == 200


def test_seeds_are_typed_for_the_draw(session, sign_in):
    scene = make_tournament(8, 0, schools=4)
    browser = sign_in(account(scene, "secretary"))
    url = f"/matches/{scene.tournament.slug}/draw"
    sides = list(load_board(scene.tournament.id).sides)
    typed = {"groups": "2", "seed": "7", "order": "schools", f"pot-{sides[0]}": "x"}
    refused = browser.post(url, data=typed)
    assert refused.status_code == 422
    assert "Nhóm của Đội 1" in refused.text
    typed |= {f"pot-{sides[0]}": "1", f"pot-{sides[1]}": "1"}
    assert browser.post(url, data=typed).status_code == 303
    assert browser.post(f"{url}/next", data={"all_left": "1"}).status_code == 303
    board = load_board(scene.tournament.id)
    assert {members[0] for members in board.members.values()} == set(sides[:2])


def test_half_a_score_is_not_lost_without_a_word(scene, sign_in):
    begin(scene, "A1", (0, "dunk"))
    browser = sign_in(account(scene, "secretary"))
    data = {"red_presence": "present", "blue_presence": "present", "red_score": "5", "how": "jury"}
    answer = browser.post(f"/matches/{scene.tournament.slug}/m/A1/enter", data=data)
    assert answer.status_code == 422
    assert "Ghi cả hai ô" in answer.text
    assert scene.match("A1").state is MatchState.REVIEW


def test_viewers_get_the_part_before_while_the_next_one_is_made(scene):
    """One thread renders; nobody who looks meanwhile waits for it."""
    slug = scene.tournament.slug
    seen = []

    def slow(_id):
        if len(seen) == 1:  # made anew: somebody else looks at the same time
            other = threading.Thread(target=lambda: seen.append(parts.part(slug, "vi", "now", slow).body))
            other.start()
            other.join(timeout=5)
            assert not other.is_alive()
        seen.append(b"made")
        return f"{len(seen)}"

    first = parts.part(slug, "vi", "now", slow)
    scene.tournament.version += 1
    db.session.flush()
    first.seen -= 1
    parts._versions.clear()
    second = parts.part(slug, "vi", "now", slow)
    assert seen == [b"made", first.body, b"made"]
    assert second.body != first.body


PRESENT = {"red_presence": "present", "blue_presence": "present", "how": "jury"}


@pytest.mark.parametrize(
    ("typed", "stored"), [("49,8", 498), ("1:05.3", 653), ("", None), ("0", None), ("30", 300)]
)
def test_time_of_a_special_win_is_typed_at_the_desk(session, sign_in, typed, stored):
    scene = make_tournament(4, 1, game=presets.KUNG_FU)
    begin(scene, "A1")
    browser = sign_in(account(scene, "secretary"))
    data = PRESENT | {"red_score": "9", "blue_score": "2", "red_special": typed}
    assert browser.post(f"/matches/{scene.tournament.slug}/m/A1/enter", data=data).status_code == 303
    version = session.query(ResultVersion).filter_by(match_id=scene.match("A1").id).one()
    assert version.sheets[0]["special"] == stored
    assert version.reason == ("special" if stored else "score")


def test_time_that_is_none_is_refused_and_kept(session, sign_in):
    scene = make_tournament(4, 1, game=presets.KUNG_FU)
    begin(scene, "A1")
    browser = sign_in(account(scene, "secretary"))
    url = f"/matches/{scene.tournament.slug}/m/A1/enter"
    answer = browser.post(url, data=PRESENT | {"red_special": "1:75"})
    assert answer.status_code == 422
    assert "Ghi số giây" in answer.text
    assert 'value="1:75"' in answer.text


def test_game_without_a_special_win_takes_no_time_of_one(scene, sign_in):
    begin(scene, "A1", (0, "dunk"))
    browser = sign_in(account(scene, "secretary"))
    url = f"/matches/{scene.tournament.slug}/m/A1"
    assert "red_special" not in get(browser, url).text
    answer = browser.post(f"{url}/enter", data=PRESENT | {"red_special": "30"})
    assert answer.status_code == 422
    assert "không có thắng tuyệt đối" in answer.text


def test_second_screen_follows_its_own_court(session, sign_in, client):
    scene = make_tournament(8, 2, courts=2)
    browser = sign_in(account(scene, "secretary"))
    slug, court = scene.tournament.slug, scene.tournament.court_ids[1]
    url = f"/matches/{slug}/screens"
    assert browser.post(url, data={"new-name": "Sân phụ", "new-court": str(court)}).status_code == 303
    again = browser.post(url, data={"new-name": "Sân phụ", "new-court": "0"})
    assert again.status_code == 422
    assert "Đã có màn hình tên này" in again.text
    screen = session.query(HallScreen).filter_by(tournament_id=scene.tournament.id, name="Sân phụ").one()
    board = load_board(scene.tournament.id)
    own = min((m for m in board.matches if m.court_id == court), key=lambda m: m.starts_at)
    shown = get(client, f"/vi/matches/{slug}/hall/{screen.id}").text
    assert board.sides[own.red_id].team in shown
    assert board.courts[court].name in shown
    kept = {
        f"s{screen.id}-mode": "blank",
        f"s{screen.id}-court": str(court),
        f"s{screen.id}-text": "Nghỉ trưa",
    }
    assert browser.post(f"{url}/{screen.id}", data=kept).status_code == 303
    parts.forget()
    assert "Nghỉ trưa" in get(client, f"/vi/matches/{slug}/hall/{screen.id}").text


def test_surrogate_is_marked_before_it_is_played(scene, sign_in, client):
    browser = sign_in(account(scene, "secretary"))
    page = f"/matches/{scene.tournament.slug}/m/A1"
    assert "Không tính vào bảng (trận thay thế, biểu diễn)" in get(browser, page).text
    assert browser.post(f"{page}/counts", data={"counts": "0"}).status_code == 303
    assert "Tính lại vào bảng" in get(browser, page).text
    assert "không tính điểm" in get(client, f"/vi/matches/{scene.tournament.slug}/schedule").text


def test_referee_finds_the_protest_from_the_review(scene, sign_in):
    match = begin(scene, "A1", (0, "dunk"))
    page = get(sign_in(account(scene, "referee")), f"/matches/phone/{match.id}/review").text
    assert f"/matches/{scene.tournament.slug}/m/A1#khieu-nai" in page


def test_referee_is_found_by_a_phone_however_it_is_typed(scene, sign_in):
    person = make_person("Trần Quốc Toản")
    make_account(person, phone="0912345678")
    db.session.commit()
    browser = sign_in(account(scene, "secretary"))
    data = {"email": "+84 912 345 678", "part": "referee", "court": "0", "side": ""}
    assert browser.post(f"/matches/{scene.tournament.slug}/crew", data=data).status_code == 303
    assert person.id in {row.person_id for row in lists.crew_rows(scene.tournament.id)}
