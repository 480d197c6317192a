"""What README and docs/ name exists: files and links, make targets, commands, settings, addresses, sign-ins."""

from __future__ import annotations

import pathlib
import re

import click
import pytest
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

ROOT = pathlib.Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TEXTS = {str(page.relative_to(ROOT)): page.read_text() for page in PAGES}
TOP = {"incubator", "templates", "static", "tests", "docs", "migrations"}
#: Folders of the server that the handbook speaks of, not addresses of ours.
ELSEWHERE = ("/etc", "/srv", "/var", "/backup", "/tmp", "/dev")  # noqa: S108 - names in a text
PART = re.compile(r"<[^>]*>")


def code(text: str) -> list[str]:
    """What stands in backticks, in a line or as a block's lines."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", rest)


@pytest.fixture(params=sorted(TEXTS))
def text(request) -> str:
    return TEXTS[request.param]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_to_files(page):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"", page.read_text())
    local = [a or b for a, b in links if not (a or b).startswith(("http", "mailto:"))]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_files_that_are_named_exist(text):
    named = [w for c in code(text) for w in re.findall(r"(?<![\w/.-])[\w-]+/[\w./*-]*", c)]
    files = [w for w in named if w.split("/")[0] in TOP]
    built = ("static/vendor", "static/node_modules")
    assert [f for f in files if not f.startswith(built) and not list(ROOT.glob(f.rstrip("/.")))] == []


def test_make_targets_exist(text):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = [t for c in code(text) for t in re.findall(r"\bmake ((?:[a-z-]+ ?)+)", c.partition("#")[0])]
    assert {word for line in named for word in line.split()} <= targets


def test_commands_exist(text, app):
    wrong = []
    for words in [m.split() for c in code(text) for m in re.findall(r"flask --app wsgi ([a-z][\w -]*)", c)]:
        command: click.Command | None = app.cli
        for word in words:
            if not isinstance(command, click.Group):
                break
            command = command.get_command(click.Context(command), word)
            if command is None:
                wrong.append(" ".join(words))
    # `db`, `run` and `routes` come with Flask and its extensions.
    assert [w for w in wrong if w.split()[0] not in {"db", "run", "routes", "shell"}] == []


def test_settings_are_read_somewhere(text):
    sources = "".join(
        p.read_text()
        for p in [ROOT / "config.py", ROOT / "Makefile", ROOT / ".ci" / "run", *ROOT.glob("tests/*.py"), *ROOT.glob("incubator/**/*.py")]
    )  # fmt: skip
    named = {w for c in code(text) for w in re.findall(r"(?<![\w.])[A-Z]+(?:_[A-Z]+)+(?![\w*])", c)}
    assert {name for name in named if not re.search(rf"\b{name}\b", sources)} == set()


#: Settings of development and tests; production has no use for them.
NOT_IN_THE_HANDBOOK = {"FLASK_DEBUG", "HUEY_FILE", "HUEY_IMMEDIATE", "MAIL_PATH", "DEMO"}


def test_every_setting_is_in_the_handbook():
    read = set(re.findall(r"(?:environ\.get|_flag)\(\s*\"(\w+)\"", (ROOT / "config.py").read_text()))
    handbook = TEXTS["docs/operations.md"].replace(
        "(and both with `_EN`)", "`OWNER_NAME_EN` `OWNER_PARENT_EN`"
    )
    assert {name for name in read if f"`{name}`" not in handbook} == NOT_IN_THE_HANDBOOK


def test_addresses_answer(text, app):
    """A path in backticks belongs to a view; what stands in <> is anything, … is any end."""
    named = {w for c in code(text) for w in re.findall(r"^(?:GET |POST )?(/[\w<>:…./-]*)$", c)}
    rules = {PART.sub("<>", rule.rule) for rule in app.url_map.iter_rules()}
    adapter, wrong = app.url_map.bind("localhost"), []
    for path in sorted(named):
        shape = re.sub(r"^/(vi|en)/", "/<>/", PART.sub("<>", path))
        known = (
            any(rule.startswith(shape.partition("…")[0]) for rule in rules)
            if "…" in shape
            else shape in rules
        )
        if not known and not path.startswith((*ELSEWHERE, "/static")) and not answers(adapter, path):
            wrong.append(path)
    assert wrong == []


def answers(adapter, path: str) -> bool:
    try:
        adapter.match(path, method="GET")
    except (RequestRedirect, MethodNotAllowed):
        return True
    except HTTPException:
        return False
    return True


def test_sign_ins_of_the_readme_are_the_demo_s():
    demo = "".join(p.read_text() for p in (ROOT / "incubator" / "demo").rglob("*.py"))
    named = set(re.findall(r"`(\w+@demo\.example)`", TEXTS["README.md"]))
    assert len(named) >= 12
    assert {address for address in named if address not in demo} == set()
    for secret in re.findall(r"(?:password|code|PIN) `([\w-]+)`", TEXTS["README.md"]):
        assert f'"{secret}"' in demo
