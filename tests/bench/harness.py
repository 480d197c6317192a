"""Servers and load for measuring side by side.

Loads come from keep-alive sockets in a process of their own. gunicorn runs with --reuse-port: without it all
connections can land on one worker, which halves a result now and then. Each number is the median of three runs; ratios
are taken against the floor of the same minute, since machines are shared (below 1.5 times apart is equal).
"""

from __future__ import annotations

import json
import multiprocessing
import os
import pathlib
import re
import select
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.servers import ROOT, WORKER, Server, free_port, make_server

RUNS = int(os.environ.get("BENCH_RUNS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "1"))
_LENGTH = re.compile(rb"\r\n[Cc]ontent-[Ll]ength: (\d+)")

Script = Callable[
    [int], Iterator[list[bytes]]
]  # connection number -> endless groups of requests; a group counts once


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to measure: `script` gives requests, `floor` the least ratio to the floor (None: only shown)."""

    name: str
    script: Script
    connections: tuple[int, ...] = (1, 16)
    least: dict[int, float] = field(
        default_factory=dict
    )  # connections -> least requests/s divided by the floor's
    least_rate: dict[int, float] = field(default_factory=dict)  # connections -> least groups a second
    status: tuple[int, ...] = (200,)
    promise: str = ""  # what holds for every answer, or the case is not measured


@dataclass(frozen=True, slots=True)
class Line:
    """One figure that is not requests a second; at most `most`."""

    name: str
    value: float
    unit: str
    most: float

    def verdict(self) -> str:
        return f"at most {self.most:g} {self.unit}: {'ok' if self.value < self.most else 'MISSED'}"


def gunicorn(port: int, app: str) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--worker-class", WORKER,
            "--workers", "2", "--threads", "8", "--reuse-port", "--log-level", "warning", app]  # fmt: skip


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: keep-alive"]
    lines += [f"{k}: {v}" for k, v in (headers or {}).items()]
    if method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def exchange(connection: socket.socket, message: bytes) -> tuple[int, bytes]:
    """Send one request and wait for its whole answer: (status, body)."""
    connection.sendall(message)
    data, whole = b"", 0
    while not whole or len(data) < whole:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError("closed by the server")
        data += more
        whole = whole or _length(data)
    return int(data[9:12]), data.partition(b"\r\n\r\n")[2]


class _Line:
    """A keep-alive connection of the load: sends its next request as soon as the answer to the last one is whole."""

    def __init__(self, port: int, groups: Iterator[list[bytes]]) -> None:
        self.groups = groups
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.waiting: list[bytes] = []
        self.data, self.whole = b"", 0
        self.began = 0.0

    def begin(self) -> None:
        self.waiting = list(reversed(next(self.groups)))
        self.began = time.perf_counter()
        self.send()

    def send(self) -> None:
        self.data, self.whole = b"", 0
        self.socket.sendall(self.waiting.pop())

    def read(self) -> int | None:
        """What has come; the status once the answer is whole."""
        more = self.socket.recv(262144)
        if not more:
            raise ConnectionError("closed by the server")
        self.data += more
        if not self.whole:
            self.whole = _length(self.data)
        return int(self.data[9:12]) if self.whole and len(self.data) >= self.whole else None


def _length(data: bytes) -> int:
    """Bytes of the whole answer, 0 while its head is not complete."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return 0
    if data[9:12] in (b"204", b"304"):
        return end + 4
    found = _LENGTH.search(data, 0, end + 2)
    if found is None:
        raise ValueError(f"no Content-Length:\n{data[:end].decode()}")
    return end + 4 + int(found[1])


def _drive(
    port: int, script: Script, count: int, until: float, allowed: tuple[int, ...], out: object
) -> None:
    """All connections of the load in one thread, so that the measuring takes little from what is measured."""
    times: list[float] = []
    wrong: list[str] = []
    lines: dict[int, _Line] = {}
    with select.epoll() as ready:
        for index in range(count):
            line = _Line(port, script(index))
            lines[line.socket.fileno()] = line
            ready.register(line.socket, select.EPOLLIN)
            line.begin()
        while lines:
            for number, _events in ready.poll():
                line = lines[number]
                status = line.read()
                if status is None:
                    continue
                if status not in allowed:
                    wrong.append(f"{status}: {line.data[-300:]!r}")
                elif line.waiting:
                    line.send()
                    continue
                else:
                    times.append(time.perf_counter() - line.began)
                    if time.time() < until:
                        line.begin()
                        continue
                del lines[number]
                line.socket.close()
    out.put((times, wrong))  # type: ignore[attr-defined]


def load(port: int, case: Case, connections: int, seconds: float = SECONDS) -> tuple[float, float]:
    """(groups a second, p99 in ms) of one run."""
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    until = time.time() + seconds
    worker = context.Process(target=_drive, args=(port, case.script, connections, until, case.status, queue))
    worker.start()
    times, wrong = queue.get(timeout=seconds + 60)
    worker.join()
    if wrong:
        raise RuntimeError(f"{case.name}: {wrong[0]}")
    times.sort()
    return len(times) / seconds, times[int(len(times) * 0.99)] * 1000


@dataclass
class Bench:
    """A demo season on one database, served by the product and by the floor."""

    server: Server
    product: int = 0
    floor: int = 0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        self.product, self.floor = free_port(), free_port()
        for port, app in ((self.product, "wsgi:app"), (self.floor, "tests.bench.floor:app")):
            log = (self.server.instance / "bench.log").open("ab")
            self.processes.append(
                subprocess.Popen(
                    gunicorn(port, app),
                    cwd=ROOT,
                    env=self.server.env,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        for port, path in ((self.product, "/healthz"), (self.floor, "/floor")):
            wait_for(f"http://127.0.0.1:{port}{path}")

    def stop(self) -> None:
        for process in self.processes:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)

    def prepare(self, code: str) -> dict[str, object]:
        """Run Python inside the application on this database; it prints one JSON value."""
        program = f"import json\nfrom wsgi import app\nwith app.app_context():\n    from tests.bench import prepared\n    print(json.dumps(prepared.{code}))"
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=self.server.env,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        value: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
        return value


def wait_for(url: str) -> None:
    deadline = time.time() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if time.time() > deadline:
                raise
            time.sleep(0.2)


def make_bench(folder: pathlib.Path, database: str = "") -> Bench:
    """Build the demo season (about a minute) and serve it."""
    folder.mkdir(parents=True, exist_ok=True)
    server = make_server(folder, database)
    server.run("db", "upgrade")
    server.run("demo", "load")
    if database:  # what autovacuum does on a database that has been up for a minute
        import psycopg

        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    bench = Bench(server)
    bench.start()
    return bench


def floor_case() -> Case:
    message = request("GET", "/floor")

    def script(_connection: int) -> Iterator[list[bytes]]:
        while True:
            yield [message]

    return Case("floor: one-query page", script)


def measure(bench: Bench, cases: list[Case]) -> Iterator[tuple[str, int, float, float, float, str]]:
    """(name, connections, median/s, p99 ms, ratio to the floor of the same minute, verdict) for each case."""
    for case in cases:
        for connections in case.connections:
            try:
                rate, tail, floor = _medians(bench, case, connections)
            except Exception as error:  # a wrong answer of one case must not hide the others' numbers
                reason = (str(error).strip() or repr(error)).splitlines()[0][:200]
                yield case.name, connections, 0.0, 0.0, 0.0, f"MISSED, not measured: {reason}"
                continue
            yield case.name, connections, rate, tail, rate / floor, verdict(case, connections, rate, floor)


def _medians(bench: Bench, case: Case, connections: int) -> tuple[float, float, float]:
    rates, tails, floors = [], [], []
    for _ in range(RUNS):
        floors.append(load(bench.floor, floor_case(), connections, SECONDS / 2)[0])
        rate, tail = load(bench.product, case, connections)
        rates.append(rate)
        tails.append(tail)
    return statistics.median(rates), statistics.median(tails), statistics.median(floors)


def verdict(case: Case, connections: int, rate: float, floor: float) -> str:
    """The target and whether it was met."""
    wanted = [
        (rate / floor, case.least.get(connections), "x"),
        (rate, case.least_rate.get(connections), "/s"),
    ]
    said = [
        f"at least {least:g} {unit}: {'ok' if value >= least else 'MISSED'}"
        for value, least, unit in wanted
        if least is not None
    ]
    return "; ".join([*said, *([f"{case.promise}: ok"] if case.promise else [])])
