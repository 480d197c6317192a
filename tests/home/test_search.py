"""Search finds without diacritics, and never more than the reader may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from incubator.core.access import VISITOR, Role, ScopeKind
from incubator.home.search import public_search, work_search
from incubator.models import EntryState, PublicationKind
from tests.factories import AT, make_division, make_edition, make_entry, make_organisation, make_user
from tests.home.test_front import make_publication


@pytest.fixture
def season(session: Any) -> dict[str, Any]:
    """One edition with a published list, one without, the same school in both."""
    school = make_organisation("Tiểu học Đông Hòa B")
    shown, secret = make_edition(name="Robotics 2025"), make_edition(name="Robotics 2026")
    make_publication(shown)
    return {
        "school": school,
        "shown": shown,
        "secret": secret,
        "published": make_entry(make_division(shown), school, team="Hải Âu 2"),
        "waiting": make_entry(make_division(secret), school, team="Hải Âu 3"),
        "draft": make_entry(
            make_division(secret), school, team="Hải Âu nháp", state=EntryState.DRAFT, number=None
        ),
    }


@pytest.mark.parametrize("q", ["dong hoa", "Đông Hoà", "DONG HOA B", "hoa dong"])
def test_visitor_finds_school_without_diacritics(season: dict[str, Any], q: str) -> None:
    assert [s.id for s in public_search(q, AT).schools] == [season["school"].id]


def test_visitor_finds_published_teams_only(season: dict[str, Any]) -> None:
    assert [t.team for t in public_search("hai au", AT).teams] == ["Hải Âu 2"]


@pytest.mark.parametrize(
    "hidden",
    [{"visible_at": AT + timedelta(minutes=1)}, {"cancelled_at": AT}, {"kind": PublicationKind.SCHEDULE}],
)
def test_visitor_finds_nothing_of_a_list_under_embargo(
    season: dict[str, Any], hidden: dict[str, Any]
) -> None:
    make_publication(season["secret"], **hidden)
    assert [t.team for t in public_search("hai au", AT).teams] == ["Hải Âu 2"]


def test_school_without_published_entry_is_not_found_by_visitors(season: dict[str, Any]) -> None:
    other = make_organisation("THCS Bình Thắng")
    make_entry(make_division(season["secret"]), other)
    assert public_search("binh thang", AT).schools == ()


def test_pupils_are_never_found_by_visitors(season: dict[str, Any]) -> None:
    found = public_search("tran thi be", AT)
    assert (found.total, found.people) == (0, ())


@pytest.mark.parametrize("q", ["", " ", "a"])
def test_too_little_is_not_searched_for(season: dict[str, Any], q: str, queries: Any) -> None:
    with queries() as log:
        assert public_search(q, AT).total == 0
    assert log == []


def teams(actor: Any) -> list[str]:
    return sorted(t.team for t in work_search(actor, "hai au", AT).teams)


def test_each_role_finds_its_own(season: dict[str, Any], actor_of: Callable[[Any], Any]) -> None:
    edition, school = season["secret"], season["school"]
    secretary = actor_of(make_user(Role.SECRETARY, ScopeKind.EDITION, edition.id))
    teacher = actor_of(make_user(Role.COORDINATOR, ScopeKind.ORGANISATION, school.id))
    stranger = actor_of(make_user(Role.COORDINATOR, ScopeKind.ORGANISATION, make_organisation("Khác").id))
    judge = actor_of(make_user(Role.JUDGE, ScopeKind.EDITION, edition.id))
    administrator = actor_of(make_user(Role.ADMINISTRATOR))
    assert teams(secretary) == ["Hải Âu 3"]
    assert teams(teacher) == ["Hải Âu 2", "Hải Âu 3", "Hải Âu nháp"]
    assert [teams(a) for a in (stranger, judge, administrator, VISITOR)] == [[], [], [], []]


def test_only_administrators_find_people(season: dict[str, Any], actor_of: Callable[[Any], Any]) -> None:
    secretary = actor_of(make_user(Role.SECRETARY, ScopeKind.EDITION, season["secret"].id))
    administrator = actor_of(make_user(Role.ADMINISTRATOR))
    assert work_search(secretary, "tran thi be", AT).people == ()
    assert len(work_search(administrator, "tran thi be", AT).people) == 6


def test_search_pages_show_what_was_typed_escaped(client: Any, sign_in: Any) -> None:
    attack = "<script>alert(1)</script>"
    for browser, path in ((client, "/vi/search"), (sign_in(make_user()), "/search")):
        page = browser.get(path, query_string={"q": attack}).get_data(as_text=True)
        assert attack not in page
        assert "&lt;script&gt;" in page
