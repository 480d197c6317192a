"""The layer in front of published pages, over a small application of its own."""

import gzip
import shutil
import subprocess
import sys
import threading
import time

import brotli
import pytest
from flask import Flask, Response, request
from werkzeug.test import Client

from incubator.publishing import prebuilt, state
from incubator.publishing.prebuilt import KEEP, Prebuilt
from incubator.publishing.state import State
from tests.servers import ROOT


class Site:
    """A page whose text can be changed, that counts how often it is built and can be slow."""

    def __init__(self, root):
        self.text, self.built, self.until, self.wait = "một", 0, 4e9, 0.0
        app = Flask("site")

        @app.get("/vi/results/a")
        def page():
            self.built += 1
            text = self.text
            time.sleep(self.wait)
            response = Response(f"<p>{text}</p>" * 50 + request.cookies.get("session", ""))
            response.headers[KEEP] = str(self.until)
            response.headers["X-Frame-Options"] = "DENY"
            response.set_cookie("x", "y")
            return response

        @app.get("/vi/results/not-kept")
        def not_kept():
            self.built += 1
            return "tìm"

        self.root = root
        self.layer = Prebuilt(app.wsgi_app, root)
        self.client = Client(self.layer)


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path / "published")


def test_page_is_built_once_and_then_answered_from_memory(site):
    assert [site.client.get("/vi/results/a").status_code for _ in range(5)] == [200] * 5
    assert site.built == 1


def test_answer_has_no_cookie_and_keeps_security_headers(site):
    answer = site.client.get("/vi/results/a", headers={"Cookie": "session=secret"})
    assert "Set-Cookie" not in answer.headers
    assert KEEP not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("accept", "coding", "unpack"),
    [
        ("gzip, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, gzip", "gzip", gzip.decompress),
        ("abracadabra", None, bytes),
        ("", None, bytes),
    ],
)
def test_coding_is_negotiated_by_whole_words(site, accept, coding, unpack):
    answer = site.client.get("/vi/results/a", headers={"Accept-Encoding": accept})
    assert answer.headers.get("Content-Encoding") == coding
    assert unpack(answer.data).decode() == "<p>một</p>" * 50
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_unchanged_page_is_answered_304(site):
    first = site.client.get("/vi/results/a")
    again = site.client.get("/vi/results/a", headers={"If-None-Match": f'W/"other", {first.headers["ETag"]}'})
    assert (again.status_code, again.data) == (304, b"")
    assert site.client.get("/vi/results/a", headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_has_the_headers_and_no_body(site):
    got, head = site.client.get("/vi/results/a"), site.client.head("/vi/results/a")
    assert head.data == b""
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_questions_posts_and_other_pages_go_through(site):
    assert site.client.get("/vi/results/not-kept").text == "tìm"
    assert site.client.get("/vi/results/not-kept").text == "tìm"
    assert site.built == 2
    site.client.get("/vi/results/a?q=x")
    site.client.get("/vi/results/a?q=x")
    assert site.built == 4
    assert site.client.post("/vi/results/a").status_code == 405
    assert site.client.get("/vi/results/none").status_code == 404


def test_touched_page_is_built_anew(site):
    site.client.get("/vi/results/a")
    site.text = "hai"
    prebuilt.touch(site.root)
    assert "hai" in site.client.get("/vi/results/a").text


def test_page_is_built_anew_when_its_hour_has_come(site):
    site.until = time.time() - 1
    site.client.get("/vi/results/a")
    site.text, site.until = "hai", 4e9
    assert "hai" in site.client.get("/vi/results/a").text
    assert site.built == 2


def test_one_builds_a_stale_page_and_others_get_the_old_one(site):
    site.client.get("/vi/results/a")
    site.text, site.wait = "hai", 0.5
    prebuilt.touch(site.root)
    answers = []
    builder = threading.Thread(target=lambda: answers.append(Client(site.layer).get("/vi/results/a").text))
    builder.start()
    time.sleep(0.15)
    started = time.time()
    meanwhile = [site.client.get("/vi/results/a").text for _ in range(20)]
    assert time.time() - started < 0.3
    assert all("một" in text for text in meanwhile)
    builder.join()
    assert "hai" in answers[0]
    assert site.built == 2


def test_many_who_ask_for_a_new_page_wait_for_one_build(site):
    site.wait = 0.2
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(Client(site.layer).get("/vi/results/a").status_code))
        for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 16
    assert site.built == 1


def test_purged_page_is_never_served_again_not_even_while_it_is_built(site):
    site.client.get("/vi/results/a")
    site.text, site.wait = "đã rút", 0.3
    prebuilt.purge(site.root)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(Client(site.layer).get("/vi/results/a").text))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all("đã rút" in text and "một" not in text for text in answers)


def test_page_that_was_being_built_during_a_purge_is_not_kept(site):
    site.wait = 0.4
    builder = threading.Thread(target=lambda: Client(site.layer).get("/vi/results/a"))
    builder.start()
    time.sleep(0.15)
    site.text = "đã rút"
    prebuilt.purge(site.root)
    builder.join()
    site.wait = 0.0
    assert "đã rút" in site.client.get("/vi/results/a").text


def test_another_process_reads_the_file_and_sees_the_purge(site, tmp_path):
    site.client.get("/vi/results/a")
    other = Site(site.root)
    assert "một" in other.client.get("/vi/results/a").text
    assert other.built == 0
    other.text = "hai"
    prebuilt.purge(site.root)
    assert "hai" in other.client.get("/vi/results/a").text
    site.text = "sai"
    assert "hai" in site.client.get("/vi/results/a").text


def test_purge_by_another_process_holds_at_the_next_answer(site):
    site.client.get("/vi/results/a")
    site.text = "đã rút"
    program = "import pathlib, sys; from incubator.publishing import prebuilt; prebuilt.purge(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", program, str(site.root)], check=True, cwd=ROOT)
    assert "đã rút" in site.client.get("/vi/results/a").text


def test_restored_folder_is_noticed(site, monkeypatch):
    site.client.get("/vi/results/a")
    site.text = "khôi phục"
    shutil.rmtree(site.root)
    monkeypatch.setattr(state, "LOOK_AGAIN", 0.0)
    prebuilt.touch(site.root)
    assert "khôi phục" in site.client.get("/vi/results/a").text


def test_every_purge_begins_another_generation(tmp_path):
    kept = State(tmp_path)
    generations = [kept.read()[0]]
    for _ in range(20):
        assert kept.begin_generation() == generations[-1]
        generations.append(kept.read()[0])
    assert len(set(generations)) == 21
    assert State(tmp_path).read()[0] == generations[-1]


def test_switched_off_layer_asks_the_application_each_time(site):
    site.layer.enabled = lambda: False
    site.client.get("/vi/results/a")
    site.client.get("/vi/results/a")
    assert site.built == 2
