"""The house holds: who imports whom, who commits, which rooms a domain has, every route has its mark."""

from __future__ import annotations

import ast
import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).parent.parent
PACKAGE = ROOT / "incubator"

LAYERS = {
    "activity": set(),
    "accounts": {"activity"},
    "contests": {"activity", "accounts"},
    "spaces": {"activity", "accounts", "contests"},
    "judging": {"activity", "accounts", "contests", "spaces"},
    "matches": {"activity", "accounts", "contests", "spaces"},
    "mentoring": {"activity", "accounts", "contests", "spaces"},
    "publishing": {"activity", "accounts", "contests", "spaces", "judging", "matches", "mentoring"},
    "reports": {
        "activity",
        "accounts",
        "contests",
        "spaces",
        "judging",
        "matches",
        "mentoring",
        "publishing",
    },
}
LAYERS["home"] = set(LAYERS)
LAYERS["demo"] = set(LAYERS)  # the demo season loads through everybody's services

#: Pure functions over dataclasses: no database, no Flask, no sentences.
RULES = {
    "accounts": {"tokens"},
    "contests": {
        "advancing", "consent_rules", "dates", "dossier", "eligibility", "naming", "next_edition", "pasted",
        "registration_files", "stages", "ties",
    },
    "spaces": {
        "availability", "calendar_feed", "calendar_file", "calendar_read", "calendar_rule", "duty", "figures", "finding",
        "intervals", "prices", "recurrence", "rules", "working_days",
    },
    "judging": {"allocation", "pace", "scoring", "severity", "tabulating"},
    "matches": {
        "across", "bracket_places", "brackets", "chance", "draw", "explain", "flows", "game_json", "games", "improve",
        "ledger", "outcomes", "pairings", "pots", "presets", "quality", "refusals", "replay", "replay_bracket", "replay_form",
        "replay_matches", "replay_report", "replay_rules", "runs", "scenarios", "schedule", "scoresheet", "standings",
        "withdrawals",
    },
    "mentoring": {"matching", "reading"},
    "publishing": {"snapshot"},
}  # fmt: skip


def modules() -> Iterator[tuple[pathlib.Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text())


def imports_of(path: pathlib.Path, tree: ast.Module) -> Iterator[str]:
    """Dotted names that a module imports, ours as `incubator.…`."""
    package = ["incubator", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - (node.level - 1)] if node.level else []
            name = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{name}.{alias.name}" for alias in node.names)


def domain_of(path: pathlib.Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


def room_of(path: pathlib.Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[1].removesuffix(".py") if len(parts) > 1 else parts[0].removesuffix(".py")


def test_arrows_point_down():
    wrong = []
    for path, tree in modules():
        domain = domain_of(path)
        if domain not in LAYERS:
            continue
        for name in imports_of(path, tree):
            parts = name.split(".")
            if parts[0] != "incubator" or len(parts) < 2 or parts[1] not in LAYERS or parts[1] == domain:
                continue
            if parts[1] not in LAYERS[domain]:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_core_knows_no_domain_and_models_know_only_core_and_states():
    wrong = []
    for path, tree in modules():
        house = domain_of(path) or room_of(path)
        allowed = {"states": set(), "core": {"core"}, "models": {"core", "models", "states"}}.get(house)
        if allowed is None:
            continue
        for name in imports_of(path, tree):
            parts = name.split(".")
            inside = (
                parts[0] == "incubator"
                and len(parts) > 1
                and parts[1] in {*LAYERS, "models", "core", "states", "cli"}
            )
            if inside and parts[1] not in allowed and not name.endswith(".models"):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_routes_and_forms_are_nobodys_library():
    wrong = []
    for path, tree in modules():
        for name in imports_of(path, tree):
            parts = name.split(".")
            if (
                len(parts) > 2
                and parts[0] == "incubator"
                and parts[1] in LAYERS
                and parts[1] != domain_of(path)
            ):
                if parts[2] in {"routes", "forms"}:
                    wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_routes_ask_the_database_nothing_themselves():
    """They load through queries, where the guarded loaders are, and write through services."""
    wrong = []
    for path, tree in modules():
        if not (room_of(path) == "routes" or room_of(path).endswith("_routes")):
            continue
        for name in imports_of(path, tree):
            if name.split(".")[0] == "sqlalchemy" or name == "incubator.core.db.db":
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("room", ["services", "policies"])
def test_rules_and_services_do_not_know_the_web(room):
    wrong = []
    for path, tree in modules():
        if domain_of(path) not in LAYERS or room_of(path) != room or domain_of(path) == "home":
            continue
        for name in imports_of(path, tree):
            if name.split(".")[0] in {"wtforms", "flask_wtf", "flask_login"} or name in {
                "flask.request",
                "flask.session",
                "flask.g",
            }:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
            if name.endswith("current_actor"):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_rule_modules_are_pure():
    there = {(domain_of(path), room_of(path)) for path, _tree in modules()}
    wrong = [
        f"{domain}/{rule} is not there"
        for domain in RULES
        for rule in RULES[domain]
        if (domain, rule) not in there
    ]
    for path, tree in modules():
        if room_of(path) not in RULES.get(domain_of(path), set()):
            continue
        for name in imports_of(path, tree):
            if name.split(".")[0] in {"flask", "sqlalchemy", "flask_babel"} or name.startswith(
                ("incubator.core.db", "incubator.core.i18n", "incubator.core.web", "incubator.models")
            ):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


def test_one_place_commits():
    wrong = []
    for path, tree in modules():
        if path == PACKAGE / "core" / "db.py":
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "commit"
                and isinstance(node.value, (ast.Attribute, ast.Name))
            ):
                if getattr(node.value, "attr", getattr(node.value, "id", "")) == "session":
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_services_do_not_open_transactions_of_their_own():
    """A use case runs inside the caller's transaction, so that two of them can be one step."""
    wrong = []
    for path, tree in modules():
        if room_of(path) != "services" or domain_of(path) not in LAYERS:
            continue
        if any(name.endswith("core.db.transaction") for name in imports_of(path, tree)):
            wrong.append(str(path.relative_to(ROOT)))
    assert wrong == []


def test_every_route_carries_its_mark(app):
    unmarked = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not hasattr(app.view_functions[rule.endpoint], "access")
    ]
    assert unmarked == []


def test_the_web_worker_stays_small(tmp_path):
    """Heavy libraries are loaded by jobs and commands when they need them, never by starting the server."""
    script = (
        "import sys, wsgi; print(sorted({'pandas', 'numpy', 'scipy', 'ortools', 'typst'} & set(sys.modules)))"
    )
    environment = {**os.environ, "INSTANCE_PATH": str(tmp_path), "LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_no_work_is_left_marked():
    marks = ("TO" + "DO:", "FIX" + "ME", "XX" + "X ", "NotImplemented" + "Error")
    wrong = []
    for folder, pattern in (
        (PACKAGE, "*.py"),
        (ROOT / "templates", "*.html"),
        (ROOT / "static" / "js", "*.js"),
    ):
        for path in folder.rglob(pattern):
            text = path.read_text()
            wrong += [f"{path.relative_to(ROOT)}: {m}" for m in marks if m in text]
    assert wrong == []
