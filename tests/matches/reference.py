"""A second, slow reading of docs/matches-replay.md for the tables of a group, sharing no code with the product.

It knows the outcomes, the chain with its three ways to re-apply head-to-head, the best matches of an uneven group and
the scenario verdicts by brute force. Tiers come best first; a tier of several teams is a tie.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby, product

LOW = {"against", "losses", "special_time", "rating", "lot"}


def sides(match, rules):
    """What each side takes from one match: (own, other, result, special seconds)."""
    outcome = match.get("outcome", "played")
    if outcome in ("not_played", "annulled") or (outcome == "played" and match.get("score") is None):
        return None
    red, blue = match.get("score") or (0, 0)
    fixed = rules["walkover"]
    special = match.get("special")
    if outcome.startswith("walkover"):
        won = 0 if outcome.endswith("red") else 1
        earned = fixed if fixed is not None else (red, blue)[won]
        red, blue = (earned, 0) if won == 0 else (0, earned)
    elif outcome in ("both_absent", "dsq_both"):
        red, blue, won = 0, 0, None
    elif outcome.startswith("dsq"):
        won = 1 if outcome.endswith("red") else 0
        red, blue = (red, 0) if won == 0 else (0, blue)
    elif outcome in ("dnf_red", "dnf_blue"):
        won = 1 if outcome.endswith("red") else 0
    elif outcome in ("red", "blue"):
        won = ("red", "blue").index(outcome)
    elif special and "special" in rules["decided_by"]:
        won = ("red", "blue").index(special)
    elif red != blue:
        won = 0 if red > blue else 1
    elif match.get("jury"):
        won = ("red", "blue").index(match["jury"])
    else:
        won = "draw"
    ends = []
    for n, (own, other) in enumerate(((red, blue), (blue, red))):
        result = "draw" if won == "draw" else "win" if won == n else "loss"
        seconds = (
            Fraction(str(match["special_time"]))
            if special == ("red", "blue")[n] and result == "win"
            else None
        )
        ends.append((own, other, result, seconds, (match.get("conduct") or (0, 0))[n]))
    return ends


def gathered(matches, rules):
    """Team → list of what it took from its matches, with the opponent."""
    found = {}
    for match in matches:
        ends = sides(match, rules) if match.get("counts", True) else None
        if ends:
            for own, other, end in (
                (match["red"], match["blue"], ends[0]),
                (match["blue"], match["red"], ends[1]),
            ):
                found.setdefault(own, []).append((other, *end))
    return found


def value(stat, own, rules):
    points = sum(rules["points"][result] for _, _, _, result, _, _ in own)
    wins = [seconds for *_, seconds, _ in own if seconds is not None]
    return {
        "points": points,
        "wins": sum(end[3] == "win" for end in own),
        "losses": sum(end[3] == "loss" for end in own),
        "for": sum(end[1] for end in own),
        "diff": sum(end[1] - end[2] for end in own),
        "special_wins": len(wins),
        "special_time": sum(wins) / len(wins) if wins else None,
        "conduct": sum(end[5] for end in own),
    }[stat]


def parse(code):
    mutual = code.startswith("mutual_")
    code = code.removeprefix("mutual_")
    return mutual, code.startswith("average_"), code.removeprefix("average_")


def key(code, team, ends, rules):
    _, mean, stat = parse(code)
    number = value(stat, ends, rules)
    if mean:
        number = Fraction(number, len(ends)) if ends else None
    if number is None:
        return (1, 0)
    return (0, number if stat in LOW else -number)


def parts(teams, keyed):
    ordered = sorted(teams, key=lambda team: (keyed[team], team))
    return [list(level) for _, level in groupby(ordered, key=keyed.get)]


def tiers(teams, matches, rules):
    ends = gathered(matches, rules)
    best = rules.get("best")
    overall = [code for code in rules["chain"] if not code.startswith("mutual_")]
    counted = {}
    for team in teams:
        own = ends.get(team, [])
        if best and len(own) > best:
            own = sorted(own, key=lambda end: [key(code, team, [end], rules) for code in overall])[:best]
        counted[team] = own

    def among(team, others):
        return [end for end in ends.get(team, []) if end[0] in others]

    def walk(level, at):
        chain = rules["chain"]
        if len(level) == 1 or at == len(chain):
            return [level]
        if not chain[at].startswith("mutual_"):
            keyed = {team: key(chain[at], team, counted[team], rules) for team in level}
            return [tier for part in parts(level, keyed) for tier in walk(part, at + 1)]
        end = at
        while end < len(chain) and chain[end].startswith("mutual_"):
            end += 1
        block = chain[at:end]
        if rules["reapply"] == "each":
            for code in block:
                found = parts(level, {team: key(code, team, among(team, level), rules) for team in level})
                if len(found) > 1:
                    return [tier for part in found for tier in walk(part, at)]
            return walk(level, end)
        keyed = {team: [key(code, team, among(team, level), rules) for code in block] for team in level}
        found = parts(level, keyed)
        back = at if rules["reapply"] == "block" and len(found) > 1 else end
        return [tier for part in found for tier in walk(part, back)]

    return walk(sorted(teams), 0)


ODD = (
    ("both_absent", (0, 0)), ("dsq_red", (0, 0)), ("dsq_blue", (0, 0)), ("dnf_red", (3, 0)), ("dnf_blue", (0, 3)),
    ("walkover_red", (2, 0)), ("walkover_blue", (0, 2)),
)  # fmt: skip


def verdicts(teams, matches, waiting, rules, places, highest=3):
    """By brute force over scores from 0 to `highest` and the odd endings: the best and the worst rank of everybody."""
    best, worst = dict.fromkeys(teams, len(teams)), dict.fromkeys(teams, 1)
    played = [("played", score) for score in product(range(highest + 1), repeat=2)]
    ways = [(how, score) for how, score in played if rules["draws"] or score[0] != score[1]] + [*ODD]
    for ending in product(ways, repeat=len(waiting)):
        rest = [
            {"red": red, "blue": blue, "outcome": how, "score": list(score)}
            for (red, blue), (how, score) in zip(waiting, ending, strict=True)
        ]
        first = 1
        for tier in tiers(teams, [*matches, *rest], rules):
            for team in tier:
                best[team] = min(best[team], first)
                worst[team] = max(worst[team], first + len(tier) - 1)
            first += len(tier)
    return {
        team: "clinched" if worst[team] <= places else "eliminated" if best[team] > places else "possible"
        for team in teams
    }
