"""The games that ship: each is data an organiser can copy and change.

Sources: Robocon Viet Nam 2026 draw report (table and match criteria), ABU Robocon 2025 rules (shots 2, 3,
dunk 7; 120 s;
shot clock 20 s), FIFA regulations up to 2022 and for 2026, provincial practice (six missions of 15 points
and time).
"""

from __future__ import annotations

from incubator.matches.games import (
    LOW,
    Action,
    ActionKind,
    Aggregate,
    Chain,
    Criterion,
    DropRule,
    Game,
    Kind,
    Phase,
    Points,
    RunRule,
    Scope,
    SpecialWin,
    TimeBonus,
)

M, A = Scope.MUTUAL, Aggregate.AVERAGE

_LESSER = (
    Action("foul", "Lỗi", "Foul", ActionKind.FOUL),
    Action("violation", "Vi phạm", "Violation", ActionKind.VIOLATION),
    Action("retry", "Thử lại", "Retry", ActionKind.RETRY),
    Action("caution", "Cảnh cáo", "Caution", ActionKind.CAUTION, conduct=-1),
)
_PREPARATION = Phase("preparation", "Chuẩn bị", "Preparation", 60, scoring=False)

BASKETBALL = Game(
    code="abu-2025",
    name="Robot bóng rổ (theo ABU 2025)",
    name_en="Robot basketball (after ABU 2025)",
    actions=(
        Action("two", "trong vòng", "inside", points=2),
        Action("three", "ngoài vòng", "outside", points=3),
        Action("dunk", "úp rổ", "dunk", points=7),
        *_LESSER,
    ),
    phases=(_PREPARATION, Phase("play", "Thi đấu", "Play", 120, shot_seconds=20)),
    points=Points(3, 0, 0),
    decided_by=("score", "action:dunk", "action:three", "penalty", "jury"),
    chain=Chain(
        (
            Criterion("points"),
            Criterion("points", M),
            Criterion("diff", M),
            Criterion("diff", aggregate=A),
            Criterion("for", aggregate=A),
        )
    ),
    drops=(DropRule(3, 2, 3),),
)

KUNG_FU = Game(
    code="robocon-vn-2026",
    name="Robocon Việt Nam 2026",
    name_en="Robocon Viet Nam 2026",
    actions=(
        Action("weapon", "vũ khí", "weapon", ActionKind.TASK, points=10, part="club", most=6),
        Action("scroll", "bí kíp", "scroll", ActionKind.TASK, points=10, part="arena", most=12),
        Action("rack", "ô cờ", "rack", ActionKind.TASK, points=20, part="tictactoe", most=9),
        Action("knock", "làm đổ của bạn", "knocked over", ActionKind.VIOLATION, points=-10, part="tictactoe"),
        *_LESSER,
    ),
    phases=(_PREPARATION, Phase("play", "Thi đấu", "Play", 180)),
    special=SpecialWin("Kung Fu Master", "Kung Fu Master"),
    points=Points(3, 0, 0),
    decided_by=("special", "score", "part:tictactoe", "part:arena", "part:club", "jury"),
    chain=Chain(
        (
            Criterion("points"),
            Criterion("special_wins"),
            Criterion("special_time", better=LOW),
            Criterion("for", aggregate=A),
        )
    ),
    drops=(DropRule(3, 2, 3),),
)

_GOALS = (
    Action("goal", "bàn thắng", "goal", points=1),
    Action("yellow", "Thẻ vàng", "Yellow card", ActionKind.CAUTION, conduct=-1),
    Action("second_yellow", "Hai thẻ vàng", "Second yellow", ActionKind.CAUTION, conduct=-3),
    Action("red", "Thẻ đỏ", "Red card", ActionKind.CAUTION, conduct=-4),
    Action("yellow_red", "Thẻ vàng rồi đỏ", "Yellow and red", ActionKind.CAUTION, conduct=-5),
)
_HALVES = (
    Phase("first", "Hiệp 1", "First half", 2700),
    Phase("break", "Nghỉ", "Break", 900, scoring=False),
    Phase("second", "Hiệp 2", "Second half", 2700),
)

FIFA_2022 = Game(
    code="fifa-2022",
    name="Theo FIFA đến 2022",
    name_en="FIFA up to 2022",
    actions=_GOALS,
    phases=_HALVES,
    draws=True,
    decided_by=("score", "penalty"),
    chain=Chain(
        (
            Criterion("points"),
            Criterion("diff"),
            Criterion("for"),
            Criterion("points", M),
            Criterion("diff", M),
            Criterion("for", M),
            Criterion("conduct"),
        ),
        reapply="never",
        last=("lots",),
    ),
    walkover=3,
    across="sum",
)

FIFA_2026 = Game(
    code="fifa-2026",
    name="Theo FIFA 2026",
    name_en="FIFA 2026",
    actions=_GOALS,
    phases=_HALVES,
    draws=True,
    decided_by=("score", "penalty"),
    chain=Chain(
        (
            Criterion("points"),
            Criterion("points", M),
            Criterion("diff", M),
            Criterion("for", M),
            Criterion("diff"),
            Criterion("for"),
            Criterion("conduct"),
            Criterion("rating", better=LOW),
        ),
        reapply="block",
        last=("lots",),
    ),
    walkover=3,
    across="sum",
)

SIMPLE = Game(
    code="simple-310",
    name="Thắng 3, hòa 1, thua 0",
    name_en="Win 3, draw 1, loss 0",
    actions=(Action("point", "điểm", "point", points=1), *_LESSER),
    phases=(_PREPARATION, Phase("play", "Thi đấu", "Play", 180)),
    draws=True,
    decided_by=("score",),
    chain=Chain((Criterion("points"), Criterion("diff"), Criterion("for"))),
)

MISSIONS = Game(
    code="missions-6x15",
    name="Sáu nhiệm vụ, 15 điểm mỗi nhiệm vụ, cộng thời gian",
    name_en="Six missions of 15 points, plus time",
    kind=Kind.RUNS,
    actions=(
        *(
            Action(f"m{n}", f"Nhiệm vụ {n}", f"Mission {n}", ActionKind.TASK, points=15, most=1)
            for n in range(1, 7)
        ),
        Action("retry", "Thử lại", "Retry", ActionKind.RETRY),
    ),
    phases=(_PREPARATION, Phase("play", "Lượt thi", "Run", 300)),
    runs=RunRule(attempts=2, seconds=300, aggregate="best_second_time", time_bonus=TimeBonus(10)),
)

PRESETS: dict[str, Game] = {
    game.code: game for game in (BASKETBALL, KUNG_FU, FIFA_2022, FIFA_2026, SIMPLE, MISSIONS)
}
