"""The short way of the server to kept pages says what the usual way says."""

import re
import socket
import subprocess
import sys
import time

import pytest

from incubator.publishing import prebuilt
from tests.servers import ROOT, WORKER, free_port

APP = """
import pathlib, sys, time
from flask import Flask, Response, request
from incubator.publishing.prebuilt import KEEP, Prebuilt

app = Flask("site")
root = pathlib.Path({root!r})

@app.get("/vi/results/a")
@app.get("/vi/results/aA")
def page():
    response = Response((root.parent / "text").read_text() * 40)
    response.headers[KEEP] = "4e9"
    response.headers["X-Frame-Options"] = "DENY"
    return response

@app.get("/vi/results/long")
def long():
    response = Response("0123456789abcdef" * 100_000)
    response.headers[KEEP] = "4e9"
    return response

@app.get("/slow")
def slow():
    time.sleep(3)
    return "slow"

@app.post("/vi/results/a")
def post():
    return "got " + request.get_data(as_text=True)

app.wsgi_app = app.extensions["kept_pages"] = Prebuilt(app.wsgi_app, root)
"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Ports of two servers on the same kept pages: the product's worker, and gunicorn's own."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "text").write_text("<p>một</p>")
    (folder / "site.py").unlink(missing_ok=True)
    (folder / "kept_site.py").write_text(APP.format(root=str(folder / "published")))
    processes, ports = [], []
    for worker in (WORKER, "gthread"):
        ports.append(free_port())
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{ports[-1]}", "--no-control-socket", "--worker-class", worker, "--threads", "2", "--keep-alive", "15",
                   "--pythonpath", f"{ROOT},{folder}", "--log-level", "error", "kept_site:app"]  # fmt: skip
        processes.append(subprocess.Popen(command, cwd=folder))
    for port in ports:
        _wait_for(port)
        talk(
            port, "GET /vi/results/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )  # built, in this process
    yield folder, *ports
    for process in processes:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port):
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


def talk(port, *messages):
    """Everything that the server sends for these requests on one connection, up to a short silence."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        said = b""
        for message in messages:
            line.sendall(message.encode())
            line.settimeout(0.4)
            try:
                while more := line.recv(65536):
                    said += more
            except TimeoutError:
                pass
    return re.sub(rb"Date: [^\r]+\r\n", b"", said)


def in_order(said):
    """Status, headers without their order, body."""
    head, _, body = said.partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    return status, sorted(headers), body


ASK = "GET /vi/results/a HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    "message",
    [
        ASK + "\r\n",
        ASK + "Accept-Encoding: gzip\r\n\r\n",
        ASK + "Accept-Encoding: gzip\r\nAccept-Encoding: br;q=0.5\r\n\r\n",
        ASK + "Accept-Encoding: br;q=0, gzip;q=0\r\n\r\n",
        ASK + "Cookie: session=secret\r\nAccept-Encoding: br\r\n\r\n",
        ASK + 'If-None-Match: "other"\r\n\r\n',
        ASK + 'If-None-Match: "other"\r\nIf-None-Match: ETAG\r\n\r\n',
        ASK + "If-None-Match: ETAG\r\n\r\n",
        ASK + "If-None-Match: W/ETAG\r\n\r\n",
        ASK + "Connection: close\r\n\r\n",
        ASK + "Content-Length: 3\r\n\r\nabc",
        ASK + "Expect: 100-continue\r\n\r\n",
        ASK + "Bad Header: x\r\n\r\n",
        "GET /vi/results/a HTTP/1.0\r\nHost: x\r\n\r\n",
        "GET /vi/results/a HTTP/1.0\r\nHost: x\r\nConnection: keep-alive\r\n\r\n",
        "HEAD /vi/results/a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /vi/results/a?q=1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /vi/results/a%41 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /vi/results/%61 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://x/vi/results/a HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /vi/results/none HTTP/1.1\r\nHost: x\r\n\r\n",
        "POST /vi/results/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
    ],
    ids=lambda text: " ".join(text.split()[:2] + text.split()[5:9])[:60],
)
def test_both_ways_answer_alike(servers, message):
    _folder, short, usual = servers
    tag = re.search(rb'ETag: ("[^"]+")', talk(usual, ASK + "\r\n"))[1].decode()
    asked = message.replace("ETAG", tag)
    assert in_order(talk(short, asked)) == in_order(talk(usual, asked))


def test_kept_pages_take_the_short_way(servers):
    """The head is in the order in which it is kept, which gunicorn's own way does not have."""
    _folder, short, usual = servers
    assert talk(short, ASK + "\r\n").split(b"\r\n")[1].startswith(b"Content-Type")
    assert talk(usual, ASK + "\r\n").split(b"\r\n")[1].startswith(b"Server")


def test_one_connection_carries_many_answers(servers):
    _folder, short, _usual = servers
    post = "POST /vi/results/a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
    said = talk(short, ASK + "\r\n", ASK + "\r\n" + ASK + "\r\n", post, ASK + "Connection: close\r\n\r\n")
    assert said.count(b"HTTP/1.1 200 OK") == 5
    assert b"got hi" in said
    assert said.count(b"Connection: keep-alive") == 4


@pytest.fixture
def open_line(servers):
    """A connection that has had its first answer, so that the next question is met in the loop."""
    with socket.create_connection(("127.0.0.1", servers[1]), timeout=10) as line:
        line.sendall(ASK.encode() + b"\r\n")
        assert b"200 OK" in line.recv(65536)
        time.sleep(0.2)
        yield line


def test_kept_pages_do_not_queue_behind_slow_ones(servers, open_line):
    _folder, short, _usual = servers
    busy = [socket.create_connection(("127.0.0.1", short), timeout=10) for _thread in range(2)]
    for line in busy:
        line.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    time.sleep(0.3)  # both threads sleep now
    began = time.monotonic()
    open_line.sendall(ASK.encode() + b"\r\n")
    assert b"200 OK" in open_line.recv(65536)
    assert time.monotonic() - began < 1.5
    for line in busy:
        assert b"200 OK" in line.recv(65536)
        line.close()


def test_who_reads_slowly_gets_all_and_holds_up_nobody(servers, open_line):
    _folder, short, _usual = servers
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.settimeout(20)
    slow.connect(("127.0.0.1", short))
    with slow:
        ask = b"GET /vi/results/long HTTP/1.1\r\nHost: x\r\n\r\n"
        for _times in range(2):  # the first in a thread, the second in the loop
            slow.sendall(ask)
            time.sleep(0.3)
            open_line.sendall(ASK.encode() + b"\r\n")
            assert b"200 OK" in open_line.recv(65536)
            said = b""
            while not said.endswith(b"0123456789abcdef") or len(said) < 1_600_000:
                more = slow.recv(1 << 20)
                assert more
                said += more
            head, _, body = said.partition(b"\r\n\r\n")
            assert b"Content-Length: 1600000" in head
            assert body == b"0123456789abcdef" * 100_000


def test_a_question_in_pieces_is_answered(servers, open_line):
    for piece in (b"GET /vi/results/a HT", b"TP/1.1\r\nHost: x\r", b"\n\r\n"):
        open_line.sendall(piece)
        time.sleep(0.2)
    assert b"200 OK" in open_line.recv(65536)


def test_purge_holds_at_the_next_answer(servers):
    folder, short, _usual = servers
    (folder / "text").write_text("<p>hai</p>")
    assert "một" in talk(short, ASK + "\r\n").decode()
    prebuilt.purge(folder / "published")
    said = talk(short, ASK + "\r\n", ASK + "\r\n").decode()
    assert said.count("<p>hai</p>") == 80
    assert "một" not in said
