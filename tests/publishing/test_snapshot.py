"""What is frozen, how versions differ, whose name may stand in public."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incubator.contests.consent_rules import GUARDIAN, SELF
from incubator.contests.eligibility import age_on
from incubator.contests.naming import Answer, initials, may_publish
from incubator.publishing.snapshot import (
    Change,
    Given,
    Part,
    Row,
    Snapshot,
    canonical,
    changes,
    digest,
    payload_of,
    snapshot_of,
    uses,
)

# A busy machine is slow to draw the first example; that says nothing about the strategy.
STEADY = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def snapshot(*rows, awards=()):
    return Snapshot("official", 1, 2, (Part(3, tuple(rows), 4, 36),), tuple(awards))


ROWS = st.lists(
    st.builds(
        Row,
        entry_id=st.integers(1, 30),
        rank=st.none() | st.integers(1, 9),
        score_e4=st.none() | st.integers(0, 10**6),
        tier_id=st.none() | st.integers(1, 4),
        advanced=st.none() | st.booleans(),
    ),
    unique_by=lambda r: r.entry_id,
    max_size=12,
)


@STEADY
@given(ROWS)
def test_payload_comes_back_as_it_went_in(rows):
    one = snapshot(*rows, awards=[Given(1, 2, entry_id=3)])
    stored = json.loads(json.dumps(payload_of(one)))
    assert snapshot_of(stored) == one
    assert digest(stored) == digest(payload_of(one))


@STEADY
@given(st.one_of(st.tuples(ROWS, ROWS), ROWS.map(lambda rows: (rows, list(rows)))))
def test_equal_hash_means_no_change(pair):
    """Two lists drawn apart are hardly ever the same, so the same one is drawn as well."""
    old, new = pair
    one, two = snapshot(*old), snapshot(*new)
    if digest(payload_of(one)) == digest(payload_of(two)):
        assert changes(one, two) == []
    if not changes(one, two):
        assert {r.entry_id: r for r in old} == {r.entry_id: r for r in new}


def test_canonical_form_does_not_depend_on_the_order_of_keys():
    assert canonical({"b": 1, "a": [{"d": "ặ", "c": None}]}) == '{"a":[{"c":null,"d":"ặ"}],"b":1}'.encode()


def test_changes_name_entry_field_and_both_values():
    old = snapshot(Row(1, rank=1, tier_id=10), Row(2, rank=2), Row(3, rank=3))
    new = snapshot(Row(2, rank=1, tier_id=10), Row(1, rank=2), Row(4, rank=3))
    assert changes(old, new) == [
        Change(2, "rank", 2, 1),
        Change(2, "tier_id", None, 10),
        Change(1, "rank", 1, 2),
        Change(1, "tier_id", 10, None),
        Change(4, "listed", False, True),
        Change(3, "listed", True, False),
    ]


def test_uses_count_awards_given_not_the_quota():
    found = uses({10: 1, 11: 3, 12: None}, [Given(1, 10), Given(2, 10), Given(3, 11)])
    assert [(u.tier_id, u.given, u.over, u.short) for u in found] == [
        (10, 2, True, False),
        (11, 1, False, True),
        (12, 0, False, False),
    ]


# -- names --------------------------------------------------------------------------------------------------

DAY = date(2024, 11, 25)


def yes(party, order=1, withdrawn=False, given=True):
    return Answer(party, given, withdrawn, order)


@pytest.mark.parametrize(
    ("born", "answers", "allowed"),
    [
        (date(2018, 1, 1), [yes(GUARDIAN)], True),  # 6: the guardian alone
        (date(2018, 1, 1), [yes(SELF)], False),
        (date(2014, 1, 1), [yes(SELF), yes(GUARDIAN)], True),
        (date(2014, 1, 1), [yes(GUARDIAN)], False),
        (date(2014, 1, 1), [yes(SELF)], False),
        (date(2006, 11, 25), [yes(SELF)], True),  # 18 on the day
        (date(2006, 11, 26), [yes(SELF)], False),  # 17 on the day
        (None, [yes(SELF)], False),
        (None, [yes(SELF), yes(GUARDIAN)], True),
        (date(2014, 1, 1), [yes(SELF, withdrawn=True), yes(GUARDIAN)], False),
        (date(2014, 1, 1), [yes(SELF), yes(GUARDIAN), yes(GUARDIAN, order=2, given=False)], False),
        (date(2014, 1, 1), [yes(SELF, withdrawn=True), yes(GUARDIAN), yes(SELF, order=2)], True),
        (date(1980, 1, 1), [], False),
        (date(2018, 1, 1), [yes(GUARDIAN), yes(SELF, given=False)], False),
    ],
)
def test_name_may_be_published_only_with_the_consents_of_the_age(born, answers, allowed):
    assert may_publish(born, answers, DAY) is allowed


@STEADY
@given(st.dates(date(1950, 1, 1), date(2024, 11, 25)), st.lists(st.builds(
    Answer, party=st.sampled_from([SELF, GUARDIAN]), given=st.booleans(), withdrawn=st.booleans(), order=st.integers(1, 5),
), max_size=5))  # fmt: skip
def test_a_withdrawal_of_every_answer_always_stops_publishing(born, answers):
    withdrawn = [Answer(a.party, a.given, True, a.order) for a in answers]
    assert may_publish(born, withdrawn, DAY) is False


def test_age_counts_birthdays():
    assert age_on(date(2010, 2, 28), date(2024, 2, 27)) == 13
    assert age_on(date(2010, 2, 28), date(2024, 2, 28)) == 14


def test_initials_hide_the_name():
    assert initials("Nguyễn Đặng Ân") == "N. Đ. Â."
    assert initials("") == ""
