"""A game as data: what counts, for how long, who wins and how a table is ordered.

Everything an organiser may set is in `Game` and travels as JSON (`game_json.py`); the presets are in
`presets.py`. Numbers are integers; means are formed as exact fractions where they are compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from incubator.matches.refusals import RuleError


class Kind(StrEnum):
    DUEL = "duel"
    RUNS = "runs"


class ActionKind(StrEnum):
    SCORE = "score"
    TASK = "task"  # a counter that is read at the end as well as tapped: mission, weapon, scroll
    FOUL = "foul"
    VIOLATION = "violation"
    RETRY = "retry"
    CAUTION = "caution"


@dataclass(frozen=True, slots=True)
class Action:
    """One button. `points` go to the side that acted, `gives` to its opponent (a penalty), `most` caps the
    count."""

    code: str
    label: str
    label_en: str
    kind: ActionKind = ActionKind.SCORE
    points: int = 0
    gives: int = 0
    most: int | None = None
    part: str = ""  # name of the sub-score that a match or a table may be decided by
    conduct: int = 0  # added to the side's conduct score (fair play), normally negative
    entered_by: tuple[str, ...] = ("referee", "head")


@dataclass(frozen=True, slots=True)
class Phase:
    code: str
    label: str
    label_en: str
    seconds: int
    scoring: bool = True
    shot_seconds: int = 0  # 0: no shot clock


@dataclass(frozen=True, slots=True)
class SpecialWin:
    """A win that ends the match at once; its time (in tenths of a second) is a datum of the table."""

    label: str
    label_en: str


class Scope(StrEnum):
    OVERALL = "overall"
    MUTUAL = "mutual"  # only matches between the teams that are level


class Aggregate(StrEnum):
    SUM = "sum"
    AVERAGE = "average"  # divided by the matches played, exactly


HIGH, LOW = "high", "low"
STATS = frozenset(
    {"points", "wins", "draws", "losses", "for", "against", "diff", "played"}
    | {"special_wins", "special_time", "conduct", "rating", "lot"}
)
REAPPLY = ("block", "each", "never")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One link of a tie chain. `stat` is a name of STATS or `part:<name>`.

    `special_time` is the mean time of the special wins (sum ÷ count); a team without one has none, and no
    value always
    sorts last. `rating` and `lot` are numbers of the team itself (world ranking, number drawn), low is
    better there.
    """

    stat: str
    scope: Scope = Scope.OVERALL
    aggregate: Aggregate = Aggregate.SUM
    better: str = HIGH

    def __post_init__(self) -> None:
        if self.stat not in STATS and not self.stat.startswith("part:"):
            raise RuleError("unknown_stat", stat=self.stat)
        if self.better not in (HIGH, LOW):
            raise RuleError("unknown_order", order=self.better)

    @property
    def code(self) -> str:
        prefix = "mutual_" if self.scope is Scope.MUTUAL else ""
        return prefix + ("average_" if self.aggregate is Aggregate.AVERAGE else "") + self.stat


@dataclass(frozen=True, slots=True)
class Chain:
    """How level teams are told apart, and what happens when nothing does.

    `reapply` rules head-to-head blocks (neighbouring mutual criteria): `block` applies the whole block,
    then again from
    its top to those still level among themselves; `each` narrows to those still level after every
    criterion; `never`
    keeps the matches of the first tied set. `last` is what settles a tie that survives: jury, playoff,
    lots or share.
    """

    criteria: tuple[Criterion, ...]
    reapply: str = "block"
    last: tuple[str, ...] = ("jury", "playoff", "lots")

    def __post_init__(self) -> None:
        if self.reapply not in REAPPLY:
            raise RuleError("unknown_reapply", reapply=self.reapply)


@dataclass(frozen=True, slots=True)
class Points:
    win: int = 3
    draw: int = 1
    loss: int = 0


@dataclass(frozen=True, slots=True)
class DropRule:
    """Uneven groups: a group of `size` plays `rounds` times round and only the best `count` matches of a
    team count."""

    size: int
    rounds: int
    count: int


@dataclass(frozen=True, slots=True)
class TimeBonus:
    """Points for speed: `most` × time left ÷ limit, rounded down; only for a run with every mission done,
    if so set."""

    most: int
    only_complete: bool = True


@dataclass(frozen=True, slots=True)
class RunRule:
    attempts: int = 2
    seconds: int = 300
    aggregate: str = "best"  # best | sum | average | last | best_second_time
    time_bonus: TimeBonus | None = None
    shorter_time_breaks: bool = True


@dataclass(frozen=True, slots=True)
class Game:
    code: str
    name: str
    name_en: str
    kind: Kind = Kind.DUEL
    actions: tuple[Action, ...] = ()
    phases: tuple[Phase, ...] = ()
    special: SpecialWin | None = None
    points: Points = field(default_factory=Points)
    draws: bool = False
    decided_by: tuple[str, ...] = ("special", "score")  # then a draw where allowed, else the jury
    chain: Chain = field(default_factory=lambda: Chain((Criterion("points"),)))
    drops: tuple[DropRule, ...] = ()
    walkover: int | None = None  # fixed score of the team that appeared; None: what it earns playing alone
    withdrawn: str = "annul"  # annul | forfeit | keep
    across: str = "average"  # comparing places of uneven groups: average | drop_last | sum
    runs: RunRule | None = None

    def action(self, code: str) -> Action:
        for action in self.actions:
            if action.code == code:
                return action
        raise RuleError("unknown_action", action=code)

    @property
    def least_score(self) -> int | None:
        """The lowest score a side can have; None where actions take points away."""
        takes = any(action.points < 0 or action.gives < 0 for action in self.actions)
        return None if takes else 0

    def drop_for(self, size: int) -> DropRule | None:
        return next((rule for rule in self.drops if rule.size == size), None)

    def rounds_for(self, size: int) -> int:
        rule = self.drop_for(size)
        return rule.rounds if rule else 1

    def meetings(self, size: int) -> int:
        """Matches of a group in which all meet all."""
        return self.rounds_for(size) * size * (size - 1) // 2

    def check(self) -> None:
        """Refuse data that no match could be played by; called wherever a game is typed or read."""
        codes = [action.code for action in self.actions]
        if len(set(codes)) != len(codes):
            raise RuleError("action_twice", action=next(c for c in codes if codes.count(c) > 1))
        if self.kind is Kind.RUNS and self.runs is None:
            raise RuleError("runs_without_rule")
        if self.kind is Kind.DUEL and not self.points.win > self.points.loss:
            raise RuleError("win_not_above_loss")
        if self.draws and not self.points.win >= self.points.draw >= self.points.loss:
            raise RuleError("draw_out_of_order")
        if any(rule.count < 1 or rule.rounds < 1 for rule in self.drops):
            raise RuleError("drop_rule_empty")
