"""Who may take part: each rule, its message's facts, and the stored form."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.contests.eligibility import (
    Code,
    EntryFacts,
    MemberFacts,
    Registrant,
    Rules,
    Weight,
    age_on,
    blocking,
    check,
    from_json,
    to_json,
)

TODAY = date(2026, 10, 1)
RULES = Rules(
    born_from=date(2010, 1, 1), born_until=date(2013, 12, 31), team_min=2, team_max=3, levels=("lower_secondary",),
    organisation_kinds=("school",), entries_per_organisation=5, class_required=True,
)  # fmt: skip
AN = MemberFacts(
    "Nguyễn Văn An", date(2011, 5, 17), class_name="8A1", identity="an", consents=frozenset({"take_part"})
)
BINH = replace(AN, name="Trần Bình", identity="binh")
FACTS = EntryFacts(
    team_name="Mạch Vàng", members=(AN, BINH), organisation_name="THCS Bình Thắng", organisation_kind="school",
    organisation_levels=frozenset({"lower_secondary"}), coach_name="Lê Ánh", coach_has_contact=True,
)  # fmt: skip


def codes(facts: EntryFacts, rules: Rules = RULES) -> list[Code]:
    return [problem.code for problem in check(facts, rules, on=TODAY)]


def test_an_entry_within_all_rules_has_no_problem() -> None:
    assert check(FACTS, RULES, on=TODAY) == []


def test_a_birth_date_outside_the_window_names_person_value_and_range() -> None:
    old = replace(AN, birth_date=date(2008, 5, 17))
    [problem] = check(replace(FACTS, members=(BINH, old)), RULES, on=TODAY)
    assert (problem.code, problem.person, problem.value, problem.low, problem.high, problem.field) == (
        Code.BIRTH_DATE_OUT_OF_RANGE, "Nguyễn Văn An", date(2008, 5, 17), date(2010, 1, 1), date(2013, 12, 31),
        "members-1-birth_date",
    )  # fmt: skip
    assert problem.weight is Weight.BREACH


@pytest.mark.parametrize("day", [date(2010, 1, 1), date(2013, 12, 31)])
def test_both_ends_of_the_birth_window_are_inside(day: date) -> None:
    assert codes(replace(FACTS, members=(replace(AN, birth_date=day), BINH))) == []


@pytest.mark.parametrize("day", [date(2009, 12, 31), date(2014, 1, 1)])
def test_the_days_next_to_the_birth_window_are_outside(day: date) -> None:
    assert codes(replace(FACTS, members=(replace(AN, birth_date=day), BINH))) == [
        Code.BIRTH_DATE_OUT_OF_RANGE
    ]


@pytest.mark.parametrize(
    ("change", "expected", "weight"),
    [
        ({"team_name": " "}, Code.TEAM_NAME_MISSING, Weight.MISSING),
        ({"team_name_taken": True}, Code.TEAM_NAME_TAKEN, Weight.BREACH),
        ({"members": (AN,)}, Code.TEAM_TOO_SMALL, Weight.MISSING),
        (
            {"members": (AN, BINH, replace(AN, identity="c"), replace(AN, identity="d"))},
            Code.TEAM_TOO_LARGE,
            Weight.BREACH,
        ),
        ({"members": (AN, replace(BINH, name=""))}, Code.MEMBER_NAME_MISSING, Weight.MISSING),
        ({"members": (AN, AN)}, Code.MEMBER_TWICE, Weight.BREACH),
        ({"members": (AN, replace(BINH, other_teams=("Gốm Đỏ",)))}, Code.MEMBER_IN_OTHER_TEAM, Weight.BREACH),
        ({"members": (AN, replace(BINH, birth_date=None))}, Code.BIRTH_DATE_MISSING, Weight.MISSING),
        (
            {"members": (AN, replace(BINH, birth_date=None, birth_date_text="31/02/2011"))},
            Code.BIRTH_DATE_INVALID,
            Weight.BREACH,
        ),
        ({"members": (AN, replace(BINH, class_name=""))}, Code.CLASS_MISSING, Weight.MISSING),
        ({"members": (AN, replace(BINH, consents=frozenset()))}, Code.CONSENT_MISSING, Weight.WARNING),
        ({"organisation_name": ""}, Code.ORGANISATION_MISSING, Weight.MISSING),
        ({"organisation_kind": "company"}, Code.ORGANISATION_KIND, Weight.BREACH),
        ({"organisation_levels": frozenset({"primary"})}, Code.SCHOOL_LEVEL, Weight.BREACH),
        ({"other_entries_of_organisation": 5}, Code.TOO_MANY_ENTRIES, Weight.BREACH),
        ({"coach_name": ""}, Code.COACH_MISSING, Weight.MISSING),
        ({"coach_has_contact": False}, Code.COACH_CONTACT_MISSING, Weight.WARNING),
        ({"registrant": Registrant.CAPTAIN}, Code.REGISTRANT_NOT_ALLOWED, Weight.BREACH),
    ],
)
def test_each_broken_rule_is_named_once_with_its_weight(
    change: dict[str, object], expected: Code, weight: Weight
) -> None:
    [problem] = check(replace(FACTS, **change), RULES, on=TODAY)
    assert (problem.code, problem.weight) == (expected, weight)
    assert problem.blocks is (weight is not Weight.WARNING)


def test_a_school_of_several_levels_fits_by_one_of_them() -> None:
    assert codes(replace(FACTS, organisation_levels=frozenset({"primary", "lower_secondary"}))) == []


def test_where_no_school_is_required_its_absence_and_the_coach_are_no_problem() -> None:
    free = replace(RULES, organisation_required=False, coach_required=False)
    assert codes(replace(FACTS, organisation_name="", coach_name=""), free) == []


def test_a_captain_below_the_age_is_refused_and_one_of_the_age_is_not() -> None:
    rules = replace(RULES, registrants=(Registrant.CAPTAIN,), born_from=None, born_until=None)
    young, grown = date(2010, 10, 2), date(2010, 10, 1)
    facts = replace(
        FACTS, registrant=Registrant.CAPTAIN, members=(BINH, replace(AN, birth_date=young, captain=True))
    )
    [problem] = check(facts, rules, on=TODAY)
    assert (problem.code, problem.value, problem.low) == (Code.CAPTAIN_TOO_YOUNG, 15, 16)
    assert codes(replace(facts, members=(BINH, replace(AN, birth_date=grown, captain=True))), rules) == []


def test_who_registers_without_a_school_must_bring_the_consents() -> None:
    rules = Rules(registrants=(Registrant.PERSON,), organisation_required=False, coach_required=False)
    facts = EntryFacts(
        members=(replace(AN, birth_date=date(2000, 1, 1), consents=frozenset()),),
        registrant=Registrant.PERSON,
    )
    [problem] = check(facts, rules, on=TODAY)
    assert (problem.code, problem.weight) == (Code.CONSENT_MISSING, Weight.MISSING)


def test_an_unknown_age_of_the_captain_is_asked_as_a_missing_birth_date_only() -> None:
    rules = Rules(registrants=(Registrant.PERSON,), organisation_required=False, coach_required=False)
    assert codes(
        EntryFacts(members=(replace(AN, birth_date=None),), registrant=Registrant.PERSON), rules
    ) == [Code.BIRTH_DATE_MISSING]
    assert codes(EntryFacts(registrant=Registrant.PERSON), rules) == [Code.TEAM_TOO_SMALL]


def test_blocking_leaves_warnings_out() -> None:
    problems = check(replace(FACTS, coach_has_contact=False, team_name=""), RULES, on=TODAY)
    assert [p.code for p in blocking(problems)] == [Code.TEAM_NAME_MISSING]


@pytest.mark.parametrize(
    "wrong",
    [
        {"team_min": 0}, {"team_min": 3, "team_max": 2}, {"teams_per_person": 0}, {"entries_per_organisation": 0},
        {"registrants": ()}, {"born_from": date(2014, 1, 1), "born_until": date(2013, 1, 1)},
    ],
)  # fmt: skip
def test_rules_that_nobody_could_meet_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Rules(**wrong)


def test_an_unknown_stored_rule_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        from_json({"shoe_size": 38})


DAYS = st.dates(date(1950, 1, 1), date(2030, 1, 1))


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    least = draw(st.integers(1, 6))
    window = sorted([draw(DAYS), draw(DAYS)])
    return Rules(
        born_from=draw(st.sampled_from([None, window[0]])), born_until=draw(st.sampled_from([None, window[1]])),
        team_min=least, team_max=least + draw(st.integers(0, 5)),
        levels=tuple(draw(st.lists(st.sampled_from(["primary", "lower_secondary"]), unique=True))),
        entries_per_organisation=draw(st.none() | st.integers(1, 9)), coach_required=draw(st.booleans()),
        registrants=tuple(draw(st.lists(st.sampled_from(list(Registrant)), min_size=1, unique=True))),
        rule_reference=draw(st.text(max_size=10)),
    )  # fmt: skip


@given(rules())
def test_rules_survive_storing(stored: Rules) -> None:
    assert from_json(to_json(stored)) == stored


@given(rules(), DAYS)
def test_a_birth_date_is_refused_exactly_when_outside(limits: Rules, born: date) -> None:
    inside = (limits.born_from is None or limits.born_from <= born) and (
        limits.born_until is None or born <= limits.born_until
    )
    found = codes(replace(FACTS, members=(replace(AN, birth_date=born),) * limits.team_min), limits)
    assert (Code.BIRTH_DATE_OUT_OF_RANGE in found) is not inside


@given(DAYS, st.integers(0, 40_000))
def test_age_grows_by_one_at_each_birthday(born: date, days: int) -> None:
    day = born + timedelta(days=days)
    age = age_on(born, day)
    assert 0 <= day.year - born.year - age <= 1
    assert age_on(born, day + timedelta(days=366)) in (age + 1, age + 2)
