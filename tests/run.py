"""`make test`: everything on SQLite, then what touches the database on PostgreSQL, in another time zone.

Prints progress, the command that repeats each pass, and one verdict. Without a browser or a PostgreSQL server it says what
was left out and why; with CI=true both are required.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time

from tests.databases import postgres_answers
from tests.servers import CHROMIUM

#: One more than cores: about a third of the time a worker waits for a disk, a server's start or a minute without a line.
WORKERS = min((os.cpu_count() or 1) + 1, 8)
COMMON = ["-q", "-n", str(WORKERS), "-m", "not soak", "--durations", "15"]
#: Behind UTC, with half an hour and summer time: whoever reckons by the clock of the machine is found out.
ELSEWHERE = "America/St_Johns"


def run(title: str, *arguments: str, zone: str = "") -> bool:
    """One pass. The printed line runs it again, in the same order."""
    command = ["-m", "pytest", *COMMON, f"--randomly-seed={random.randrange(2**32)}", *arguments]
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # each of many processes would compile everything anew
    if zone:
        environment["TZ"] = zone
    again = " ".join([f"TZ={zone}"] * bool(zone) + ["python", *(repr(c) if " " in c else c for c in command)])
    print(f"== {time.strftime('%T')} {title}: {again}", flush=True)
    began = time.monotonic()
    done = subprocess.run([sys.executable, *command], env=environment, check=False)
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    print(f"== {time.strftime('%T')} {title}: {minutes} min {seconds} s", flush=True)
    return done.returncode == 0


def main() -> int:
    try:
        return all_passes()
    except KeyboardInterrupt:
        print("\nStopped before the end.")
        return 130  # as shells say it


def all_passes() -> int:
    required = os.environ.get("CI", "").lower() == "true"
    left_out = []
    if not CHROMIUM:
        left_out.append("browser tests: no Chromium found (apt-get install chromium, or set CHROMIUM)")
    passed = run("Tests on SQLite", "--db", "sqlite")
    if postgres_answers():
        passed &= run("Tests on PostgreSQL", "--db", "postgres", zone=ELSEWHERE)
    else:
        left_out.append("PostgreSQL: no server answers (start one, or set TEST_POSTGRES_URL)")
        passed &= run("Rules of time elsewhere", "-m", "clock and not soak", zone=ELSEWHERE)
    for line in left_out:
        print(f"Left out – {line}.")
    if left_out and required:
        print("In CI nothing may be left out.")
        passed = False
    print("All tests passed." if passed else "Tests failed.")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
