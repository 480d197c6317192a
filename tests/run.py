"""`make test`: everything on SQLite, then what touches the database on PostgreSQL. Prints progress and one verdict.

Without a browser or a PostgreSQL server it says what was left out and why; with CI=true both are required.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import sqlalchemy as sa

from tests.servers import CHROMIUM

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
COMMON = ["-q", "-n", "2", "--dist", "worksteal", "-m", "not soak", "--durations", "15"]


def postgres_answers() -> bool:
    engine = sa.create_engine(
        POSTGRES.replace("postgresql://", "postgresql+psycopg://"), connect_args={"connect_timeout": 3}
    )
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
        return True
    except sa.exc.OperationalError:
        return False
    finally:
        engine.dispose()


def run(title: str, *arguments: str) -> bool:
    print(f"== {time.strftime('%T')} {title}", flush=True)
    done = subprocess.run([sys.executable, "-m", "pytest", *COMMON, *arguments], check=False)
    return done.returncode == 0


def main() -> int:
    required = os.environ.get("CI", "").lower() == "true"
    left_out = []
    if not CHROMIUM:
        left_out.append("browser tests: no Chromium found (apt-get install chromium, or set CHROMIUM)")
    passed = run("Tests on SQLite", "--db", "sqlite")
    if postgres_answers():
        passed &= run(
            "Tests on PostgreSQL",
            "--db",
            "postgres",
            "--ignore",
            "tests/browser",
            "--ignore",
            "tests/look",
            "--ignore",
            "tests/crawl",
            "--ignore",
            "tests/access",
        )
    else:
        left_out.append("PostgreSQL: no server answers (start one, or set TEST_POSTGRES_URL)")
    for line in left_out:
        print(f"Left out – {line}.")
    if left_out and required:
        print("In CI nothing may be left out.")
        passed = False
    print("All tests passed." if passed else "Tests failed.")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
