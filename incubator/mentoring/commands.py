"""`flask --app wsgi mentoring …`: solve a problem from a file, install the topics, expire offers."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..core import clock
from ..core.access import system_actor
from ..core.db import transaction
from . import wording
from .faults import sentence
from .matching import BadProblemError, Fault
from .services import offers, programmes

if TYPE_CHECKING:
    from .matching.solving import Result

mentoring = click.Group("mentoring", help="Mentors: matching, topics, offers.")


@mentoring.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--json", "as_json", is_flag=True, help="Print the whole answer as JSON (docs/mentoring-match.md)."
)
def match(file: str, as_json: bool) -> None:
    """Match mentors and teams of FILE (docs/mentoring-match.md). Exit code 2: the file must be mended."""
    from .matching.answer_file import answer_of
    from .matching.problem_file import read_problem
    from .matching.solving import solve

    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
        with _solvers_aside():
            result = solve(read_problem(text, "stdin" if file == "-" else file))
    except UnicodeDecodeError:
        _refuse([Fault("no_text", file)], as_json)
    except BadProblemError as error:
        _refuse(error.faults, as_json)
    else:
        if as_json:
            click.echo(json.dumps(answer_of(result), ensure_ascii=False, indent=1))
        else:
            _print(result)


@contextmanager
def _solvers_aside() -> Iterator[None]:
    """What a solver's own library prints goes to standard error: standard output holds the answer and nothing else."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _refuse(found: list[Fault], as_json: bool) -> None:
    if as_json:
        rows = [{"row": f.row, "code": f.code, "message": sentence(f)} for f in found]
        click.echo(json.dumps({"errors": rows}, ensure_ascii=False, indent=1))
    else:
        for fault in found:
            click.echo(sentence(fault), err=True)
    sys.exit(2)


def _print(result: Result) -> None:
    from .matching.reasons import empty_places

    for pair in result.pairs:
        held = " (giữ)" if pair.locked else ""
        click.echo(f"{pair.team}\t{pair.kind}\t{pair.mentor}\t{pair.score}{held}")
    names = {m.id: m.name or m.id for m in result.prepared.mentors}
    topics = {t.id: t.name for t in result.prepared.problem.tree.topics.values()}
    for place in empty_places(result):
        plain = {"reason": place.reason, "kind": place.kind, "refused": place.refused, "full": place.full}
        click.echo(f"{place.team}\t{place.kind}\t–\t{wording.empty_place(plain, names, topics)}")
    for stage in result.stages:
        mark = "=" if stage.proved else "<"
        click.echo(f"# {stage.name}: {stage.value} {mark} {stage.bound}")


@mentoring.command()
def topics() -> None:
    """Write the fixed tree of topics; run it after every update of the program."""
    with transaction():
        count = programmes.install_topics()
    click.echo(f"{count} topics.")


@mentoring.command("offers")
def sweep_offers() -> None:
    """Expire offers past their time and remind the rest, as the periodic job does."""
    with transaction():
        expired, reminded = offers.expire_and_remind(actor=system_actor("mentoring"), at=clock.now())
    click.echo(f"{expired} expired, {reminded} reminded.")
