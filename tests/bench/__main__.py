"""`make bench`: floor, published page, a mark, a teacher's flow; on SQLite, and on PostgreSQL where one answers.

BENCH_RUNS and BENCH_SECONDS shorten it; BENCH_ONLY=publishing,judging chooses. Exit status 1 when a target is missed.
"""

from __future__ import annotations

import importlib
import os
import pathlib
import pkgutil
import sys
import tempfile

import tests.bench as package

from .harness import Bench, floor_case, make_bench, measure

OWN = {"harness", "floor", "prepared", "__main__"}


def modules() -> list[str]:
    only = [m for m in os.environ.get("BENCH_ONLY", "").split(",") if m]
    return [
        m.name
        for m in pkgutil.iter_modules(package.__path__)
        if m.name not in OWN and (not only or m.name in only)
    ]


def run(title: str, bench: Bench) -> bool:
    print(f"\n{title}\n{'what':<52}{'conn':>5}{'/s':>9}{'p99 ms':>9}{'x floor':>9}  target", flush=True)
    cases = [floor_case()]
    missed = False
    for name in modules():
        try:
            cases += importlib.import_module(f"tests.bench.{name}").cases(bench)
        except Exception as error:  # one domain's scene must not hide the others' numbers
            print(f"{name}: not measured, {str(error).strip().splitlines()[-1]}", flush=True)
            missed = True
    for name, connections, rate, tail, ratio, verdict in measure_all(bench, cases):
        print(f"{name:<52}{connections:>5}{rate:>9.0f}{tail:>9.1f}{ratio:>9.2f}  {verdict}", flush=True)
        missed = missed or "wanted" in verdict
    return missed


def measure_all(bench: Bench, cases: list[object]) -> object:
    """The floor against itself shows the noise of the machine."""
    floor, *rest = cases
    noise = Bench(bench.server, product=bench.floor, floor=bench.floor)
    yield from measure(noise, [floor])  # type: ignore[list-item]
    yield from measure(bench, rest)  # type: ignore[arg-type]


def main() -> int:
    missed = False
    waits = os.environ.get("COMMITS_WAIT_FOR_DISK", "off")
    print(
        f"COMMITS_WAIT_FOR_DISK {waits} (on in production, see docs/operations.md); no access log, no rate limits"
    )
    with tempfile.TemporaryDirectory() as folder:
        bench = make_bench(pathlib.Path(folder) / "sqlite")
        try:
            missed |= run("SQLite", bench)
        finally:
            bench.stop()
        database = postgres()
        if database:
            bench = make_bench(pathlib.Path(folder) / "postgres", database)
            try:
                missed |= run("PostgreSQL", bench)
            finally:
                bench.stop()
        else:
            print("\nPostgreSQL: left out, no server answers (set TEST_POSTGRES_URL).")
    return int(missed)


def postgres() -> str:
    from tests.conftest import fresh_postgres

    try:
        return fresh_postgres("bench").replace("+psycopg", "")
    except Exception:
        return ""


if __name__ == "__main__":
    sys.exit(main())
