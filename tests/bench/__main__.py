"""`make bench`: every figure the system promises; on SQLite, and on PostgreSQL where one answers. Under eight minutes.

BENCH_RUNS and BENCH_SECONDS shorten it; BENCH_ONLY=publishing,judging chooses. Exit status 1 when a target is missed.
"""

from __future__ import annotations

import importlib
import os
import pathlib
import pkgutil
import sys
import tempfile
import time

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
    loaded = [(name, importlib.import_module(f"tests.bench.{name}")) for name in modules()]
    for name, module in loaded:
        if hasattr(module, "cases"):
            try:
                cases += module.cases(bench)
            except Exception as error:  # one domain's scene must not hide the others' numbers
                missed |= not_measured(name, error)
    for name, connections, rate, tail, ratio, verdict in measure_all(bench, cases):
        print(f"{name:<52}{connections:>5}{rate:>9.0f}{tail:>9.1f}{ratio:>9.2f}  {verdict}", flush=True)
        missed = missed or "MISSED" in verdict
    for name, module in loaded:
        if hasattr(module, "lines"):
            try:
                for line in module.lines(bench):
                    print(f"{line.name:<52}{line.value:>14.3g} {line.unit:<17}  {line.verdict()}", flush=True)
                    missed = missed or "MISSED" in line.verdict()
            except Exception as error:
                missed |= not_measured(name, error)
    return missed


def not_measured(name: str, error: Exception) -> bool:
    """A scene that cannot be set up counts as missed."""
    reason = (str(error).strip() or repr(error)).splitlines()[-1]
    print(f"{name}: MISSED, not measured: {reason}", flush=True)
    return True


def measure_all(bench: Bench, cases: list[object]) -> object:
    """The floor against itself shows the noise of the machine."""
    floor, *rest = cases
    noise = Bench(bench.server, product=bench.floor, floor=bench.floor)
    yield from measure(noise, [floor])  # type: ignore[list-item]
    yield from measure(bench, rest)  # type: ignore[arg-type]


def main() -> int:
    missed, began = False, time.monotonic()
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
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    print(f"\n{minutes} min {seconds} s. {'Something was MISSED.' if missed else 'All targets met.'}")
    return int(missed)


def postgres() -> str:
    from tests.databases import fresh_postgres

    try:
        return fresh_postgres("bench").replace("+psycopg", "")
    except Exception:
        return ""


if __name__ == "__main__":
    sys.exit(main())
