"""What the rules do not allow, in the order in which it counts. A row held earlier takes no part in later
checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from incubator.contests.registration_files.records import Rules, TeamRow
from incubator.contests.registration_files.sentences import FIELDS
from incubator.core.text import has_lost_letters

Pupil = tuple[str, str]

# Held because another row or entry is the same team: nothing to mend.
DUPLICATES = ("superseded", "duplicate_team", "stored_team")


def judge(rows: Iterable[TeamRow], rules: Rules) -> None:
    """Set `reason`, `detail` and `rival` of every row that is held. `rows` stand in the order of files and
    rows.

    Order: incomplete, letters lost, superseded, duplicate_team or name_taken, team size, coach, birth dates, a pupil
    twice in one team, a pupil in two teams.
    """
    ordered = list(rows)
    for row in ordered:
        row.reason, row.detail, row.rival = None, "", None
    for check in (_incomplete, _text_lost, _superseded, _duplicates, _own_rules, _pupils_in_two_teams):
        check([row for row in ordered if row.reason is None], rules)


def hold(row: TeamRow, reason: str, detail: str = "", rival: TeamRow | None = None) -> None:
    row.reason, row.detail, row.rival = reason, detail, rival


def _incomplete(rows: list[TeamRow], rules: Rules) -> None:
    for row in rows:
        found = {"team": row.team, "school": row.school, "division": row.division, "members": row.members}
        missing = [FIELDS[name] for name, value in found.items() if not value]
        if missing:
            hold(row, "incomplete", ", ".join(missing))


def _text_lost(rows: list[TeamRow], rules: Rules) -> None:
    """Names with question marks for letters are nobody's names."""
    for row in rows:
        names = [row.school, *(member.name for member in row.members), *(coach.name for coach in row.coaches)]
        lost = [row.team] if has_lost_letters(row.team, may_ask=True) else []
        lost += filter(has_lost_letters, names)
        if lost:
            hold(row, "text_lost", ", ".join(lost[:3]))


def _identity(row: TeamRow) -> tuple[str, str | None, str]:
    return (row.school_key, row.division, row.team_key)


def pupils_of(row: TeamRow) -> frozenset[Pupil]:
    return frozenset(member.key for member in row.members)


def same_team(one: TeamRow, other: TeamRow) -> bool:
    """Same school, division and name, and at least one pupil in both."""
    return _identity(one) == _identity(other) and bool(pupils_of(one) & pupils_of(other))


def _by_identity(rows: list[TeamRow]) -> list[list[TeamRow]]:
    groups: dict[tuple[str, str | None, str], list[TeamRow]] = defaultdict(list)
    for row in rows:
        groups[_identity(row)].append(row)
    return [group for group in groups.values() if len(group) > 1]


def _superseded(rows: list[TeamRow], rules: Rules) -> None:
    """Sent again in the same form: the last by time stamp counts."""
    for group in _by_identity([row for row in rows if row.submitted_at is not None]):
        forms: dict[tuple[str, str], list[TeamRow]] = defaultdict(list)
        for row in group:
            forms[row.source, row.sheet].append(row)
        for sent in forms.values():
            sent.sort(
                key=lambda row: (row.submitted_at is not None and row.submitted_at.timestamp(), row.row)
            )
            for index, row in enumerate(sent):
                later = [other for other in sent[index + 1 :] if same_team(row, other)]
                if later:
                    hold(row, "superseded", rival=later[-1])


def _duplicates(rows: list[TeamRow], rules: Rules) -> None:
    for group in _by_identity(rows):
        kept: list[TeamRow] = []
        for row in group:
            twin = next((other for other in kept if same_team(row, other)), None)
            if twin is not None:
                hold(row, "duplicate_team", rival=twin)
            elif kept:
                hold(row, "name_taken", rival=kept[0])
            else:
                kept.append(row)


def _own_rules(rows: list[TeamRow], rules: Rules) -> None:
    for row in rows:
        reason, detail = own_reason(row, rules)
        if reason:
            hold(row, reason, detail)


def own_reason(row: TeamRow, rules: Rules) -> tuple[str, str]:
    """The first rule that a team breaks by itself, and who breaks it; ('', '') when none."""
    rule = rules.division(row.division)
    if rule is None:
        return "incomplete", FIELDS["division"]
    if len(row.members) < rule.team_min:
        return "too_few_members", ""
    if len(row.members) > rule.team_max:
        return "too_many_members", ""
    if rule.coach_required and not row.coach.name:
        return "coach_missing", ""
    for member in row.members:
        if member.birth_date is None:
            return "birth_date_invalid", member.name
    for member in row.members:
        born = member.birth_date
        if born and ((rule.born_from and born < rule.born_from) or (rule.born_to and born > rule.born_to)):
            return "birth_date_out_of_range", member.name
    keys = [member.key for member in row.members]
    repeated = next((m.name for i, m in enumerate(row.members) if m.key in keys[:i]), "")
    return ("member_repeated", repeated) if repeated else ("", "")


def _pupils_in_two_teams(rows: list[TeamRow], rules: Rules) -> None:
    """The later team is held; its other pupils do not count as taken."""
    taken: dict[Pupil, TeamRow] = {}
    distinct = {(name, born.isoformat()) for name, born in rules.distinct_pupils}
    for row in rows:
        clash = next((m for m in row.members if m.key in taken and m.key not in distinct), None)
        if clash is not None:
            hold(row, "member_in_two_teams", clash.name, taken[clash.key])
            continue
        taken.update((member.key, row) for member in row.members)
